//! Finds the class folders and the image files of an image folder, in torchvision's order, without opening one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::Path;

use super::company::{EXTENSIONS, extension_is_in, holds_runs, is_company_file, is_company_folder};
use crate::disk::files::stamp::{FileId, folder_id};
use crate::error::{Error, Result};
use crate::experiment::{Issue, IssueKind, Part};
use crate::protocol::Cancel;
use crate::protocol::advice::{IS_A_FILE, NO_CLASS_FOLDERS};

/// What ordinarily lies beside the class folders.
const COMPANY_EXTENSIONS: [&str; 9] = ["md", "csv", "tsv", "txt", "json", "jsonl", "yaml", "yml", "toml"];

/// Nested folders, from the root on. No real images lie deeper, and the recursion must not run out of stack.
const DEEPEST: usize = 128;

/// A file with an image's extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Relative to the root, with forward slashes.
    pub path: String,
    pub class_idx: usize,
    pub folder: Option<Part>,
}

#[derive(Debug, Default)]
pub struct Walk {
    pub classes: Vec<String>,
    /// The first folder of each class, relative to the root.
    pub class_paths: Vec<String>,
    /// In torchvision's order: by class, then by folder, then by file name, each by code point.
    pub files: Vec<Found>,
    pub issues: Vec<Issue>,
}

struct ClassFolder {
    /// Relative to the root, with forward slashes.
    path: String,
    class: String,
    part: Option<Part>,
}

/// # Errors
/// The root is missing, not a folder, not readable, or holds images but no folders; or the scan was stopped.
pub fn walk(root: &Path, cancel: &Cancel) -> Result<Walk> {
    let mut walker = Walker {
        root,
        cancel,
        part: None,
        class_idx: 0,
        out: Walk::default(),
    };
    let folders = walker.class_folders()?;
    let first_folders: BTreeMap<String, String> = folders
        .iter()
        .rev()
        .map(|folder| (folder.class.clone(), folder.path.clone()))
        .collect();
    let (classes, class_paths): (Vec<String>, Vec<String>) = first_folders.into_iter().unzip();
    // A link to the folder itself, or to one that it lies in, leads back.
    let above = root.canonicalize().map_err(Error::io("read", root))?;
    let above: BTreeSet<FileId> = above.ancestors().filter_map(|dir| folder_id(dir).ok()).collect();
    for folder in folders {
        walker.part = folder.part;
        walker.class_idx = classes.partition_point(|class| *class < folder.class);
        walker.enter(&folder.path, &mut above.clone())?;
    }
    let mut found = walker.out;
    (found.classes, found.class_paths) = (classes, class_paths);
    // As `sorted(os.walk(...))` compares them: the folder's whole path as one string, then the name.
    found.files.sort_by(|a, b| {
        let key = |f: &Found| f.class_idx;
        key(a)
            .cmp(&key(b))
            .then_with(|| a.path.rsplit_once('/').cmp(&b.path.rsplit_once('/')))
    });
    Ok(found)
}

/// What a directory entry is, links followed.
enum Kind {
    Folder,
    File,
    /// Neither, with the reason.
    Neither(IssueKind, &'static str),
}

struct Walker<'a> {
    root: &'a Path,
    cancel: &'a Cancel,
    /// Of the class folder being walked.
    part: Option<Part>,
    class_idx: usize,
    out: Walk,
}

