//! Weights tried at once, as the sliders stand.
//!
//! With the features of every image on disk, a weighting costs a fraction of a second. So the form is followed: each
//! change of weights is tried, the latest wins, and at most one trial is under way.

pub mod action;
pub mod again;
pub mod follow;
pub mod state;
mod trying_again;
