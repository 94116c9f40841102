//! What runs say of images: of those that were dropped, and of those they were validated and tested on.

pub mod images;
pub mod parts;
pub mod threshold;
