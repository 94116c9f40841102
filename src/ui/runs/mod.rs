//! The runs: their list, the menu of each, and how they compare.

pub mod compare;
mod compare_table;
pub mod menu;
pub mod not_drawn;
pub mod panel;
pub mod places;
