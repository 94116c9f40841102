//! What other programs, and this one, leave among a user's images. torchvision would make classes of such folders;
//! nobody means that. A scan and a prediction pass over the same.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::disk::runs::folder::{CONFIG_FILE, EVENTS_FILE};

/// What torchvision's ImageFolder takes for images, in any case.
pub const EXTENSIONS: [&str; 9] = ["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"];

const FOLDERS: [&str; 16] = [
    ".git",
    ".hg",
    ".svn",
    ".cache",
    ".ipynb_checkpoints",
    ".thumbnails",
    ".vscode",
    ".Spotlight-V100",
    ".fseventsd",
    "__MACOSX",
    "__pycache__",
    "@eaDir",
    "#recycle",
    "lost+found",
    "$RECYCLE.BIN",
    "System Volume Information",
];
/// How the names of trash folders begin: `.Trash-1000`, `.Trashes`.
const TRASH: &str = ".Trash";
const FILES: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", ".directory"];
/// How macOS names what it cannot keep in a file itself, on disks of others.
const APPLE_DOUBLE: &str = "._";

pub fn is_company_folder(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    FOLDERS.contains(&&*name) || name.starts_with(TRASH)
}

pub fn is_company_file(name: &str) -> bool {
    FILES.contains(&name) || name.starts_with(APPLE_DOUBLE)
}

/// A run folder, or one of run folders: somebody trained from inside the image folder.
pub fn holds_runs(folder: &Path) -> bool {
    let inner = || fs::read_dir(folder).into_iter().flatten().flatten();
    is_run(folder) || inner().any(|entry| is_run(&entry.path()))
}

pub fn is_run(dir: &Path) -> bool {
    dir.join(EVENTS_FILE).is_file() && dir.join(CONFIG_FILE).is_file()
}

/// As torchvision: the end of the name counts, so that a file named `.jpg` is an image.
pub fn extension_is_in(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, end)| extensions.iter().any(|ext| end.eq_ignore_ascii_case(ext)))
}
