//! How many threads libtorch shares an operation among, and the same number for hand-written loops.

use std::sync::OnceLock;
use std::thread::{Builder, Scope, ScopedJoinHandle};

use crate::error::{Error, Result};
use crate::spawn;

/// Multiplications below which an operation is over before a second thread has woken up. Worse, on a busy machine the
/// first waits for the second at every operation: a training of one head was seen to take twenty times as long.
const WORTH_SHARING: usize = 2_000_000;

/// What libtorch was started with.
pub fn n_threads() -> i32 {
    static AT_START: OnceLock<i32> = OnceLock::new();
    *AT_START.get_or_init(tch::get_num_threads)
}

/// For a job's own thread: libtorch would give it the number that was set last by any thread, and one that is
/// [`alone`] sets it to one.
pub fn as_at_start() {
    tch::set_num_threads(n_threads());
}

/// While it lives, operations of this thread are not shared with others.
#[derive(Debug)]
pub struct Alone(());

/// Keeps this thread to itself where its operations have too few multiplications to be worth sharing.
pub fn alone_if_small(n_multiplications: usize) -> Option<Alone> {
    (n_multiplications < WORTH_SHARING).then(alone)
}

pub fn alone() -> Alone {
    // The number at the start is wanted afterwards.
    n_threads();
    tch::set_num_threads(1);
    Alone(())
}

impl Drop for Alone {
    fn drop(&mut self) {
        tch::set_num_threads(n_threads());
    }
}

/// Whether the system gives as many threads as a job needs at once. libtorch's own pool waits for ever for one that it is
/// not given.
///
/// # Errors
/// It does not.
pub fn are_given() -> Result<()> {
    spawn::are_given(3 * n_decoders())
}

/// A thread of that scope, under a name.
///
/// # Errors
/// The system gives none.
pub fn spawn_in<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: impl Into<String>,
    run: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>> {
    let thread = Builder::new().name(name.into()).spawn_scoped(scope, run);
    thread.map_err(|e| Error::Job(format!("no thread can be started: {e}")))
}

/// Each part on a thread of its own, the first on this one.
///
/// # Errors
/// The system gives no thread.
pub fn on_all_threads<P: Send>(name: &str, parts: Vec<P>, work: impl Fn(P) + Sync) -> Result<()> {
    let work = &work;
    std::thread::scope(|scope| {
        let mut parts = parts.into_iter();
        let first = parts.next();
        for part in parts {
            spawn_in(scope, name, move || work(part))?;
        }
        first.into_iter().for_each(work);
        Ok(())
    })
}

/// Threads that decode: one per core. They mostly sleep, since decoding is far cheaper than the network.
pub fn n_decoders() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
