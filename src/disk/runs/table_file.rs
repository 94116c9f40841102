//! A table that the user asked for, as CSV: written beside its place and renamed into it once it is whole, so that a job
//! that fails or is stopped leaves what was there.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::disk::files::whole_file::{beside, remove_stale};
use crate::error::{Error, Result};

use super::folder::EVENTS_FILE;

pub struct TableFile {
    path: PathBuf,
    csv: csv::Writer<File>,
    /// Where it is until it is whole.
    beside: TempPath,
}

impl TableFile {
    /// Begins a table that is to replace `path`; it is made from `inputs`.
    ///
    /// # Errors
    /// The place is a folder, one of the inputs or in one of them, or holds something else than a table; nothing can be
    /// written there.
    pub fn begin(path: &Path, inputs: &[PathBuf]) -> Result<Self> {
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
        let folder = folder_of(path);
        if !folder.is_dir() {
            let message = format!(
                "there is no folder {}; make it, or name another",
                folder.display()
            );
            return Err(Error::file(path, message));
        }
        if folder.join(EVENTS_FILE).is_file() {
            let message =
                "lies in a run's folder, whose tables the run is read from; name a file in another folder";
            return Err(Error::file(path, message));
        }
        if fs::metadata(path).is_ok_and(|found| found.permissions().readonly()) {
            let message = "is there already and may only be read, so it is left as it is; name another file";
            return Err(Error::file(path, message));
        }
        if holds_something_else(path)? {
            let message = "is there already and is not a table of predictions, so it is left as it is; name another file";
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

pub(super) fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().filter(|dir| !dir.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

pub(super) fn lies_in(path: &Path, folder: &Path) -> bool {
    folder_of(path).canonicalize().is_ok_and(|parent| {
        let folder = folder.canonicalize();
        folder.is_ok_and(|folder| folder.is_dir() && parent.starts_with(folder))
    })
}

/// Whether it is the table of what belongs together, which a split is made of and which nothing makes again.
fn is_groups_table(text: &[u8]) -> bool {
    let first = text.split(|&b| b == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first).to_lowercase();
    let columns: Vec<&str> = (first.split([',', ';', '\t']))
        .map(|cell| cell.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\u{feff}'))
        .collect();
    ["path", "group"].iter().all(|name| columns.contains(name))
}

/// Rows of text with as many cells as the first are what a table looks like; pictures, models and programs do not. One that is
/// named as a table may have a single column.
fn holds_something_else(path: &Path) -> Result<bool> {
    let failed = || Error::io("read", path);
    match fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(failed()(e)),
        Ok(found) if !found.is_file() => return Ok(true),
        Ok(_) => {}
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(failed())?;
    file.take(BEGINNING).read_to_end(&mut start).map_err(failed())?;
    if start.len() as u64 == BEGINNING {
        // The last row may have been cut.
        start.truncate(start.iter().rposition(|&b| b == b'\n').map_or(0, |end| end + 1));
    }
    let is_called_so = path.extension().is_some_and(|ext| ext == "csv" || ext == "tsv");
    let fewest = if is_called_so { 1 } else { 2 };
    Ok(is_groups_table(&start)
        || !start.is_empty()
            && !b",;\t"
                .iter()
                .any(|&delimiter| is_table(&start, delimiter, fewest)))
}

const BEGINNING: u64 = 64 << 10;

fn is_table(text: &[u8], delimiter: u8, fewest_columns: usize) -> bool {
    let mut csv = csv::ReaderBuilder::new();
    let mut rows = csv
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(text)
        .into_records();
    let is_fine = |row: &csv::StringRecord| {
        let is_letter = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        row.len() >= fewest_columns && row.iter().all(|cell| cell.chars().all(is_letter))
    };
    rows.all(|row| row.is_ok_and(|row| is_fine(&row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_its_place_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.csv");
        fs::write(&path, "path,class\n").unwrap();
        let mut table = TableFile::begin(&path, &[]).unwrap();
        table.row(["a", "b"]).unwrap();
        drop(table);
        assert_eq!(fs::read_to_string(&path).unwrap(), "path,class\n");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        let mut table = TableFile::begin(&path, &[]).unwrap();
        table.row(["a", "b"]).unwrap();
        table.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n");
    }

    #[test]
    fn what_is_no_table_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        fs::write(at("a.png"), b"\x89PNG\r\n\x1a\nrest").unwrap();
        fs::write(at("model.safetensors"), [8, 0, 0, 0, 0, 0, 0, 0, b'{']).unwrap();
        fs::write(at("table.csv"), "Käse,1\r\n").unwrap();
        fs::write(at("list.txt"), "a.png\n").unwrap();
        fs::write(at("notes.md"), "# Faces\n\nReal, and fake.\n").unwrap();
        fs::write(at("train.py"), "import os, sys\n\nprint(1)\n").unwrap();
        fs::write(at("long.csv"), "path,class\nx,\"a;b\"\n".repeat(9000)).unwrap();
        fs::write(at("column.csv"), "yesterday\n").unwrap();
        fs::write(at("semicolons.csv"), "path;class\r\n1,5;2\r\n").unwrap();
        fs::create_dir(at("images")).unwrap();
        fs::write(at("empty"), "").unwrap();
        let refused =
            |name: &str, inputs: &[PathBuf]| TableFile::begin(&at(name), inputs).err().map(|e| e.to_string());
        assert!(
            refused("a.png", &[])
                .unwrap()
                .contains("is not a table of predictions")
        );
        assert!(
            refused("model.safetensors", &[])
                .unwrap()
                .contains("is not a table of predictions")
        );
        assert!(refused("", &[]).unwrap().contains("is a folder"));
        assert!(
            refused("list.txt", &[at("list.txt")])
                .unwrap()
                .contains("is one of the inputs")
        );
        for name in ["list.txt", "notes.md", "train.py"] {
            assert!(
                refused(name, &[])
                    .unwrap()
                    .contains("is not a table of predictions"),
                "{name}"
            );
        }
        let inside = refused("images/out.csv", &[at("images")]).unwrap();
        assert!(
            inside.contains("which is one of the inputs; name a file"),
            "{inside}"
        );
        assert_eq!(refused("images/out.csv", &[at("a.png")]), None);
        for name in ["table.csv", "long.csv", "column.csv", "semicolons.csv"] {
            assert_eq!(refused(name, &[]), None, "{name}");
        }
        assert_eq!(refused("empty", &[]), None);
        assert_eq!(refused("new.csv", &[]), None);
        // What cannot be made again, or was meant to stay.
        fs::write(at("groups.csv"), "\u{feff}Path;Group\r\na/1.png;7\r\n").unwrap();
        assert!(
            refused("groups.csv", &[])
                .unwrap()
                .contains("is not a table of predictions")
        );
        fs::create_dir(at("run")).unwrap();
        for name in ["config.json", "events.jsonl", "split.csv"] {
            fs::write(at("run").join(name), "path,class\n").unwrap();
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
        assert_eq!(fs::read(at("a.png")).unwrap(), b"\x89PNG\r\n\x1a\nrest");
    }
}
