//! One point of the map, and what points follow from.

use std::sync::Weak;

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
#[derive(Debug, Clone)]
pub(super) struct PointsFrom {
    pub judged: Weak<Judged>,
    pub classes: Weak<Vec<usize>>,
    pub part: Part,
    pub rule: Option<Threshold>,
    pub undo: Undo,
    pub is_baseline: bool,
}

impl PartialEq for PointsFrom {
    fn eq(&self, other: &Self) -> bool {
        self.judged.ptr_eq(&other.judged)
            && self.classes.ptr_eq(&other.classes)
            && (self.part, self.rule, self.is_baseline) == (other.part, other.rule, other.is_baseline)
            && self.undo == other.undo
    }
}

/// What the parts of the images follow from.
#[derive(Debug, Clone)]
pub(super) struct JudgedFrom {
    pub map: Weak<FeatureMap>,
    pub scores: [Weak<Scores>; 3],
}

impl PartialEq for JudgedFrom {
    fn eq(&self, other: &Self) -> bool {
        let mut scores = self.scores.iter().zip(&other.scores);
        self.map.ptr_eq(&other.map) && scores.all(|(one, other)| one.ptr_eq(other))
    }
}
