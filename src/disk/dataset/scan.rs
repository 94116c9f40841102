//! Reads an image folder as torchvision's ImageFolder does: one sub-folder per class, classes sorted by name, files found
//! recursively in its order; or the images of a table. What torchvision would only find out in training is found here and
//! reported as issues.

#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use super::duplicates::twins;
use super::file_checks::{Seen, check_all};
use super::fingerprint::of_lengths;
use super::label_table;
use super::oddities::{alike_names, duplicates};
use super::walk::{Found, Walk, walk};
use crate::disk::images::header::Fault;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, Identity, ImageEntry, Issue, IssueKind, LabelTable, Part, Source, remarks};
use crate::metrics::thousands;
use crate::protocol::Cancel;

/// A disk that has not seen the folder yet is the slow part, and answers many questions faster than one.
const THREADS_PER_CORE: usize = 4;
/// The name by which a table of groups is found without being pointed at.
const GROUPS_TABLE: &str = "groups.csv";

/// Reads the images of a folder or a table. `progress` gets how many files have been looked at, on the calling thread.
///
/// - Images are the files of torchvision's extensions, or those that the table names, whose content is an image of any kind
///   that is read here, whatever its extension. Only their first and last bytes are looked at: a file that is damaged in the
///   middle is found out when it is decoded.
/// - Where `train` (`training`) and at least one of `val` (`valid`, `validation`) and `test` (`testing`), in any case, are
///   among the sub-folders, and `train` holds folders, the classes are the union of the folders in them. A table says the
///   same in its column `split`.
/// - As in torchvision, hidden files and folders count and links are followed, but what version control, notebooks, macOS
///   and storage boxes leave behind (`.git`, `.ipynb_checkpoints`, `__MACOSX`, `.DS_Store`, `.Trash-1000`, …), and our own
///   runs, are passed over.
/// - Above the class folders, hidden files and texts and tables (`.md .csv .tsv .txt .json .jsonl .yaml .yml .toml`) are
///   ordinary company. Every other file there, and every file in a class folder that has no image's extension, is an issue.
/// - A class without a readable image stays a class, with an issue; whether zero or one class is enough is the caller's to
///   judge.
///
/// # Errors
/// The folder does not exist, is a file, cannot be read, or holds images but no folder; the table cannot be read, contradicts
/// itself or names not one file that is there; or the scan was stopped.
pub fn scan(source: &Source, cancel: &Cancel, progress: &mut dyn FnMut(u64)) -> Result<Dataset> {
    let n_cores = thread::available_parallelism().map_or(1, NonZero::get);
    scan_with(n_cores * THREADS_PER_CORE, source, cancel, progress)
}

