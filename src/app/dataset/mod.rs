//! The open image folder: its counts and split, its pictures, and the form that was made for it.

pub mod action;
pub mod event;
pub mod folder_settings;
mod folders;
pub mod gallery;
pub mod merged_form;
pub mod state;
pub mod view;
