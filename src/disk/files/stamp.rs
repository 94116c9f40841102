//! What distinguishes one state of a file from another without reading it.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// A file that was touched as recently as this may be touched again within one tick of its file system's clock, and look
/// the same. Coarser than the clock of any in use.
const AT_REST: Duration = Duration::from_secs(2);

/// What a file looks like from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub n_bytes: u64,
    /// Since 1970, in nanoseconds: last modification and last change of the file's entry.
    pub modified: i128,
    pub changed: i128,
    /// The file's number on its disk, 0 where it has none: a folder that is renamed puts other files under the same
    /// names, and their sizes and times may be the same.
    pub number: u64,
}

impl Stamp {
    pub fn of(path: &Path) -> Option<Self> {
        Self::from_metadata(&fs::metadata(path).ok()?)
    }

    fn from_metadata(metadata: &Metadata) -> Option<Self> {
        let modified = nanos(metadata.modified().ok()?);
        Some(Stamp {
            n_bytes: metadata.len(),
            modified,
            changed: changed(metadata).unwrap_or(modified),
            number: number(metadata),
        })
    }

    /// Whether it has been left alone long enough for its stamp to be trusted.
    pub fn is_at_rest(&self) -> bool {
        self.modified.max(self.changed) + AT_REST.as_nanos() as i128 <= nanos(SystemTime::now())
    }
}

/// One file in one state: under whatever name where files have a number, so that a hard link is the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileState {
    stamp: Stamp,
    file: FileId,
}

/// Device and inode; the path where there are none.
#[cfg(unix)]
pub type FileId = (u64, u64);
#[cfg(not(unix))]
pub type FileId = std::path::PathBuf;

/// The folder that this is, or that this link leads to.
///
/// # Errors
/// It cannot be looked at.
pub fn folder_id(path: &Path) -> std::io::Result<FileId> {
    // Where folders have no number, their place is one.
    let path = if cfg!(unix) {
        path.to_path_buf()
    } else {
        path.canonicalize()?
    };
    Ok(file_id(&path, &fs::metadata(&path)?))
}

impl FileState {
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(FileState {
            stamp: Stamp::from_metadata(&metadata)?,
            file: file_id(path, &metadata),
        })
    }

    /// As of a [`Stamp`].
    pub fn is_at_rest(&self) -> bool {
        self.stamp.is_at_rest()
    }
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<i128> {
    use std::os::unix::fs::MetadataExt;
    Some(i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<i128> {
    None
}

#[cfg(unix)]
fn file_id(_: &Path, metadata: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn file_id(path: &Path, _: &Metadata) -> FileId {
    path.to_path_buf()
}

fn nanos(time: SystemTime) -> i128 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_hard_link_is_the_same_file_and_a_changed_one_is_not() {
        let home = tempfile::tempdir().unwrap();
        let [file, link, copy] = ["file", "link", "copy"].map(|name| home.path().join(name));
        fs::write(&file, "a").unwrap();
        fs::hard_link(&file, &link).unwrap();
        fs::copy(&file, &copy).unwrap();
        let before = FileState::of(&file);
        assert!(before.is_some());
        assert_eq!(before, FileState::of(&link));
        assert_ne!(before, FileState::of(&copy));
        fs::write(&file, "ab").unwrap();
        assert_ne!(before, FileState::of(&link));
        assert_eq!(FileState::of(&home.path().join("none")), None);
    }

    #[cfg(unix)]
    #[test]
    fn folders_that_change_places_do_not_pass_for_one_another() {
        let home = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| home.path().join(name));
        fs::write(&one, "a").unwrap();
        fs::write(&other, "b").unwrap();
        let one = Stamp::of(&one).unwrap();
        let as_large_and_as_old = Stamp {
            modified: one.modified,
            changed: one.changed,
            ..Stamp::of(&other).unwrap()
        };
        assert_ne!(one, as_large_and_as_old);
    }
}
