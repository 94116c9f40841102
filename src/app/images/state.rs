//! What of the images is shown, and which of them are selected. Which these are follows from what is looked at.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::derived::DerivedImages;
use super::large::Large;
use super::near::Similar;
use super::read_slices::Slices;

use crate::app::picture_cache::PictureCache;
use crate::app::windows::state::Showing;
use crate::experiment::{Change, ImageFilter, ImageOrder, ImageSort};

/// Which images are listed. Classes by name, as another run may have them in another order, or none of that name.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Shows {
    /// Those of the selected cell; all mistakes where none is selected.
    #[default]
    Cell,
    Mistakes,
    All,
    Truth(String),
    Predicted(String),
    /// Whose score for the class lies in that tenth, from 0.
    Tenth(String, u8),
    /// Those that are chosen on the map.
    Chosen,
    /// That this became of, against the run that what is looked at is held against.
    Change(Change),
    /// Those of a slice, by the names of its property and of itself.
    Slice {
        property: String,
        slice: String,
    },
}

#[derive(Debug, Default)]
pub struct Images {
    pub shows: Shows,
    pub order: ImageOrder,
    pub filter: ImageFilter,
    /// Where the keyboard is; it stays where it is when the image is no longer listed.
    pub at: Option<PathBuf>,
    /// Chosen by the user, to be acted on; by their whole paths, so that they stay chosen whatever is listed.
    pub selected: Arc<BTreeSet<PathBuf>>,
    /// A selection that is being stretched from one image to another.
    pub(in crate::app) stretch: Option<Stretch>,
    /// Whether the image where the keyboard is takes the place of all.
    pub is_large: bool,
    pub pictures: PictureCache,
    pub large: Large,
    pub slices: Slices,
    pub similar: Similar,
    /// What was shown before, to come back to.
    pub(in crate::app) back: Showing,
    pub(in crate::app) derived: DerivedImages,
}

/// From where a selection is stretched, and what was selected before.
#[derive(Debug, Clone)]
pub(in crate::app) struct Stretch {
    pub from: PathBuf,
    pub before: Arc<BTreeSet<PathBuf>>,
}

impl Images {
    /// Another folder is open: its images are others.
    pub(in crate::app) fn clear(&mut self) {
        // What another folder's images are like is not known here.
        let order = match self.order.by {
            ImageSort::Similarity => ImageOrder::default(),
            _ => self.order,
        };
        *self = Images {
            order,
            back: self.back,
            ..Images::default()
        };
    }
}
