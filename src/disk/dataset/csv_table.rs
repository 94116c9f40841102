//! A table that people made: CSV with commas, semicolons or tabs and blanks around the fields, or JSON lines; every fault named
//! with its line.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::disk::files::whole_file::{TABLE, read_given_bytes};
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
    let is_json = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"));
    let text = utf8(path, read_given_bytes(path, TABLE)?, is_json)?;
    // Spreadsheets mark their UTF-8 so.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match is_json {
        true => json_lines(path, text),
        false => csv_lines(path, text),
    }
}

fn csv_lines(path: &Path, text: &str) -> Result<Lines> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter(text.as_bytes()))
        .from_reader(text.as_bytes());
    let fields = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let failed = |e| unreadable(path, text, e);
    let header = fields(reader.headers().map_err(failed)?);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(failed)?;
        let line = row.position().map_or(0, |start| line_at(text, start));
        rows.push((line, fields(&row)));
    }
    Ok(Lines { header, rows })
}

/// One JSON object a line, as Hugging Face writes `metadata.jsonl`. Its keys are the columns; a line may lack some.
fn json_lines(path: &Path, text: &str) -> Result<Lines> {
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    let mut header = Vec::new();
    let mut objects: Vec<(u64, Map<String, Value>)> = Vec::new();
    for (line, text) in (1..)
        .zip(text.lines())
        .filter(|(_, text)| !text.trim().is_empty())
    {
        let object: Map<String, Value> = serde_json::from_str(text)
            .map_err(|e| Error::file(path, format!("line {line} is not a JSON object: {e}")))?;
        for key in object
            .keys()
            .filter(|key| !columns.contains_key(*key))
            .cloned()
            .collect::<Vec<_>>()
        {
            columns.insert(key.clone(), header.len());
            header.push(key);
        }
        objects.push((line, object));
    }
    let row = |(line, object): (u64, Map<String, Value>)| {
        let mut row = vec![String::new(); header.len()];
        for (key, value) in object {
            row[columns[&key]] = match value {
                Value::Null => String::new(),
                Value::String(text) => text.trim().to_owned(),
                other => other.to_string(),
            };
        }
        (line, row)
    };
    let rows = objects.into_iter().map(row).collect();
    Ok(Lines { header, rows })
}

/// # Errors
/// It is not; the line is named, and the column where it is CSV.
fn utf8(path: &Path, bytes: Vec<u8>, is_json: bool) -> Result<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Error::file(
            path,
            "is UTF-16 text; save it as UTF-8 (in Excel: CSV UTF-8)",
        ));
    }
    let failed = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(failed) => failed,
    };
    let before = &failed.as_bytes()[..failed.utf8_error().valid_up_to()];
    let line = before.iter().filter(|&&b| b == b'\n').count() + 1;
    let column = (!is_json).then(|| column_at(failed.as_bytes(), before.len()));
    let column = column
        .flatten()
        .map_or_else(String::new, |column| format!(", column {column:?}"));
    let message = format!("is not UTF-8 text (line {line}{column}); save it as UTF-8");
    Err(Error::file(path, message))
}

/// The name of the column that a byte lies in.
fn column_at(bytes: &[u8], at: usize) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let header = reader.byte_headers().ok()?.clone();
    let rows = reader.byte_records().map_while(std::result::Result::ok);
    let row = rows
        .take_while(|row| row.position().is_some_and(|start| start.byte() <= at as u64))
        .last()?;
    let column = row.iter().position(|field| std::str::from_utf8(field).is_err())?;
    let name = String::from_utf8_lossy(header.get(column)?);
    Some(name.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Where lines end in two letters, a row starts at the second of them for the reader, one line too early.
fn line_at(text: &str, start: &csv::Position) -> u64 {
    let is_end = text.as_bytes().get(start.byte() as usize) == Some(&b'\n');
    start.line() + u64::from(is_end)
}

/// What is wrong with the table, in words.
fn unreadable(path: &Path, text: &str, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io("read", path)(source),
        csv::ErrorKind::Utf8 { .. } => Error::file(path, "is not UTF-8 text; save it as UTF-8"),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.map_or_else(|| "a line".into(), |pos| format!("line {}", line_at(text, &pos)));
            Error::file(
                path,
                format!("{line} has {len} fields where the header has {expected_len}; mend it"),
            )
        }
        kind => Error::file(path, format!("is not a CSV table: {kind:?}")),
    }
}

/// In half of the world spreadsheets write semicolons, and some programs tabs: what there is most of in the header. Names of
/// columns seldom hold one.
fn delimiter(text: &[u8]) -> u8 {
    let header = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let n = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    // Of equally many the last, which is the comma.
    b"\t;,".iter().copied().max_by_key(|&d| n(d)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> std::result::Result<Lines, String> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        read_table(&path).map_err(|e| e.to_string())
    }

    #[test]
    fn each_way_of_writing_a_table_is_read() {
        let table: [(&str, &str); 5] = [
            ("a.csv", "path,label\n1.png,\"cat, old\"\n"),
            ("a.csv", "\u{feff}path;label\r\n1.png;\"cat, old\"\r\n"),
            ("a.tsv", "path\tlabel\n1.png\tcat, old\n"),
            ("a.csv", " path ;\t label \n 1.png ;\tcat, old \n"),
            ("a.jsonl", "\n{\"path\": \"1.png\", \"label\": \"cat, old\"}\n"),
        ];
        for (name, text) in table {
            let lines = read(name, text.as_bytes()).unwrap();
            let column = |name: &str| lines.header.iter().position(|field| field == name).unwrap();
            let row = &lines.rows[0];
            assert_eq!(row.0, 2, "{text}");
            assert_eq!(row.1[column("path")], "1.png", "{text}");
            assert_eq!(row.1[column("label")], "cat, old", "{text}");
        }
    }

    #[test]
    fn json_lines_may_lack_keys_and_hold_numbers() {
        let lines = read("a.jsonl", b"{\"label\": 3, \"x\": null}\n{\"file\": \"1.png\"}\n").unwrap();
        assert_eq!(lines.header, ["label", "x", "file"]);
        assert_eq!(lines.rows[0].1, ["3", "", ""]);
        assert_eq!(
            lines.rows[1],
            (2, vec![String::new(), String::new(), "1.png".into()])
        );
        let message = read("a.jsonl", b"{}\n[1]\n").unwrap_err();
        assert!(message.contains("line 2 is not a JSON object"), "{message}");
    }

    #[test]
    fn what_is_not_utf8_is_named_with_its_line_and_column() {
        let message = read("a.csv", b"path,label\n1.png,cat\nK\xe4se.png,dog\n").unwrap_err();
        assert!(
            message.contains("(line 3, column \"path\"); save it as UTF-8"),
            "{message}"
        );
        let message = read("a.csv", b"\xef\xbb\xbfpath;label\n1.png;K\xe4se\n").unwrap_err();
        assert!(message.contains("(line 2, column \"label\")"), "{message}");
        let message = read("a.csv", b"\xff\xfep\0a\0").unwrap_err();
        assert!(message.contains("UTF-16"), "{message}");
    }
}
