//! What the points of the map are, by what tells them apart: the entries of its legend.

use std::sync::{Arc, Weak};

use super::points::MapPoint;
use super::state::MapColour;
use crate::app::state::AppState;

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
    fn all(by: MapColour, n_classes: usize) -> Vec<Entry> {
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
    fn place(self) -> usize {
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
pub(super) type From = (Weak<Vec<MapPoint>>, Weak<Vec<u32>>, Weak<Vec<u32>>, MapColour);

impl AppState {
    /// The entries that some shown image is.
    pub fn map_entries(&self) -> Arc<Vec<Counted>> {
        let (points, shown, chosen) = (self.map_points(), self.shown_on_map(), &self.map.chosen);
        let by = self.map.colour;
        let from = (
            Arc::downgrade(&points),
            Arc::downgrade(&shown),
            Arc::downgrade(chosen),
            by,
        );
        let is_same = |old: &From, new: &From| {
            old.0.ptr_eq(&new.0) && old.1.ptr_eq(&new.1) && old.2.ptr_eq(&new.2) && old.3 == new.3
        };
        let n_classes = self.map.made.as_ref().map_or(0, |made| made.dataset.n_classes());
        self.map.derived.entries.get_if(from, is_same, || {
            let count = |places: &[u32]| {
                let mut counts = vec![0; n_classes.max(11)];
                for point in places.iter().filter_map(|&place| points.get(place as usize)) {
                    if let Some(n) = counts.get_mut(Entry::of(by, point).place()) {
                        *n += 1;
                    }
                }
                counts
            };
            let (all, chosen) = (count(&shown), count(chosen));
            let counted = |entry: Entry| Counted {
                entry,
                n: all[entry.place()],
                n_chosen: chosen[entry.place()],
            };
            let there = |counted: &Counted| counted.n > 0;
            let entries = Entry::all(by, n_classes);
            entries.into_iter().map(counted).filter(there).collect()
        })
    }
}
