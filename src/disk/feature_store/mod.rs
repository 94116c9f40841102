//! Features on disk, computed once: a frozen backbone in eval mode gives an image the same features for ever.
//!
//! ```text
//! features/
//!   limit                      bytes at most, where that was set
//!   folders/ID.index           a folder's files and the hashes of what is in them (`folder_index`)
//!   spaces/ID/about.json       what the features were computed with
//!   spaces/ID/CHECKSUM.rows    a segment: hashes of images, their features, a checksum (`segment`)
//! ```
//!
//! A feature set holds what one backbone, transform, precision and kind of device made ([`FeatureSetKey`]); within it a row is
//! found by the image's content ([`crate::disk::images::content`]), never by its path or time. Segments are written beside their
//! place, renamed into it, and never changed, so that programs need no locks: they add files, and a crash loses the
//! few seconds that were not written yet. Nothing is trusted that does not match its checksum.

mod about;
mod feature_set;
mod folder_index;
mod hashing;
mod key;
mod map_store;
mod segment;
mod undecodable;

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

pub use feature_set::{FeatureSet, RowRef};
pub use hashing::content_hashes;
use key::FEATURES_FORMAT;
pub use key::{FeatureSetKey, Numerics};
pub use map_store::MapPlace;
use undecodable::Undecodable;

use crate::disk::files::user_folders::cache_dir;
use crate::disk::files::whole_file::{SMALL, is_partial, read_given, write_whole};
use crate::error::{Error, Result};
use crate::protocol::advice::LOOK_AT_CACHE;
use crate::protocol::{CacheListing, CachedSet};

/// Names the folder of the features; empty counts as not set.
pub const PLACE_VARIABLE: &str = "COUNTERWEIGHT_FEATURES";
/// Bytes at most unless set otherwise: five million images of 512 features.
pub const DEFAULT_LIMIT: u64 = 10_000_000_000;

const ABOUT_FILE: &str = "about.json";
const LIMIT_FILE: &str = "limit";
const SEGMENT_EXTENSION: &str = "rows";
const PARTIAL_EXTENSION: &str = "partial";
/// What another program began to write this long ago, it will not finish.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Where features are kept. Handed down from the edge, so that nothing below looks at the environment.
#[derive(Debug, Clone)]
pub struct FeatureStore {
    /// `None` keeps them in memory alone.
    root: Option<PathBuf>,
    pub undecodable: Undecodable,
}

/// A segment's file.
struct Stored {
    path: PathBuf,
    n_bytes: u64,
    used: SystemTime,
}

impl FeatureStore {
    /// `$COUNTERWEIGHT_FEATURES`, else `counterweight/features` in the user's cache; in memory where there is neither.
    pub fn from_env() -> Self {
        let chosen = std::env::var_os(PLACE_VARIABLE).filter(|value| !value.is_empty());
        FeatureStore {
            root: chosen
                .map(PathBuf::from)
                .or_else(|| Some(cache_dir()?.join("features"))),
            undecodable: Undecodable::default(),
        }
    }

