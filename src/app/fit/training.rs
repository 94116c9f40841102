//! Trainings are begun here; what comes of them is in [`super::event`].

use super::presets::Preset;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, LABELS_FILE, LabelsOverlay};
use crate::health::FOLDS;
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
        self.submit_training(config, host);
    }

    fn submit_training(&mut self, config: Config, host: &mut dyn Host) {
        let request = Train {
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let config = Box::new(config);
        self.jobs.submit(request, Purpose::Train { config }, host);
    }

    /// Whether there is anything to gain by training that run once more in folds.
    pub fn can_judge_out_of_fold(&self, run: usize) -> bool {
        self.runs.all.get(run).is_some_and(|view| {
            let has_ended = view.record.outcome.is_some();
            has_ended && view.config.folds == 0 && view.config.features_are_fixed() && self.is_of_folder(run)
        })
    }

    pub(in crate::app) fn judge_out_of_fold(&mut self, run: usize, host: &mut dyn Host) {
        let (true, Some(open)) = (self.can_judge_out_of_fold(run), &self.dataset.view) else {
            return;
        };
        let view = &self.runs.all[run];
        // The folder's decisions may have gone on since; the run keeps those that it was trained with.
        let as_then = |overlay: &LabelsOverlay| LabelsOverlay {
            file: view.dir.join(LABELS_FILE),
            version: overlay.version.clone(),
        };
        let config = Config {
            folds: FOLDS as u32,
            labels_overlay: view.config.labels_overlay.as_ref().map(as_then),
            ..view.config.clone().of(open.dataset.source())
        };
        let text = format!(
            "{} is trained once more, in {FOLDS} folds; then \"Training\", above the tiles, shows its training images",
            view.label()
        );
        self.submit_training(config, host);
        self.tell(ToastKind::Info, text);
    }

    pub(in crate::app) fn train_three(&mut self, host: &mut dyn Host) {
        for preset in [Preset::Equal, Preset::Rare(3.0), Preset::Rare(8.0)] {
            if let Some(weights) = self.preset(preset) {
                self.train(weights, host);
            }
        }
    }
}
