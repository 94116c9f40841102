//! Finds the class folders and the image files of an image folder, in torchvision's order, without opening one.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::experiment::{Issue, IssueKind, Part};
use crate::protocol::Cancel;

/// What torchvision's ImageFolder takes for images, in any case.
pub const EXTENSIONS: [&str; 9] = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"];

/// Folders that other programs leave behind. torchvision would make classes of them; nobody means that.
const COMPANY_FOLDERS: [&str; 11] = [
    ".git",
    ".hg",
    ".svn",
    ".cache",
    ".ipynb_checkpoints",
    ".thumbnails",
    ".vscode",
    "__MACOSX",
    "__pycache__",
    "@eaDir",
    "lost+found",
];
/// Files that other programs leave behind, anywhere.
const COMPANY_FILES: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"];
/// What ordinarily lies beside the class folders.
const COMPANY_EXTENSIONS: [&str; 9] = ["md", "csv", "tsv", "txt", "json", "jsonl", "yaml", "yml", "toml"];

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
    let canonical_root = root.canonicalize().map_err(Error::io("read", root))?;
    for folder in folders {
        walker.part = folder.part;
        walker.class_idx = classes.partition_point(|class| *class < folder.class);
        walker.enter(&folder.path, &mut vec![canonical_root.clone()])?;
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
            let message = "is a file, not a folder; give the folder that holds one sub-folder per class";
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
                "holds images but no folders; make one sub-folder per class and move the images into them";
            return Err(Error::file(self.root, message));
        }
        let Some(parts) = self.parts(&names) else {
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

    /// Which part each folder is, where they are `train` and at least one other part and nothing else. A class may be
    /// called `train`, so `train` must hold folders too.
    fn parts(&self, names: &[String]) -> Option<Vec<(String, Part)>> {
        let parts: Option<Vec<(String, Part)>> = names
            .iter()
            .map(|name| Some((name.clone(), part_of(name)?)))
            .collect();
        let parts = parts?;
        let is_train = |(_, part): &&(String, Part)| *part == Part::Train;
        let (train, _) = parts.iter().find(is_train)?;
        let train_entries = read_folder(&self.root.join(train)).ok()?;
        let holds_folders = train_entries
            .iter()
            .any(|entry| matches!(kind_of(entry), Kind::Folder) && !is_company_folder(&entry.file_name()));
        (parts.iter().any(|p| !is_train(&p)) && holds_folders).then_some(parts)
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
                Kind::Folder if is_company_folder(&entry.file_name()) => {}
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

    /// Walks a folder of a class. `above` holds the canonical paths of the folders it lies in.
    fn enter(&mut self, path: &str, above: &mut Vec<PathBuf>) -> Result<()> {
        self.cancel.check()?;
        let full = self.root.join(path);
        let (canonical, entries) = match full.canonicalize().and_then(|c| Ok((c, read_folder(&full)?))) {
            Ok(both) => both,
            Err(error) => {
                let message = format!("cannot read this folder: {error}; check its permissions");
                self.issue(path, IssueKind::Unreadable, message);
                return Ok(());
            }
        };
        if above.iter().any(|folder| folder.starts_with(&canonical)) {
            let message = "this link leads back to a folder that it lies in and is left out; remove it";
            self.issue(path, IssueKind::LinkLoop, message);
            return Ok(());
        }
        above.push(canonical);
        for entry in entries {
            self.cancel.check()?;
            let Some(name) = self.utf8_name(&format!("{path}/"), &entry) else {
                continue;
            };
            let inner = format!("{path}/{name}");
            match kind_of(&entry) {
                Kind::Folder if is_company_folder(&entry.file_name()) => {}
                Kind::Folder => self.enter(&inner, above)?,
                Kind::Neither(kind, message) => self.issue(&inner, kind, message),
                Kind::File if extension_is_in(&name, &EXTENSIONS) => {
                    self.out.files.push(Found {
                        path: inner,
                        class_idx: self.class_idx,
                        folder: self.part,
                    });
                }
                Kind::File if is_company_file(&name) => {}
                Kind::File => self.issue(&inner, IssueKind::StrayFile, stray_message()),
            }
        }
        above.pop();
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
                    "its name is not UTF-8, so it is left out; rename it",
                );
                None
            }
        }
    }
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
        // What is left for a link is that following it never ends.
        Err(_) => Kind::Neither(IssueKind::LinkLoop, "this link leads to itself; remove it"),
    }
}

fn part_of(folder: &str) -> Option<Part> {
    match folder.to_ascii_lowercase().as_str() {
        "train" => Some(Part::Train),
        "val" | "valid" | "validation" => Some(Part::Val),
        "test" => Some(Part::Test),
        _ => None,
    }
}

fn is_company_folder(name: &OsStr) -> bool {
    COMPANY_FOLDERS.iter().any(|company| name == *company)
}

fn is_company_file(name: &str) -> bool {
    COMPANY_FILES.contains(&name)
}

/// As torchvision: the end of the name counts, so that a file called `.jpg` is an image's.
fn extension_is_in(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, end)| extensions.iter().any(|ext| end.eq_ignore_ascii_case(ext)))
}
