//! What images hold, by which their features and the runs that saw them know them again.

use std::path::Path;

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
    let paths: Vec<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    contents_of(&paths, &dataset.root, images, store, progress)
}

/// The same of those of `paths` below `root` that `wanted` names.
///
/// # Errors
/// As [`contents`].
pub fn contents_of<P: AsRef<Path> + Sync>(
    paths: &[P],
    root: &Path,
    wanted: &[usize],
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Vec<Option<ContentHash>>> {
    progress.begin(Phase::Hash, wanted.len());
    let cancel = progress.cancel.clone();
    let mut reach = |n_done: usize| progress.reach(n_done as u64, wanted.len() as u64);
    content_hashes(store, root, paths, wanted, &cancel, &mut reach)
}
