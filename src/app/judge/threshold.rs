//! Keeping the threshold of what is looked at with its run.

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::looking::state::Model;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::Decision;
use crate::metrics::overall;
use crate::protocol::Decide;

impl AppState {
    /// The threshold becomes the run's own, or is taken from it.
    pub(in crate::app) fn keep_threshold(&mut self, host: &mut dyn Host) {
        let Some(index) = self.looking.run.filter(|_| self.looking.model == Model::Trained) else {
            return;
        };
        let class = self
            .looked_at_classes()
            .get(self.weighed_class())
            .cloned()
            .unwrap_or_default();
        let chosen_for = self
            .looking
            .chosen_for
            .clone()
            .unwrap_or_else(|| "by hand".into());
        let figures = self.at_threshold().map(|matrix| overall(&matrix));
        let decision = self.looking.threshold.map(|at| Decision {
            balanced_accuracy: figures.and_then(|figures| figures.balanced_accuracy),
            ..Decision::new(class, at, chosen_for)
        });
        let run = &mut self.runs.all[index];
        let told = match &decision {
            Some(d) => format!("{} now {}", run.label(), d.in_words()),
            None => format!("{} predicts the class of the largest score again", run.label()),
        };
        let before = std::mem::replace(&mut run.decision, decision.clone());
        let run_dir = run.dir.clone();
        let purpose = Purpose::Decide { run: index, before };
        self.jobs.submit(Decide { run_dir, decision }, purpose, host);
        self.tell(ToastKind::Ok, told);
    }
}
