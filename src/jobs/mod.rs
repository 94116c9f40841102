//! What a job is, without a tensor: how far it is ([`progress`]), what its runs become ([`journal`]), how it ends
//! ([`queue`], [`guard`]), and those that only read and write files ([`files`]).

pub mod files;
pub mod gate;
pub mod guard;
pub mod journal;
pub mod progress;
pub mod queue;

use crate::error::Result;
use crate::protocol::{Ask, Event};

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
