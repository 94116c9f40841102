//! Where the decisions about a folder are kept: in the place for runs, under the folder's name.
//!
//! A folder that lies elsewhere now is known by its files, as runs know it. What was decided about it is taken over, by a
//! copy: a disk that was only unplugged finds its own decisions where it left them. Of two copies that are both there each has
//! its own decisions, since a person may try something on the one and not mean the other; what was decided about the other is
//! said, and can be brought over as a table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::decided::{found, version};
use super::journal::{self, Folder, Journal};
use crate::disk::feature_store::FeatureStore;
use crate::error::Result;
use crate::experiment::{Dataset, LabelsOverlay};
use crate::protocol::Cancel;

/// Beside the runs.
const LABELS_DIR: &str = "labels";
const EXTENSION: &str = "jsonl";

/// The journal of that folder. Its name is for people; eight digits of the hash of the folder's place tell folders of
/// one name apart.
pub fn journal_of(runs_dir: &Path, data: &Path) -> PathBuf {
    let place = data.canonicalize().unwrap_or_else(|_| data.to_path_buf());
    let hash = blake3::hash(place.as_os_str().as_encoded_bytes()).to_hex();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let name: String = (name.chars().take(60))
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    runs_dir
        .join(LABELS_DIR)
        .join(format!("{name}-{}.{EXTENSION}", &hash[..8]))
}

/// Where a folder's decisions are, and what they are.
#[derive(Debug)]
pub struct Place {
    /// Its own journal, which the next decision is written to.
    pub own: PathBuf,
    /// That of the place where the folder lay before, where that is what holds.
    pub before: Option<PathBuf>,
    /// What holds.
    pub journal: Journal,
    /// What should be known of it, a sentence each.
    pub notices: Vec<String>,
}

impl Place {
    /// The journal that holds.
    pub fn file(&self) -> &Path {
        self.before.as_deref().unwrap_or(&self.own)
    }

    /// What the next decision is written down with. `data` is the dataset's place.
    pub fn folder<'a>(&'a self, dataset: &'a Dataset, data: &'a Path) -> Folder<'a> {
        Folder {
            data,
            fingerprint: &dataset.identity.fingerprint,
            before: self.before.as_deref(),
        }
    }
}

/// Finds the decisions about a folder that was read.
///
/// # Errors
/// They cannot be read, or a newer version wrote them; stopped.
pub fn find(runs_dir: &Path, dataset: &Dataset, store: &FeatureStore, cancel: &Cancel) -> Result<Place> {
    let own = journal_of(runs_dir, dataset.place());
    let mut place = Place {
        journal: journal::read(&own)?,
        own,
        before: None,
        notices: Vec::new(),
    };
    let mut others = others(&place.own);
    for (file, other) in &mut others {
        let is_further = !is_there(&other.data) && other.continues(&place.journal);
        if is_further && is_of(other, dataset, store, cancel)? {
            place.notices = vec![format!(
                "these images lay at {} before, where there is nothing now; what was decided about their labels there holds \
                 here",
                other.data.display()
            )];
            place.before = Some(file.clone());
            place.journal = std::mem::take(other);
        }
    }
    if place.journal.lines.is_empty() {
        for (_, other) in others.iter().filter(|(_, other)| is_there(&other.data)) {
            if is_of(other, dataset, store, cancel)? {
                place.notices.push(format!(
                    "{} holds the same images, and their labels were decided about there; each folder has its own decisions. \
                     To bring them here, export them there as a table, and import it here",
                    other.data.display()
                ));
            }
        }
    }
    Ok(place)
}

/// The decisions in the folder's own journal, where there are any that a training would see.
///
/// # Errors
/// They cannot be read, or a newer version wrote them.
pub fn own_overlay(runs_dir: &Path, data: &Path) -> Result<Option<LabelsOverlay>> {
    let file = journal_of(runs_dir, data);
    let overlay = journal::read(&file)?.history.overlay();
    Ok(overlay.changes_training().then(|| LabelsOverlay {
        version: version(&overlay),
        file,
    }))
}

/// Whether decisions of another place might be this folder's: then it takes a look at its files to know.
pub fn may_have_moved(runs_dir: &Path, data: &Path) -> bool {
    let own = journal_of(runs_dir, data);
    let of_own = journal::read(&own).unwrap_or_default();
    let mut others = others(&own).into_iter();
    others.any(|(_, other)| !is_there(&other.data) && other.continues(&of_own))
}

/// What tells whether a decision was added since, by whatever program: each journal's length and time.
pub fn journals_stamp(runs_dir: &Path) -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
    let entries = fs::read_dir(runs_dir.join(LABELS_DIR)).into_iter().flatten();
    let stamp = |entry: fs::DirEntry| {
        let about = entry.metadata().ok()?;
        Some((entry.path(), (about.len(), about.modified().ok())))
    };
    entries.flatten().filter_map(stamp).collect()
}

/// The other journals beside that one, in the order of their names. One that cannot be read is none of this folder's.
fn others(own: &Path) -> Vec<(PathBuf, Journal)> {
    let entries = own.parent().map(fs::read_dir).into_iter().flatten().flatten();
    let files = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| file != own && file.extension().is_some_and(|e| e == EXTENSION))
        .collect();
    files.sort();
    let journal = |file: PathBuf| Some((journal::read(&file).ok()?, file));
    let journals = files.into_iter().filter_map(journal);
    journals
        .filter(|(journal, _)| !journal.lines.is_empty())
        .map(|(journal, file)| (file, journal))
        .collect()
}

fn is_there(data: &Path) -> bool {
    data.exists()
}

/// Whether a journal is about the images of this folder: by their names and lengths at the last decision, or, where the folder
/// has changed since, by the images that were decided about: at least half of them lie where they lay and hold what they held.
/// Those that were left out are often deleted next.
fn is_of(journal: &Journal, dataset: &Dataset, store: &FeatureStore, cancel: &Cancel) -> Result<bool> {
    let fingerprint = journal.history.files();
    if !fingerprint.is_empty() && fingerprint == dataset.identity.fingerprint {
        return Ok(true);
    }
    let overlay = journal.history.overlay();
    let places: BTreeSet<&str> = dataset.images.iter().map(|image| image.path.as_str()).collect();
    let n = overlay.places().count();
    let n_there = overlay.places().filter(|(path, _)| places.contains(path)).count();
    // Nothing is read of a folder that has other files.
    if n_there == 0 || 2 * n_there < n {
        return Ok(false);
    }
    Ok(2 * found(overlay, dataset, store, cancel)?.n_absent <= n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_one_name_have_journals_of_their_own() {
        let [one, two] =
            ["/a/faces: raw", "/b/faces: raw"].map(|data| journal_of("/runs".as_ref(), data.as_ref()));
        assert_ne!(one, two);
        let name = one.file_name().unwrap().to_str().unwrap();
        assert!(
            name.starts_with("faces__raw-") && name.ends_with(".jsonl"),
            "{name}"
        );
        assert!(one.starts_with("/runs/labels"));
    }
}
