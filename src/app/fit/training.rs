//! Trainings are begun here; what comes of them is in [`super::event`].

use super::presets::Preset;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config};
use crate::protocol::Train;

impl AppState {
    pub(in crate::app) fn train(&mut self, class_weights: ClassWeights, host: &mut dyn Host) {
        let Some(view) = &self.dataset.view else { return };
        let config = Config {
            class_weights,
            ..self.settings.form.clone().of(view.dataset.source())
        };
        if self.train_problem().is_some() {
            return;
        }
        let request = Train {
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let config = Box::new(config);
        self.jobs.submit(request, Purpose::Train { config }, host);
    }

    pub(in crate::app) fn train_three(&mut self, host: &mut dyn Host) {
        for preset in [Preset::Equal, Preset::Rare(3.0), Preset::Rare(8.0)] {
            if let Some(weights) = self.preset(preset) {
                self.train(weights, host);
            }
        }
    }
}
