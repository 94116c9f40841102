//! Which images are copies of each other: saved again, at another size, or cropped. Candidates are proposed cheaply, by
//! perceptual hashes or by features, and what is seen decides.

mod aligned;
mod close_hashes;
mod components;
mod copies;

pub use aligned::{CROP_LIKENESS, crop_likeness, is_same_picture};
pub use components::Components;
pub use copies::copies_by_hash;
