//! The open image folder: its counts and split, its pictures, and the form that was made for it.

pub mod folders;
pub mod gallery;
pub mod view;
