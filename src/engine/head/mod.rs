//! The linear head: one or many (`heads`), what they make small (`objective`) and by which steps (`optimizer`), all at once
//! as stacked tensors (`stacked`) or each core's share by loops (`per_core`), and what they say of images (`evaluate`).

pub mod evaluate;
mod heads;
pub mod objective;
pub mod optimizer;
pub mod per_core;
pub mod stacked;

pub use heads::{Head, Heads, views};
