//! Single images of a part that a run judged: which of them are looked at, in which order, and what became of each between two
//! runs.

mod change;
mod listing;
mod one;
mod which;

pub use change::{Change, Changes, LESS_SURE};
pub use listing::{ImageFilter, ImageOrder, ImageSort, by_similarity, listed_images};
pub use one::{OneImage, loss_of};
pub use which::Which;
