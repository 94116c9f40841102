//! Decisions made, taken back and brought again; what stands of them, as it is shown.

use std::path::Path;

use super::decided::{Decided, found, groups_of, named_by_content};
use super::journal::{self, Journal};
use super::place::{self, Place};
use super::table;
use crate::disk::feature_store::FeatureStore;
use crate::error::{Error, Result};
use crate::experiment::{
    Dataset, Entry, History, ImageChange, ImageName, LabelChange, LabelsOverlay, known_class, step_in_words,
    together,
};
use crate::metrics::thousands;
use crate::protocol::{Cancel, ExportedLabels, FolderLabels, LabelEdit};

/// What stands of the decisions about a folder.
///
/// # Errors
/// They cannot be read, or a newer version wrote them; stopped.
pub fn folder_labels(
    dataset: &Dataset,
    runs_dir: &Path,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<FolderLabels> {
    let place = place::find(runs_dir, dataset, store, cancel)?;
    let file = place.file().to_path_buf();
    let Place { journal, notices, .. } = place;
    let mut labels = shown(journal, &file, dataset, store, cancel)?;
    labels.notices.extend(notices);
    Ok(labels)
}

/// Makes a decision, or takes one back, and returns what stands then.
///
/// # Errors
/// It cannot be meant, such as a class that the folder does not have; there is nothing to take back; it cannot be
/// written; stopped.
pub fn edit(
    dataset: &Dataset,
    runs_dir: &Path,
    edit: &LabelEdit,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<FolderLabels> {
    let place = place::find(runs_dir, dataset, store, cancel)?;
    let data = dataset.place().canonicalize();
    let data = data.unwrap_or_else(|_| dataset.place().to_path_buf());
    let mut done = None;
    let mut notices = Vec::new();
    let asked = asked(dataset, edit, store, cancel, &mut notices)?;
    let journal = journal::append(&place.own, place.folder(dataset, &data), |history| {
        let (entry, words) = entry(history, asked)?;
        done = words;
        Ok(entry)
    })?;
    let mut labels = shown(journal, &place.own, dataset, store, cancel)?;
    let taken_over = place.taken_over.filter(|_| done.is_some());
    labels.done = done;
    labels.notices.extend(taken_over.into_iter().chain(notices));
    Ok(labels)
}

/// Writes the decisions as a table.
///
/// # Errors
/// They cannot be read; a file is there already; it cannot be written; stopped.
pub fn export_of(
    dataset: &Dataset,
    runs_dir: &Path,
    (to, may_replace): (&Path, bool),
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<ExportedLabels> {
    let labels = folder_labels(dataset, runs_dir, store, cancel)?;
    Ok(ExportedLabels {
        n_rows: table::export(to, dataset, &labels.images, may_replace)?,
        file: to.to_path_buf(),
    })
}

/// What is asked of the journal, with what the images hold: found out before the journal is locked.
enum Asked {
    Step(Vec<ImageChange>),
    Together(Vec<Vec<ImageName>>),
    Undo,
    Redo,
}

fn asked(
    dataset: &Dataset,
    edit: &LabelEdit,
    store: &FeatureStore,
    cancel: &Cancel,
    notices: &mut Vec<String>,
) -> Result<Asked> {
    let named = |changes: Vec<(usize, LabelChange)>| -> Result<Asked> {
        let n_images = changes.len();
        let named = named_by_content(dataset, changes, store, cancel)?;
        match named.len() == n_images {
            true => Ok(Asked::Step(named)),
            false => Err(Error::file(
                &dataset.root,
                "some of these images cannot be read any more; read the folder again",
            )),
        }
    };
    Ok(match edit {
        LabelEdit::Undo => Asked::Undo,
        LabelEdit::Redo => Asked::Redo,
        LabelEdit::Change(images, change) => {
            let change = |&i: &usize| Ok((i, meant(dataset, i, change)?));
            named(images.iter().map(change).collect::<Result<_>>()?)?
        }
        LabelEdit::Together(groups) => {
            let groups = groups_of(dataset, groups, store, cancel)?;
            if groups.iter().any(|images| images.len() < 2) {
                return Err(Error::input("keeping together takes two images at least"));
            }
            Asked::Together(groups)
        }
        LabelEdit::Import(path) => {
            let listed = table::read(path, dataset)?;
            if listed.n_absent > 0 {
                let (file, first) = (path.display(), &listed.first_absent);
                notices.push(match listed.n_absent {
                    1 => format!("{file}: 1 row is about a file that is not in the folder, {first}, and is passed over"),
                    n => format!(
                        "{file}: {} rows are about files that are not in the folder, such as {first}, and are passed over",
                        thousands(n as u64)
                    ),
                });
            }
            if !listed.groups.is_empty() {
                return Ok(Asked::Together(groups_of(
                    dataset,
                    &listed.groups,
                    store,
                    cancel,
                )?));
            }
            let meant = |(i, change): (usize, LabelChange)| Ok((i, meant(dataset, i, &change)?));
            named(listed.changes.into_iter().map(meant).collect::<Result<_>>()?)?
        }
    })
}

/// The class in the folder's own spelling; the one that the image lies in is no decision.
fn meant(dataset: &Dataset, i: usize, change: &LabelChange) -> Result<LabelChange> {
    let LabelChange::Label(Some(label)) = change else {
        return Ok(change.clone());
    };
    let class_idx = known_class(&dataset.classes, label).map_err(Error::Input)?;
    let is_own = dataset.images[i].class_idx == class_idx;
    Ok(LabelChange::Label(
        (!is_own).then(|| dataset.classes[class_idx].clone()),
    ))
}

/// What is added to the journal, and what that does, in words.
fn entry(history: &History, asked: Asked) -> Result<(Option<Entry>, Option<String>)> {
    let nothing = |what: &str| Error::input(format!("there is nothing to {what}"));
    let words = |step: &[ImageChange]| step_in_words(step);
    Ok(match asked {
        Asked::Undo => {
            let step = history.to_undo().ok_or_else(|| nothing("undo"))?;
            (Some(Entry::Undo), Some(format!("undone: {}", words(step))))
        }
        Asked::Redo => {
            let step = history.to_redo().ok_or_else(|| nothing("redo"))?;
            (Some(Entry::Redo), Some(format!("redone: {}", words(step))))
        }
        Asked::Step(changes) => step(history, changes),
        Asked::Together(groups) => step(history, together(&history.overlay(), &groups)),
    })
}

/// A step that changes nothing is none: an undo of it would do nothing.
fn step(history: &History, changes: Vec<ImageChange>) -> (Option<Entry>, Option<String>) {
    let before = history.overlay();
    let mut after = before.clone();
    changes.iter().for_each(|change| after.take(change));
    match after == before {
        true => (None, None),
        false => {
            let words = step_in_words(&changes);
            (Some(Entry::Step(changes)), Some(words))
        }
    }
}

fn shown(
    journal: Journal,
    file: &Path,
    dataset: &Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<FolderLabels> {
    let Journal { history, damage, .. } = journal;
    let decided = found(history.overlay(), dataset, store, cancel)?;
    let overlay = decided.overlay.changes_training().then(|| LabelsOverlay {
        file: file.to_path_buf(),
        version: decided.version(),
    });
    let Decided { images, n_absent, .. } = decided;
    Ok(FolderLabels {
        root: dataset.place().to_path_buf(),
        file: file.to_path_buf(),
        overlay,
        images,
        n_absent,
        undo: history.to_undo().map(step_in_words),
        redo: history.to_redo().map(step_in_words),
        done: None,
        notices: damage.into_iter().collect(),
    })
}
