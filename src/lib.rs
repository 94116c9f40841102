//! counterweight: decide how to weigh the classes of an imbalanced image folder.

pub mod disk;
pub mod error;
pub mod experiment;
pub mod metrics;
pub mod protocol;
