//! How far features are computed, and the weighting that was tried last.

use super::again::Again;
use crate::experiment::{Calls, Config, weighting_name};
use crate::protocol::{FeaturesStatus, Trial};

/// Up to this many images are computed on the way to the first trial.
const FEW_MISSING: usize = 64;

/// A weighting that was tried and is not a run.
#[derive(Debug, Clone)]
pub struct TrialView {
    pub trial: Trial,
    /// What it called each validation image.
    pub(in crate::app) calls: Calls,
}

impl TrialView {
    pub(in crate::app) fn new(trial: Trial) -> Self {
        let calls = trial.predictions.calls(None);
        TrialView { trial, calls }
    }

    pub fn label(&self) -> String {
        weighting_name(&self.trial.config.class_weights, &self.trial.classes)
    }
}

#[derive(Debug, Default)]
pub struct Live {
    /// How many images have features, as the form would compute them, or why that is unknown; `None` while it is
    /// asked.
    pub features: Option<Result<FeaturesStatus, String>>,
    pub trial: Option<TrialView>,
    /// The run whose settings the next trial takes in place of the form's: decisions about labels were made while it was
    /// looked at.
    pub(in crate::app) again_like: Option<usize>,
    /// Whether the trial that shows what a decision does is still to come.
    pub(in crate::app) is_again: bool,
    /// The other shown runs with the labels as decided.
    pub again: Again,
    /// The form as it was last followed.
    pub(in crate::app) followed: Option<Config>,
    /// Whether the form changed since the trial under way was asked for.
    pub(in crate::app) wants_trial: bool,
    /// Whether the next trial's outcome is what is looked at, as the user asked for it.
    pub(in crate::app) wants_to_see: bool,
}

impl Live {
    /// Whether weights can be tried at once.
    pub fn features_ready(&self) -> bool {
        let Some(Ok(status)) = &self.features else {
            return false;
        };
        status.n_ready > 0 && status.n_missing() <= FEW_MISSING.min(status.n_images / 10)
    }
}
