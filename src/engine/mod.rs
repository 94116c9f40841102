//! The engine: everything that computes with tensors, on a worker thread behind `protocol`. It knows nothing of a
//! window but a wake callback.
//!
//! Read in this order: `prepare` (what a run needs before its first step, with `precision` and `settle`), `train` (one run,
//! or a sweep), its two ways `epoch` (with `group`, `steps` and `linear`) and `converge`, `evaluate`, `predict` (with `saved`
//! and `known`), `lab` and `ahead` (the weight lab), `worker` (which starts them), and below them `features`, `head` and
//! `backbone`.

mod ahead;
pub mod backbone;
pub mod converge;
pub mod device;
mod epoch;
pub mod evaluate;
pub mod export;
mod feature_key;
pub mod features;
mod floats;
mod gate;
mod group;
pub mod head;
pub mod judge_folder;
mod known;
pub mod lab;
mod linear;
mod own_images;
mod pixels;
mod precision;
pub mod predict;
pub mod prepare;
mod questions;
mod random;
pub mod report;
mod runs_folder;
pub mod saved;
pub mod selfcheck;
mod settle;
pub mod steps;
pub mod threads;
pub mod train;
mod weights;
mod wide;
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
        Err(Error::Job(format!("a fault in the program: {line}")))
    })
}
