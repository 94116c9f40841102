//! What chance did for the best of many, and what is as good as it within that: the weighting that changes least.

use crate::app::state::AppState;
use crate::experiment::{FoundRule, Goal};
use crate::metrics::Aim;
use crate::protocol::{BestWorth, SearchedRun};

use super::state::Gentlest;
use super::words::{aim_in_words, figures_in_words, rule_in_words};

impl AppState {
    /// Of the weightings that hold the bounds as surely as the best and serve the aim within one of its standard errors as well, the one
    /// nearest to equal weights: Breiman, Friedman, Olshen and Stone 1984, "Classification and regression trees", 3.4.3. `None` where
    /// that is the best itself.
    pub(super) fn gentlest_of(
        &self,
        searched: &[SearchedRun],
        (best, found): &(usize, FoundRule),
        worth: BestWorth,
        class_idx: usize,
    ) -> Option<(usize, FoundRule)> {
        let strength = |run: usize| Some(self.runs.all[run].weight_of(class_idx)?.ln().abs());
        let least = found.choice.merit - worth.standard_error;
        let mut gentlest: Option<(f64, usize, &FoundRule)> = None;
        for SearchedRun {
            run_dir,
            found: other,
        } in searched
        {
            let (Some(run), Ok(Some(other))) = (self.runs.of_dir(run_dir), other) else {
                continue;
            };
            let is_as_good = other.choice.met >= found.choice.met && other.choice.merit >= least;
            let Some(strength) = strength(run).filter(|_| is_as_good && !self.runs.all[run].deleted) else {
                continue;
            };
            if gentlest.is_none_or(|(least, ..)| strength < least) {
                gentlest = Some((strength, run, other));
            }
        }
        let (strength_of, run, other) = gentlest?;
        // Less by a hair is no reason to take another.
        let is_gentler = strength(*best).is_some_and(|of_best| strength_of < of_best - 0.05);
        is_gentler.then(|| (run, other.clone()))
    }

    /// `. Within the noise, the gentlest weighting is 1 : 3 at REAL ≥ 0.412: 80 % (74 to 85) of REAL found`.
    pub(super) fn gentler_in_words(&self, goal: &Goal, (run, found): &(usize, FoundRule)) -> String {
        let rule = rule_in_words(goal, found.choice.rule);
        let classes = self.runs.all[*run].classes();
        let class_idx = goal.class_idx(classes).unwrap_or(0);
        let figures = figures_in_words(goal, &found.choice.rates, classes);
        let aim = match aim_in_words(&goal.aim, class_idx, &found.choice.confusion) {
            nothing if nothing.is_empty() => nothing,
            aim => format!(", {aim}"),
        };
        format!(
            ". Within the noise, the gentlest weighting is {} {rule}: {figures}{aim}",
            self.runs.all[*run].label()
        )
    }

    /// The label of the gentlest weighting that is as good as the best within the noise, as long as that is said.
    pub fn gentlest(&self) -> Option<String> {
        let gentlest = self.goal_state.gentlest.as_ref();
        let gentlest = gentlest.filter(|_| self.looking.found.is_some())?;
        Some(self.runs.all.get(gentlest.run)?.label())
    }

    /// It is looked at instead of the best, with its threshold.
    pub(in crate::app) fn take_gentlest(&mut self) {
        let Some(goal) = self.goal().cloned() else { return };
        let Some(Gentlest { run, found, chance }) = self.goal_state.gentlest.take() else {
            return;
        };
        let gentler = (run, found);
        let said = self.gentler_in_words(&goal, &gentler) + &chance;
        let said = said.trim_start_matches(". ").to_owned();
        self.look_at_found(&goal, run, &gentler.1, said);
    }
}

/// `. Chosen from 32 weightings and all their thresholds, so recall reads about 1.2 points too high`; nothing of a cost, which has a
/// scale of its own. What has to hold was chosen by as well, and how much that did for it is not known.
pub(super) fn due_to_chance(goal: &Goal, worth: BestWorth) -> String {
    let (figure, way) = match goal.aim {
        Aim::FewestFalsePositives => ("the share of false positives", "low"),
        Aim::HighestRecall => ("recall", "high"),
        Aim::BalancedAccuracy => ("balanced accuracy", "high"),
        Aim::F1 => ("F1", "high"),
        Aim::Mcc => ("MCC", "high"),
        Aim::LeastCost(_) => return String::new(),
    };
    let by = match goal.aim {
        Aim::Mcc => format!("{:.3}", worth.too_much),
        _ => format!("{:.1} points", worth.too_much * 100.0),
    };
    let of = match (worth.n_models, worth.at_thresholds) {
        (1, true) => "1 weighting and all its thresholds".to_owned(),
        (n, true) => format!("{n} weightings and all their thresholds"),
        (1, false) => "1 weighting".to_owned(),
        (n, false) => format!("{n} weightings"),
    };
    let bound = match goal.bounds.set_ones().next() {
        Some(_) => "; what has to hold was chosen by as well and may read too well, too",
        None => "",
    };
    match worth.too_much >= 0.0005 {
        true => format!(". Chosen from {of}, so {figure} reads about {by} too {way}{bound}"),
        false => format!(". Chosen from {of}, and yet {figure} reads no better than it is{bound}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Bounds;

    #[test]
    fn what_chance_did_is_told_in_the_aim_s_own_measure() {
        let worth = |too_much| BestWorth {
            n_models: 32,
            at_thresholds: true,
            too_much,
            standard_error: 0.01,
        };
        let due = |aim, worth| {
            let goal = Goal {
                class: "REAL".into(),
                bounds: Bounds::default(),
                aim,
            };
            due_to_chance(&goal, worth)
        };
        assert_eq!(
            due(Aim::BalancedAccuracy, worth(0.0117)),
            ". Chosen from 32 weightings and all their thresholds, so balanced accuracy reads about 1.2 points too high"
        );
        let one = BestWorth {
            n_models: 1,
            ..worth(0.004)
        };
        let text = due(Aim::FewestFalsePositives, one);
        assert_eq!(
            text,
            ". Chosen from 1 weighting and all its thresholds, so the share of false positives reads about 0.4 points too low"
        );
        let few = BestWorth {
            at_thresholds: false,
            ..worth(0.01)
        };
        assert!(due(Aim::F1, few).starts_with(". Chosen from 32 weightings, so F1 reads"));
        assert!(due(Aim::Mcc, worth(0.02)).contains("MCC reads about 0.020 too high"));
        assert!(due(Aim::F1, worth(-0.001)).ends_with("F1 reads no better than it is"));
        assert_eq!(due(Aim::LeastCost(vec![]), worth(0.1)), "");
        let goal = Goal {
            class: "REAL".into(),
            bounds: Bounds {
                recall: Some(0.8),
                ..Bounds::default()
            },
            aim: Aim::FewestFalsePositives,
        };
        let text = due_to_chance(&goal, worth(0.004));
        assert!(text.ends_with(
            "0.4 points too low; what has to hold was chosen by as well and may read too well, too"
        ));
    }
}
