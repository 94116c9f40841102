//! What people decided about single images: another class, left out, kept together, a note. It lies over the folder's own
//! labels and changes no file of it; an image is known by its content, wherever it lies and whatever it is called, and of several
//! with the same content by its place.

mod applied;
mod counts;
mod decisions;
mod history;
mod image_label;
mod table;

pub use applied::{Applied, apply, classes_as_decided, counts_as_decided, known_class};
pub use counts::LabelCounts;
pub use decisions::{Overlay, together};
pub use history::{Entry, History, step_in_words};
pub use image_label::{ImageChange, ImageLabel, ImageName, LabelChange};
pub use table::{LABELS_HEADER, LabelRow, changes_of, rows_of};

use crate::formats::Formats;

/// Raised when a journal of decisions gets a kind of line that earlier versions do not know.
pub const LABELS_FORMAT: u32 = 2;
/// Journals of this format and of each later one are read for ever.
pub const LABELS_FORMATS: Formats = Formats {
    oldest: 1,
    newest: LABELS_FORMAT,
};
