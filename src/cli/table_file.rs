//! A table that the user asked for, as CSV: written beside its place and renamed into it once it is whole, so that a job
//! that fails or is stopped leaves what was there.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::disk::whole_file::{beside, remove_stale};
use crate::error::{Error, Result};

pub struct TableFile {
    path: PathBuf,
    csv: csv::Writer<File>,
    /// Where it is until it is whole.
    beside: TempPath,
}

impl TableFile {
    /// Begins a table that is to replace `path`; `inputs` are what it is made of.
    ///
    /// # Errors
    /// The place is a folder, one of the inputs, or holds something else than a table; nothing can be written there.
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
        if holds_something_else(path)? {
            let message = "is there already and is no table, so it is left as it is; name another file";
            return Err(Error::file(path, message));
        }
        remove_stale(path.parent().unwrap_or(Path::new(".")));
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
        written.map_err(|e| Error::file(&self.path, format!("cannot be written: {e}")))
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

/// Text without control letters is what a table looks like; pictures and models do not.
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
    file.take(4096).read_to_end(&mut start).map_err(failed())?;
    let text = match std::str::from_utf8(&start) {
        Ok(text) => text,
        // The last letter may have been cut.
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&start[..e.valid_up_to()]).unwrap_or("\0"),
        Err(_) => "\0",
    };
    Ok(text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_its_place_only_when_it_is_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("out.csv");
        fs::write(&path, "yesterday\n").unwrap();
        let mut table = TableFile::begin(&path, &[]).unwrap();
        table.row(["a", "b"]).unwrap();
        drop(table);
        assert_eq!(fs::read_to_string(&path).unwrap(), "yesterday\n");
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
        fs::write(at("empty"), "").unwrap();
        let refused =
            |name: &str, inputs: &[PathBuf]| TableFile::begin(&at(name), inputs).err().map(|e| e.to_string());
        assert!(refused("a.png", &[]).unwrap().contains("is no table"));
        assert!(refused("model.safetensors", &[]).unwrap().contains("is no table"));
        assert!(refused("", &[]).unwrap().contains("is a folder"));
        assert!(
            refused("list.txt", &[at("list.txt")])
                .unwrap()
                .contains("is one of the inputs")
        );
        assert_eq!(refused("table.csv", &[]), None);
        assert_eq!(refused("empty", &[]), None);
        assert_eq!(refused("new.csv", &[]), None);
        assert_eq!(fs::read(at("a.png")).unwrap(), b"\x89PNG\r\n\x1a\nrest");
    }
}
