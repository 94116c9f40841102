//! The feature cache: looked at, limited, cleared.

pub mod action;
pub mod state;