impl Walker<'_> {
    fn issue(&mut self, path: &str, kind: IssueKind, message: impl Into<String>) {
        self.out.issues.push(Issue {
            path: path.into(),
            kind,
            message: message.into(),
        });
    }

    /// The class folders of the root, or of its `train/`, `val/` and `test/`.
    fn class_folders(&mut self) -> Result<Vec<ClassFolder>> {
        if self.root.is_file() {
            let message = format!("{IS_A_FILE}; give the folder that holds one sub-folder per class");
            return Err(Error::file(self.root, message));
        }
        let entries = match read_folder(self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::file(self.root, "there is no such folder; check the path"));
            }
            Err(error) => return Err(Error::io("read the folder", self.root)(error)),
        };
        let n_issues = self.out.issues.len();
        let (names, n_images) = self.sort_out("", entries);
        if names.is_empty() && n_images > 0 {
            // One error says it all; an issue for each image would only repeat it.
            self.out.issues.truncate(n_issues);
            let message =
                format!("{NO_CLASS_FOLDERS}; make one sub-folder per class and move the images into them");
            return Err(Error::file(self.root, message));
        }
        let Some(parts) = self.parts(&names)? else {
            self.look_for_a_wrapper(&names);
            self.look_for_parts(&names);
            return Ok(names
                .into_iter()
                .map(|name| ClassFolder {
                    path: name.clone(),
                    class: name,
                    part: None,
                })
                .collect());
        };
        let mut folders = Vec::new();
        for (name, part) in parts {
            let entries = read_folder(&self.root.join(&name))
                .map_err(Error::io("read the folder", &self.root.join(&name)))?;
            for class in self.sort_out(&format!("{name}/"), entries).0 {
                folders.push(ClassFolder {
                    path: format!("{name}/{class}"),
                    class,
                    part: Some(part),
                });
            }
        }
        Ok(folders)
    }

    /// Which part each folder is, where `train` and at least one other part are among them. A class may be named
    /// `train`, so `train` must hold folders too. What else lies beside them is not a class.
    ///
    /// # Errors
    /// What is in `train` cannot be seen.
    fn parts(&mut self, names: &[String]) -> Result<Option<Vec<(String, Part)>>> {
        let (parts, others): (Vec<&String>, Vec<&String>) =
            names.iter().partition(|name| part_of(name).is_some());
        let parts: Vec<(String, Part)> = parts
            .into_iter()
            .filter_map(|name| Some((name.clone(), part_of(name)?)))
            .collect();
        let is_train = |(_, part): &&(String, Part)| *part == Part::Train;
        let Some((train, _)) = parts.iter().find(is_train) else {
            return Ok(None);
        };
        if parts.iter().all(|p| is_train(&p)) {
            return Ok(None);
        }
        let inner = self.inner_folders(train);
        if inner
            .map_err(Error::io("read the folder", &self.root.join(train)))?
            .is_empty()
        {
            return Ok(None);
        }
        for name in others {
            let message = "this folder lies beside those to train and to judge on, so it is not taken for a class and is left out; move \
                           it elsewhere";
            self.issue(name, IssueKind::Layout, message);
        }
        Ok(Some(parts))
    }

    /// The folders in a folder that could be classes.
    fn inner_folders(&self, name: &str) -> io::Result<Vec<String>> {
        let entries = read_folder(&self.root.join(name))?;
        let folders = entries
            .iter()
            .filter(|entry| matches!(kind_of(entry), Kind::Folder) && !is_company_folder(&entry.file_name()));
        Ok(folders
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect())
    }

    /// Folders that are named as parts are, but do not make a layout of parts: without one to train on, or without
    /// one to judge on, or without a folder for each class. They are taken for classes, as torchvision does.
    fn look_for_parts(&mut self, names: &[String]) {
        let called: Vec<&String> = names.iter().filter(|name| part_of(name).is_some()).collect();
        if names.len() < 2 {
            return;
        }
        for &name in &called {
            // What cannot be read becomes an issue where it is entered.
            let inner = self.inner_folders(name).unwrap_or_default();
            let has_train = called.iter().any(|name| part_of(name) == Some(Part::Train));
            let message = match (inner.is_empty(), has_train) {
                // A class may have that name.
                (true, _) if called.len() < 2 => continue,
                (true, _) => "this has the name of a split (train, val or test), but holds no folders, so it is taken for a \
                              class; make one sub-folder per class in it if it is none"
                    .to_owned(),
                (false, false) => format!(
                    "this holds folders itself ({}) and there is no folder train beside it, so it is taken for a class; put \
                     one there, or open this one instead",
                    first_of(&inner)
                ),
                (false, true) => format!(
                    "this holds folders itself ({}) and is taken for a class; where it is one of the parts to train and to \
                     judge on, put train and val beside each other, with one sub-folder per class in each, or open it instead",
                    first_of(&inner)
                ),
            };
            self.issue(name, IssueKind::Layout, message);
        }
    }

    /// An only folder that holds folders itself is seldom a class.
    fn look_for_a_wrapper(&mut self, names: &[String]) {
        let [only] = names else { return };
        let inner = self.inner_folders(only).unwrap_or_default();
        if inner.is_empty() {
            return;
        }
        let named = first_of(&inner);
        let message = match part_of(only) {
            Some(_) => format!(
                "this is the only folder, so it would be one class; open it instead (its folders are {named}), or put \
                 a folder val beside it"
            ),
            None => format!(
                "this is the only folder, and holds folders itself ({named}); open it instead if those are the classes"
            ),
        };
        self.issue(only, IssueKind::Layout, message);
    }

    /// The folders among entries that lie above all classes, and how many of the files are images; files there belong
    /// to no class. `prefix` is the path before their names.
    fn sort_out(&mut self, prefix: &str, entries: Vec<DirEntry>) -> (Vec<String>, usize) {
        let (mut folders, mut n_images) = (Vec::new(), 0);
        for entry in entries {
            let Some(name) = self.utf8_name(prefix, &entry) else {
                continue;
            };
            let path = format!("{prefix}{name}");
            match kind_of(&entry) {
                Kind::Folder if is_company_folder(&entry.file_name()) || holds_runs(&entry.path()) => {}
                Kind::Folder => folders.push(name),
                Kind::Neither(kind, message) => self.issue(&path, kind, message),
                Kind::File if is_company_file(&name) => {}
                Kind::File if extension_is_in(&name, &EXTENSIONS) => {
                    n_images += 1;
                    let message =
                        "this image lies in no class folder and is left out; move it into its class's folder";
                    self.issue(&path, IssueKind::StrayFile, message);
                }
                Kind::File if name.starts_with('.') || extension_is_in(&name, &COMPANY_EXTENSIONS) => {}
                Kind::File => {
                    let message =
                        "this file lies in no class folder and is left out; remove it if it is not needed";
                    self.issue(&path, IssueKind::StrayFile, message);
                }
            }
        }
        (folders, n_images)
    }

    /// Walks a folder of a class, each once: links may lead to it from many places. `entered` holds what was entered of
    /// this class.
    fn enter(&mut self, path: &str, entered: &mut BTreeSet<FileId>) -> Result<()> {
        self.cancel.check()?;
        let full = self.root.join(path);
        let (id, entries) = match folder_id(&full).and_then(|id| Ok((id, read_folder(&full)?))) {
            Ok(both) => both,
            Err(error) => {
                let message = format!("cannot read this folder: {error}; check its permissions");
                self.issue(path, IssueKind::Unreadable, message);
                return Ok(());
            }
        };
        if !entered.insert(id) {
            let message = "this link leads to a folder that was entered already and is left out; remove it";
            self.issue(path, IssueKind::LinkLoop, message);
            return Ok(());
        }
        if path.split('/').count() > DEEPEST {
            let message =
                format!("folders lie more than {DEEPEST} deep here, and this one is left out; move it up");
            self.issue(path, IssueKind::LinkLoop, message);
            return Ok(());
        }
        for entry in entries {
            self.cancel.check()?;
            let Some(name) = self.utf8_name(&format!("{path}/"), &entry) else {
                continue;
            };
            let inner = format!("{path}/{name}");
            match kind_of(&entry) {
                Kind::Folder if is_company_folder(&entry.file_name()) || holds_runs(&entry.path()) => {}
                Kind::Folder => self.enter(&inner, entered)?,
                Kind::Neither(kind, message) => self.issue(&inner, kind, message),
                Kind::File if is_company_file(&name) => {}
                Kind::File if extension_is_in(&name, &EXTENSIONS) => {
                    self.out.files.push(Found {
                        path: inner,
                        class_idx: self.class_idx,
                        folder: self.part,
                    });
                }
                Kind::File => self.issue(&inner, IssueKind::StrayFile, stray_message()),
            }
        }
        Ok(())
    }

    fn utf8_name(&mut self, prefix: &str, entry: &DirEntry) -> Option<String> {
        match entry.file_name().into_string() {
            Ok(name) => Some(name),
            Err(name) => {
                let path = format!("{prefix}{}", name.to_string_lossy());
                self.issue(
                    &path,
                    IssueKind::NotUtf8,
                    "its name is not UTF-8; rename it, so that it can be taken in",
                );
                None
            }
        }
    }
}

