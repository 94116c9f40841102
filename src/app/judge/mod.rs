//! What runs say of images: of those that were dropped, and of those they were validated on, by the threshold that is
//! chosen.

pub mod action;
pub mod images;
pub mod state;
pub mod threshold;
