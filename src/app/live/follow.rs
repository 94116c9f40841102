//! Following the form: what its features and weights come to is asked for after each change.

use super::state::TrialView;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::looking::state::Model;
use crate::app::state::AppState;
use crate::experiment::Config;
use crate::protocol::{AskFeatures, FeaturesStatus, LiveEvent, Trial, TryWeights};

impl AppState {
    pub(in crate::app) fn apply_live_event(&mut self, job_id: u64, event: LiveEvent) {
        match event {
            LiveEvent::Features(status) => self.take_features(status),
            LiveEvent::Tried(trial) => match self.jobs.get(job_id).map(|job| &job.purpose) {
                Some(&Purpose::TryAgain { run }) => self.take_tried_again(run, &trial),
                _ => self.take_trial(*trial),
            },
        }
    }

    fn is_trying(&self) -> bool {
        self.jobs.any(|purpose| matches!(purpose, Purpose::Try))
    }

    /// After any change: asks for what the form now needs. Called once after each action and event.
    pub(in crate::app) fn follow_form(&mut self, host: &mut dyn Host) {
        let Some(view) = &self.dataset.view else { return };
        let source = view.dataset.source();
        // Whatever the form was taken from, decisions are the folder's.
        self.settings.form.labels_overlay = self.labels.overlay().cloned();
        let now = self.settings.form.clone().of(source);
        let before = self.live.followed.as_ref();
        if before != Some(&now) {
            let same_features = before.is_some_and(|f| f.without_head() == now.without_head());
            // Trials are judged on validation images. Who looks at others, to decide about them, goes on seeing those.
            let sees_it =
                self.looking.is_on_validation() || !before.is_some_and(|f| differ_by_labels_alone(f, &now));
            self.live.followed = Some(now.clone());
            if !same_features {
                self.ask_features(host);
            } else {
                // Where the features are still looked for, it is tried and seen once they are there.
                self.live.wants_trial |= self.live.features_ready();
                self.live.wants_to_see = sees_it;
            }
        }
        let may_try = self.may_try(&now);
        if self.live.wants_trial && may_try && !self.is_trying() {
            self.live.wants_trial = false;
            let config = Box::new(self.tried_again(&now).unwrap_or(now));
            self.jobs.submit(TryWeights { config }, Purpose::Try, host);
        }
        if !self.is_trying() {
            self.live.is_again &= self.live.wants_trial && may_try;
            if !self.live.wants_trial && may_try {
                self.try_next_again(host);
            }
        }
    }

    /// The settings of the run whose labels were decided otherwise, where they go with the features that are there.
    fn tried_again(&mut self, form: &Config) -> Option<Config> {
        let run = self.runs.all.get(self.live.again_like.take()?)?;
        let config = Config {
            labels_overlay: form.labels_overlay.clone(),
            ..run.config.clone().of(form.source())
        };
        let has_features = config.without_head() == form.without_head();
        (has_features && self.dataset.is_trained_on(run)).then_some(config)
    }

    fn may_try(&self, form: &Config) -> bool {
        self.live.features_ready() && self.train_problem().is_none() && form.features_are_fixed()
    }

    pub(in crate::app) fn ask_features(&mut self, host: &mut dyn Host) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::AskFeatures));
        self.live.features = None;
        let Some(config) = self.live.followed.clone() else {
            return;
        };
        if !config.features_are_fixed() || config.problems().next().is_some() {
            return;
        }
        let config = Box::new(config);
        self.jobs
            .submit(AskFeatures { config }, Purpose::AskFeatures, host);
    }

    /// The first trial is made unasked, so that what all share is ready when the first slider moves.
    fn take_features(&mut self, status: FeaturesStatus) {
        self.live.features = Some(Ok(status));
        if self.live.features_ready() {
            self.live.wants_trial = true;
            self.live.wants_to_see |= self.looking.run.is_none();
        }
    }

    fn take_trial(&mut self, trial: Trial) {
        // One that was asked for in a folder that was left since says nothing about this one.
        if self.dataset.view.is_some() && self.dataset.classes() != trial.classes {
            return;
        }
        self.live.trial = Some(TrialView::new(trial));
        // The next one, where more was decided meanwhile, is already asked for.
        self.live.is_again &= self.live.wants_trial;
        let wants_to_see = std::mem::take(&mut self.live.wants_to_see);
        if self.looking.model == Model::Trial {
            // It was found among other scores; a threshold stays where it is, but is no longer the best of these.
            self.looking.found = None;
        } else if wants_to_see {
            self.looking.turn_to(Model::Trial, None);
        }
    }
}

fn differ_by_labels_alone(one: &Config, other: &Config) -> bool {
    let relabelled = Config {
        labels_overlay: other.labels_overlay.clone(),
        ..one.clone()
    };
    one != other && relabelled == *other
}
