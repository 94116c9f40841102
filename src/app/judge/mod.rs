//! What runs say of images: of those that were opened to be predicted, and of those they were validated on, by the
//! threshold that is chosen.

pub mod action;
pub mod asking;
pub mod class_folders;
pub mod evaluation;
pub mod explaining;
pub mod images;
pub mod listing;
pub mod save;
pub mod state;
pub mod table;
pub mod threshold;
pub mod verdicts;
pub mod why;
