//! A table that the user asked for, as CSV: written beside its place and renamed into it once it is whole, so that a job
//! that fails or is stopped leaves what was there.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::disk::files::whole_file::{beside, remove_stale};
use crate::error::{Error, Result};

use super::folder::EVENTS_FILE;
use super::table_kind::TableKind;

pub struct TableFile {
    path: PathBuf,
    csv: csv::Writer<File>,
    /// Where it is until it is whole.
    beside: TempPath,
}

impl TableFile {
    /// Begins a table of that kind, which is to replace `path`; it is made from `inputs`.
    ///
    /// # Errors
    /// The place is a folder, one of the inputs or in one of them, or holds something else than such a table; nothing can be
    /// written there.
    pub fn begin(path: &Path, inputs: &[PathBuf], kind: &TableKind) -> Result<Self> {
        if path.is_dir() {
            return Err(Error::file(path, "is a folder; name a file for the table"));
        }
        let is_input = |input: &PathBuf| same_file(input, path);
        if inputs.iter().any(is_input) {
            return Err(Error::file(
                path,
                "is one of the inputs, and is left as it is; name another file",
            ));
        }
        if let Some(input) = inputs.iter().find(|input| lies_in(path, input)) {
            let message = format!(
                "lies in {}, which is one of the inputs; name a file in another folder",
                input.display()
            );
            return Err(Error::file(path, message));
        }
        let folder = folder_that_is(path)?;
        if folder.join(EVENTS_FILE).is_file() {
            let message =
                "lies in a run's folder, whose tables the run is read from; name a file in another folder";
            return Err(Error::file(path, message));
        }
        may_be_replaced(path)?;
        if !kind.may_replace(path)? {
            let message = format!(
                "is there already and is not a table of {} as this program writes it, so it is left as it is; name another file",
                kind.name
            );
            return Err(Error::file(path, message));
        }
        remove_stale(folder);
        let (file, beside) = beside(path)?.into_parts();
        Ok(TableFile {
            path: path.to_path_buf(),
            csv: csv::Writer::from_writer(file),
            beside,
        })
    }

    /// # Errors
    /// What the file system says, with the path.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let written = self.csv.write_record(cells);
        written.map_err(|e| match e.into_kind() {
            csv::ErrorKind::Io(e) => Error::io("write", &self.path)(e),
            kind => Error::file(&self.path, format!("cannot be written: {kind:?}")),
        })
    }

    /// Puts it into its place.
    ///
    /// # Errors
    /// What the file system says, with the path.
    pub fn finish(self) -> Result<()> {
        let TableFile { path, csv, beside } = self;
        csv.into_inner()
            .map_err(|e| Error::io("write", &path)(e.into_error()))?;
        beside
            .persist(&path)
            .map_err(|e| Error::io("write", &path)(e.error))
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    one.canonicalize()
        .is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// The folder that a file is to lie in.
///
/// # Errors
/// There is none.
pub(super) fn folder_that_is(path: &Path) -> Result<&Path> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(folder);
    }
    let message = format!(
        "there is no folder {}; make it, or name another",
        folder.display()
    );
    Err(Error::file(path, message))
}

/// # Errors
/// What is there may only be read.
pub(super) fn may_be_replaced(path: &Path) -> Result<()> {
    if fs::metadata(path).is_ok_and(|found| found.permissions().readonly()) {
        let message = "is there already and may only be read, so it is left as it is; name another file";
        return Err(Error::file(path, message));
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

pub(super) fn lies_in(path: &Path, folder: &Path) -> bool {
    folder_of(path).canonicalize().is_ok_and(|parent| {
        let folder = folder.canonicalize();
        folder.is_ok_and(|folder| folder.is_dir() && parent.starts_with(folder))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: TableKind = TableKind {
        name: "letters",
        versions: &[(&["path"], &["last"])],
    };
    const OURS: &str = "path,a,b,last\nx,0.5,0.5,y\n";

    #[test]
    fn a_table_takes_its_place_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.csv");
        fs::write(&path, OURS).unwrap();
        let mut table = TableFile::begin(&path, &[], &KIND).unwrap();
        table.row(["a", "b"]).unwrap();
        drop(table);
        assert_eq!(fs::read_to_string(&path).unwrap(), OURS);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        let mut table = TableFile::begin(&path, &[], &KIND).unwrap();
        table.row(["a", "b"]).unwrap();
        table.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n");
    }

    #[test]
    fn what_is_not_such_a_table_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let refused = |name: &str, inputs: &[PathBuf]| {
            let begun = TableFile::begin(&at(name), inputs, &KIND);
            begun.err().map(|e| e.to_string())
        };
        fs::write(at("list.txt"), "a.png\n").unwrap();
        fs::write(at("a.png"), b"\x89PNG\r\n\x1a\nrest").unwrap();
        fs::write(at("table.csv"), OURS).unwrap();
        fs::create_dir(at("images")).unwrap();
        for name in ["a.png", "list.txt"] {
            let said = refused(name, &[]).unwrap();
            assert!(said.contains("is not a table of letters"), "{said}");
        }
        assert_eq!(fs::read(at("a.png")).unwrap(), b"\x89PNG\r\n\x1a\nrest");
        assert!(refused("", &[]).unwrap().contains("is a folder"));
        let said = refused("list.txt", &[at("list.txt")]).unwrap();
        assert!(said.contains("is one of the inputs"), "{said}");
        let inside = refused("images/out.csv", &[at("images")]).unwrap();
        assert!(
            inside.contains("which is one of the inputs; name a file"),
            "{inside}"
        );
        assert_eq!(refused("images/out.csv", &[at("a.png")]), None);
        assert_eq!(refused("table.csv", &[]), None);
        assert_eq!(refused("new.csv", &[]), None);
        // What was meant to stay.
        fs::create_dir(at("run")).unwrap();
        for name in ["config.json", "events.jsonl", "split.csv"] {
            fs::write(at("run").join(name), OURS).unwrap();
        }
        for name in ["run/split.csv", "run/new.csv"] {
            assert!(
                refused(name, &[]).unwrap().contains("lies in a run's folder"),
                "{name}"
            );
        }
        let mut locked = fs::metadata(at("table.csv")).unwrap().permissions();
        locked.set_readonly(true);
        fs::set_permissions(at("table.csv"), locked).unwrap();
        assert!(refused("table.csv", &[]).unwrap().contains("may only be read"));
        let missing = refused("nowhere/out.csv", &[]).unwrap();
        assert!(
            missing.contains("there is no folder") && !missing.contains("partial"),
            "{missing}"
        );
    }
}
