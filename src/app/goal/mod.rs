//! What the open folder's owner wants of a classifier: whether each run gives it, and the best weighting and threshold for
//! it.

pub mod action;
pub mod find;
mod gentlest;
pub mod met;
pub mod rate;
pub mod state;
pub mod words;
