//! Where the decisions about a folder are kept: in the place for runs, under the folder's name.
//!
//! A folder that lies elsewhere now is known by its files, as runs know it. What was decided about it is taken over, by a
//! copy: a disk that was only unplugged finds its own decisions where it left them. Of two copies that are both there each has
//! its own decisions, since a person may try something on the one and not mean the other; what was decided about the other is
//! said, and can be brought over as a table. Where another folder lies at the place of an earlier one it begins a journal of
//! its own, under the next number, so that neither is told what was decided about the other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::decided::version;
use super::journal::{self, Folder, Journal};
use super::whereabouts::{is_about_most, is_about_some, is_at_its_place, lie_there_too};
use crate::disk::feature_store::FeatureStore;
use crate::error::Result;
use crate::experiment::{Dataset, LabelsOverlay};
use crate::metrics::thousands;
use crate::protocol::Cancel;

/// Beside the runs.
const LABELS_DIR: &str = "labels";
const EXTENSION: &str = "jsonl";

/// The first journal of that folder. Its name is for people; eight digits of the hash of the folder's place tell folders of
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

/// The journals of all folders that lay at that place, in their order, and the name of the next.
fn journals_of(runs_dir: &Path, data: &Path) -> (Vec<PathBuf>, PathBuf) {
    let first = journal_of(runs_dir, data);
    let stem = first
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let numbered = |n: usize| match n {
        1 => first.clone(),
        n => first.with_file_name(format!("{stem}-{n}.{EXTENSION}")),
    };
    let is_there = |file: &PathBuf| fs::symlink_metadata(file).is_ok();
    let there: Vec<PathBuf> = (1..).map(numbered).take_while(is_there).collect();
    let next = numbered(there.len() + 1);
    (there, next)
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
    /// What the next decision brings about beside itself, a sentence.
    pub taken_over: Option<String>,
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
    let mut place = own(runs_dir, dataset, store, cancel)?;
    let (own, _) = journals_of(runs_dir, dataset.place());
    let mut others = others(runs_dir, &own);
    let taken = taken_over(&others);
    for ((file, other), _) in others.iter_mut().zip(taken).filter(|(_, is_taken)| !is_taken) {
        let is_gone = is_gone(other) && !lie_there_too(other, dataset);
        let is_further = is_gone && other.continues(&place.journal);
        if is_further && is_about_most(other, dataset, true, store, cancel)? {
            let there = match other.data.exists() {
                true => "other images lie",
                false => "there is nothing",
            };
            let before = other.data.display();
            place.notices = vec![format!(
                "these images lay at {before} before, where {there} now; what was decided about their labels there holds here"
            )];
            place.taken_over = Some(format!(
                "what was decided about the labels of these images at {before}, where they lay before, was taken over with this \
                 decision"
            ));
            place.before = Some(file.clone());
            place.journal = std::mem::take(other);
        }
    }
    if place.journal.lines.is_empty() {
        for (_, other) in others.iter().filter(|(_, other)| other.data.exists()) {
            let is_there = is_at_its_place(other) || lie_there_too(other, dataset);
            if is_there && is_about_most(other, dataset, false, store, cancel)? {
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

/// Of each journal whether a folder that is still there went on from it: its images are known to lie there.
fn taken_over(journals: &[(PathBuf, Journal)]) -> Vec<bool> {
    let is_further = |one: &Journal| {
        let mut later = journals.iter().map(|(_, later)| later);
        later.any(|later| later.continues(one) && !is_gone(later))
    };
    journals.iter().map(|(_, journal)| is_further(journal)).collect()
}

/// The folder's own decisions: of all that were made at this place the last that are about images in it. Where there are none
/// about any, it is another folder, or all of those images were deleted.
fn own(runs_dir: &Path, dataset: &Dataset, store: &FeatureStore, cancel: &Cancel) -> Result<Place> {
    let (files, next) = journals_of(runs_dir, dataset.place());
    let mut place = Place {
        own: next,
        before: None,
        journal: Journal::default(),
        notices: Vec::new(),
        taken_over: None,
    };
    let mut is_found = false;
    for file in files.into_iter().rev() {
        let journal = journal::read(&file)?;
        let is_about_some = is_about_some(&journal, dataset, store, cancel)?;
        if is_about_some && !is_found {
            (place.own, place.journal, is_found) = (file, journal, true);
            place.notices.clear();
        } else if is_about_some == is_found {
            place.notices.extend(kept_apart(&journal, &file, dataset));
        }
    }
    Ok(place)
}

/// What is said of a journal of this place that does not hold.
fn kept_apart(journal: &Journal, file: &Path, dataset: &Dataset) -> Option<String> {
    let n = journal.history.overlay().places().count();
    let images = match n {
        0 => return None,
        1 => "1 image".to_owned(),
        n => format!("{} images", thousands(n as u64)),
    };
    Some(format!(
        "what was decided at {} about {images} that another folder held, or that were not there later, does not hold now; it is \
         kept in {}",
        dataset.place().display(),
        file.display()
    ))
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

/// Whether decisions of another place might be this folder's, or its own those of another folder: then it takes a look at its
/// files to know.
pub fn may_have_moved(runs_dir: &Path, data: &Path) -> bool {
    let (own, _) = journals_of(runs_dir, data);
    let of_own = journal_of(runs_dir, data);
    let of_own = journal::read(&of_own).unwrap_or_default();
    let mut others = others(runs_dir, &own).into_iter();
    own.len() > 1 || is_gone(&of_own) || others.any(|(_, other)| other.continues(&of_own) && is_gone(&other))
}

/// Whether a journal's images do not lie at its place any more, as far as that can be seen from there.
fn is_gone(journal: &Journal) -> bool {
    let is_there = journal.data.exists();
    let is_about_none = || journal.history.overlay().is_empty();
    !journal.lines.is_empty() && (!is_there || !(is_about_none() || is_at_its_place(journal)))
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

/// The journals of other folders, in the order of their names. One that cannot be read is none of this folder's.
fn others(runs_dir: &Path, own: &[PathBuf]) -> Vec<(PathBuf, Journal)> {
    let entries = fs::read_dir(runs_dir.join(LABELS_DIR))
        .into_iter()
        .flatten()
        .flatten();
    let files = entries.map(|entry| entry.path());
    let mut files: Vec<PathBuf> = files
        .filter(|file| !own.contains(file) && file.extension().is_some_and(|e| e == EXTENSION))
        .collect();
    files.sort();
    let journal = |file: PathBuf| Some((journal::read(&file).ok()?, file));
    let journals = files.into_iter().filter_map(journal);
    journals
        .filter(|(journal, _)| !journal.lines.is_empty())
        .map(|(journal, file)| (file, journal))
        .collect()
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
