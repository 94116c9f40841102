//! What the points of the map are, by what tells them apart, and the figures of those that are chosen.

use super::choices::MapColour;
use super::point::MapPoint;
use crate::app::latest::Same;
use crate::metrics::Confusion;

/// What points have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    Class(usize),
    Right,
    Wrong,
    /// The tenth that the confidence lies in, from 0.
    Tenth(u8),
    NotJudged,
}

impl Entry {
    /// What a point is.
    pub fn of(by: MapColour, point: &MapPoint) -> Self {
        match (by, point.said) {
            (MapColour::Class, _) => Entry::Class(point.class_idx),
            (_, None) => Entry::NotJudged,
            (MapColour::Verdict, Some(said)) if said.is_right() => Entry::Right,
            (MapColour::Verdict, Some(_)) => Entry::Wrong,
            (MapColour::Confidence, Some(said)) => {
                Entry::Tenth((said.confidence * 10.0).floor().clamp(0.0, 9.0) as u8)
            }
        }
    }

    /// In the order in which a legend lists them; classes as the folder has them, the surest verdicts first.
    pub(super) fn all(by: MapColour, n_classes: usize) -> Vec<Entry> {
        match by {
            MapColour::Class => (0..n_classes).map(Entry::Class).collect(),
            MapColour::Verdict => vec![Entry::Right, Entry::Wrong, Entry::NotJudged],
            MapColour::Confidence => {
                let tenths = (0..10).rev().map(Entry::Tenth);
                tenths.chain([Entry::NotJudged]).collect()
            }
        }
    }

    /// Its place among all of its kind.
    pub(super) fn place(self) -> usize {
        match self {
            Entry::Class(class_idx) => class_idx,
            Entry::Right => 0,
            Entry::Wrong => 1,
            Entry::NotJudged => 10,
            Entry::Tenth(tenth) => usize::from(tenth.min(9)),
        }
    }
}

/// An entry, how many images of those that are shown are it, and how many of those that are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub entry: Entry,
    pub n: usize,
    pub n_chosen: usize,
}

/// What they follow from.
pub(super) type From = (Same<Vec<MapPoint>>, Same<Vec<u32>>, Same<Vec<u32>>, MapColour);

/// Of the chosen images that the run has judged.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct ChosenFigures {
    pub n_chosen: usize,
    /// Of each class among the chosen, judged or not.
    pub n_of_class: Vec<usize>,
    /// Of those of the part that is looked at.
    pub confusion: Option<Confusion>,
}
