//! Whether what is looked at, and each run, meets the goal. All of it follows from the goal, from matrices and from scores.

use crate::app::looking::subject::Subject;
use crate::app::state::AppState;
use crate::experiment::{Goal, Part};
use crate::metrics::{Confusion, Met, OverallIntervals, Rates};

/// How what is looked at stands to the goal on the images of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Of the goal's class.
    pub rates: Rates,
    /// Where the goal has shares that must hold.
    pub met: Option<Met>,
    /// Whether the images were counted in groups.
    pub in_groups: bool,
}

impl AppState {
    /// The open folder's.
    pub fn goal(&self) -> Option<&Goal> {
        self.settings.goal_of(self.dataset.place()?)
    }

    /// Whether a run meets it as it judges images: by its threshold, where it has one. `None` where nothing must hold, the
    /// run is of other classes, or it is not known yet.
    pub fn goal_of_run(&self, run: usize) -> Option<Met> {
        let goal = self.goal()?;
        let class_idx = goal.class_idx(self.dataset.classes())?;
        let (rates, _) = self.rates_of_run(run, class_idx, Part::Val)?;
        goal.bounds.met(&rates)
    }

    /// The same as the runs are now: the one that is looked at by its threshold as it stands, kept or not.
    pub fn goal_of_run_now(&self, run: usize) -> Option<Met> {
        match self.threshold_not_kept(run) {
            Some(_) => self.standing(Part::Val)?.met,
            None => self.goal_of_run(run),
        }
    }

    /// How well a run serves the goal's aim, where it surely meets what must hold; more is better.
    pub(in crate::app) fn merit_of_sure(&self, run: usize) -> Option<f64> {
        let goal = self.goal()?;
        let class_idx = goal.class_idx(self.dataset.classes())?;
        let evaluation = self.runs.all.get(run)?.evaluation_on(Part::Val)?;
        let is_sure = self.goal_of_run(run) == Some(Met::Surely);
        is_sure
            .then(|| goal.aim.merit(class_idx, &evaluation.confusion))
            .flatten()
    }

    /// Where the run is looked at by another threshold than was kept with it, that one in words: `at 0.310, not kept`.
    pub fn threshold_not_kept(&self, run: usize) -> Option<String> {
        if self.looking.run != Some(run) || !self.looking.is_trained() {
            return None;
        }
        let (run, now) = (self.runs.all.get(run)?, self.rule_of(run));
        let kept = run.decision.as_ref().and_then(|kept| kept.rule(run.classes()));
        if now == kept {
            return None;
        }
        let now = now.map_or_else(|| "by largest score".into(), |now| format!("at {:.3}", now.at));
        Some(match kept {
            None => format!("{now}, not kept"),
            Some(kept) => format!("{now}, kept {:.3}", kept.at),
        })
    }

    /// What is looked at on these images, as it stands: with its weights as they are tried, and at its threshold.
    pub fn standing(&self, part: Part) -> Option<Standing> {
        let goal = self.goal()?;
        let class_idx = goal.class_idx(self.looked_at_classes())?;
        let (rates, in_groups) = self.rates_looked_at(class_idx, part)?;
        Some(Standing {
            rates,
            met: goal.bounds.met(&rates),
            in_groups,
        })
    }

    /// The shares of a class under what is looked at, and whether images were counted in groups.
    pub(in crate::app) fn rates_looked_at(&self, class_idx: usize, part: Part) -> Option<(Rates, bool)> {
        let predictions = self.predictions_on(part).filter(|_| !self.looking.is_baseline());
        if let Some(predictions) = predictions {
            let (scores, groups) = (predictions.scores(), predictions.groups());
            let rule = self.rule();
            let rates = self.derived.rates(part, scores, groups, rule, class_idx)?;
            return Some((rates, groups.is_some()));
        }
        let matrix = self.matrix_looked_at(part)?;
        Some((Rates::of_matrix(matrix, class_idx)?, false))
    }

    /// How far the figures of all classes can be trusted, with images counted in groups where they come in some.
    pub fn overall_intervals(&self, subject: &Subject) -> OverallIntervals {
        let predictions = self.predictions_on(subject.part);
        let predictions = predictions.filter(|_| !self.looking.is_baseline());
        let grouped = predictions.and_then(|p| Some((p.scores(), p.groups()?)));
        match grouped {
            Some((scores, groups)) => self.derived.overall_intervals(scores, groups, self.rule()),
            None => OverallIntervals::of_matrix(subject.confusion()),
        }
    }

    /// Where single images' scores are not known, so that no threshold moves it.
    fn matrix_looked_at(&self, part: Part) -> Option<&Confusion> {
        if self.looking.threshold.is_some() && !self.looking.is_baseline() {
            return None;
        }
        let evaluation = match (self.watched_trial(), part) {
            (Some(view), Part::Val) => Some(&view.trial.evaluation),
            (Some(_), _) => None,
            (None, Part::Val) => self.selected_run()?.evaluation(self.looking.is_baseline()),
            (None, _) if self.looking.is_baseline() => None,
            (None, part) => self.selected_run()?.evaluation_on(part),
        };
        evaluation.map(|evaluation| &evaluation.confusion)
    }
}
