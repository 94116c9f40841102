//! How common the class is among images that nobody labelled: those that the chosen run predicts.

use crate::app::judge::listing::Counts;
use crate::app::state::AppState;
use crate::experiment::Part;
use crate::metrics::{Count, Estimate, unknown_share};

/// Of fewer images nothing is worth saying.
const LEAST: usize = 20;

impl AppState {
    /// The weighed class's share among the images of the table, where all of them are predicted; and its name.
    pub fn share_among_new(&self, counts: &Counts) -> Option<(String, Estimate)> {
        let run = *self.table_judges().first()?;
        let view = &self.runs.all[run];
        let class = self.looked_at_classes().get(self.weighed_class())?;
        let class_idx = view.classes().iter().position(|other| other == class)?;
        let n_read = counts.n - counts.unreadable;
        if counts.waiting > 0 || n_read < LEAST {
            return None;
        }
        let at_rule;
        let confusion = match self.rule_of(run) {
            None => &view.evaluation_on(Part::Val)?.confusion,
            Some(rule) => {
                at_rule = self
                    .derived
                    .matrix(view.predictions_on(Part::Val)?.scores(), rule);
                &*at_rule
            }
        };
        let count = |part: u64, whole: u64| Count { part, whole };
        let (found, support) = (
            confusion.get(class_idx, class_idx),
            confusion.row_total(class_idx),
        );
        let alarms = confusion.col_total(class_idx) - found;
        let estimate = unknown_share(
            count(counts.classes[class_idx] as u64, n_read as u64),
            count(found, support),
            count(alarms, confusion.total() - support),
        )?;
        Some((class.clone(), estimate))
    }
}
