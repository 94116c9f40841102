//! The images that a list of files and folders stands for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::WalkDir;

use super::company::{EXTENSIONS, extension_is_in, holds_runs, is_company_file, is_company_folder};
use crate::disk::files::stamp::{FileId, folder_id};
use crate::error::{Error, Result};
use crate::protocol::FoundImage;

/// Files as they are named, whatever their extension; folders as the image files in them, however deep, in sorted order.
/// What a scan passes over is passed over here. What cannot be followed or read in a folder is an entry with its fault, and
/// so is a path that is not there, or a folder without an image, among others. `progress` gets how many there are so far,
/// and its error ends the search.
///
/// # Errors
/// None of the paths that were named is there, or they are folders without an image; whatever `progress` says.
pub fn image_files(
    paths: &[PathBuf],
    progress: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<Vec<FoundImage>> {
    let mut files = Vec::new();
    let mut n_empty = 0;
    for path in paths {
        progress(files.len())?;
        let fault = if path.is_dir() {
            let n_before = files.len();
            search(path, &mut files, progress)?;
            (files.len() == n_before).then(|| format!("holds no image ({})", EXTENSIONS.join(", ")))
        } else if fs::symlink_metadata(path).is_ok() {
            files.push(image_file(path.clone()));
            None
        } else {
            Some("no such file or folder".into())
        };
        if let Some(fault) = fault {
            n_empty += 1;
            files.push(faulty(path.clone(), fault));
        }
    }
    match files.first() {
        Some(FoundImage {
            path,
            fault: Some(fault),
            ..
        }) if n_empty == paths.len() => Err(Error::file(path, fault.clone())),
        _ => Ok(files),
    }
}

fn faulty(path: PathBuf, fault: String) -> FoundImage {
    FoundImage {
        path,
        fault: Some(fault),
        stamp: [0; 2],
    }
}

fn search(
    folder: &Path,
    files: &mut Vec<FoundImage>,
    progress: &mut dyn FnMut(usize) -> Result<()>,
) -> Result<()> {
    // Each folder once: links may lead to it from many places, and to those that this one lies in.
    let above = folder.canonicalize().unwrap_or_default();
    let above = above.ancestors().skip(1).filter_map(|dir| folder_id(dir).ok());
    let mut entered: BTreeSet<FileId> = above.collect();
    let is_wanted = |entry: &walkdir::DirEntry| {
        let is_folder = entry.file_type().is_dir();
        let is_passed_over = || is_company_folder(entry.file_name()) || holds_runs(entry.path());
        let is_company = entry.depth() > 0 && is_folder && is_passed_over();
        !is_company && (!is_folder || folder_id(entry.path()).is_ok_and(|id| entered.insert(id)))
    };
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(is_wanted) {
        progress(files.len())?;
        match entry {
            Ok(entry) => {
                if !entry.file_type().is_dir() && is_image_name(entry.path()) {
                    files.push(image_file(entry.into_path()));
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                let is_loop = error.loop_ancestor().is_some() && path.is_dir();
                // A link back to a folder that is being searched holds nothing that is not found elsewhere.
                if !is_loop {
                    let fault = fault_of(&path, &error);
                    files.push(faulty(path, fault));
                }
            }
        }
    }
    Ok(())
}

/// Opening what is not a regular file, such as a pipe, would block.
fn image_file(path: PathBuf) -> FoundImage {
    let fault = match fs::metadata(&path) {
        Ok(found) if found.is_file() => {
            return FoundImage {
                path,
                fault: None,
                stamp: stamp(&found),
            };
        }
        Ok(_) => "it is neither a file nor a folder; remove it".into(),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            "this link leads to nothing; remove it or bring its target back".into()
        }
        Err(e) => format!("it cannot be read: {e}"),
    };
    faulty(path, fault)
}

fn stamp(found: &fs::Metadata) -> [u64; 2] {
    let modified = found.modified().ok();
    let since_1970 = modified.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    [
        found.len(),
        since_1970.map_or(0, |since| since.as_millis() as u64),
    ]
}

fn fault_of(path: &Path, error: &walkdir::Error) -> String {
    let kind = error.io_error().map(std::io::Error::kind);
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_symlink());
    match kind {
        Some(std::io::ErrorKind::PermissionDenied) => "it may not be read; check its permissions".into(),
        Some(std::io::ErrorKind::NotFound) if is_link => {
            "this link leads to nothing; remove it or bring its target back".into()
        }
        _ if is_link => "this link leads to itself; remove it".into(),
        _ => format!("it cannot be read: {error}"),
    }
}

fn is_image_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !is_company_file(&name) && extension_is_in(&name, &EXTENSIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(home: &Path, paths: &[PathBuf]) -> Vec<(String, bool)> {
        let files = image_files(paths, &mut |_| Ok(())).unwrap().into_iter();
        let name = |path: &Path| path.strip_prefix(home).unwrap().to_string_lossy().into_owned();
        files
            .map(|file| (name(&file.path), file.fault.is_none()))
            .collect()
    }

    #[test]
    fn files_as_named_and_folders_searched_in_order() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for folder in ["b/deep", "b/.ipynb_checkpoints", "b/__MACOSX", "b/.Trash-1000"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for name in [
            "odd.bin",
            "b/2.JPG",
            "b/1.png",
            "b/deep/0.webp",
            "b/notes.txt",
            "b/._1.png",
            "b/.ipynb_checkpoints/1.png",
            "b/__MACOSX/1.png",
            "b/.Trash-1000/1.png",
            "b/runs/2026-resnet18/config.json",
            "b/runs/2026-resnet18/events.jsonl",
            "b/runs/matrix.png",
        ] {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            fs::write(at(name), "").unwrap();
        }
        let found = names(home.path(), &[at("odd.bin"), at("b")]);
        let expected = ["odd.bin", "b/1.png", "b/2.JPG", "b/deep/0.webp"];
        assert_eq!(found, expected.map(|name| (name.to_owned(), true)));
        let refused = |paths: &[PathBuf]| image_files(paths, &mut |_| Ok(())).unwrap_err().to_string();
        let missing = refused(&[at("none")]);
        assert!(missing.ends_with("none: no such file or folder"), "{missing}");
        // Among others it is one of them.
        let found = names(home.path(), &[at("none"), at("odd.bin")]);
        assert_eq!(found, [("none".to_owned(), false), ("odd.bin".to_owned(), true)]);
        let stopped = image_files(&[at("b")], &mut |_| Err(Error::Stopped)).unwrap_err();
        assert!(matches!(stopped, Error::Stopped));
    }

    #[cfg(unix)]
    #[test]
    fn one_bad_entry_costs_one_row() {
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::create_dir(at("in")).unwrap();
        fs::write(at("in/0.png"), "").unwrap();
        fs::write(
            home.path()
                .join("in")
                .join(std::ffi::OsStr::from_bytes(b"1\xff.png")),
            "",
        )
        .unwrap();
        symlink("nowhere.png", at("in/2.png")).unwrap();
        symlink("3.png", at("in/3.png")).unwrap();
        symlink("..", at("in/up")).unwrap();
        symlink(at("in/0.png"), at("in/4.png")).unwrap();
        let expected = [
            ("in/0.png", true),
            ("in/1\u{fffd}.png", true),
            ("in/2.png", false),
            ("in/3.png", false),
            ("in/4.png", true),
        ];
        let found = names(home.path(), &[at("in")]);
        let found: Vec<(&str, bool)> = found.iter().map(|(name, fine)| (name.as_str(), *fine)).collect();
        assert_eq!(found, expected);
    }
}
