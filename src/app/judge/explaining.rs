//! When the large image's run is asked why, and about which class.

use std::sync::Arc;

use crate::app::Answer;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::metrics::predicted_class;
use crate::protocol::{Explain, Explained};

impl AppState {
    /// The run that says why: the one that predicts first.
    pub fn run_that_explains(&self) -> Option<usize> {
        let run = *self.table_judges().first()?;
        self.runs.all[run].can_predict().then_some(run)
    }

    /// Asks once for what is to be shown, and no longer for what is not.
    pub(in crate::app) fn explain(&mut self, host: &mut dyn Host) {
        let wanted = self.explanation_wanted();
        if wanted.is_none() || wanted == self.judge.why.asked {
            return;
        }
        self.jobs.cancel(|job| matches!(job.purpose, Purpose::Explain));
        if let Some(request) = wanted {
            self.judge.why.asked = Some(request.clone());
            self.judge.why.answer = None;
            self.jobs.submit(request, Purpose::Explain, host);
        }
    }

    fn explanation_wanted(&self) -> Option<Explain> {
        let why = &self.judge.why;
        if !why.is_shown || !self.judge.is_enlarged || self.machine.engine_gone {
            return None;
        }
        let (row, run) = (self.judge.chosen?, self.run_that_explains()?);
        let predicted = match self.judge.table.answer(run, row) {
            Answer::Probabilities(shares) => predicted_class(shares, self.rule_of(run))?,
            Answer::Waiting | Answer::Failed(_) => return None,
        };
        let view = &self.runs.all[run];
        let chosen = why
            .class_idx
            .filter(|&class_idx| class_idx < view.classes().len());
        Some(Explain {
            run_dir: view.dir.clone(),
            path: self.judge.chosen_path()?.clone(),
            class_idx: Some(chosen.unwrap_or(predicted)),
        })
    }

    pub(in crate::app) fn take_explained(&mut self, job_id: u64, explained: Box<Explained>) {
        // An image that was left meanwhile is no longer asked about.
        let is_asked = |job: &JobView| !job.job.cancel.is_cancelled();
        if self.jobs.get(job_id).is_some_and(is_asked) {
            self.judge.why.answer = Some(Ok(Arc::from(explained)));
        }
    }
}
