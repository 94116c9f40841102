//! Backbones: what they are made of (`layout`), their parameters (`parameters`), and how they run (`network`),
//! where it pays with fewer multiplications (`winograd`, `tiles`) and fewer ways through memory (`stem`, `stem_rows`).

mod layout;
mod network;
mod parameters;
mod stem;
mod stem_rows;
mod tiles;
mod winograd;

pub use network::{Mode, Network};
pub use parameters::{Parameters, named};
