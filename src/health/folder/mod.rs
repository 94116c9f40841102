//! What all images of a folder say together.

mod leakage;
mod quality;
mod shortcuts;
mod tree;

pub use leakage::{Leak, leakage};
pub use quality::{Quality, quality};
pub use shortcuts::{Shortcut, shortcuts};
