//! What images hold, by which their features and the runs that saw them know them again.

use crate::disk::feature_store::{FeatureStore, content_hashes};
use crate::disk::images::content::ContentHash;
use crate::error::Result;
use crate::experiment::Dataset;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// What the files of these images hold, by image index; quick where they were looked at just before.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn contents(
    dataset: &Dataset,
    images: &[usize],
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Vec<Option<ContentHash>>> {
    let paths: Vec<String> = dataset.images.iter().map(|image| image.path.clone()).collect();
    progress.begin(Phase::Hash, images.len());
    let cancel = progress.cancel.clone();
    let mut reach = |n_done: usize| progress.reach(n_done as u64, images.len() as u64);
    content_hashes(store, &dataset.root, &paths, images, &cancel, &mut reach)
}
