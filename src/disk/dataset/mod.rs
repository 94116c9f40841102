//! An image folder, or a table of images: which images it holds, of which class, which belong together, and what is odd about them.

mod csv_table;
mod duplicates;
mod file_checks;
mod groups_table;
mod oddities;
mod walk;

pub mod check_images;
pub mod company;
pub mod demo;
pub mod fingerprint;
pub mod groups;
pub mod image_files;
pub mod label_table;
pub mod labels;
pub mod properties;
pub mod scan;
