//! When the large image's run is asked why, and about which class.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::Answer;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::metrics::predicted_class;
use crate::protocol::{Explain, Explained};

impl AppState {
    /// The run that can be asked why about the image of the table of predictions that is seen large.
    pub fn explains_prediction(&self) -> Option<usize> {
        let run = *self.table_judges().first()?;
        self.runs.all[run].can_predict().then_some(run)
    }

    /// The same of an image behind the matrix. Weights that are tried are no run yet, and of the baseline no model is kept.
    pub fn explains_image(&self) -> Option<usize> {
        let run = self.looking.run.filter(|_| self.watched_trial().is_none())?;
        let can = self.runs.all.get(run)?.can_predict() && !self.looking.is_baseline();
        can.then_some(run)
    }

    /// Asks once for what is to be shown; another question takes its place.
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
        if !why.is_shown || self.machine.engine_gone {
            return None;
        }
        let (run, path, predicted) = match self.judge.is_enlarged {
            true => self.large_prediction()?,
            false => self.large_image()?,
        };
        let view = &self.runs.all[run];
        let chosen = why
            .class_idx
            .filter(|&class_idx| class_idx < view.classes().len());
        Some(Explain {
            run_dir: view.dir.clone(),
            path,
            class_idx: Some(chosen.unwrap_or(predicted)),
        })
    }

    /// Its run, its path and the class that it is predicted as.
    fn large_prediction(&self) -> Option<(usize, PathBuf, usize)> {
        let (row, run) = (self.judge.chosen?, self.explains_prediction()?);
        let Answer::Probabilities(shares) = self.judge.table.answer(run, row) else {
            return None;
        };
        let predicted = predicted_class(shares, self.rule_of(run))?;
        Some((run, self.judge.chosen_path()?.clone(), predicted))
    }

    fn large_image(&self) -> Option<(usize, PathBuf, usize)> {
        if !self.images.is_large || !self.windows.showing.lists_images() {
            return None;
        }
        let (run, path) = (self.explains_image()?, self.images.at.clone()?);
        let images = self.images_behind().ok()?;
        let predicted = images.image(self.place_of(&path)?)?.said.predicted?;
        Some((run, path, predicted))
    }

    pub(in crate::app) fn take_explained(&mut self, job_id: u64, explained: Box<Explained>) {
        // An image that was left meanwhile is no longer asked about.
        let is_asked = |job: &JobView| !job.job.cancel.is_cancelled();
        if self.jobs.get(job_id).is_some_and(is_asked) {
            self.judge.why.answer = Some(Ok(Arc::from(explained)));
        }
    }
}
