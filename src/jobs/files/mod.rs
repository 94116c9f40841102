//! The commands that need no tensor, one file a subject.

pub mod cache;
pub mod dataset;
mod export;
pub mod health;
pub mod images;
pub mod labels;
mod pictures;
mod report;
pub mod runs;
mod scores;
pub mod slices;
mod watch;
