//! The open image folder: its panel, its images, and what is wrong with them.

pub mod gallery;
pub mod issues;
pub mod panel;
pub mod start;
