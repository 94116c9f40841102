//! Small pictures of images: asked for when they come into sight, and only a limited number is kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::protocol::{Picture, Thumbnail};

/// Longest side of a picture, in pixels.
pub const GALLERY_SIDE: u32 = 128;
/// Pictures that are kept, at most 48 KiB each.
const KEPT: usize = 1500;
/// Asked for at once: what has gone out of sight in between is not waited for.
const BATCH: usize = 8;

/// What the window shows and knows of pictures.
#[derive(Debug, Default)]
pub struct PictureCache {
    pictures: BTreeMap<PathBuf, Result<Arc<Picture>, String>>,
    /// Oldest first.
    order: VecDeque<PathBuf>,
    /// What is in sight now.
    wanted: Vec<PathBuf>,
    /// A request for several failed: from then on they are asked for one at a time.
    one_at_a_time: bool,
}

impl PictureCache {
    /// The picture, or why there is none; `None` until it is known.
    pub fn get(&self, path: &Path) -> Option<&Result<Arc<Picture>, String>> {
        self.pictures.get(path)
    }

    /// What is in sight now, as the window said last.
    pub fn wanted(&self) -> &[PathBuf] {
        &self.wanted
    }

    /// Whether one of them may end whatever looks at it.
    pub(in crate::app) fn is_careful(&self) -> bool {
        self.one_at_a_time
    }

    pub(in crate::app) fn want(&mut self, paths: Vec<PathBuf>) {
        self.wanted = paths;
    }

    /// What is in sight and neither known nor asked for, first what was wanted first.
    pub(in crate::app) fn next_batch(&self, asked: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
        let is_missing = |path: &&PathBuf| !self.pictures.contains_key(*path) && !asked.contains(*path);
        let missing = self.wanted.iter().filter(is_missing);
        let n = if self.one_at_a_time { 1 } else { BATCH };
        missing.take(n).cloned().collect()
    }

    /// These were asked for, and the engine failed before it had shown all of them. One picture costs no other: it is
    /// found by asking for each, and then passed over with the reason.
    pub(in crate::app) fn fail(&mut self, asked: &[PathBuf], reason: &str) {
        self.one_at_a_time = true;
        if let [path] = asked
            && !self.pictures.contains_key(path)
        {
            self.take(Thumbnail {
                path: path.clone(),
                picture: Err(reason.to_owned()),
            });
        }
    }

    pub(in crate::app) fn take(&mut self, thumbnail: Thumbnail) {
        let Thumbnail { path, picture } = thumbnail;
        if self
            .pictures
            .insert(path.clone(), picture.map(Arc::new))
            .is_none()
        {
            self.order.push_back(path);
        }
        while self.order.len() > KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.pictures.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_sight_is_asked_for_and_only_so_much_is_kept() {
        let path = |i: usize| PathBuf::from(format!("{i:04}.jpg"));
        let mut cache = PictureCache::default();
        for start in (0..5000).step_by(40) {
            cache.want((start..start + 40).map(path).collect());
            loop {
                let batch = cache.next_batch(&BTreeSet::new());
                if batch.is_empty() {
                    break;
                }
                assert!(batch.len() <= BATCH);
                for path in batch {
                    let picture = Err("unreadable".into());
                    cache.take(Thumbnail { path, picture });
                }
            }
        }
        assert_eq!(cache.pictures.len(), KEPT);
        assert!(cache.get(&path(4999)).is_some() && cache.get(&path(0)).is_none());
    }
}
