//! What the runs say of the table's rows, as panels show it.

use std::sync::Arc;

use super::listing::{Listed, Verdicts};
use crate::app::state::AppState;
use crate::metrics::Threshold;

impl AppState {
    /// The rows that are listed. What was computed for the same table, runs and thresholds is not computed again.
    pub fn listed_images(&self) -> Arc<Listed> {
        let runs = self.table_judges();
        let n_classes = runs.first().map_or(0, |&run| self.runs.all[run].classes().len());
        let runs = runs.into_iter().map(|run| (run, self.rule_of(run))).collect();
        let judge = &self.judge;
        judge
            .derived
            .listed(&judge.table, runs, &judge.listing, n_classes)
    }

    /// What the run says of each row, by its threshold.
    pub fn verdicts_of(&self, run: usize) -> Verdicts {
        self.judge
            .derived
            .verdicts(&self.judge.table, (run, self.rule_of(run)))
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
