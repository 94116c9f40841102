//! The images behind what is looked at: which of them are listed, where the keyboard is among them, which are selected, and the
//! one that is seen large.

pub mod action;
mod asking;
mod derived;
pub mod large;
pub mod listed;
pub mod near;
pub mod place;
pub mod read_slices;
mod similar;
pub mod slices;
pub mod state;
mod walk;
