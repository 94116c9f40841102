//! What the runs say of the table's rows, as panels show it.

use std::sync::Arc;

use super::listing::{Listed, RunRule, Verdicts};
use crate::app::state::AppState;
use crate::metrics::{Threshold, Undo};
use crate::visible::visible;

impl AppState {
    /// The rows that are listed. What was computed for the same table, runs and thresholds is not computed again.
    pub fn listed_images(&self) -> Arc<Listed> {
        let runs = self.table_judges();
        let n_classes = runs.first().map_or(0, |&run| self.runs.all[run].classes().len());
        let runs = runs.into_iter().map(|run| self.run_rule(run)).collect();
        let judge = &self.judge;
        judge
            .derived
            .listed(&judge.table, runs, &judge.listing, n_classes)
    }

    /// What the run says of each row, by its threshold, with the probability that is shown.
    pub fn verdicts_of(&self, run: usize) -> Verdicts {
        self.judge
            .derived
            .verdicts(&self.judge.table, &self.run_rule(run))
    }

    fn run_rule(&self, run: usize) -> RunRule {
        RunRule {
            run,
            rule: self.rule_of(run),
            undo: self.undo_of_new(run),
        }
    }

    /// What a score for a class is worth under a run, where that is known: `of scores from 0.55 to 0.70, 12 of 20 are REAL`, on its
    /// validation images. Of a probability where something is undone in it.
    pub fn worth_of(&self, of: (usize, &Undo), class_idx: usize, score: f32) -> Option<String> {
        let chance = self.chance(of, class_idx, score)?;
        let (run, undo) = of;
        let class = visible(self.runs.all.get(run)?.classes().get(class_idx)?);
        let scores = if undo.changes() { "probabilities" } else { "scores" };
        Some(format!(
            "of {scores} from {:.2} to {:.2}, {} of {} are {class}",
            chance.lowest, chance.highest, chance.n_of_class, chance.n_images
        ))
    }

    /// The rule that a run judges new images by: the threshold as it stands, where it is the one that is looked at, and
    /// else the one that was kept with it.
    pub fn rule_of(&self, run: usize) -> Option<Threshold> {
        let looks_at_it = self.looking.run == Some(run) && self.looking.is_trained();
        if looks_at_it {
            let class_idx = self.weighed_class();
            return self.looking.threshold.map(|at| Threshold { class_idx, at });
        }
        let run = self.runs.all.get(run)?;
        run.decision.as_ref()?.rule(run.classes())
    }
}
