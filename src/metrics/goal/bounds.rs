//! What a classifier is wanted for: shares of one class that must hold, and what is best among what holds them.

use serde::{Deserialize, Serialize};

use super::{Figure, Rate, Rates};
use crate::metrics::{Confusion, of_class, overall};

/// The shares that must hold, of one class; those that are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bounds {
    /// At least.
    pub recall: Option<f64>,
    /// At most, of the others.
    pub false_positives: Option<f64>,
    /// At least.
    pub precision: Option<f64>,
}

/// What is best where the bounds hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    #[default]
    FewestFalsePositives,
    HighestRecall,
    BalancedAccuracy,
    /// Of the class.
    F1,
    Mcc,
    /// `[true class][predicted class]`.
    LeastCost(Vec<Vec<f64>>),
}

/// Whether a share holds, as far as that many images can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    /// Nothing in the 95 % interval holds.
    Not,
    Perhaps,
    /// All of the 95 % interval holds.
    Surely,
}

impl Met {
    pub const ALL: [Met; 3] = [Met::Surely, Met::Perhaps, Met::Not];

    pub fn name(self) -> &'static str {
        match self {
            Met::Surely => "surely",
            Met::Perhaps => "perhaps",
            Met::Not => "not",
        }
    }
}

impl Bounds {
    pub fn get(&self, figure: Figure) -> Option<f64> {
        match figure {
            Figure::Recall => self.recall,
            Figure::FalsePositives => self.false_positives,
            Figure::Precision => self.precision,
        }
    }

    pub fn set(&mut self, figure: Figure, bound: Option<f64>) {
        match figure {
            Figure::Recall => self.recall = bound,
            Figure::FalsePositives => self.false_positives = bound,
            Figure::Precision => self.precision = bound,
        }
    }

    /// Those that are set.
    pub fn set_ones(&self) -> impl Iterator<Item = (Figure, f64)> + '_ {
        let set = |figure| Some((figure, self.get(figure)?));
        Figure::ALL.into_iter().filter_map(set)
    }

    /// Whether all of them hold: as far as the least sure. `None` where none is set.
    pub fn met(&self, rates: &Rates) -> Option<Met> {
        let met = |(figure, bound)| met(figure, bound, rates.get(figure));
        self.set_ones().map(met).min()
    }

    /// Whether the shares themselves hold, whatever their intervals say.
    pub fn hold(&self, rates: &Rates) -> bool {
        self.set_ones().all(|(figure, bound)| {
            let share = rates.get(figure).share();
            share.is_some_and(|share| match figure.is_gain() {
                true => share >= bound,
                false => share <= bound,
            })
        })
    }
}

/// Whether that share holds.
pub fn met(figure: Figure, bound: f64, rate: &Rate) -> Met {
    if rate.whole == 0 && figure == Figure::Precision {
        return Met::Not; // nothing is predicted as the class, of which nothing is right
    }
    let Some(interval) = rate.interval else {
        return Met::Perhaps;
    };
    let (all, none) = match figure.is_gain() {
        true => (interval.low >= bound, interval.high < bound),
        false => (interval.high <= bound, interval.low > bound),
    };
    match (all, none) {
        (true, _) => Met::Surely,
        (_, true) => Met::Not,
        _ => Met::Perhaps,
    }
}

impl Aim {
    /// More is better; `None` where it says nothing.
    pub fn merit(&self, class_idx: usize, confusion: &Confusion) -> Option<f64> {
        let class = || of_class(confusion, class_idx);
        match self {
            Aim::FewestFalsePositives => class()?.false_positive_rate.map(|rate| -rate),
            Aim::HighestRecall => class()?.recall,
            Aim::BalancedAccuracy => overall(confusion).balanced_accuracy,
            Aim::F1 => class()?.f1,
            Aim::Mcc => overall(confusion).mcc,
            Aim::LeastCost(costs) => Some(-cost_of_thousand(confusion, costs)?),
        }
    }
}

/// What the predictions of a thousand images cost at the matrix's mix of classes; `costs` is
/// `[true class][predicted class]`. `None` where it has another shape than the matrix, or there is no image.
pub fn cost_of_thousand(confusion: &Confusion, costs: &[Vec<f64>]) -> Option<f64> {
    let n = confusion.n_classes();
    if costs.len() != n || costs.iter().any(|row| row.len() != n) || confusion.total() == 0 {
        return None;
    }
    let cells = confusion.rows().zip(costs);
    let sum = |(counts, costs): (&[u64], &Vec<f64>)| -> f64 {
        counts.iter().zip(costs).map(|(&n, cost)| n as f64 * cost).sum()
    };
    Some(cells.map(sum).sum::<f64>() * 1000.0 / confusion.total() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By Wilson's interval of 80 of 100, which is 71.1 to 86.7 %, and of 5 of 100, 2.2 to 11.2 %.
    #[test]
    fn a_bound_holds_surely_perhaps_or_not() {
        let confusion = Confusion::from_rows([[95, 5], [20, 80]]);
        let rates = Rates::of_matrix(&confusion, 1).unwrap();
        let table = [
            (Figure::Recall, 0.71, Met::Surely),
            (Figure::Recall, 0.72, Met::Perhaps),
            (Figure::Recall, 0.86, Met::Perhaps),
            (Figure::Recall, 0.87, Met::Not),
            (Figure::FalsePositives, 0.12, Met::Surely),
            (Figure::FalsePositives, 0.11, Met::Perhaps),
            (Figure::FalsePositives, 0.02, Met::Not),
            (Figure::Precision, 0.8, Met::Surely),
        ];
        for (figure, bound, expected) in table {
            assert_eq!(
                met(figure, bound, rates.get(figure)),
                expected,
                "{figure:?} {bound}"
            );
        }
        let both = Bounds {
            recall: Some(0.7),
            false_positives: Some(0.1),
            precision: None,
        };
        assert_eq!(both.met(&rates), Some(Met::Perhaps));
        assert!(both.hold(&rates));
        assert_eq!(Bounds::default().met(&rates), None);
        assert!(Bounds::default().hold(&rates));
    }

    #[test]
    fn what_is_never_predicted_has_no_precision_to_hold() {
        let never = Rates::of_matrix(&Confusion::from_rows([[9, 0], [3, 0]]), 1).unwrap();
        let precise = Bounds {
            precision: Some(0.1),
            ..Bounds::default()
        };
        assert_eq!(precise.met(&never), Some(Met::Not));
        assert!(!precise.hold(&never));
    }

    #[test]
    fn costs_are_told_of_a_thousand_images() {
        let confusion = Confusion::from_rows([[90, 10], [5, 95]]);
        let costs = [vec![0.0, 1.0], vec![10.0, 0.0]];
        assert_eq!(cost_of_thousand(&confusion, &costs), Some(300.0));
        assert_eq!(cost_of_thousand(&confusion, &costs[..1]), None);
        assert_eq!(cost_of_thousand(&Confusion::new(2), &costs), None);
    }
}
