//! The goal: the bar over the tiles, the form behind it, and the sign that runs and dots carry.

pub mod bar;
pub mod editor;
pub mod sign;