fn scan_with(
    n_threads: usize,
    source: &Source,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Dataset> {
    progress(0);
    let root = source.folder.as_path();
    let (walk, groups_table) = listed(source, cancel)?;
    let Walk {
        classes,
        class_paths,
        files,
        mut issues,
    } = walk;
    let seen = check_all(n_threads, root, &files, cancel, progress)?;
    let Sorted {
        images,
        seen_of_images,
        faults,
        n_found,
        n_readable,
    } = sort_out(files, seen, classes.len());
    let lost = || {
        n_found
            .iter()
            .zip(&n_readable)
            .map(|(found, readable)| found - readable)
    };
    let table = source.table.as_ref().map(|path| LabelTable {
        path: path.clone(),
        n_lost: lost().collect(),
    });
    if let Some(table) = table.as_ref().filter(|_| images.is_empty()) {
        something_is_there(&table.path, root, &faults)?;
    }
    issues.extend(faults);
    issues.extend(empty_classes(class_paths, &n_found, &n_readable, &issues));
    issues.extend(alike_names(&classes));
    let n_bytes = || seen_of_images.iter().map(|seen| seen.n_bytes);
    let lengths: Vec<(&str, u64)> = images
        .iter()
        .map(|image| image.path.as_str())
        .zip(n_bytes())
        .collect();
    let twins = twins(n_threads, root, &lengths, cancel)?;
    let identity = Identity {
        // A folder that cannot be followed to its end is known by its files alone.
        place: source.place().canonicalize().unwrap_or_default(),
        fingerprint: of_lengths(&images, n_bytes(), table.as_ref().map(|_| classes.as_slice())),
    };
    let named = images.iter().zip(&seen_of_images);
    let unseen = named.map(|(image, seen)| (image.path.as_str(), image.class_idx, seen.unseen));
    let remarks = remarks(classes.len(), unseen);
    issues.extend(duplicates(&classes, &images, &twins));
    issues.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    Ok(Dataset {
        root: root.to_path_buf(),
        table,
        classes,
        images,
        issues,
        groups_table,
        twins,
        remarks,
        identity,
    })
}

/// The files that could be images, and the table that says which belong together, if there is one.
fn listed(source: &Source, cancel: &Cancel) -> Result<(Walk, Option<PathBuf>)> {
    let root = source.folder.as_path();
    match &source.table {
        Some(file) => {
            let (walk, divides) = label_table::listed(file, root)?;
            Ok((walk, divides.has_groups.then(|| file.clone())))
        }
        None => {
            let groups = root.join(GROUPS_TABLE);
            let walk = walk(root, cancel)?;
            Ok((walk, groups.is_file().then_some(groups)))
        }
    }
}

/// # Errors
/// Not one of the files that a table names is there: its paths start somewhere else.
fn something_is_there(table: &Path, root: &Path, faults: &[Issue]) -> Result<()> {
    match faults.iter().all(|fault| fault.kind == IssueKind::Missing) {
        true => Err(Error::file(
            table,
            format!(
                "not one of the {} images that it names is there, such as {}; its paths start in {}, and must lead to the \
                 images from there",
                thousands(faults.len() as u64),
                faults.first().map_or("", |fault| fault.path.as_str()),
                root.display()
            ),
        )),
        false => Ok(()),
    }
}

/// Whether a folder is laid out as parts to train and to judge on, by the names in it alone: no file is opened.
pub fn is_divided(root: &Path) -> bool {
    let Ok(Walk { files, .. }) = walk(root, &Cancel::new()) else {
        return false;
    };
    let has = |part: Part| files.iter().any(|file| file.folder == Some(part));
    has(Part::Train) && has(Part::Val)
}

/// The files that were found, by what was seen of them.
struct Sorted {
    images: Vec<ImageEntry>,
    /// Of each image.
    seen_of_images: Vec<Seen>,
    /// Of the other files.
    faults: Vec<Issue>,
    /// Files of each class, and those of them that are images.
    n_found: Vec<usize>,
    n_readable: Vec<usize>,
}

fn sort_out(files: Vec<Found>, seen: Vec<Result<Seen, Fault>>, n_classes: usize) -> Sorted {
    let mut sorted = Sorted {
        images: Vec::with_capacity(files.len()),
        seen_of_images: Vec::with_capacity(files.len()),
        faults: Vec::new(),
        n_found: vec![0; n_classes],
        n_readable: vec![0; n_classes],
    };
    for (found, seen) in files.into_iter().zip(seen) {
        let Found {
            path,
            class_idx,
            folder,
        } = found;
        sorted.n_found[class_idx] += 1;
        match seen {
            Err(Fault { kind, message }) => sorted.faults.push(Issue { path, kind, message }),
            Ok(seen) => {
                sorted.seen_of_images.push(seen);
                sorted.n_readable[class_idx] += 1;
                sorted.images.push(ImageEntry {
                    path,
                    class_idx,
                    folder,
                });
            }
        }
    }
    sorted
}

/// Those of which nothing can be read, and of which no issue says so already.
fn empty_classes(
    paths: Vec<String>,
    n_found: &[usize],
    n_readable: &[usize],
    issues: &[Issue],
) -> Vec<Issue> {
    let is_closed = |path: &String| issues.iter().any(|issue| issue.path == *path);
    let empty = paths.into_iter().enumerate();
    let empty = empty.filter(|(i, path)| n_readable[*i] == 0 && !is_closed(path));
    empty.map(|(i, path)| empty_class(path, n_found[i])).collect()
}

fn empty_class(path: String, n_found: usize) -> Issue {
    let message = match n_found {
        0 => "this class folder holds no images; add some or remove it".into(),
        n => format!("none of the {n} images of this class can be read; replace them or leave the class out"),
    };
    Issue {
        path,
        kind: IssueKind::EmptyClass,
        message,
    }
}
