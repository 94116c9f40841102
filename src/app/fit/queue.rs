//! Trainings that wait their turn: named, and kept over an end of the window.

use super::waiting::Waiting;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::protocol::{Sweep, Train};

impl AppState {
    /// What a training in the queue is, such as `1 : 8` or `24 weightings`.
    pub fn queued_name(&self, job: &JobView) -> Option<String> {
        match &job.purpose {
            Purpose::Train { config } => Some(self.label_of(&config.class_weights)),
            Purpose::Sweep { heads, .. } => Some(format!("{} weightings", heads.len())),
            _ => None,
        }
    }

    /// What stands for all that waits: it is another one when anything is lined up or begins.
    pub fn queue(&self) -> (usize, Vec<u64>) {
        let waiting = self.jobs.all.iter().filter(|job| job.is_waiting());
        let ids = waiting.map(|job| job.job.id).collect();
        (self.fit.left_over.len(), ids)
    }

    /// What waits now, for the settings: it comes back at the next start, as does what was left over before.
    pub(in crate::app) fn keep_queue(&mut self) {
        let waiting = self.jobs.all.iter().filter_map(Waiting::of);
        self.settings.waiting = self.fit.left_over.iter().cloned().chain(waiting).collect();
    }

    /// Lines up what waited when the window was closed.
    pub(in crate::app) fn train_left_over(&mut self, host: &mut dyn Host) {
        for Waiting { config, heads } in std::mem::take(&mut self.fit.left_over) {
            let runs_dir = self.folders.runs_dir.clone();
            let of_purpose = Box::new(config.clone());
            match heads.is_empty() {
                true => {
                    let purpose = Purpose::Train { config: of_purpose };
                    self.jobs.submit(Train { config, runs_dir }, purpose, host)
                }
                false => {
                    let request = Sweep {
                        config,
                        heads: heads.clone(),
                        runs_dir,
                    };
                    let purpose = Purpose::Sweep {
                        config: of_purpose,
                        heads,
                    };
                    self.jobs.submit(request, purpose, host)
                }
            };
        }
    }
}
