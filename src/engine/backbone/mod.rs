//! Backbones: what they are made of (`layout`), their parameters (`parameters`), and how they run (`network`).

mod layout;
mod network;
mod parameters;

pub use network::{Mode, Network};
pub use parameters::{Parameters, named};
