//! Decisions about single images: which class they belong to, which are left out, which are kept together. Each is on the disk
//! before it is shown; the trial that follows shows what it does to the matrix.

pub mod action;
mod event;
pub mod state;
