//! What follows from the map and what is looked at, computed once and found again by what it was computed from.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use super::choices::MapPart;
use super::entry::{self, ChosenFigures, Counted};
use super::point::{Judged, JudgedFrom, MapPoint, PointsFrom};
use crate::experiment::Part;
use crate::map::FeatureMap;

/// A value, and what it follows from.
type Known<K, V> = (K, Arc<V>);

/// The value that was asked for last.
#[derive(Debug)]
pub(super) struct Last<K, V>(RefCell<Option<Known<K, V>>>);

impl<K, V> Default for Last<K, V> {
    fn default() -> Self {
        Last(RefCell::new(None))
    }
}

impl<K, V> Last<K, V> {
    pub fn get_if(&self, from: K, is_same: impl Fn(&K, &K) -> bool, compute: impl FnOnce() -> V) -> Arc<V> {
        let mut last = self.0.borrow_mut();
        if let Some((of, value)) = &*last
            && is_same(of, &from)
        {
            return Arc::clone(value);
        }
        let value = Arc::new(compute());
        *last = Some((from, Arc::clone(&value)));
        value
    }

    pub fn get(&self, from: K, compute: impl FnOnce() -> V) -> Arc<V>
    where
        K: PartialEq,
    {
        self.get_if(from, K::eq, compute)
    }
}

/// Whose verdicts, which places, and of which part.
type BehindFrom = (Weak<Judged>, Weak<Vec<u32>>, Part);
type OfPoints = Weak<Vec<MapPoint>>;

#[derive(Debug, Default)]
pub struct DerivedMap {
    pub(super) judged: Last<JudgedFrom, Judged>,
    pub(super) points: Last<PointsFrom, Vec<MapPoint>>,
    pub(super) counts: Last<OfPoints, [usize; 5]>,
    pub(super) shown: Last<(OfPoints, MapPart), Vec<u32>>,
    pub(super) figures: Last<(OfPoints, Weak<Vec<u32>>), ChosenFigures>,
    pub(super) entries: Last<entry::From, Vec<Counted>>,
    /// Places by the names of their images.
    pub(super) by_name: Last<Weak<FeatureMap>, Vec<u32>>,
    /// Places among the predictions, by what is chosen.
    pub(super) behind: Last<BehindFrom, Vec<u32>>,
}
