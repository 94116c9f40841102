//! A feature set: the features that one backbone makes, as far as they are known. Rows are added, written out every few
//! seconds, and found again by content.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::segment::{self, Segment};
use super::{FeatureSetKey, about, segments_in};
use crate::disk::images::content::ContentHash;
use crate::error::Error;

/// Rows are written out at the latest when this many bytes wait,
const WRITE_BYTES: usize = 16 << 20;
/// or after this time: what a crash loses.
const WRITE_AFTER: Duration = Duration::from_secs(5);
/// More small segments than this are merged into one,
const MOST_SMALL: usize = 8;
/// small being less than this many bytes of features.
const SMALL_BYTES: usize = 256 << 20;

/// Where a row is: valid for the [`FeatureSet`] that gave it, as long as that lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRef {
    segment: u32,
    row: u32,
}

#[derive(Debug)]
pub struct FeatureSet {
    /// `None` keeps rows in memory.
    dir: Option<PathBuf>,
    about: String,
    pub n_features: usize,
    segments: Vec<Segment>,
    waiting: BTreeMap<ContentHash, Vec<f32>>,
    last_written: Instant,
    problems: Vec<String>,
}

impl FeatureSet {
    pub(super) fn open(dir: Option<&Path>, key: &FeatureSetKey) -> Self {
        let mut set = FeatureSet {
            dir: dir.map(Path::to_path_buf),
            about: key.about().to_owned(),
            n_features: key.n_features,
            segments: Vec::new(),
            waiting: BTreeMap::new(),
            last_written: Instant::now(),
            problems: Vec::new(),
        };
        set.map_segments();
        set
    }

    /// A segment that is gone between being listed and being opened was merged into another by somebody else, so the
    /// folder is looked at again.
    fn map_segments(&mut self) {
        let Some(dir) = &self.dir else { return };
        for _attempt in 0..3 {
            let mut is_complete = true;
            for stored in segments_in(dir) {
                if self
                    .segments
                    .iter()
                    .any(|s| s.path.as_ref() == Some(&stored.path))
                {
                    continue;
                }
                match Segment::open(&stored.path, self.n_features) {
                    Ok(segment) => self.segments.push(segment),
                    Err(_) if !stored.path.exists() => is_complete = false,
                    // It may be whole, and readable another time or to somebody else.
                    Err(e @ Error::Io { .. }) => self
                        .problems
                        .push(format!("{e}; its features are computed again")),
                    Err(e) => match segment::of_newer(&stored.path) {
                        Some(newer) => self.problems.push(newer),
                        None => {
                            let _ = fs::remove_file(&stored.path);
                            self.problems.push(e.to_string());
                        }
                    },
                }
            }
            if is_complete {
                return;
            }
        }
    }

    /// Takes in what else is to be reported about the store.
    pub fn note(&mut self, notices: impl IntoIterator<Item = String>) {
        self.problems.extend(notices);
    }

    /// What went wrong and was recovered from since this was last asked, for people.
    pub fn take_problems(&mut self) -> Vec<String> {
        std::mem::take(&mut self.problems)
    }

    /// Where the image of that content has its row; rows that wait to be written have none yet.
    pub fn find(&self, content: &ContentHash) -> Option<RowRef> {
        self.segments.iter().enumerate().find_map(|(segment, s)| {
            let row = s.find(content)?;
            Some(RowRef {
                segment: segment as u32,
                row: row as u32,
            })
        })
    }

    /// `[n_features]`
    pub fn row(&self, at: RowRef) -> &[f32] {
        self.segments[at.segment as usize].row(at.row as usize)
    }

    /// Takes in an image's features, `[n_features]`; they are on disk a few seconds later.
    pub fn add(&mut self, content: ContentHash, row: &[f32]) {
        self.waiting.insert(content, row.to_vec());
        let n_bytes = self.waiting.len() * self.n_features * 4;
        if n_bytes >= WRITE_BYTES || self.last_written.elapsed() >= WRITE_AFTER {
            self.write_out();
        }
    }

    /// Writes out what waits. Where that fails it is kept in memory, and reported once.
    pub fn write_out(&mut self) {
        self.last_written = Instant::now();
        if self.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let rows: Vec<(ContentHash, &[f32])> = waiting.iter().map(|(hash, row)| (*hash, &row[..])).collect();
        let written = self.dir.as_ref().map(|dir| {
            let path = segment::write(dir, self.n_features, &rows)?;
            about::write(dir, &self.about)?;
            Segment::open(&path, self.n_features)
        });
        let segment = match written {
            Some(Ok(segment)) => segment,
            failed => {
                if let Some(Err(e)) = failed {
                    self.problems
                        .push(format!("{e}; features are kept in memory for now"));
                    self.dir = None;
                }
                let hashes = waiting.keys().copied().collect();
                Segment::in_memory(self.n_features, hashes, waiting.into_values().flatten().collect())
            }
        };
        self.segments.push(segment);
    }

    /// Notes which segments were used, and merges small ones where there are many. What is mapped here stays mapped.
    pub fn tidy_up(&mut self, used: impl IntoIterator<Item = RowRef>) {
        let mut is_used = vec![false; self.segments.len()];
        for at in used {
            is_used[at.segment as usize] = true;
        }
        for (segment, _) in self.segments.iter().zip(is_used).filter(|(_, used)| *used) {
            segment.touch();
        }
        let Some(dir) = &self.dir else { return };
        let is_small = |s: &&Segment| {
            s.n_rows * s.n_features * 4 < SMALL_BYTES && s.path.as_ref().is_some_and(|path| path.exists())
        };
        let small: Vec<&Segment> = self.segments.iter().filter(is_small).collect();
        if small.len() <= MOST_SMALL {
            return;
        }
        let rows: BTreeMap<ContentHash, &[f32]> = small
            .iter()
            .flat_map(|s| s.hashes().iter().enumerate().map(|(i, hash)| (*hash, s.row(i))))
            .collect();
        let rows: Vec<(ContentHash, &[f32])> = rows.into_iter().collect();
        // Only then are the small ones removed, so that no row is ever missing. A failure leaves them as they are.
        if let Ok(merged) = segment::write(dir, self.n_features, &rows) {
            let paths = small.iter().filter_map(|s| s.path.as_ref());
            for path in paths.filter(|path| **path != merged) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// A stop or a fault keeps what was computed.
impl Drop for FeatureSet {
    fn drop(&mut self) {
        self.write_out();
    }
}
