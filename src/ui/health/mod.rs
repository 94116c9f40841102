//! The health of a folder: findings, their images, and what can be done.

mod rows;
pub mod window;
