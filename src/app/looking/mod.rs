//! What is looked at: one value, and everything that follows from it.

pub mod action;
pub mod against;
pub mod derived;
pub mod known;
pub mod recent;
pub mod sentence;
pub mod shown;
pub mod state;
pub mod subject;
pub mod sure;
