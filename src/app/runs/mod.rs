//! The runs: what is known of each, and what happens to them beside training.

pub mod list;
pub mod run;
pub mod tradeoff;
