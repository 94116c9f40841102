//! The window itself: what is open in it, its theme and its end.

pub mod action;
mod closing;
pub mod state;
