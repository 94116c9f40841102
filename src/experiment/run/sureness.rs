//! How sure the figures of an evaluation are.

use serde::{Deserialize, Serialize};

use super::Predictions;
use crate::metrics::{Confusion, FigureIntervals, Threshold};

/// The 95 % intervals of an evaluation's figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sureness {
    pub intervals: FigureIntervals,
    /// Whether images of one group were taken to resemble each other.
    pub in_groups: bool,
    /// Images come in groups, and nobody knows in which: the intervals are narrower than they should be.
    pub has_lost_groups: bool,
}

/// What figures follow from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiguresAsked {
    pub predictions: Predictions,
    /// `None`: the largest score decides.
    pub rule: Option<Threshold>,
    /// The run's, from which all that is drawn comes.
    pub seed: u64,
}

impl Sureness {
    /// With the images in their groups where those are known.
    pub fn of(asked: &FiguresAsked) -> Self {
        Self::by_rule(asked, None)
    }

    /// The same, where what is known of the same predictions by another rule need not be found again.
    pub fn by_rule(asked: &FiguresAsked, by_another: Option<&Sureness>) -> Self {
        let FiguresAsked {
            ref predictions,
            rule,
            seed,
        } = *asked;
        let groups = predictions.groups();
        Sureness {
            intervals: match by_another {
                None => FigureIntervals::of_scores(predictions.scores(), groups, rule, seed),
                Some(known) => known.intervals.by_rule(predictions.scores(), groups, rule, seed),
            },
            in_groups: groups.is_some(),
            has_lost_groups: predictions.has_lost_groups(),
        }
    }

    /// Where nothing but the matrix is known, and each image stands for itself: without areas.
    pub fn of_matrix(confusion: &Confusion, seed: u64) -> Self {
        Sureness {
            intervals: FigureIntervals::of_matrix(confusion, seed),
            in_groups: false,
            has_lost_groups: false,
        }
    }
}
