//! What turned out to be no image, so that it is not tried again for every training. Known until the program ends and
//! no longer: its next version may read more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::images::content::ContentHash;

/// Shared by all clones.
#[derive(Debug, Clone, Default)]
pub struct Undecodable(Arc<Mutex<BTreeMap<ContentHash, String>>>);

impl Undecodable {
    /// `why` is for people, and says what to do.
    pub fn note(&self, content: ContentHash, why: &str) {
        self.lock().insert(content, why.to_owned());
    }

    /// Why an image of that content cannot be decoded, where that is known.
    pub fn why(&self, content: &ContentHash) -> Option<String> {
        self.lock().get(content).cloned()
    }

    /// No code that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<ContentHash, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
