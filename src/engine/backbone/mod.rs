//! Backbones: what they are made of (`layout`), their parameters (`parameters`) and where those come from (`load`), and how
//! they run (`network`), on the processor by hand-written kernels where those pay.

mod kernels;
mod layout;
pub mod load;
mod network;
mod parameters;

pub use network::{Mode, Network, pooled};
pub use parameters::{Parameters, named};
