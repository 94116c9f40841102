//! The shares that a goal can be about, of one class, each with its 95 % interval.

use serde::{Deserialize, Serialize};

use crate::metrics::certainty::{Tally, n_groups};
use crate::metrics::{Confusion, Interval, Scores, Threshold, predicted_class, ratio, wilson};

/// A share that people set themselves a goal in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Figure {
    /// Of the class, how many are predicted as it.
    Recall,
    /// Of the others, how many are predicted as the class.
    FalsePositives,
    /// Of what is predicted as the class, how many are.
    Precision,
}

impl Figure {
    pub const ALL: [Figure; 3] = [Figure::Recall, Figure::FalsePositives, Figure::Precision];

    /// More is better.
    pub fn is_gain(self) -> bool {
        self != Figure::FalsePositives
    }
}

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    pub part: u64,
    pub whole: u64,
    /// `None` of nothing, and where all images are of one group.
    pub interval: Option<Interval>,
}

impl Rate {
    pub fn share(&self) -> Option<f64> {
        ratio(self.part, self.whole)
    }
}

impl From<&Tally> for Rate {
    fn from(tally: &Tally) -> Self {
        Rate {
            part: tally.part(),
            whole: tally.whole(),
            interval: tally.interval(),
        }
    }
}

/// The shares of one class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    recall: Rate,
    false_positives: Rate,
    precision: Rate,
}

impl Rates {
    pub fn get(&self, figure: Figure) -> &Rate {
        match figure {
            Figure::Recall => &self.recall,
            Figure::FalsePositives => &self.false_positives,
            Figure::Precision => &self.precision,
        }
    }

    /// Where each image stands for itself. `None` where there is no such class.
    pub fn of_matrix(confusion: &Confusion, class_idx: usize) -> Option<Self> {
        let found = (class_idx < confusion.n_classes()).then(|| confusion.get(class_idx, class_idx))?;
        let (support, predicted) = (confusion.row_total(class_idx), confusion.col_total(class_idx));
        let rate = |part, whole| Rate {
            part,
            whole,
            interval: wilson(part, whole),
        };
        Some(Rates {
            recall: rate(found, support),
            false_positives: rate(predicted - found, confusion.total() - support),
            precision: rate(found, predicted),
        })
    }

    /// Of each class, by that rule; `groups` is the group of each image, by number.
    pub fn of_scores(scores: &Scores, groups: Option<&[u32]>, rule: Option<Threshold>) -> Vec<Self> {
        let calls = calls(scores, rule);
        let of_class = |class_idx| Rates::of_calls(&calls, groups, class_idx);
        (0..scores.n_classes()).map(of_class).collect()
    }

    /// The same of one class; `None` where there is no such class.
    pub fn of_class(
        scores: &Scores,
        groups: Option<&[u32]>,
        rule: Option<Threshold>,
        class_idx: usize,
    ) -> Option<Self> {
        let is_there = class_idx < scores.n_classes();
        is_there.then(|| Rates::of_calls(&calls(scores, rule), groups, class_idx))
    }

    fn of_calls(calls: &[(usize, Option<usize>)], groups: Option<&[u32]>, class_idx: usize) -> Self {
        let mut tallies = Tallies::new(groups.map(n_groups));
        for (i, &(truth, predicted)) in calls.iter().enumerate() {
            let group = groups.map_or(0, |groups| groups[i] as usize);
            tallies.add(truth == class_idx, group);
            if predicted == Some(class_idx) {
                tallies.call(truth == class_idx, group);
            }
        }
        tallies.rates()
    }
}

/// True and predicted class of each image.
fn calls(scores: &Scores, rule: Option<Threshold>) -> Vec<(usize, Option<usize>)> {
    let rows = scores.rows();
    rows.map(|(truth, row)| (truth, predicted_class(row, rule)))
        .collect()
}

/// The counts behind [`Rates`], image by image.
#[derive(Debug, Clone)]
pub(super) struct Tallies {
    recall: Tally,
    false_positives: Tally,
    precision: Tally,
}

impl Tallies {
    pub(super) fn new(n_groups: Option<usize>) -> Self {
        let tally = Tally::new(n_groups);
        Tallies {
            recall: tally.clone(),
            false_positives: tally.clone(),
            precision: tally,
        }
    }

    /// An image, not yet predicted as the class.
    pub(super) fn add(&mut self, is_of_class: bool, group: usize) {
        match is_of_class {
            true => self.recall.add_whole(group),
            false => self.false_positives.add_whole(group),
        }
    }

    /// It is predicted as the class.
    pub(super) fn call(&mut self, is_of_class: bool, group: usize) {
        self.precision.add_whole(group);
        match is_of_class {
            true => {
                self.recall.add_part(group);
                self.precision.add_part(group);
            }
            false => self.false_positives.add_part(group),
        }
    }

    pub(super) fn rates(&self) -> Rates {
        Rates {
            recall: (&self.recall).into(),
            false_positives: (&self.false_positives).into(),
            precision: (&self.precision).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six images of two classes, by two persons; the score is that of class 1.
    fn six() -> Scores {
        let of_one = [0.9f32, 0.6, 0.6, 0.3, 0.1, 0.8];
        let probabilities = of_one.iter().flat_map(|p| [1.0 - p, *p]).collect();
        Scores::new(2, vec![1, 0, 1, 1, 0, 0], probabilities).unwrap()
    }

    #[test]
    fn rates_are_the_matrix_s_own() {
        let scores = six();
        let rule = Some(Threshold {
            class_idx: 1,
            at: 0.5,
        });
        let matrix = scores.confusion(rule);
        let of_scores = Rates::of_scores(&scores, None, rule);
        for (class_idx, rates) in of_scores.iter().enumerate() {
            assert_eq!(Some(*rates), Rates::of_matrix(&matrix, class_idx));
        }
        let counts = Figure::ALL.map(|figure| {
            let rate = of_scores[1].get(figure);
            (rate.part, rate.whole)
        });
        assert_eq!(counts, [(2, 3), (2, 3), (2, 4)]);
        assert_eq!(Rates::of_matrix(&matrix, 2), None);
    }

    #[test]
    fn groups_widen_what_is_said_of_them() {
        let scores = six();
        let alone = Rates::of_scores(&scores, None, None)[1];
        let grouped = Rates::of_scores(&scores, Some(&[0, 0, 1, 1, 1, 0]), None)[1];
        for figure in Figure::ALL {
            let (alone, grouped) = (alone.get(figure), grouped.get(figure));
            assert_eq!((alone.part, alone.whole), (grouped.part, grouped.whole));
            let width = |rate: &Rate| rate.interval.map_or(1.0, |interval| interval.half_width());
            assert!(width(grouped) > width(alone), "{figure:?}: {alone:?} {grouped:?}");
        }
        let one_person = Rates::of_scores(&scores, Some(&[0; 6]), None)[1];
        assert_eq!(one_person.get(Figure::Recall).interval, None);
    }
}
