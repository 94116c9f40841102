//! Choosing a threshold for a goal: of all thresholds on one class's score, and the largest score deciding, the one that
//! holds the bounds most surely, and of those the best.

use serde::{Deserialize, Serialize};

use super::rate::Tallies;
use super::{Aim, Bounds, Met, Rates};
use crate::metrics::certainty::n_groups;
use crate::metrics::{Confusion, Scores, Threshold};

/// A rule that holds the bounds by its shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// `None`: the largest score decides.
    pub rule: Option<Threshold>,
    pub confusion: Confusion,
    pub rates: Rates,
    /// Whether the bounds hold surely or perhaps; surely where there are none.
    pub met: Met,
    /// By the aim; more is better.
    pub merit: f64,
}

impl Choice {
    /// Surer first, then better.
    pub fn is_better_than(&self, other: &Choice) -> bool {
        (self.met, self.merit) > (other.met, other.merit)
    }
}

/// With fewer images a threshold would be fitted to them and to no others; AutoGluon, too, chooses one from so many on (its pull
/// request 4632).
pub const LEAST_FOR_THRESHOLD: usize = 50;

impl Scores {
    /// The best rule, of fewer than [`LEAST_FOR_THRESHOLD`] images without a threshold; of equals the largest score, then the highest threshold. `None` where no rule's shares hold the
    /// bounds. `groups` is the group of each image, by number.
    pub fn choose(
        &self,
        class_idx: usize,
        bounds: &Bounds,
        aim: &Aim,
        groups: Option<&[u32]>,
    ) -> Option<Choice> {
        self.choose_from(
            class_idx,
            bounds,
            aim,
            groups,
            self.n_images() >= LEAST_FOR_THRESHOLD,
        )
    }

