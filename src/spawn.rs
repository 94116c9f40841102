//! How a thread is started that outlives the call: under a name, and with an error where the system gives none.

use std::thread::{Builder, JoinHandle};

use crate::error::{Error, Result};

/// # Errors
/// The system gives no thread.
pub fn spawn<T: Send + 'static>(
    name: impl Into<String>,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let thread = Builder::new().name(name.into()).spawn(run);
    thread.map_err(|e| Error::Job(format!("no thread can be started: {e}")))
}
