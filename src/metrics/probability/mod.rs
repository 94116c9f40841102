//! What a probability is worth: what a weighting did to it, how to undo that, and how far it can be taken at its word.

mod bins;
mod brier;
mod mix;
mod reliability;
mod undo;

pub use bins::BINS;
pub use brier::Brier;
pub use mix::Mix;
pub use reliability::{ClassReliability, Reliability};
pub use undo::Undo;
