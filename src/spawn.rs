//! Starts a thread that outlives the call: under a name, and with an error where the system gives none.

use std::thread::{Builder, JoinHandle, scope};

use crossbeam_channel::bounded;

use crate::error::{Error, Result};

const ADVICE: &str = "end other programs, or allow more (ulimit -u)";

/// # Errors
/// The system gives no thread.
pub fn spawn<T: Send + 'static>(
    name: impl Into<String>,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let thread = Builder::new().name(name.into()).spawn(run);
    thread.map_err(|e| Error::Job(format!("no thread can be started: {e}; {ADVICE}")))
}

/// Whether the system gives that many threads at once.
///
/// # Errors
/// It does not.
pub fn are_given(n_needed: usize) -> Result<()> {
    let (release, held) = bounded::<()>(0);
    scope(|scope| {
        let hold = || {
            let held = held.clone();
            let thread = Builder::new().name("cw-probe".into());
            // Ends when the other end is dropped.
            thread.spawn_scoped(scope, move || _ = held.recv())
        };
        let result = (0..n_needed).try_for_each(|n| {
            hold().map(|_| ()).map_err(|e| {
                Error::Job(format!(
                    "the system gives this program {n} threads more where {n_needed} are needed ({e}); {ADVICE}"
                ))
            })
        });
        drop(release);
        result
    })
}
