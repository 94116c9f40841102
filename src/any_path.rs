//! Paths in messages as they are: on Unix a file's name may be any bytes, and serde's own paths are text. For
//! `#[serde(with = "…")]`; not meant for files.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One path.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(path.as_os_str().as_encoded_bytes())
}

/// One path.
///
/// # Errors
/// There are no bytes; they are not a path of this system.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let bytes = deserializer.deserialize_byte_buf(Bytes)?;
    let path = of_bytes(bytes).ok_or_else(|| D::Error::custom("not a path of this system"))?;
    Ok(path.into())
}

#[cfg(unix)]
fn of_bytes(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn of_bytes(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a path's bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
}

/// Any number of paths.
pub mod list {
    use super::{Deserialize, Deserializer, PathBuf, Serialize, Serializer};

    #[derive(Serialize)]
    struct Borrowed<'a>(#[serde(with = "super")] &'a PathBuf);

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "super")] PathBuf);

    /// All of them.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(paths: &[PathBuf], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(paths.iter().map(Borrowed))
    }

    /// All of them, as a `Vec` or shared.
    ///
    /// # Errors
    /// As for one path.
    pub fn deserialize<'de, D, L>(deserializer: D) -> Result<L, D::Error>
    where
        D: Deserializer<'de>,
        L: From<Vec<PathBuf>>,
    {
        let paths = Vec::<Owned>::deserialize(deserializer)?;
        Ok(paths
            .into_iter()
            .map(|Owned(path)| path)
            .collect::<Vec<_>>()
            .into())
    }
}
