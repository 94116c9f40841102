//! A request to stop, seen by every thread of a job.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::error::{Error, Result};

/// Cloned into every thread of a job; once set it stays set.
#[derive(Clone, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Default)]
struct Shared {
    asked: AtomicBool,
    /// Carries the request to where this flag cannot be seen.
    carry: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Cancel {
    pub fn new() -> Self {
        Cancel::default()
    }

    pub fn cancel(&self) {
        let asked_before = self.0.asked.swap(true, Ordering::SeqCst);
        if let Some(carry) = self.0.carry.get().filter(|_| !asked_before) {
            carry();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Has `carry` called once this is cancelled, at once where it is already; never more than twice. The first caller's
    /// is kept.
    pub fn on_cancel(&self, carry: impl Fn() + Send + Sync + 'static) {
        let carry = self.0.carry.get_or_init(|| Box::new(carry));
        if self.0.asked.load(Ordering::SeqCst) {
            carry();
        }
    }

    /// For use with `?` between two pieces of work.
    ///
    /// # Errors
    /// [`Error::Stopped`] once cancelled.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            Err(Error::Stopped)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}