    fn choose_from(
        &self,
        class_idx: usize,
        bounds: &Bounds,
        aim: &Aim,
        groups: Option<&[u32]>,
        with_thresholds: bool,
    ) -> Option<Choice> {
        if class_idx >= self.n_classes() {
            return None;
        }
        let mut best: Option<Choice> = None;
        let mut weigh = |rule, confusion: &Confusion, rates: Rates| {
            let Some(merit) = aim.merit(class_idx, confusion).filter(|_| bounds.hold(&rates)) else {
                return;
            };
            let met = bounds.met(&rates).unwrap_or(Met::Surely);
            if best
                .as_ref()
                .is_none_or(|best| (met, merit) > (best.met, best.merit))
            {
                best = Some(Choice {
                    rule,
                    confusion: confusion.clone(),
                    rates,
                    met,
                    merit,
                });
            }
        };
        if let Some(largest) = Rates::of_class(self, groups, None, class_idx) {
            weigh(None, &self.confusion(None), largest);
        }
        if !with_thresholds {
            return best;
        }
        let mut tallies = Tallies::new(groups.map(n_groups));
        let group = |i: usize| groups.map_or(0, |groups| groups[i] as usize);
        for (i, (truth, _)) in self.rows().enumerate() {
            tallies.add(truth == class_idx, group(i));
        }
        self.lower(class_idx, |at, newly_called, confusion| {
            for &(i, truth) in newly_called {
                tallies.call(truth == class_idx, group(i));
            }
            weigh(Some(Threshold { class_idx, at }), confusion, tallies.rates());
        });
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::five;

    fn recall(least: f64) -> Bounds {
        Bounds {
            recall: Some(least),
            ..Bounds::default()
        }
    }

    #[test]
    fn aims_choose_their_threshold() {
        let scores = five();
        let costly_misses = vec![vec![0.0, 1.0], vec![10.0, 0.0]];
        let costly_alarms = vec![vec![0.0, 10.0], vec![1.0, 0.0]];
        let none = Bounds::default();
        let precise = Bounds {
            precision: Some(0.7),
            ..none
        };
        let table = [
            // 0.9 finds a third, but only all three found are surely 30 %: Wilson's interval begins at 44 %.
            (recall(0.3), Aim::FewestFalsePositives, Some(Some(0.3))),
            (recall(0.0), Aim::FewestFalsePositives, Some(Some(0.9))),
            // The largest score finds two of three, as 0.6 does.
            (recall(0.6), Aim::FewestFalsePositives, Some(None)),
            (recall(1.0), Aim::FewestFalsePositives, Some(Some(0.3))),
            (recall(1.1), Aim::FewestFalsePositives, None),
            (precise, Aim::HighestRecall, Some(Some(0.3))),
            (none, Aim::LeastCost(costly_misses), Some(Some(0.3))),
            (none, Aim::LeastCost(costly_alarms), Some(Some(0.9))),
            (none, Aim::LeastCost(vec![]), None),
            // 0.9: (1/3 + 1) / 2; 0.3: (1 + 1/2) / 2, the better.
            (none, Aim::BalancedAccuracy, Some(Some(0.3))),
            (none, Aim::F1, Some(Some(0.3))),
            (none, Aim::Mcc, Some(Some(0.3))),
        ];
        for (bounds, aim, expected) in table {
            let chosen = scores.choose_from(1, &bounds, &aim, None, true);
            let at = chosen.as_ref().map(|choice| choice.rule.map(|rule| rule.at));
            assert_eq!(at, expected, "{bounds:?} {aim:?}");
            if let Some(choice) = chosen {
                assert_eq!(scores.confusion(choice.rule), choice.confusion, "{aim:?}");
                let rates = Rates::of_scores(&scores, None, choice.rule)[1];
                assert_eq!(rates, choice.rates, "{aim:?}");
            }
        }
        assert_eq!(scores.choose_from(2, &none, &Aim::F1, None, true), None);
    }

    /// So few images choose no threshold, though one would serve them better.
    #[test]
    fn few_images_choose_no_threshold() {
        let chosen = |goal: &Aim| five().choose(1, &Bounds::default(), goal, None).unwrap();
        assert_eq!(chosen(&Aim::BalancedAccuracy).rule, None);
        assert_eq!(chosen(&Aim::F1).confusion, five().confusion(None));
        let n = LEAST_FOR_THRESHOLD;
        let truth: Vec<usize> = (0..n).map(|i| i % 2).collect();
        let probabilities = truth
            .iter()
            .flat_map(|&t| [0.9 - 0.1 * t as f32, 0.1 + 0.1 * t as f32])
            .collect();
        let scores = Scores::new(2, truth, probabilities).unwrap();
        let chosen = scores.choose(1, &Bounds::default(), &Aim::BalancedAccuracy, None);
        assert_eq!(chosen.unwrap().merit, 1.0);
    }

    /// What holds surely goes before what would be better if it held.
    #[test]
    fn a_sure_choice_goes_before_a_better_one() {
        let n = 100;
        let of_one: Vec<f32> = (0..2 * n).map(|i| 1.0 - i as f32 / 400.0).collect();
        // Of class 1 are the first 50, then every third.
        let truth = (0..2 * n).map(|i| usize::from(i < 50 || i % 3 == 0)).collect();
        let probabilities = of_one.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let scores = Scores::new(2, truth, probabilities).unwrap();
        let choice = scores
            .choose(1, &recall(0.6), &Aim::FewestFalsePositives, None)
            .unwrap();
        assert_eq!(choice.met, Met::Surely);
        let rate = choice.rates.get(super::super::Figure::Recall);
        assert!(rate.interval.unwrap().low >= 0.6, "{rate:?}");
        // In groups of ten that stand together, as many are less sure, and more have to be found.
        let groups: Vec<u32> = (0..2 * n).map(|i| i / 10).collect();
        let grouped = scores.choose(1, &recall(0.6), &Aim::FewestFalsePositives, Some(&groups));
        let grouped = grouped.unwrap();
        assert!(grouped.merit < choice.merit, "{grouped:?}");
    }

    #[test]
    fn with_three_classes_the_others_keep_their_order() {
        let probabilities = vec![0.5, 0.3, 0.2, 0.3, 0.2, 0.5, 0.1, 0.2, 0.7];
        let scores = Scores::new(3, vec![0, 1, 2], probabilities).unwrap();
        for (bounds, aim) in [
            (Bounds::default(), Aim::BalancedAccuracy),
            (Bounds::default(), Aim::Mcc),
            (recall(1.0), Aim::FewestFalsePositives),
        ] {
            let choice = scores.choose_from(1, &bounds, &aim, None, true).unwrap();
            assert_eq!(scores.confusion(choice.rule), choice.confusion, "{aim:?}");
        }
    }

    #[test]
    fn a_score_that_is_none_leaves_the_largest() {
        let scores = Scores::new(2, vec![0], vec![f32::NAN, f32::NAN]).unwrap();
        let choice = scores.choose_from(1, &Bounds::default(), &Aim::BalancedAccuracy, None, true);
        assert!(choice.is_none_or(|choice| choice.rule.is_none()));
    }
}