    /// Another folder of that name beside it, for what is kept with it.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        self.root.as_ref().map(|root| root.with_file_name(name))
    }

    pub fn at(root: impl Into<PathBuf>) -> Self {
        FeatureStore {
            root: Some(root.into()),
            undecodable: Undecodable::default(),
        }
    }

    /// Keeps nothing beyond the run.
    pub fn in_memory() -> Self {
        FeatureStore {
            root: None,
            undecodable: Undecodable::default(),
        }
    }

    /// Opens a feature set, new or old. What is damaged in it is deleted and reported ([`FeatureSet::take_problems`]).
    pub fn open(&self, key: &FeatureSetKey) -> FeatureSet {
        let mut set = FeatureSet::open(self.dir_of(key).as_deref(), key);
        if !self.has_rows(key) {
            set.note(self.of_another_format(key));
        }
        set
    }

    /// Why nothing is known of a network of which another version has features.
    fn of_another_format(&self, key: &FeatureSetKey) -> Option<String> {
        let same = |dir: &PathBuf| about::read(dir).filter(|(about, _)| about == key.about());
        let formats = self.set_dirs().into_iter().filter_map(|dir| same(&dir)?.1);
        let said = match formats.max()? {
            format if format > FEATURES_FORMAT => {
                "a newer counterweight keeps features of this network, which are left as they are; they are \
                 computed again for this one: update it to use them"
            }
            format if format < FEATURES_FORMAT => {
                "an older counterweight kept features of this network, which this one cannot use; they are computed \
                 again"
            }
            _ => return None,
        };
        Some(said.to_owned())
    }

    /// Whether the set holds a row at all; looks at names only.
    pub fn has_rows(&self, key: &FeatureSetKey) -> bool {
        self.dir_of(key).is_some_and(|dir| !segments_in(&dir).is_empty())
    }

    /// What is to be said of a folder's index that another version wrote.
    pub fn notice_of(&self, folder: &Path) -> Option<String> {
        folder_index::notice_of(self, folder)
    }

    /// Every set, the last used first.
    pub fn listing(&self) -> CacheListing {
        let mut sets: Vec<(SystemTime, CachedSet)> = Vec::new();
        for dir in self.set_dirs() {
            let segments = segments_in(&dir);
            let used = segments
                .iter()
                .map(|s| s.used)
                .max()
                .unwrap_or(SystemTime::UNIX_EPOCH);
            let unused = SystemTime::now().duration_since(used).unwrap_or_default();
            sets.push((
                used,
                CachedSet {
                    id: name_of(&dir),
                    about: about::read(&dir).map_or_else(|| "unknown".into(), |(about, _)| about),
                    n_images: sum(segments.iter().filter_map(|s| segment::n_rows(&s.path))),
                    n_bytes: sum(segments.iter().map(|s| s.n_bytes)),
                    unused_secs: unused.as_secs(),
                },
            ));
        }
        sets.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        CacheListing {
            dir: self.root.clone(),
            limit_bytes: self.limit(),
            sets: sets.into_iter().map(|(_, set)| set).collect(),
            thumbnail_bytes: 0,
            map_bytes: 0,
        }
    }

    /// Bytes at most.
    pub fn limit(&self) -> u64 {
        let root = self.root.as_ref();
        root.and_then(|root| limit_in(&root.join(LIMIT_FILE)))
            .unwrap_or(DEFAULT_LIMIT)
    }

    /// Sets the limit, and removes what is beyond it.
    ///
    /// # Errors
    /// The folder cannot be written, or holds somebody else's file under the limit's name.
    pub fn set_limit(&self, n_bytes: u64) -> Result<()> {
        if let Some(root) = &self.root {
            fs::create_dir_all(root).map_err(Error::io("create", root))?;
            let path = root.join(LIMIT_FILE);
            let is_ours = limit_in(&path).is_some() || fs::metadata(&path).map_or(0, |file| file.len()) == 0;
            if !is_ours {
                let message = "holds something else than a limit, so it is left as it is; move it away, or keep features in a folder of their own";
                return Err(Error::file(&path, message));
            }
            write_whole(&path, format!("{n_bytes}\n").as_bytes())?;
        }
        self.trim();
        Ok(())
    }

    /// Removes the features of one set, or all of them; the limit stays. Programs that are using them go on.
    ///
    /// # Errors
    /// No such set; a folder cannot be removed.
    pub fn clear(&self, set: Option<&str>) -> Result<()> {
        let mut dirs = self.set_dirs();
        if let Some(id) = set {
            dirs.retain(|dir| name_of(dir) == id);
            if dirs.is_empty() {
                let message = format!("no features are kept under {id:?}; {LOOK_AT_CACHE}");
                return Err(Error::Input(message));
            }
        } else if let Some(root) = &self.root {
            dirs.push(root.join("folders"));
        }
        dirs.iter()
            .filter(|dir| dir.exists())
            .try_for_each(|dir| clear_dir(dir))
    }

    /// Removes the least recently used segments until the rest is within the limit, and what was abandoned half
    /// written. A file that cannot be removed is left: it is only a cache.
    pub fn trim(&self) {
        let dirs = self.set_dirs();
        let beside = self
            .root
            .iter()
            .flat_map(|root| [root.clone(), root.join("folders")]);
        dirs.iter()
            .cloned()
            .chain(beside)
            .for_each(|dir| remove_abandoned(&dir));
        let mut segments: Vec<Stored> = dirs.iter().flat_map(|dir| segments_in(dir)).collect();
        segments.sort_by(|a, b| a.used.cmp(&b.used).then_with(|| a.path.cmp(&b.path)));
        let mut n_bytes = sum(segments.iter().map(|s| s.n_bytes));
        let limit = self.limit();
        for segment in segments {
            if n_bytes <= limit {
                break;
            }
            if fs::remove_file(&segment.path).is_ok() {
                n_bytes = n_bytes.saturating_sub(segment.n_bytes);
            }
        }
        for dir in dirs.iter().filter(|dir| segments_in(dir).is_empty()) {
            let _ = fs::remove_file(dir.join(ABOUT_FILE));
            // Fails, as it should, where somebody is writing there.
            let _ = fs::remove_dir(dir);
        }
    }

    fn dir_of(&self, key: &FeatureSetKey) -> Option<PathBuf> {
        Some(self.root.as_ref()?.join("spaces").join(key.id()))
    }

    fn set_dirs(&self) -> Vec<PathBuf> {
        let Some(root) = &self.root else { return vec![] };
        let entries = fs::read_dir(root.join("spaces")).into_iter().flatten().flatten();
        // A folder of another name is somebody else's.
        let is_space = |path: &PathBuf| path.is_dir() && is_hash(&name_of(path));
        let mut dirs: Vec<PathBuf> = entries.map(|e| e.path()).filter(is_space).collect();
        dirs.sort();
        dirs
    }
}

