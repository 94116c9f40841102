//! What follows from the images that are asked for, computed once and found again by what it was computed from.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;
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
}

#[derive(Debug, PartialEq)]
pub(super) struct ListedFrom {
    pub key: Key,
    pub which: Which,
    pub filter: ImageFilter,
    pub order: ImageOrder,
}
