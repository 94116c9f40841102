//! The feature cache, in a window of its own.

pub mod window;
