//! The content hashes of a folder's images: read on all cores, or known from the last time (`folder_index`).

use std::fs::{self, File};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::FeatureStore;
use super::folder_index::FolderIndex;
use crate::disk::files::stamp::Stamp;
use crate::disk::files::stoppable::Stoppable;
use crate::disk::images::content::ContentHash;
use crate::error::{Error, Result};
use crate::protocol::Cancel;

/// Files between two looks at progress.
const BLOCK: usize = 512;

/// The hash of each image of `paths` (relative to `root`) that `wanted` names, by image index; `None` for the others and
/// where a file cannot be read. `progress` gets how many of the wanted are done.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn content_hashes<P: AsRef<Path> + Sync>(
    store: &FeatureStore,
    root: &Path,
    paths: &[P],
    wanted: &[usize],
    cancel: &Cancel,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Option<ContentHash>>> {
    let mut index = FolderIndex::read(store, root);
    let hashes = hash_all(root, paths, wanted, &mut index, cancel, progress);
    // A stop keeps what was read until then.
    index.write();
    hashes
}

fn hash_all<P: AsRef<Path> + Sync>(
    root: &Path,
    paths: &[P],
    wanted: &[usize],
    index: &mut FolderIndex,
    cancel: &Cancel,
    progress: &mut dyn FnMut(usize),
) -> Result<Vec<Option<ContentHash>>> {
    let mut hashes = vec![None; paths.len()];
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut n_done = 0;
    for block in wanted.chunks(BLOCK) {
        cancel.check()?;
        for (i, hash, stamp) in hash_block(root, paths, block, index, n_threads, cancel)? {
            hashes[i] = Some(hash);
            if let (Some(stamp), Some(path)) = (stamp, paths[i].as_ref().to_str()) {
                index.note(path, stamp, hash);
            }
        }
        n_done += block.len();
        progress(n_done);
    }
    Ok(hashes)
}

/// Image index, hash, and what its file looked like where that is news.
type Found = (usize, ContentHash, Option<Stamp>);

fn hash_block<P: AsRef<Path> + Sync>(
    root: &Path,
    paths: &[P],
    block: &[usize],
    index: &FolderIndex,
    n_threads: usize,
    cancel: &Cancel,
) -> Result<Vec<Found>> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(block.len()));
    let work = || {
        while let Some(&i) = block.get(next.fetch_add(1, Ordering::Relaxed)) {
            if cancel.is_cancelled() {
                return;
            }
            if let Some((hash, stamp)) = hash_one(root, paths[i].as_ref(), index, cancel)
                && let Ok(mut found) = found.lock()
            {
                found.push((i, hash, stamp));
            }
        }
    };
    thread::scope(|scope| -> Result<()> {
        for n in 1..n_threads {
            let thread = thread::Builder::new().name(format!("cw-hash-{n}"));
            thread
                .spawn_scoped(scope, work)
                .map_err(|e| Error::Job(format!("cannot start a thread to read images: {e}")))?;
        }
        work();
        Ok(())
    })?;
    cancel.check()?;
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_unstable_by_key(|(i, ..)| *i);
    Ok(found)
}

fn hash_one(
    root: &Path,
    path: &Path,
    index: &FolderIndex,
    cancel: &Cancel,
) -> Option<(ContentHash, Option<Stamp>)> {
    let file = root.join(path);
    // Opening a pipe would block.
    if !fs::metadata(&file).ok()?.is_file() {
        return None;
    }
    let stamp = Stamp::of(&file)?;
    if let Some(known) = path.to_str().and_then(|path| index.find(path, &stamp)) {
        return Some((known, None));
    }
    let mut hasher = blake3::Hasher::new();
    let read = Stoppable::new(File::open(&file).ok()?, cancel);
    hasher.update_reader(read).ok()?;
    // A file that was written meanwhile is hashed as it was read, and not remembered.
    let is_unchanged = Stamp::of(&file).as_ref() == Some(&stamp);
    Some((*hasher.finalize().as_bytes(), is_unchanged.then_some(stamp)))
}
