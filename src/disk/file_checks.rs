//! Looks at many files from outside, on all cores: are they images?

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use super::header::{Fault, Judged, inspect};
use super::walk::Found;
use crate::error::{Error, Result};
use crate::experiment::IssueKind;
use crate::protocol::Cancel;

/// Files a thread takes at a time.
const CHUNK: usize = 64;
const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// What is seen of each file from its first and last bytes: its length, or its fault.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn check_all(
    n_threads: usize,
    root: &Path,
    files: &[Found],
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<Judged<u64>>> {
    on_threads(n_threads, files.len(), cancel, progress, |i| {
        check(&root.join(&files[i].path))
    })
}

/// What `look` sees of each of so many files, in their order. `progress` is told, on this thread, how many are done.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn on_threads<T: Send>(
    n_threads: usize,
    n_files: usize,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
    look: impl Fn(usize) -> T + Sync,
) -> Result<Vec<T>> {
    let (next, n_done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Nothing is ever sent: the channel closes when the last thread is done.
    let (alive, done) = crossbeam_channel::bounded::<()>(0);
    let look_at_some = |_alive| {
        let mut seen = Vec::new();
        loop {
            let first = next.fetch_add(CHUNK, Ordering::Relaxed);
            if first >= n_files {
                return seen;
            }
            for i in first..(first + CHUNK).min(n_files) {
                if cancel.is_cancelled() {
                    return seen;
                }
                seen.push((i, look(i)));
                n_done.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let mut seen = thread::scope(|scope| -> Result<Vec<(usize, T)>> {
        let mut threads = Vec::new();
        for i in 0..n_threads.min(n_files.div_ceil(CHUNK)) {
            let alive = alive.clone();
            let spawned = thread::Builder::new()
                .name(format!("cw-scan-{i}"))
                .spawn_scoped(scope, || look_at_some(alive));
            threads
                .push(spawned.map_err(|e| Error::Job(format!("cannot start a thread for the scan: {e}")))?);
        }
        drop(alive);
        while done.recv_timeout(PROGRESS_EVERY) == Err(RecvTimeoutError::Timeout) {
            progress(n_done.load(Ordering::Relaxed) as u64);
        }
        let mut seen = Vec::with_capacity(n_files);
        for thread in threads {
            seen.extend(
                thread
                    .join()
                    .map_err(|_| Error::Job("a thread of the scan broke off".into()))?,
            );
        }
        Ok(seen)
    })?;
    cancel.check()?;
    progress(n_files as u64);
    seen.sort_by_key(|(i, _)| *i);
    Ok(seen.into_iter().map(|(_, seen)| seen).collect())
}

fn check(path: &Path) -> Judged<u64> {
    let found = fs::metadata(path)?;
    // A pipe would be waited for.
    if !found.is_file() {
        return Err(Fault {
            kind: IssueKind::StrayFile,
            message: "this is neither a file nor a folder and is left out; remove it".into(),
        });
    }
    // Headers are short: a large buffer would read what nobody looks at.
    inspect(&mut BufReader::with_capacity(1 << 10, File::open(path)?))?;
    Ok(found.len())
}
