//! What follows from the images that are asked for, computed once and found again by what it was computed from.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::place::{ByName, Listed};
use crate::app::looking::recent::{Key, Recent};
use crate::experiment::{Changes, ImageFilter, ImageOrder, Which};

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
    n_decidable: RefCell<(Weak<BTreeSet<PathBuf>>, PathBuf, usize)>,
}

impl DerivedImages {
    /// How many of these paths can be decided about in what is open.
    pub(in crate::app) fn n_decidable(
        &self,
        selected: &Arc<BTreeSet<PathBuf>>,
        open: &Path,
        count: impl FnOnce() -> usize,
    ) -> usize {
        let of = Arc::downgrade(selected);
        let mut last = self.n_decidable.borrow_mut();
        if !last.0.ptr_eq(&of) || last.1 != open {
            *last = (of, open.to_path_buf(), count());
        }
        last.2
    }
}

#[derive(Debug)]
pub(super) struct ListedFrom {
    pub key: Key,
    pub which: Which,
    /// On the map, where those are listed.
    pub chosen: Weak<Vec<u32>>,
    pub filter: ImageFilter,
    pub order: ImageOrder,
}

impl PartialEq for ListedFrom {
    fn eq(&self, other: &Self) -> bool {
        self.chosen.ptr_eq(&other.chosen)
            && (&self.key, self.which, &self.filter, self.order)
                == (&other.key, other.which, &other.filter, other.order)
    }
}
