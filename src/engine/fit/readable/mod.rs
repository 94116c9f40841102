//! Which images can be read, so that they are trained on and judged, and what is said of the others.

pub mod folder_warnings;
pub mod left_out;
pub mod settle;
