//! Small pictures on disk, each a JPEG under the hash of its image's content: a photograph is decoded once, wherever it lies and
//! whatever it is called.
//!
//! ```text
//! thumbnails/
//!   ab/ab12…-128.jpg           the content's hash, and the longest side
//! ```
//!
//! A file is written beside its place and renamed into it, so that programs need no locks. One that is damaged is made again.
//! Beyond a fixed size those that were made longest ago go.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use image::ImageFormat;

use super::bytes::read_image;
use super::content::{content_hash, hex};
use super::thumbnail::{jpeg, thumbnail};
use crate::disk::files::whole_file::{remove_stale, write_whole};
use crate::error::{Error, Result};
use crate::protocol::{Cancel, Picture};

/// Bytes at most: some 80,000 pictures.
const LIMIT: u64 = 400_000_000;
/// Larger pictures are asked for one at a time, and are not kept.
const LARGEST_SIDE: u32 = 256;
/// Smaller files are decoded as fast as a kept picture is.
const SMALLEST_FILE: usize = 24 << 10;
const QUALITY: u8 = 92;

#[derive(Debug, Clone)]
pub struct ThumbnailStore {
    /// `None` keeps nothing.
    root: Option<PathBuf>,
    limit: u64,
    /// Bytes that are kept; unknown before something is written.
    n_bytes: Arc<Mutex<Option<u64>>>,
}

/// A kept picture's file.
struct Kept {
    path: PathBuf,
    n_bytes: u64,
    made: SystemTime,
}

impl ThumbnailStore {
    pub fn new(root: Option<PathBuf>) -> Self {
        ThumbnailStore {
            root,
            limit: LIMIT,
            n_bytes: Arc::default(),
        }
    }

    /// The image no larger than `side`, as it is kept, else decoded and then kept. That it cannot be kept is no reason not to
    /// show it.
    ///
    /// # Errors
    /// It cannot be read or decoded; stopped.
    pub fn thumbnail(&self, path: &Path, side: u32, cancel: &Cancel) -> Result<Picture> {
        let bytes = read_image(path, cancel)?;
        let place = self.place(&bytes, side);
        if let Some(kept) = place.as_deref().and_then(|place| read(place, side)) {
            return Ok(kept);
        }
        let picture = thumbnail(&bytes, path, side, cancel)?;
        if let Some(jpeg) = place.as_ref().and_then(|_| jpeg(&picture, QUALITY)) {
            self.keep(place.as_deref(), &jpeg);
        }
        Ok(picture)
    }

    /// How many bytes are kept.
    pub fn n_kept(&self) -> u64 {
        let kept = self.root.as_deref().map(all).unwrap_or_default();
        kept.iter().map(|kept| kept.n_bytes).sum()
    }

    /// Removes all of them; they are made again when they are looked at.
    ///
    /// # Errors
    /// One cannot be removed.
    pub fn clear(&self) -> Result<()> {
        for kept in self.root.as_deref().map(all).unwrap_or_default() {
            match fs::remove_file(&kept.path) {
                // Another program was faster.
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(Error::io("remove", &kept.path)(e)),
                _ => {}
            }
        }
        *self.n_bytes.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Where it is kept, if it is worth it.
    fn place(&self, bytes: &[u8], side: u32) -> Option<PathBuf> {
        let root = self.root.as_ref()?;
        let is_worth_it = side <= LARGEST_SIDE && bytes.len() >= SMALLEST_FILE;
        is_worth_it.then(|| {
            let hash = hex(content_hash(bytes));
            root.join(&hash[..2]).join(format!("{hash}-{side}.jpg"))
        })
    }

    fn keep(&self, place: Option<&Path>, jpeg: &[u8]) {
        let Some((root, place)) = self.root.as_deref().zip(place) else {
            return;
        };
        let folder = place.parent().unwrap_or(root);
        if fs::create_dir_all(folder).is_err() || write_whole(place, jpeg).is_err() {
            return;
        }
        let mut n_bytes = self.n_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match *n_bytes {
            Some(n) => n + jpeg.len() as u64,
            None => all(root).iter().map(|kept| kept.n_bytes).sum(),
        };
        *n_bytes = Some(if before > self.limit {
            make_room(root, self.limit / 10 * 9)
        } else {
            before
        });
    }
}

/// `None` where it is not there or is no such picture.
fn read(place: &Path, side: u32) -> Option<Picture> {
    let bytes = fs::read(place).ok()?;
    let image = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg)
        .ok()?
        .into_rgb8();
    let size = [image.width(), image.height()];
    size.iter().all(|n| *n <= side).then(|| Picture {
        size: size.map(|n| n as usize),
        rgb: image.into_raw(),
    })
}

