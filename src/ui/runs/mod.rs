//! The runs: their list with what can be done with them, and several of them side by side.

mod changes_row;
mod chosen_bar;
pub mod compare;
mod compare_table;
pub mod deleted;
mod find;
mod keys;
pub mod menu;
pub mod not_drawn;
pub mod panel;
pub mod places;
mod row;
mod sweep_row;
