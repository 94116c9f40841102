//! What follows from the map and what is looked at, computed once and found again by what it was computed from.

use super::choices::MapPart;
use super::entry::{self, ChosenFigures, Counted};
use super::point::{Judged, JudgedFrom, MapPoint, PointsFrom};
use crate::app::latest::{Latest, Same};
use crate::experiment::Part;
use crate::map::FeatureMap;

/// Whose verdicts, which places, and of which part.
type BehindFrom = (Same<Judged>, Same<Vec<u32>>, Part);
type OfPoints = Same<Vec<MapPoint>>;

#[derive(Debug, Default)]
pub struct DerivedMap {
    pub(super) judged: Latest<JudgedFrom, Judged>,
    pub(super) points: Latest<PointsFrom, Vec<MapPoint>>,
    pub(super) counts: Latest<OfPoints, [usize; 5]>,
    pub(super) shown: Latest<(OfPoints, MapPart), Vec<u32>>,
    pub(super) figures: Latest<(OfPoints, Same<Vec<u32>>), ChosenFigures>,
    pub(super) entries: Latest<entry::From, Vec<Counted>>,
    /// Places by the names of their images.
    pub(super) by_name: Latest<Same<FeatureMap>, Vec<u32>>,
    /// Places among the predictions, by what is chosen.
    pub(super) behind: Latest<BehindFrom, Vec<u32>>,
}
