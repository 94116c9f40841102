//! A panic in a job becomes the job's failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};

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
