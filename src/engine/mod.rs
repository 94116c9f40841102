//! The engine: everything that computes with tensors, on a worker thread behind `protocol`. It knows nothing of a
//! window but a wake callback.
//!
//! Its rooms are its floors, and each uses only those before it: `device` (what computing happens on), `backbone`,
//! `features`, `head`, `fit` (a training), `judge` (a finished run), and `worker`, which starts the jobs, with `questions`, `runs_folder` and `selfcheck`, which are answered at once.

pub mod backbone;
pub mod device;
pub mod features;
pub mod fit;
pub mod head;
pub mod judge;
mod questions;
mod runs_folder;
pub mod selfcheck;
pub mod worker;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};

/// The one libtorch that this version of tch is made for.
pub const LIBTORCH_VERSION: &str = "2.11.0";

impl From<tch::TchError> for Error {
    /// libtorch's messages carry a C++ backtrace; the first line says what happened.
    fn from(error: tch::TchError) -> Self {
        let text = error.to_string();
        let line = text
            .lines()
            .find(|l| !l.trim().is_empty())
            .unwrap_or("unknown error");
        if text.contains("out of memory") {
            return Error::OutOfMemory(line.to_owned());
        }
        Error::Job(format!("libtorch: {line}"))
    }
}

/// Runs a piece of a job so that a panic in it becomes an error. Fit for that are only pieces whose state is dropped
/// or only read afterwards; gradients are switched off by guards, which a panic undoes.
fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        let line = text.lines().next().unwrap_or_default();
        Err(Error::Job(format!("internal error: {line}")))
    })
}
