//! The health of the open folder: what was found, what of it is looked at, and what can be done about it.

pub mod action;
pub mod event;
pub mod finding;
pub mod state;
