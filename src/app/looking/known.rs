//! What was asked for of how sure figures are, and what is known of it.

use std::sync::Weak;

use crate::experiment::{Part, Sureness};
use crate::metrics::{ClassFigure, ClassView, Interval, OverallIntervals, Scores, Threshold};
use crate::protocol::{CompareRuns, ComparedRuns};

/// What the intervals of figures follow from.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Held, so that the place of scores that are gone is not taken for that of others.
    pub scores: Weak<Scores>,
    pub rule: Option<Threshold>,
    pub part: Part,
}

impl PartialEq for Figures {
    fn eq(&self, other: &Self) -> bool {
        self.scores.ptr_eq(&other.scores) && (self.rule, self.part) == (other.rule, other.part)
    }
}

/// Images are drawn again two thousand times for it, away from the window's thread.
#[derive(Debug, Default)]
pub struct Known {
    /// What was asked for last; asked again, it would come to the same or fail again.
    pub asked: Option<Figures>,
    pub figures: Option<(Figures, Sureness)>,
    pub asked_pairs: Option<CompareRuns>,
    pub pairs: Option<ComparedRuns>,
}

/// The intervals of the figures that are looked at, as far as they are known.
pub struct KnownIntervals<'a> {
    pub sureness: Option<&'a Sureness>,
    /// What is known at once.
    pub overall: OverallIntervals,
    /// Images come in groups, of which a matrix alone says nothing.
    pub in_groups: bool,
}

impl KnownIntervals<'_> {
    /// Of a figure of the whole matrix, by its key in the registry.
    pub fn overall(&self, key: &str) -> Option<Interval> {
        let drawn = self.sureness.and_then(|sureness| sureness.intervals.overall(key));
        drawn.or_else(|| self.overall.get(key))
    }

    pub fn of_class(&self, class_idx: usize, figure: &ClassFigure, class: &ClassView) -> Option<Interval> {
        match self.sureness {
            Some(sureness) => sureness.intervals.of_class(class_idx, figure.key),
            None if self.in_groups => None,
            None => figure.interval(class),
        }
    }
}