/// Such as `cat, dog, owl, …`.
fn first_of(names: &[String]) -> String {
    let more = if names.len() > 3 { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(3)].join(", "))
}

fn stray_message() -> String {
    let extensions = EXTENSIONS.join(", ");
    format!(
        "its name ends as none of {extensions}, so it is left out; convert it if it is an image, else remove it"
    )
}

/// In the order of the names, so that issues come in the same order on every file system.
fn read_folder(path: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_cached_key(DirEntry::file_name);
    Ok(entries)
}

fn kind_of(entry: &DirEntry) -> Kind {
    let followed = |kind: FileType| match kind.is_symlink() {
        true => fs::metadata(entry.path()).map(|target| target.file_type()),
        false => Ok(kind),
    };
    match entry.file_type().and_then(followed) {
        Ok(kind) if kind.is_dir() => Kind::Folder,
        Ok(kind) if kind.is_file() => Kind::File,
        Ok(_) => Kind::Neither(
            IssueKind::StrayFile,
            "this is neither a file nor a folder and is left out; remove it",
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Kind::Neither(
            IssueKind::Unreadable,
            "this link leads to nothing; remove it or bring its target back",
        ),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Kind::Neither(
            IssueKind::Unreadable,
            "this may not be read; check its permissions",
        ),
        // The only other fault of a link is that following it never ends.
        Err(_) => Kind::Neither(IssueKind::LinkLoop, "this link leads to itself; remove it"),
    }
}

/// The part that a folder of that name holds.
pub fn part_of(folder: &str) -> Option<Part> {
    match folder.to_ascii_lowercase().as_str() {
        "train" | "training" => Some(Part::Train),
        "val" | "valid" | "validation" => Some(Part::Val),
        "test" | "testing" => Some(Part::Test),
        _ => None,
    }
}
