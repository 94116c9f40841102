//! Small JSON files: reading and writing one, and leaving alone what a newer version wrote.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::whole_file::{SMALL, put_aside, read_small, write_whole};
use crate::error::{Error, Result};
use crate::formats::{Formats, format_of};

/// For what is not such a file, the error gives line and column.
///
/// # Errors
/// The text is not `what`.
pub fn from_json<T: DeserializeOwned>(path: &Path, text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::file(path, format!("is not {what}: {e}")))
}

/// Asked before the rest is read: in a file of a newer format not every field is known here. `kind` names the format.
///
/// # Errors
/// The text says that it is of a format that this version does not read.
pub fn check_format(path: &Path, text: &str, formats: Formats, kind: &str) -> Result<()> {
    let refusal = format_of(text.as_bytes()).and_then(|format| formats.refusal(kind, format));
    refusal.map_or(Ok(()), |refusal| Err(Error::file(path, refusal)))
}

/// # Errors
/// The value cannot be told in JSON, such as a path that is not UTF-8; it names `path`.
pub fn to_json(path: &Path, value: &impl Serialize, pretty: bool) -> Result<String> {
    let text = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map_err(|e| Error::file(path, format!("cannot be written: {e}")))
}

/// Writes the file whole, for people to read, too.
///
/// # Errors
/// As [`to_json`] and [`write_whole`].
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    write_whole(path, (to_json(path, value, true)? + "\n").as_bytes())
}

/// Before a file is replaced: one that cannot be `read` as what it should be gets another name, and nothing takes the place
/// of one that a newer version wrote, for which it means what it meant.
///
/// # Errors
/// That of `read`, where a newer version wrote the file; it cannot be put aside.
pub fn make_way<T>(path: &Path, formats: Formats, read: Result<T>) -> Result<()> {
    let Err(error) = read else { return Ok(()) };
    let text = read_small(path, SMALL).ok();
    let format = text.and_then(|text| format_of(text.as_bytes()));
    match format.is_some_and(|format| formats.is_newer(format)) {
        true => Err(error),
        false => put_aside(path),
    }
}
