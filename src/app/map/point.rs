//! One point of the map, and what points follow from.

use crate::app::latest::Same;
use crate::experiment::{OneImage, Part};
use crate::map::FeatureMap;
use crate::metrics::{Scores, Threshold, Undo};

/// Of each place of the map: the part that the image was judged in, and its place among the part's predictions.
pub(super) type Judged = Vec<Option<(Part, u32)>>;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapPoint {
    /// As decided in the open folder; of another as it was judged, else as that folder has it.
    pub class_idx: usize,
    /// `None` where the run has not judged it.
    pub part: Option<Part>,
    /// Of the images of the part that is looked at.
    pub said: Option<OneImage>,
}

/// What a list of points follows from.
#[derive(Debug, PartialEq)]
pub(super) struct PointsFrom {
    pub judged: Same<Judged>,
    pub classes: Option<Same<Vec<usize>>>,
    pub part: Part,
    pub rule: Option<Threshold>,
    pub undo: Undo,
    pub is_baseline: bool,
}

/// What the parts of the images follow from.
#[derive(Debug, PartialEq)]
pub(super) struct JudgedFrom {
    pub map: Same<FeatureMap>,
    pub scores: [Option<Same<Scores>>; 3],
}
