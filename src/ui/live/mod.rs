//! Weights tried at once, as the sliders stand.

pub mod row;
