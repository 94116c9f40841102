//! Whose images a journal is about, by what they hold: its folder may have been moved, and another may lie at its place now.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::decided::found;
use super::journal::Journal;
use crate::disk::feature_store::FeatureStore;
use crate::disk::images::content::{ContentHash, hex};
use crate::error::Result;
use crate::experiment::{Dataset, folder_of};
use crate::protocol::Cancel;

/// So many images, read, tell whether a folder's lie at another place, too.
const SAMPLE: usize = 32;

/// Whether an image that was decided about lies where the journal says, and holds what it held. Of a folder that is used most
/// decisions are such, so that nearly always one file is read.
pub fn is_at_its_place(journal: &Journal) -> bool {
    let folder = images_of(&journal.data);
    let overlay = journal.history.overlay();
    let mut places = overlay.places();
    places.any(|(path, content)| content_of(&folder.join(path)).is_some_and(|found| hex(found) == content))
}

/// Whether the images of this dataset lie at the journal's place, too: a copy of which those that were decided about are gone.
pub fn lie_there_too(journal: &Journal, dataset: &Dataset) -> bool {
    let folder = images_of(&journal.data);
    let step = dataset.images.len().div_ceil(SAMPLE).max(1);
    let sample = || dataset.images.iter().step_by(step);
    let is_there = |path: &str| {
        let there = content_of(&folder.join(path));
        there.is_some() && there == content_of(&dataset.root.join(path))
    };
    let n_there = sample().filter(|image| is_there(&image.path)).count();
    n_there > 0 && 2 * n_there >= sample().count()
}

/// Where a dataset's files lie that is known by that place: a folder, or a table.
fn images_of(place: &Path) -> PathBuf {
    match place.is_file() {
        true => folder_of(place),
        false => place.to_path_buf(),
    }
}

fn content_of(file: &Path) -> Option<ContentHash> {
    // Opening a pipe would wait.
    if !fs::metadata(file).ok()?.is_file() {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(file).ok()?).ok()?;
    Some(*hasher.finalize().as_bytes())
}

/// Whether anything of a folder's own journal is about what lies there now: its files are those of the last decision, or one
/// image that was decided about is among them, under whatever name. Of a journal of which all was undone nothing else can be
/// said.
///
/// # Errors
/// Stopped.
pub fn is_about_some(
    journal: &Journal,
    dataset: &Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<bool> {
    let overlay = journal.history.overlay();
    if overlay.is_empty() || has_its_files(journal, dataset) {
        return Ok(true);
    }
    let n = overlay.places().count();
    Ok(found(overlay, dataset, store, cancel)?.n_absent < n)
}

/// Whether a journal of another place is about these images: its files are those of the last decision, or, where they changed
/// since, at least half of the images that were decided about are among them. Those that were left out are often deleted next.
/// Files are read where `is_renamed` allows that all have other names, else only if half of the names are there.
///
/// # Errors
/// Stopped.
pub fn is_about_most(
    journal: &Journal,
    dataset: &Dataset,
    is_renamed: bool,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<bool> {
    if has_its_files(journal, dataset) {
        return Ok(true);
    }
    let overlay = journal.history.overlay();
    let n = overlay.places().count();
    let names: BTreeSet<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    let n_there = overlay.places().filter(|(path, _)| names.contains(path)).count();
    if n == 0 || (!is_renamed && 2 * n_there < n) {
        return Ok(false);
    }
    Ok(2 * found(overlay, dataset, store, cancel)?.n_absent <= n)
}

fn has_its_files(journal: &Journal, dataset: &Dataset) -> bool {
    let fingerprint = journal.history.files();
    !fingerprint.is_empty() && fingerprint == dataset.identity.fingerprint
}
