//! What a user can do to have weights tried at once.

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::protocol::ComputeFeatures;

#[derive(Debug, Clone, PartialEq)]
pub enum LiveAction {
    /// Compute every image's features, so that weights can be tried at once.
    ComputeFeatures,
}

impl AppState {
    pub(in crate::app) fn apply_live(&mut self, action: LiveAction, host: &mut dyn Host) {
        match action {
            LiveAction::ComputeFeatures => self.compute_features(host),
        }
    }

    fn compute_features(&mut self, host: &mut dyn Host) {
        let Some(config) = self.live.followed.clone() else {
            return;
        };
        if self.train_problem().is_none() && self.jobs.computing_features().is_none() {
            let config = Box::new(config);
            self.jobs
                .submit(ComputeFeatures { config }, Purpose::ComputeFeatures, host);
        }
    }
}
