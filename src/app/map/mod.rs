//! The map of the open folder's features: how it is asked for, which images are shown on it and how, and those that are chosen.

pub mod action;
mod asking;
pub mod choices;
mod chosen;
mod derived;
mod entries;
pub mod entry;
pub mod event;
pub mod nearest;
pub mod point;
mod points;
pub mod state;
