//! Many small looks at many things, on many threads, in the order of the things.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use crate::error::{Error, Result};
use crate::protocol::Cancel;

const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// How the work is dealt out.
#[derive(Debug, Clone, Copy)]
pub struct Hands {
    pub n_threads: usize,
    /// Things a thread takes at a time.
    pub chunk: usize,
}

/// What `look` finds of each of `n` things, with its place. Where the work is stopped, of those that were done until
/// then. `progress` is told, on this thread, how many are done.
///
/// # Errors
/// The system gives no thread, or one broke off.
pub fn on_all_cores<T: Send>(
    Hands { n_threads, chunk }: Hands,
    n: usize,
    cancel: &Cancel,
    progress: &mut dyn FnMut(u64),
    look: impl Fn(usize) -> T + Sync,
) -> Result<Vec<(usize, T)>> {
    let (next, n_done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Nothing is ever sent: the channel closes when the last thread is done.
    let (alive, done) = crossbeam_channel::bounded::<()>(0);
    let look_at_some = |_alive| {
        let mut seen = Vec::new();
        loop {
            let first = next.fetch_add(chunk, Ordering::Relaxed);
            if first >= n {
                return seen;
            }
            for i in first..n.min(first + chunk) {
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
        for i in 0..n_threads.min(n.div_ceil(chunk)) {
            let alive = alive.clone();
            let spawned = thread::Builder::new()
                .name(format!("cw-look-{i}"))
                .spawn_scoped(scope, || look_at_some(alive));
            threads
                .push(spawned.map_err(|e| Error::Job(format!("cannot start a thread to read images: {e}")))?);
        }
        drop(alive);
        while done.recv_timeout(PROGRESS_EVERY) == Err(RecvTimeoutError::Timeout) {
            progress(n_done.load(Ordering::Relaxed) as u64);
        }
        let mut seen = Vec::with_capacity(n);
        for thread in threads {
            let broke_off = |_| Error::Job("a thread that reads images broke off".into());
            seen.extend(thread.join().map_err(broke_off)?);
        }
        Ok(seen)
    })?;
    progress(seen.len() as u64);
    seen.sort_by_key(|(i, _)| *i);
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_looked_at_in_order_and_of_a_stop_what_there_was() {
        let hands = |n_threads| Hands { n_threads, chunk: 3 };
        let mut last = 0;
        let seen = on_all_cores(hands(4), 100, &Cancel::new(), &mut |n| last = n, |i| i * i).unwrap();
        assert_eq!(last, 100);
        assert!(
            seen.iter()
                .enumerate()
                .all(|(at, &(i, found))| at == i && found == i * i)
        );
        let cancel = Cancel::new();
        let stop_at_ten = |i| {
            if i == 10 {
                cancel.cancel();
            }
        };
        let seen = on_all_cores(hands(1), 100, &cancel, &mut |_| {}, stop_at_ten).unwrap();
        assert_eq!(seen.len(), 11);
    }
}
