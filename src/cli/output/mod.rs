//! What is said in the terminal: tables, JSON, progress, and advice with this program's options in it.

pub mod elsewhere;
pub mod figures;
pub mod folds;
pub mod hints;
pub mod log_file;
pub mod print;
pub mod probabilities;
pub mod progress;
pub mod report;
pub mod text;
