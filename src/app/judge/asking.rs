//! Which runs predict, and what they are asked next: one run at a time, the chosen one first, some images at a time, so that
//! whoever is chosen meanwhile has its turn soon.

use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::protocol::{Predict, Predicted};

/// Images of one request.
const AT_ONCE: usize = 2048;
/// Up to here every shown run is asked: more than these images would take each of them minutes.
const FEW_IMAGES: usize = 24;
/// Shown runs that are asked about more images than that, beside the chosen one.
const OTHERS: usize = 4;

impl AppState {
    /// The runs that predict the table's images: the chosen one first, then the newest of the shown ones.
    pub fn table_judges(&self) -> Vec<usize> {
        let mut judges = self.judges();
        let Some(&first) = judges.first() else {
            return judges;
        };
        // Where no folder is open, runs of all classes may be shown.
        let classes = self.runs.all[first].classes();
        judges.retain(|&run| self.runs.all[run].classes() == classes);
        if self.judge.table.rows().len() > FEW_IMAGES && !self.judge.asks_all {
            judges.truncate(1 + OTHERS);
        }
        judges
    }

    /// Shown runs that are not asked, since there are too many images.
    pub fn n_judges_left_out(&self) -> usize {
        let n_asked = self.table_judges().len();
        self.judges().len() - n_asked
    }

    /// Why the chosen run predicts nothing, where it does not.
    pub fn chosen_cannot_predict(&self) -> Option<String> {
        let run = self.looking.run?;
        let view = self.runs.all.get(run)?;
        let reason = match (self.dataset.has_classes_of(view), view.can_predict()) {
            (true, true) => return None,
            (false, _) => "has other classes than the open folder",
            (true, false) if view.record.outcome.is_none() => "has not ended",
            (true, false) => "has left no model",
        };
        Some(format!("{} {reason}", view.label()))
    }

    /// Asks for what is not known yet, and cancels what is no longer wanted.
    pub(in crate::app) fn predict_images(&mut self, host: &mut dyn Host) {
        if self.judge.table.is_empty() && self.predicting().is_none() {
            return;
        }
        self.ask_for_chosen_picture(host);
        let next = self.next_judge();
        match (self.predicting(), next) {
            (Some(job), Some(run)) if matches!(job.purpose, Purpose::Predict { run: of, .. } if of == run) => {
            }
            // The next one is asked at its end.
            (Some(job), _) => job.job.cancel.cancel(),
            (None, Some(run)) => self.ask(run, host),
            (None, None) => {}
        }
    }

    /// The first run that has not said all.
    fn next_judge(&self) -> Option<usize> {
        if self.judge.is_stopped || self.machine.engine_gone {
            return None;
        }
        let judges = self.table_judges();
        judges.into_iter().find(|&run| self.judge.table.wants(run))
    }

    fn ask(&mut self, run: usize, host: &mut dyn Host) {
        let paths = self.judge.table.missing(run, AT_ONCE);
        let request = Predict {
            run_dir: self.runs.all[run].dir.clone(),
            paths: paths.clone(),
        };
        self.jobs.submit(request, Purpose::Predict { run, paths }, host);
    }

    pub(in crate::app) fn take_predicted(&mut self, job_id: u64, predicted: Predicted) {
        let purpose = self.jobs.get(job_id).map(|job| &job.purpose);
        if let Some(&Purpose::Predict { run, .. }) = purpose {
            for image in predicted.images {
                self.judge.table.take(run, image);
            }
        }
    }

    pub(in crate::app) fn go_on_predicting(&mut self) {
        self.judge.is_stopped = false;
        self.judge.table.try_again();
    }

    /// The job that predicts now.
    pub fn predicting(&self) -> Option<&JobView> {
        self.jobs.all.iter().find(|job| is_prediction(job))
    }
}

fn is_prediction(job: &JobView) -> bool {
    matches!(job.purpose, Purpose::Predict { .. })
}
