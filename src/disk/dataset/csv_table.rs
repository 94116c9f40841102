//! A CSV file that people made: with commas or semicolons, blanks around the fields, and every fault named with its line.

use std::path::Path;

use crate::disk::files::whole_file::{TABLE, read_given};
use crate::error::{Error, Result};

/// A table as it was read.
#[derive(Debug)]
pub struct Lines {
    pub header: Vec<String>,
    /// Each with its line number in the file, from 1.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// # Errors
/// The file cannot be read, or a line has not the header's fields.
pub fn read_table(path: &Path) -> Result<Lines> {
    let text = read_given(path, TABLE)?;
    // Spreadsheets mark their UTF-8 so.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let fields = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = fields(reader.headers().map_err(|e| unreadable(path, e))?);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|e| unreadable(path, e))?;
        let line = row.position().map_or(0, csv::Position::line);
        rows.push((line, fields(&row)));
    }
    Ok(Lines { header, rows })
}

/// What is wrong with the table, in words.
pub fn unreadable(path: &Path, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io("read", path)(source),
        csv::ErrorKind::Utf8 { .. } => Error::file(path, "is not UTF-8 text; save it as UTF-8"),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.map_or_else(|| "a line".into(), |pos| format!("line {}", pos.line()));
            Error::file(
                path,
                format!("{line} has {len} fields where the header has {expected_len}; mend it"),
            )
        }
        kind => Error::file(path, format!("is not a CSV table: {kind:?}")),
    }
}

/// In half of the world spreadsheets write semicolons.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    match header.contains(';') && !header.contains(',') {
        true => b';',
        false => b',',
    }
}
