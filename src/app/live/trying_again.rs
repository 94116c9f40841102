//! The shown runs tried again with the labels as they were decided last: what their weights come to on these, one after the
//! other and without a new run. What is looked at comes first, and by itself (`follow`).

use super::again::TriedAgain;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::experiment::Config;
use crate::protocol::{Trial, TryWeights};

impl AppState {
    /// After a decision: the shown runs whose images have their features are to be tried again, except for the one that is
    /// looked at.
    pub(in crate::app) fn begin_again(&mut self) {
        self.cancel_again();
        let mut runs = self.shown();
        runs.retain(|&run| {
            let is_first = self.looking.run == Some(run) && self.live.again_like == Some(run);
            !is_first && self.runs.all[run].can_predict() && self.as_decided(&self.runs.all[run]).is_some()
        });
        self.live.again.begin(runs.into());
    }

    pub(in crate::app) fn cancel_again(&mut self) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::TryAgain { .. }));
        self.live.again.forget();
    }

    /// A run's settings with the labels as they are now; `None` where it has these already, or other features than the form.
    fn as_decided(&self, run: &RunView) -> Option<Config> {
        let form = self.live.followed.as_ref()?;
        let config = Config {
            labels_overlay: self.settings.form.labels_overlay.clone(),
            ..run.config.clone().of(form.source())
        };
        let is_other = !config.has_labels_of(&run.config);
        (is_other && config.without_head() == self.settings.form.clone().of(form.source()).without_head())
            .then_some(config)
    }

    fn is_trying_again(&self) -> bool {
        self.jobs
            .any(|purpose| matches!(purpose, Purpose::TryAgain { .. }))
    }

    /// The next one, where nothing is tried that somebody waits for.
    pub(in crate::app) fn try_next_again(&mut self, host: &mut dyn Host) {
        if self.live.again.is_done() || self.is_trying_again() || !self.live.features_ready() {
            return;
        }
        while let Some(run) = self.live.again.next() {
            let config = self.runs.all.get(run).and_then(|run| self.as_decided(run));
            if let Some(config) = config {
                let config = Box::new(config);
                self.jobs
                    .submit(TryWeights { config }, Purpose::TryAgain { run }, host);
                return;
            }
        }
    }

    pub(in crate::app) fn take_tried_again(&mut self, run: usize, trial: &Trial) {
        let is_asked = trial.config.has_labels_of(&self.settings.form)
            && (self.runs.all.get(run)).is_some_and(|run| run.classes() == trial.classes);
        if is_asked {
            let (config, evaluation) = (trial.config.clone(), trial.evaluation.clone());
            self.live.again.take(run, TriedAgain { config, evaluation });
        }
    }

    /// How far it is, where it is not at its end.
    pub fn trying_again_in_words(&self) -> Option<String> {
        let (again, is_trying) = (&self.live.again, self.is_trying_again());
        let is_under_way = is_trying || !again.is_done() && self.live.features_ready();
        let n = again.n_runs();
        let runs = if n == 1 { "shown run" } else { "shown runs" };
        is_under_way.then(|| {
            format!(
                "Trying {n} {runs} again with the labels as decided: {} done",
                again.n_done(is_trying)
            )
        })
    }

    /// Whether what is looked at is of labels that were decided otherwise since, and the next trial shows what that does.
    pub fn is_being_tried_again(&self) -> bool {
        let is_deciding = self
            .jobs
            .any(|purpose| matches!(purpose, Purpose::EditLabels { .. }));
        let is_live = self.live.features_ready() && self.looking.is_on_validation();
        let is_trained = !self.looking.is_baseline();
        is_live && is_trained && (is_deciding || self.live.is_again)
    }
}
