//! What a job does around its work, without a tensor: how far it is ([`progress`]), and what its runs become
//! ([`journal`]).

pub mod journal;
pub mod progress;

use crate::protocol::Event;

/// Where a job's events go.
pub type Tell<'a> = &'a dyn Fn(Event);
