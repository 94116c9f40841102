//! What follows from single images' scores, computed once for each value that is looked at and not once a frame. What was
//! computed is found again by what it was computed from, so nobody has to say when it is old.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use super::recent::Recent;
use crate::app::goal::cost_rules::CostRules;
use crate::app::latest::{Latest, Same};
use crate::app::runs::dots::{Dot, Dots};
use crate::app::runs::footings::Footings;
use crate::app::runs::list::cache::RunListCache;
use crate::experiment::Part;
use crate::metrics::{
    CalibrationBin, Chances, ClassReliability, Confusion, Differences, OperatingPoint, OverallIntervals,
    Rates, Scores, Threshold, Undo,
};

/// The runs as dots, and the thresholds of what is looked at.
type FromDots = (Same<Vec<Dot>>, Option<Same<Vec<OperatingPoint>>>);

/// By rule and class.
type ByRule<V> = OfScores<(Option<Threshold>, usize), V>;

#[derive(Debug, Default)]
pub struct Derived {
    curve: OfScores<usize, Vec<OperatingPoint>>,
    matrix: OfScores<Threshold, Confusion>,
    shown: OfScores<Undo, Scores>,
    calibration: OfScores<usize, Vec<CalibrationBin>>,
    reliability: OfScores<usize, Option<ClassReliability>>,
    overall: OfScores<Option<Threshold>, OverallIntervals>,
    /// By class.
    chances: OfScores<(), RefCell<BTreeMap<usize, Arc<Chances>>>>,
    /// By part, in the order of [`Part::ALL`].
    rates: [ByRule<Option<Rates>>; Part::ALL.len()],
    pub(in crate::app) footings: Footings,
    pub(in crate::app) dots: Dots,
    pub(in crate::app) run_list: RunListCache,
    pub(in crate::app) cost_rules: Latest<FromDots, CostRules>,
    pub(super) differences: Recent<Option<Differences>>,
    pub(super) payers: Recent<Vec<Option<(usize, f64)>>>,
    pub(super) mistakes: Recent<Mistakes>,
    pub(super) grouped: Recent<Grouped>,
}

/// A matrix with the classes that are confused beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// The class at each place.
    pub order: Vec<usize>,
    /// As they are shown, in that order.
    pub classes: Vec<String>,
    pub confusion: Confusion,
}

impl Grouped {
    /// Where a class stands.
    pub fn place(&self, class_idx: usize) -> Option<usize> {
        self.order.iter().position(|&class| class == class_idx)
    }
}

/// Where a matrix goes wrong.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Mistakes {
    /// Of each class, the class that most of its images are wrongly taken for, and how many.
    pub taken_for: Vec<Option<(usize, u64)>>,
    /// True class and predicted class, the largest share of the true class first.
    pub largest: Vec<(usize, usize)>,
}

impl Derived {
    /// Over all thresholds of the class's score.
    pub fn curve(&self, scores: &Arc<Scores>, class_idx: usize) -> Arc<Vec<OperatingPoint>> {
        self.curve
            .get(scores, class_idx, || scores.operating_points(class_idx))
    }

    /// The scores with the weights undone, as they are where there is nothing to undo.
    pub fn shown(&self, scores: &Arc<Scores>, undo: &Undo) -> Arc<Scores> {
        if !undo.changes() {
            return Arc::clone(scores);
        }
        let undone = || undo.scores(scores).unwrap_or_else(|| (**scores).clone());
        self.shown.get(scores, undo.clone(), undone)
    }

    /// How far the class's scores can be taken at their word.
    pub fn reliability(&self, scores: &Arc<Scores>, class_idx: usize) -> Arc<Option<ClassReliability>> {
        let compute = || ClassReliability::of(scores, class_idx);
        self.reliability.get(scores, class_idx, compute)
    }

    /// How far the class's scores are shares.
    pub fn calibration(&self, scores: &Arc<Scores>, class_idx: usize) -> Arc<Vec<CalibrationBin>> {
        self.calibration
            .get(scores, class_idx, || scores.calibration(class_idx))
    }

    /// What the class's scores are worth.
    pub fn chances(&self, scores: &Arc<Scores>, class_idx: usize) -> Arc<Chances> {
        let of_classes = self.chances.get(scores, (), RefCell::default);
        let mut of_classes = of_classes.borrow_mut();
        let of_class = || Arc::new(Chances::of(scores, class_idx));
        Arc::clone(of_classes.entry(class_idx).or_insert_with(of_class))
    }

