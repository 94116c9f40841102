//! A run on a folder of known classes: its figures, and what was left out of them.

use std::path::Path;

use super::class_folders::FolderEvaluation;
use super::state::Judge;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::notices::{Offer, ToastKind};
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::Source;
use crate::protocol::{Evaluate, Judged};

impl AppState {
    /// The opened folder and how many folders it has that are named like the classes; none where others are among them.
    pub fn class_folders(&self) -> Option<(&Path, usize)> {
        let run = self.runs.all.get(*self.table_judges().first()?)?;
        let judge = &self.judge;
        let n_found = judge.derived.n_class_folders(&judge.table, run.classes())?;
        Some((judge.table.sources.first()?, n_found))
    }

    /// Has the run judge a folder of its classes; from then on it is the chosen one.
    pub(in crate::app) fn evaluate_folder(&mut self, run: usize, data: Source, host: &mut dyn Host) {
        let offer = Offer::Evaluate {
            run,
            data: data.clone(),
        };
        self.notices.withdraw(&offer);
        let Some(view) = self.runs.all.get(run) else {
            return;
        };
        if view.deleted {
            let text = format!("{} is no longer there to judge it", view.label());
            return self.tell(ToastKind::Warning, text);
        }
        self.select_run(run);
        self.jobs.cancel(|job| matches!(job.purpose, Purpose::Evaluate));
        let request = Evaluate {
            run_dir: self.runs.all[run].dir.clone(),
            data: data.clone(),
            part: None,
        };
        self.judge.evaluation = Some(FolderEvaluation {
            run,
            data,
            warnings: vec![],
            outcome: None,
        });
        self.windows.showing = Showing::Predictions;
        self.judge.evaluation_job = Some(self.jobs.submit(request, Purpose::Evaluate, host));
    }

    pub(in crate::app) fn close_evaluation(&mut self) {
        self.jobs.cancel(|job| matches!(job.purpose, Purpose::Evaluate));
        (self.judge.evaluation, self.judge.evaluation_job) = (None, None);
    }

    /// The job that evaluates a folder.
    pub fn evaluating(&self) -> Option<&JobView> {
        self.jobs.get(self.judge.evaluation_job?)
    }

    pub(in crate::app) fn is_evaluating(&self, job_id: u64) -> bool {
        self.judge.evaluation_job == Some(job_id)
    }

    /// Another folder of the classes of the run that was looked at was opened: it may be meant to be judged, and not to be
    /// trained on.
    pub(in crate::app) fn offer_to_evaluate(&mut self, run: usize) {
        let (Some(view), Some(dataset)) = (self.runs.all.get(run), &self.dataset.view) else {
            return;
        };
        // A table may have been opened with a folder of images that it does not lie in.
        let data = dataset.dataset.source();
        if view.config.place() == data.place()
            || view.classes().is_empty()
            || view.classes() != self.dataset.classes()
        {
            return;
        }
        let text = format!(
            "This folder has the classes of {}, which was trained on another",
            view.label()
        );
        self.notices.ask(text, Offer::Evaluate { run, data });
    }
}

impl Judge {
    pub(in crate::app) fn warn_of_evaluation(&mut self, message: String) {
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.warnings.push(message);
        }
    }

    pub(in crate::app) fn take_evaluation(&mut self, judged: Judged) {
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.outcome = Some(Ok(judged));
        }
    }

    /// However it ended, nobody waits for it any longer.
    pub(in crate::app) fn end_evaluating(&mut self, reason: Option<&str>) {
        let unanswered = self.evaluation.as_mut().filter(|e| e.outcome.is_none());
        if let Some(evaluation) = unanswered {
            evaluation.outcome = Some(Err(reason.unwrap_or("no answer came").to_owned()));
        }
    }
}
