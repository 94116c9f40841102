//! What computing happens on, and below tensors: the device that is chosen, threads, registers (`simd`),
//! tensors as slices, and random numbers.

mod choose;
pub mod random;
pub(crate) mod simd;
pub mod slices;
pub mod threads;

pub use choose::{all, choose, cpu_capability, has_bf16, kind_name, load_cuda, name};
