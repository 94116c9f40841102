//! What the open folder's owner wants of a classifier: whether each run gives it, and the best weighting and threshold for
//! it.

pub mod action;
pub mod cost_rules;
pub mod find;
mod gentlest;
pub mod met;
pub mod rate;
pub mod stakes;
pub mod state;
mod unknown;
pub mod words;
