//! What a table of ours looks like, of whatever version: only such a one is replaced by another. A person's own table may have
//! a path, a class and an error, too, and is nowhere else.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Rows so far into a file say what it is.
const BEGINNING: u64 = 64 << 10;
/// Below that there is nothing to decide between.
const FEWEST_CLASSES: usize = 2;

/// Columns by the place where they stand, before and after a number for each class; after them a second number for each, or none.
#[derive(Debug, Clone, Copy)]
pub struct TableKind {
    /// Such as `predictions`.
    pub name: &'static str,
    /// Of each version, what stands before the classes' columns and what after.
    pub versions: &'static [(&'static [&'static str], &'static [&'static str])],
}

impl TableKind {
    /// Whether a file may be replaced by a table of this kind: it is none yet, is empty, or is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn may_replace(&self, path: &Path) -> Result<bool> {
        let failed = || Error::io("read", path);
        match fs::metadata(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(true),
            Err(e) => return Err(failed()(e)),
            Ok(found) if !found.is_file() => return Ok(false),
            Ok(_) => {}
        }
        let mut start = Vec::new();
        let file = File::open(path).map_err(failed())?;
        file.take(BEGINNING).read_to_end(&mut start).map_err(failed())?;
        if start.len() as u64 == BEGINNING {
            // The last row may have been cut.
            start.truncate(start.iter().rposition(|&b| b == b'\n').map_or(0, |end| end + 1));
        }
        Ok(start.is_empty() || self.versions.iter().any(|version| is_of(&start, *version)))
    }
}

fn is_of(text: &[u8], (before, after): (&[&str], &[&str])) -> bool {
    let mut csv = csv::Reader::from_reader(text);
    let Ok(header) = csv.headers().cloned() else {
        return false;
    };
    let others = before.len() + after.len();
    let n_class_columns = header.len().saturating_sub(others);
    // A probability of each class, and behind all else the score of each or nothing.
    let each_twice = n_class_columns.is_multiple_of(2).then_some(n_class_columns / 2);
    let fits = |n_classes: &usize| {
        let behind = before.len() + n_classes;
        *n_classes >= FEWEST_CLASSES
            && header.iter().take(before.len()).eq(before.iter().copied())
            && header
                .iter()
                .skip(behind)
                .take(after.len())
                .eq(after.iter().copied())
    };
    let Some(n_classes) = [Some(n_class_columns), each_twice]
        .into_iter()
        .flatten()
        .find(fits)
    else {
        return false;
    };
    let is_number = |cell: &str| cell.is_empty() || cell.parse::<f32>().is_ok();
    let is_row = |row: csv::StringRecord| {
        let probabilities = row.iter().skip(before.len()).take(n_classes);
        let scores = row.iter().skip(others + n_classes);
        probabilities.chain(scores).all(is_number)
    };
    csv.records().all(|row| row.is_ok_and(is_row))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: TableKind = TableKind {
        name: "predictions",
        versions: &[
            (&["path", "class"], &["error", "run"]),
            (&["path", "class"], &["error"]),
        ],
    };

    #[test]
    fn only_what_is_of_a_version_of_ours_is_replaced() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let long = format!("path,class,A,B,error\n{}", "x.png,A,0.5,0.5,\n".repeat(9000));
        let table: [(&str, bool); 14] = [
            ("", true),
            (
                "path,class,A,B,error,run,score A,score B\nx.png,A,0.5,0.5,,r,0.9,0.1\n",
                true,
            ),
            (
                "path,class,A,B,error,run,checked,by\nx.png,A,0.5,0.5,,r,yes,me\n",
                false,
            ),
            ("path,class,A,B,error,run\nx.png,A,0.5,0.5,,r\n", true),
            ("path,class,A,B,error\n\"x, y.png\",,,,is no PNG\n", true),
            ("path,class,A,B,error\n", true),
            (&long, true),
            // With a column of somebody's own, in another order, or with words where probabilities belong.
            (
                "path,class,A,B,error,run,checked by\nx.png,A,0.5,0.5,,r,me\n",
                false,
            ),
            ("class,path,A,B,error\nA,x.png,0.5,0.5,\n", false),
            ("path,class,camera,age,error\nx.png,A,left,30,\n", false),
            ("path,class,error\nx.png,A,\n", false),
            ("path,label\nx.png,A\n", false),
            ("path;class;A;B;error\nx.png;A;0,5;0,5;\n", false),
            ("path,group\na/1.png,7\n", false),
        ];
        for (text, expected) in table {
            fs::write(at("t.csv"), text).unwrap();
            assert_eq!(KIND.may_replace(&at("t.csv")).unwrap(), expected, "{text:.80}");
        }
        fs::write(at("a.png"), b"\x89PNG\r\n\x1a\nrest").unwrap();
        fs::create_dir(at("folder")).unwrap();
        assert!(!KIND.may_replace(&at("a.png")).unwrap());
        assert!(!KIND.may_replace(&at("folder")).unwrap());
        assert!(KIND.may_replace(&at("none.csv")).unwrap());
    }
}
