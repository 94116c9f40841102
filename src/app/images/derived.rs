//! What follows from the images that are asked for, computed once and found again by what it was computed from.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::place::{ByName, Listed};
use crate::app::looking::recent::{Key, Recent};
use crate::experiment::{Changes, Dataset, ImageFilter, ImageOrder, Which};
use crate::metrics::Undo;

/// The list that was asked for last, with what it follows from.
#[derive(Debug, Default)]
pub struct DerivedImages {
    pub(super) listed: RefCell<Option<(ListedFrom, Arc<Listed>)>>,
    pub(super) changes: Recent<Option<Changes>>,
    pub(super) by_name: ByName,
    /// How many of the selected images are in the list, by both.
    pub(super) n_selected: RefCell<(Weak<BTreeSet<PathBuf>>, Weak<Listed>, usize)>,
    /// How many of the selected images can be decided about in an open folder, by both: asked in every frame, and there may
    /// be 100,000.
    n_decidable: RefCell<(Weak<BTreeSet<PathBuf>>, Weak<Dataset>, usize)>,
    /// The same of the one that was asked about last, as the one that is seen large is.
    is_decidable: RefCell<(PathBuf, Weak<Dataset>, bool)>,
}

impl DerivedImages {
    /// How many of these paths can be decided about in what is open; counted again where that was read again.
    pub(in crate::app) fn n_decidable(
        &self,
        selected: &Arc<BTreeSet<PathBuf>>,
        open: &Arc<Dataset>,
        count: impl FnOnce() -> usize,
    ) -> usize {
        let of = (Arc::downgrade(selected), Arc::downgrade(open));
        let mut last = self.n_decidable.borrow_mut();
        if !last.0.ptr_eq(&of.0) || !last.1.ptr_eq(&of.1) {
            *last = (of.0, of.1, count());
        }
        last.2
    }

    /// Whether that one can be.
    pub(in crate::app) fn is_decidable(
        &self,
        image: &Path,
        open: &Arc<Dataset>,
        look: impl FnOnce() -> bool,
    ) -> bool {
        let of = Arc::downgrade(open);
        let mut last = self.is_decidable.borrow_mut();
        if last.0 != image || !last.1.ptr_eq(&of) {
            *last = (image.to_path_buf(), of, look());
        }
        last.2
    }
}

#[derive(Debug)]
pub(super) struct ListedFrom {
    pub key: Key,
    pub which: Which,
    pub undo: Undo,
    /// On the map, where those are listed.
    pub chosen: Weak<Vec<u32>>,
    pub filter: ImageFilter,
    pub order: ImageOrder,
    /// How like the chosen image each is, where they are ordered by that.
    pub cosines: Weak<BTreeMap<PathBuf, f32>>,
}

impl PartialEq for ListedFrom {
    fn eq(&self, other: &Self) -> bool {
        self.chosen.ptr_eq(&other.chosen)
            && self.cosines.ptr_eq(&other.cosines)
            && (&self.key, self.which, &self.undo, &self.filter, self.order)
                == (&other.key, other.which, &other.undo, &other.filter, other.order)
    }
}
