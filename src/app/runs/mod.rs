//! The runs: what is known of each, and what happens to them beside training.

pub mod action;
mod cautions;
pub mod dots;
pub mod event;
pub mod footings;
pub mod list;
mod places;
mod remove;
pub mod report;
pub mod run;
pub mod same_split;
pub mod state;
pub mod tradeoff;