    /// The class's shares by that rule; `groups` are the images' own.
    pub fn rates(
        &self,
        part: Part,
        scores: &Arc<Scores>,
        groups: Option<&[u32]>,
        rule: Option<Threshold>,
        class_idx: usize,
    ) -> Option<Rates> {
        let of_part = &self.rates[part as usize];
        let compute = || Rates::of_class(scores, groups, rule, class_idx);
        *of_part.get(scores, (rule, class_idx), compute)
    }

    /// How far the figures of all classes can be trusted where images come in groups.
    pub fn overall_intervals(
        &self,
        scores: &Arc<Scores>,
        groups: &[u32],
        rule: Option<Threshold>,
    ) -> OverallIntervals {
        let compute = || OverallIntervals::of_groups(scores, groups, rule);
        *self.overall.get(scores, rule, compute)
    }

    /// The matrix at that threshold.
    pub fn matrix(&self, scores: &Arc<Scores>, rule: Threshold) -> Arc<Confusion> {
        self.matrix.get(scores, rule, || scores.confusion(Some(rule)))
    }
}

/// A value, and the scores and the key that it follows from.
#[derive(Debug)]
struct Known<K, V> {
    scores: Weak<Scores>,
    key: K,
    value: Arc<V>,
}

/// The two values that were asked for last: of scores as they are, and of those that are shown.
#[derive(Debug)]
struct OfScores<K, V>(RefCell<[Option<Known<K, V>>; 2]>);

impl<K, V> Default for OfScores<K, V> {
    fn default() -> Self {
        OfScores(RefCell::new([None, None]))
    }
}

impl<K: PartialEq, V> OfScores<K, V> {
    fn get(&self, scores: &Arc<Scores>, key: K, compute: impl FnOnce() -> V) -> Arc<V> {
        let scores = Arc::downgrade(scores);
        let mut latest = self.0.borrow_mut();
        let is_it = |known: &Known<K, V>| known.scores.ptr_eq(&scores) && known.key == key;
        if let Some(place) = latest.iter().position(|known| known.as_ref().is_some_and(is_it)) {
            latest[..=place].rotate_right(1);
        } else {
            latest.rotate_right(1);
            latest[0] = None;
        }
        let known = latest[0].get_or_insert_with(|| Known {
            value: Arc::new(compute()),
            scores,
            key,
        });
        Arc::clone(&known.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(first: f32) -> Arc<Scores> {
        let probabilities = vec![first, 1.0 - first, 0.2, 0.8];
        Arc::new(Scores::new(2, vec![0, 1], probabilities).unwrap())
    }

    #[test]
    fn what_is_looked_at_again_is_not_computed_again() {
        let derived = Derived::default();
        let (one, other) = (scores(0.6), scores(0.9));
        let rule = |at| Threshold { class_idx: 0, at };
        let first = derived.matrix(&one, rule(0.5));
        assert!(Arc::ptr_eq(&first, &derived.matrix(&one, rule(0.5))));
        assert_eq!(first.get(0, 0), 1);
        // Another threshold, other scores, the same numbers read again.
        assert_eq!(derived.matrix(&one, rule(0.7)).get(0, 0), 0);
        assert_eq!(derived.matrix(&other, rule(0.7)).get(0, 0), 1);
        let curve = derived.curve(&one, 0);
        assert!(Arc::ptr_eq(&curve, &derived.curve(&one, 0)));
        assert!(!Arc::ptr_eq(&curve, &derived.curve(&scores(0.6), 0)));
        assert!(!Arc::ptr_eq(&curve, &derived.curve(&one, 1)));
        // Two by turns are computed once each, and a third pushes the older out.
        let by_turns = [0, 1, 0, 1].map(|class_idx| derived.calibration(&one, class_idx));
        assert!(Arc::ptr_eq(&by_turns[0], &by_turns[2]) && Arc::ptr_eq(&by_turns[1], &by_turns[3]));
        derived.calibration(&other, 0);
        assert!(Arc::ptr_eq(&by_turns[1], &derived.calibration(&one, 1)));
        assert!(!Arc::ptr_eq(&by_turns[0], &derived.calibration(&one, 0)));
    }

    #[test]
    fn scores_are_undone_once_and_are_themselves_where_nothing_is() {
        let derived = Derived::default();
        let one = scores(0.6);
        let undo = Undo::of_weights(&[1.0, 4.0]);
        let shown = derived.shown(&one, &undo);
        assert!(Arc::ptr_eq(&shown, &derived.shown(&one, &undo)) && !Arc::ptr_eq(&shown, &one));
        assert!(Arc::ptr_eq(&one, &derived.shown(&one, &Undo::default())));
    }
}