/// Every picture that is kept.
fn all(root: &Path) -> Vec<Kept> {
    let folders = fs::read_dir(root).into_iter().flatten().flatten();
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let kept = files.filter_map(|file| {
        let found = file.metadata().ok().filter(fs::Metadata::is_file)?;
        let path = file.path();
        path.extension()
            .is_some_and(|ending| ending == "jpg")
            .then(|| Kept {
                n_bytes: found.len(),
                made: found.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                path,
            })
    });
    kept.collect()
}

/// Takes away the oldest until no more than that is left; gives how much that is.
fn make_room(root: &Path, left: u64) -> u64 {
    let mut kept = all(root);
    kept.sort_by_key(|kept| kept.made);
    let mut n_bytes: u64 = kept.iter().map(|kept| kept.n_bytes).sum();
    for old in kept {
        if n_bytes <= left {
            break;
        }
        // Where it cannot be removed, it stays, and counts.
        if fs::remove_file(&old.path).is_ok() {
            n_bytes -= old.n_bytes;
        }
        if let Some(folder) = old.path.parent() {
            remove_stale(folder);
        }
    }
    n_bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose file is large enough to be worth it.
    fn photo(path: &Path, seed: u32) {
        let noise = |x: u32, y: u32| (x * 31 + y * 57 + seed * 101).wrapping_mul(2_654_435_761) as u8;
        let image = image::RgbImage::from_fn(200, 150, |x, y| image::Rgb([noise(x, y), x as u8, y as u8]));
        image.save(path).unwrap();
        assert!(fs::metadata(path).unwrap().len() >= SMALLEST_FILE as u64);
    }

    fn mean_distance(one: &Picture, other: &Picture) -> f64 {
        let each = one
            .rgb
            .iter()
            .zip(&other.rgb)
            .map(|(a, b)| f64::from(a.abs_diff(*b)));
        each.sum::<f64>() / one.rgb.len() as f64
    }

    #[test]
    fn a_picture_is_kept_by_its_content_and_made_again_where_it_is_damaged() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("thumbnails");
        let store = ThumbnailStore::new(Some(root.clone()));
        let [path, again] = ["a.png", "b.png"].map(|name| home.path().join(name));
        photo(&path, 0);
        let first = store.thumbnail(&path, 128, &Cancel::new()).unwrap();
        assert_eq!(first.size, [128, 96]);
        let kept = all(&root);
        assert_eq!(kept.len(), 1);
        // The same content under another name, from what is kept.
        fs::copy(&path, &again).unwrap();
        let second = store.thumbnail(&again, 128, &Cancel::new()).unwrap();
        assert_eq!((second.size, all(&root).len()), (first.size, 1));
        assert!(mean_distance(&first, &second) < 12.0);
        fs::write(&kept[0].path, "damaged").unwrap();
        assert_eq!(store.thumbnail(&path, 128, &Cancel::new()).unwrap(), first);
        assert!(store.n_kept() > 0);
        store.clear().unwrap();
        assert_eq!(store.n_kept(), 0);
        assert!(mean_distance(&store.thumbnail(&path, 128, &Cancel::new()).unwrap(), &first) < 3.0);
        assert!(read(&kept[0].path, 128).is_some());
        // One that is shown large is not kept, nor is a small file.
        store.thumbnail(&path, 400, &Cancel::new()).unwrap();
        image::RgbImage::new(8, 8).save(&again).unwrap();
        store.thumbnail(&again, 128, &Cancel::new()).unwrap();
        assert_eq!(all(&root).len(), 1);
        assert!(
            ThumbnailStore::new(None)
                .thumbnail(&path, 128, &Cancel::new())
                .is_ok()
        );
    }

    #[test]
    fn what_was_made_longest_ago_goes_where_there_is_too_much() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("thumbnails");
        let mut store = ThumbnailStore::new(Some(root.clone()));
        store.limit = 60_000;
        let path = home.path().join("a.png");
        for seed in 0..12 {
            photo(&path, seed);
            store.thumbnail(&path, 128, &Cancel::new()).unwrap();
        }
        let n_bytes: u64 = all(&root).iter().map(|kept| kept.n_bytes).sum();
        assert!(n_bytes <= 60_000 && n_bytes > 30_000, "{n_bytes}");
    }
}
