//! The engine: everything that computes with tensors, on a worker thread behind `protocol`. It knows nothing of a
//! window but a wake callback.
//!
//! Its rooms are its floors, and each uses only those before it: `device` (what computing happens on), `backbone`,
//! `features`, `head`, `fit` (a training), `judge` (a finished run), `health` (a folder's labels), `map` (where its images
//! lie), and `worker`,
//! which starts the jobs, with `describe` and `selfcheck`, which are answered at once.

pub mod backbone;
mod describe;
pub mod device;
pub mod features;
pub mod fit;
pub mod head;
pub mod health;
pub mod judge;
mod map;
pub mod selfcheck;
pub mod worker;

#[cfg(test)]
mod tests;

use crate::error::Error;

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
