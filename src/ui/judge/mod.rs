//! What runs say of images: matrix, figures, curves and threshold, and the images that were dropped.

mod cautions;
pub mod curves;
pub mod interval_bar;
pub mod matrix;
pub mod metrics;
pub mod metrics_table;
pub mod predict;
pub mod predictions;
pub mod shown;
pub mod why;
