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
}

impl Sureness {
    /// By that rule, with the images in their groups where those are known; `seed` is the run's.
    pub fn of(predictions: &Predictions, rule: Option<Threshold>, seed: u64) -> Self {
        let groups = predictions.groups();
        Sureness {
            intervals: FigureIntervals::of_scores(predictions.scores(), groups, rule, seed),
            in_groups: groups.is_some(),
        }
    }

    /// Where nothing but the matrix is known, and each image stands for itself: without areas.
    pub fn of_matrix(confusion: &Confusion, seed: u64) -> Self {
        Sureness {
            intervals: FigureIntervals::of_matrix(confusion, seed),
            in_groups: false,
        }
    }
}
