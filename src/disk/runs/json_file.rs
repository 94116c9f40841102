//! The small JSON files of a run's folder: reading one, and leaving alone what a newer version wrote.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::disk::files::whole_file::{SMALL, read_small};
use crate::error::{Error, Result};
use crate::formats::{Formats, format_of};

/// For what is not such a file, the error gives line and column.
///
/// # Errors
/// The text is not `what`.
pub fn from_json<T: DeserializeOwned>(path: &Path, text: &str, what: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::file(path, format!("is not {what}: {e}")))
}

/// Nothing takes the place of a file of a newer version, for which it means what it meant.
///
/// # Errors
/// `error`, where it is such a file that could not be read.
pub fn refuse_newer(path: &Path, formats: Formats, error: Error) -> Result<()> {
    let format = read_small(path, SMALL)
        .ok()
        .and_then(|text| format_of(text.as_bytes()));
    match format.is_some_and(|format| formats.is_newer(format)) {
        true => Err(error),
        false => Ok(()),
    }
}
