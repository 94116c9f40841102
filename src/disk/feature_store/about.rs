//! What a feature set says of itself, for people and for other versions: with what its features were computed, and in which
//! format of features.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ABOUT_FILE;
use super::key::FEATURES_FORMAT;
use crate::disk::files::json_file::to_json;
use crate::disk::files::whole_file::{SMALL, read_given, write_whole};
use crate::error::Result;

#[derive(Debug, Serialize, Deserialize)]
pub struct About {
    /// Of the features; no version reads those of another format.
    pub format: u32,
    pub about: String,
}

/// As it was stored. The first versions wrote the words alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Whole(About),
    Words(String),
}

/// With what a feature set's features were computed, and their format where it is said.
pub fn read(dir: &Path) -> Option<(String, Option<u32>)> {
    let text = read_given(&dir.join(ABOUT_FILE), SMALL).ok()?;
    Some(match serde_json::from_str(&text).ok()? {
        Stored::Whole(About { format, about }) => (about, Some(format)),
        Stored::Words(about) => (about, None),
    })
}

/// # Errors
/// What the file system says, with the path.
pub fn write(dir: &Path, about: &str) -> Result<()> {
    let path = dir.join(ABOUT_FILE);
    let whole = About {
        format: FEATURES_FORMAT,
        about: about.to_owned(),
    };
    write_whole(&path, to_json(&path, &whole, false)?.as_bytes())
}
