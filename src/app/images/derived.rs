//! What follows from the images that are asked for, computed once and found again by what it was computed from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::place::{ByName, Listed};
use crate::app::latest::{Latest, Same};
use crate::app::looking::recent::{Key, Recent};
use crate::experiment::{Changes, Dataset, ImageFilter, ImageOrder, Which};
use crate::metrics::Undo;

/// Images that are selected.
type Selected = Same<BTreeSet<PathBuf>>;

#[derive(Debug, Default)]
pub struct DerivedImages {
    pub(super) listed: Latest<ListedFrom, Listed>,
    pub(super) changes: Recent<Option<Changes>>,
    pub(super) by_name: ByName,
    /// How many of the selected images are in the list.
    pub(super) n_selected: Latest<(Selected, Same<Listed>), usize>,
    /// How many of the selected images can be decided about in an open folder: asked in every frame, and there may be 100,000.
    pub(in crate::app) n_decidable: Latest<(Selected, Same<Dataset>), usize>,
    /// Whether one can be, of the one that was asked about last, as the one that is seen large is.
    pub(in crate::app) is_decidable: Latest<(PathBuf, Same<Dataset>), bool>,
}

#[derive(Debug, PartialEq)]
pub(super) struct ListedFrom {
    pub key: Key,
    pub which: Which,
    pub undo: Undo,
    /// On the map, where those are listed.
    pub chosen: Option<Same<Vec<u32>>>,
    pub filter: ImageFilter,
    pub order: ImageOrder,
    /// How like the chosen image each is, where they are ordered by that.
    pub cosines: Option<Same<BTreeMap<PathBuf, f32>>>,
}
