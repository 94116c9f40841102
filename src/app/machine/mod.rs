//! The machine: its devices, and whether the engine is there.

pub mod event;
pub mod state;
