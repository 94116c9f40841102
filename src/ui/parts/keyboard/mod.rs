//! What a window needs beyond egui to be used by the keyboard alone: an order to read it in, a place that is kept, lists that
//! close, and keys that are heard one by one.

pub mod ahead;
pub mod drop_down;
pub mod key_by_key;
pub mod one_stop;
pub mod tab_place;
