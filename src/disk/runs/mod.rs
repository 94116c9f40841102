//! Run folders: written by a training, read by whoever comes after, watched, passed on, thrown away.

pub mod class_columns;
pub mod export;
pub mod folder;
pub mod follow;
pub mod image_table;
pub mod place;
pub mod prediction_table;
pub mod report_file;
pub mod saved;
pub mod scores;
mod table_file;
mod table_kind;
pub mod tag;
pub mod trash;
