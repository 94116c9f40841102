//! How a job is run: its end is reported whatever it is, and a panic in it becomes its failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Tell;
use super::outlet::Outlet;
use super::progress::Reporter;
use crate::error::{Error, Result};
use crate::memory;
use crate::protocol::{Cancel, Event};

/// Runs a job on this thread, and reports how it ended.
pub fn run_job(cancel: Cancel, outlet: &Outlet, work: impl FnOnce(&mut Reporter, Tell) -> Result<()>) {
    let tell = |event| outlet.send(event);
    let mut progress = Reporter::new(cancel, &tell);
    let result = guarded(|| work(&mut progress, &tell));
    tell(result.map_or_else(|e| Event::failed(&e), |()| Event::Done));
    memory::give_back();
}

/// Runs a piece of a job so that a panic in it becomes an error. Fit for that are only pieces whose state is dropped
/// or only read afterwards.
///
/// # Errors
/// What the piece returns, or its panic.
pub fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        let line = text.lines().next().unwrap_or_default();
        Err(Error::Job(format!("internal error: {line}")))
    })
}
