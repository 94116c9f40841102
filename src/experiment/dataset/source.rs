//! Where a dataset is read from: a folder with a sub-folder per class, or a table that names the images and their labels.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// How the names of tables end that say which class images are of.
pub const TABLE_ENDINGS: [&str; 3] = ["csv", "tsv", "jsonl"];

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The folder of the images. The paths of a table start there.
    pub folder: PathBuf,
    /// `None` where the folder's sub-folders are the classes.
    pub table: Option<PathBuf>,
}

impl Source {
    /// A table lies beside its images.
    pub fn of_table(file: PathBuf) -> Self {
        Source {
            folder: folder_of(&file),
            table: Some(file),
        }
    }

    /// What was named of it: a folder alone may be a table by its name.
    pub fn given(folder: Option<PathBuf>, table: Option<PathBuf>) -> Self {
        match (folder, table) {
            (Some(folder), table @ Some(_)) => Source { folder, table },
            (None, Some(table)) => Source::of_table(table),
            (folder, None) => folder.unwrap_or_default().into(),
        }
    }

    /// What it is known by: two tables may lie in one folder.
    pub fn place(&self) -> &Path {
        self.table.as_deref().unwrap_or(&self.folder)
    }
}

/// By the end of its name: whoever looks at the disk says so where it is something else.
impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        match is_named_as_table(&path) {
            true => Source::of_table(path),
            false => Source {
                folder: path,
                table: None,
            },
        }
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        path.to_path_buf().into()
    }
}

pub fn is_named_as_table(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    TABLE_ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// The folder that a file lies in.
pub fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_table_by_its_ending() {
        let of = |path: &str| Source::from(PathBuf::from(path));
        let table = of("/data/Labels.CSV");
        assert_eq!(table.folder, Path::new("/data"));
        assert_eq!(table.place(), Path::new("/data/Labels.CSV"));
        assert_eq!(of("metadata.jsonl").folder, Path::new("."));
        assert_eq!(of("/data/faces").place(), Path::new("/data/faces"));
        assert_eq!(of("/data/faces").table, None);
    }
}
