//! What a job is, without a tensor: how far it is (`progress`), what its runs become (`journal`), how it is run and ends
//! (`guard`, `outlet`), what the log hears of it (`heard`), and those that only read and write files (`files`). They run in the front end's own
//! process, beside each other (`beside`); which commands are theirs and which the engine's, `router` knows.

pub mod beside;
pub mod files;
pub mod gate;
pub mod guard;
mod heard;
pub mod journal;
pub mod outlet;
pub mod own_runs;
pub mod progress;
mod router;

use crate::error::Result;
use crate::protocol::{Ask, Event};

pub use router::start;

/// Where a job's events go.
pub type Tell<'a> = &'a dyn Fn(Event);

/// Sends the answer to a request: the type of one is that of the other.
///
/// # Errors
/// There is no answer.
pub fn answer<A: Ask>(_request: &A, answer: Result<A::Answer>, tell: Tell) -> Result<()> {
    tell(A::event(answer?));
    Ok(())
}