fn limit_in(path: &Path) -> Option<u64> {
    read_given(path, SMALL).ok()?.trim().parse().ok()
}

/// With sparse files, the sum of a few may overflow.
fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}

/// Segments of a feature set by name; none where there is no such folder.
fn segments_in(dir: &Path) -> Vec<Stored> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut segments: Vec<Stored> = entries
        .filter(|entry| is_segment(&entry.file_name().to_string_lossy()))
        .filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(Metadata::is_file)?;
            Some(Stored {
                path: entry.path(),
                n_bytes: metadata.len(),
                used: metadata.modified().ok()?,
            })
        })
        .collect();
    segments.sort_by(|a, b| a.path.cmp(&b.path));
    segments
}

/// Removes what this program has made in a folder of the cache, and the folder where nothing else is in it: whoever points
/// the cache at a folder of their own keeps all that was there.
fn clear_dir(dir: &Path) -> Result<()> {
    for entry in fs::read_dir(dir).map_err(Error::io("read", dir))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if is_ours(&name.to_string_lossy()) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            fs::remove_file(&path).map_err(Error::io("remove", &path))?;
        }
    }
    // It stays where it is not empty.
    let _ = fs::remove_dir(dir);
    Ok(())
}

fn is_segment(name: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(stem, extension)| extension == SEGMENT_EXTENSION && is_hash(stem))
}

/// How sets, segments and indexes are named.
fn is_hash(stem: &str) -> bool {
    stem.len() == 16 && stem.bytes().all(|b| b.is_ascii_hexdigit())
}

/// `8bb0de536eddda8f.rows`, `10411429d24fdb7a.index`, `about.json` and what is not whole yet.
fn is_ours(name: &str) -> bool {
    match name.rsplit_once('.') {
        Some((stem, SEGMENT_EXTENSION | "index")) => is_hash(stem),
        Some(("about", "json")) => true,
        // A segment's, by the process that writes it.
        Some((stem, PARTIAL_EXTENSION)) => stem.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        _ => is_partial(name),
    }
}

fn remove_abandoned(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|m| m.modified()).ok();
        let age = age.and_then(|t| SystemTime::now().duration_since(t).ok());
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_segment_s = is_hash(&name_of(dir)) && is_ours(&name) && name.ends_with(PARTIAL_EXTENSION);
        if (is_partial(&name) || is_segment_s) && age.is_some_and(|age| age > ABANDONED_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn name_of(dir: &Path) -> String {
    dir.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests;
