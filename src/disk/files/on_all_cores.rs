//! A map over many items on several threads, the results in the items' order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use crate::error::{Error, Result};
use crate::protocol::Cancel;

const PROGRESS_EVERY: Duration = Duration::from_millis(50);

/// How the work is divided.
#[derive(Debug, Clone, Copy)]
pub struct Hands {
    pub n_threads: usize,
    /// Items a thread takes at a time.
    pub chunk: usize,
}

/// `look` of each index below `n`, with that index; after a stop, of those that were done by then. `progress` gets how many
/// are done, on the calling thread.
///
/// # Errors
/// A thread cannot be started, or one panicked.
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
            let thread = spawned.inspect_err(|_| next.store(n, Ordering::Relaxed));
            threads
                .push(thread.map_err(|e| Error::Job(format!("cannot start a thread to read images: {e}")))?);
        }
        drop(alive);
        while done.recv_timeout(PROGRESS_EVERY) == Err(RecvTimeoutError::Timeout) {
            progress(n_done.load(Ordering::Relaxed) as u64);
        }
        let mut seen = Vec::with_capacity(n);
        // All are joined before one is judged: a panic that nobody has taken would be the scope's own.
        let joined: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        for found in joined {
            seen.extend(found.map_err(|_| Error::Job("a thread that reads images crashed".into()))?);
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

    #[test]
    fn panics_on_several_threads_are_one_error() {
        let both = std::sync::Barrier::new(2);
        let fail = |_| {
            both.wait();
            panic!("on purpose")
        };
        let hands = Hands {
            n_threads: 2,
            chunk: 1,
        };
        let result: Result<Vec<(usize, ())>> = on_all_cores(hands, 2, &Cancel::new(), &mut |_| {}, fail);
        assert!(result.unwrap_err().to_string().contains("crashed"));
    }
}
