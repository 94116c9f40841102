//! A table that people made: CSV with commas, semicolons or tabs and blanks around the fields, or JSON lines; every fault named
//! with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

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
    let Marked {
        delimiter,
        n_bytes,
        n_lines,
    } = marked(text.as_bytes());
    let text = &text[n_bytes..];
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let fields = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let failed = |e| unreadable(path, (text, n_lines), e);
    let header = fields(reader.headers().map_err(failed)?);
    let mut rows = Vec::new();
    for row in reader.records() {
        let row = row.map_err(failed)?;
        let line = row.position().map_or(0, |start| n_lines + line_at(text, start));
        rows.push((line, fields(&row)));
    }
    Ok(Lines { header, rows })
}

/// One JSON object a line, as Hugging Face writes `metadata.jsonl`. Its keys are the columns; a line may lack some.
fn json_lines(path: &Path, text: &str) -> Result<Lines> {
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    let mut header = Vec::new();
    let mut objects: Vec<(u64, Object)> = Vec::new();
    for (line, text) in (1..)
        .zip(text.lines())
        .filter(|(_, text)| !text.trim().is_empty())
    {
        let object: Object = serde_json::from_str(text)
            .map_err(|e| Error::file(path, format!("line {line} is not a JSON object: {e}")))?;
        if let Some(key) = object.doubled() {
            let message = format!("line {line} gives {key:?} twice; keep one of them");
            return Err(Error::file(path, message));
        }
        for (key, _) in &object.0 {
            if !columns.contains_key(key) {
                columns.insert(key.clone(), header.len());
                header.push(key.clone());
            }
        }
        objects.push((line, object));
    }
    let row = |(line, object): (u64, Object)| {
        let mut row = vec![String::new(); header.len()];
        for (key, value) in object.0 {
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

/// What a line of JSON holds, as it stands: a map would keep the last of two values of one key, and nobody would know.
struct Object(Vec<(String, Value)>);

impl Object {
    /// A key that is there twice.
    fn doubled(&self) -> Option<&str> {
        let mut keys = self.0.iter().map(|(key, _)| key.as_str());
        let mut seen = BTreeSet::new();
        keys.find(|key| !seen.insert(*key))
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;
            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Object, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
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
    let column = (!is_json).then(|| {
        let Marked {
            delimiter, n_bytes, ..
        } = marked(failed.as_bytes());
        let at = before.len().checked_sub(n_bytes)?;
        column_at(&failed.as_bytes()[n_bytes..], delimiter, at)
    });
    let column = column
        .flatten()
        .map_or_else(String::new, |column| format!(", column {column:?}"));
    let message = format!("is not UTF-8 text (line {line}{column}); save it as UTF-8");
    Err(Error::file(path, message))
}

/// The name of the column that a byte lies in.
fn column_at(bytes: &[u8], delimiter: u8, at: usize) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(delimiter)
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

/// What is wrong with the table, in words. Before the text that was read there were `n_lines`.
fn unreadable(path: &Path, (text, n_lines): (&str, u64), error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::io("read", path)(source),
        csv::ErrorKind::Utf8 { .. } => Error::file(path, "is not UTF-8 text; save it as UTF-8"),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.map_or_else(
                || "a line".into(),
                |pos| format!("line {}", n_lines + line_at(text, &pos)),
            );
            Error::file(
                path,
                format!("{line} has {len} fields where the header has {expected_len}; mend it"),
            )
        }
        kind => Error::file(path, format!("is not a CSV table: {kind:?}")),
    }
}

/// By what fields are parted, and how much stands before the header.
struct Marked {
    delimiter: u8,
    n_bytes: usize,
    n_lines: u64,
}

/// Excel takes a first line such as `sep=;` as a word about the file, and writes it again.
fn marked(text: &[u8]) -> Marked {
    let mark = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let line = mark
        .split_inclusive(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let word = line.trim_ascii_end();
    let word = word
        .strip_prefix(b"\"")
        .and_then(|word| word.strip_suffix(b"\""))
        .unwrap_or(word);
    // A tab is a blank, too, and was taken off its end.
    let named = match word {
        [s, e, p, b'=', rest @ ..] if [*s, *e, *p].eq_ignore_ascii_case(b"sep") => match rest {
            [] if line.starts_with(b"sep=\t") => Some(b'\t'),
            [delimiter] => Some(*delimiter),
            _ => None,
        },
        _ => None,
    };
    match named {
        Some(delimiter) => Marked {
            delimiter,
            n_bytes: text.len() - mark.len() + line.len(),
            n_lines: 1,
        },
        None => Marked {
            delimiter: delimiter(text),
            n_bytes: 0,
            n_lines: 0,
        },
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
    fn a_line_that_names_what_parts_the_fields_is_none_of_the_table() {
        for text in [
            "sep=;\npath;label\n1.png;cat, old\n",
            "\u{feff}\"SEP=;\"\r\npath;label\r\n1.png;cat, old\r\n",
            "sep=\t\npath\tlabel\n1.png\tcat, old\n",
            "sep=|\npath|label\n1.png|cat, old\n",
        ] {
            let lines = read("a.csv", text.as_bytes()).unwrap();
            assert_eq!(lines.header, ["path", "label"], "{text}");
            assert_eq!(
                lines.rows,
                [(3, vec!["1.png".into(), "cat, old".into()])],
                "{text}"
            );
        }
        let message = read("a.csv", b"sep=;\npath;label\n1.png\n").unwrap_err();
        assert!(message.contains("line 3 has 1 fields"), "{message}");
        let message = read("a.csv", b"sep=;\npath;label\n1.png;K\xe4se\n").unwrap_err();
        assert!(message.contains("(line 3, column \"label\")"), "{message}");
    }

    #[test]
    fn of_two_values_of_one_key_none_is_believed() {
        let message = read("a.jsonl", b"{}\n{\"label\": \"a\", \"x\": 1, \"label\": \"b\"}\n").unwrap_err();
        assert!(message.contains("line 2 gives \"label\" twice"), "{message}");
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
