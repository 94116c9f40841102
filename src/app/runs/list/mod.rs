//! The list of runs: what it shows, in which order, and what is chosen in it.

pub mod action;
pub mod cache;
mod choose;
mod listed;
pub mod order;
pub mod rows;
mod search;
mod sweeps;
