//! The Brier score and what it is made of.

use serde::{Deserialize, Serialize};

use super::bins::Bin;

/// Mean squared error of probabilities, and its parts: `score = reliability - resolution + uncertainty + remainder`.
///
/// Murphy 1973, "A New Vector Partition of the Probability Score", which is exact where all images of a bin are said the same; the
/// remainder is what they differ within their bins (Stephenson, Coelho and Jolliffe 2008, "Two Extra Components in the Brier Score
/// Decomposition", their within-bin variance minus twice the within-bin covariance), so that the parts always add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Brier {
    pub score: f64,
    /// How far probabilities are from the shares of their bins: smaller is better.
    pub reliability: f64,
    /// How far the shares of the bins are from the share of all: larger is better.
    pub resolution: f64,
    /// Of the share of all, whatever is said: that of somebody who always says it.
    pub uncertainty: f64,
    pub remainder: f64,
}

impl Brier {
    /// Of one class against the rest, from 0 to 1; `bins` are of all images.
    pub(super) fn of(bins: &[Bin]) -> Self {
        let n: f64 = bins.iter().map(Bin::n).sum();
        let mean = |part: &dyn Fn(&Bin) -> f64| bins.iter().map(part).sum::<f64>() / n;
        let share = mean(&|bin| bin.n() * bin.share);
        let truth = |is_so: bool| f64::from(u8::from(is_so));
        let of_images = |part: &dyn Fn(&Bin, f64, f64) -> f64| {
            mean(&|bin| {
                bin.images
                    .iter()
                    .map(|&(said, is_so)| part(bin, said, truth(is_so)))
                    .sum()
            })
        };
        Brier {
            score: of_images(&|_, said, truth| (said - truth).powi(2)),
            reliability: mean(&|bin| bin.n() * (bin.mean_said - bin.share).powi(2)),
            resolution: mean(&|bin| bin.n() * (bin.share - share).powi(2)),
            uncertainty: share * (1.0 - share),
            remainder: of_images(&|bin, said, truth| {
                let apart = said - bin.mean_said;
                apart * (apart - 2.0 * (truth - bin.share))
            }),
        }
    }

    /// Brier's own score of 1950, from 0 to 2, is the sum over the classes, part by part; with two classes it is twice that of one.
    pub(super) fn sum(of_classes: impl Iterator<Item = Brier>) -> Self {
        of_classes.fold(Brier::default(), |sum, one| Brier {
            score: sum.score + one.score,
            reliability: sum.reliability + one.reliability,
            resolution: sum.resolution + one.resolution,
            uncertainty: sum.uncertainty + one.uncertainty,
            remainder: sum.remainder + one.remainder,
        })
    }
}
