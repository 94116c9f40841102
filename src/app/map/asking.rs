//! When the engine is asked to lay the folder out, and by which features.

use std::sync::Arc;

use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::experiment::Config;
use crate::protocol::MapFeatures;

impl AppState {
    pub(super) fn make_map(&mut self, host: &mut dyn Host) {
        let Some(view) = self.dataset.view.as_ref().filter(|_| !self.is_making_map()) else {
            return;
        };
        let (dataset, config) = (Arc::clone(&view.dataset), Box::new(self.map_config()));
        self.map.asked = Some((Arc::clone(&dataset), config.clone()));
        self.map.problem = None;
        self.jobs
            .submit(MapFeatures { dataset, config }, Purpose::MapFeatures, host);
    }

    /// The run that is looked at, where it is of the open folder: the map is of the features that it judges by. Else the form.
    pub(in crate::app) fn map_config(&self) -> Config {
        let run = self.looking.run.filter(|&run| self.is_of_folder(run));
        let config = run.and_then(|run| Some(&self.runs.all.get(run)?.config));
        let config = config.unwrap_or(&self.settings.form).clone();
        // The form may already be that of the folder that is opened next.
        match &self.dataset.view {
            Some(view) => config.of(view.dataset.source()),
            None => config,
        }
    }

    /// The job that lays the folder out; one that was told to stop holds up no other.
    pub fn making_map(&self) -> Option<&JobView> {
        let is_such =
            |job: &&JobView| matches!(job.purpose, Purpose::MapFeatures) && !job.job.cancel.is_cancelled();
        self.jobs.all.iter().find(is_such)
    }

    pub fn is_making_map(&self) -> bool {
        self.making_map().is_some()
    }

    /// Another folder is open, or the same with other images: what is still laid out is of no interest.
    pub(in crate::app) fn leave_map(&mut self) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::MapFeatures));
        self.map.forget();
    }

    /// What the map is of, where that is not what is looked at: such as `resnet18`.
    pub fn map_is_of_others(&self) -> Option<&str> {
        let made = self.map.made.as_ref()?;
        let features = |config: &Config| {
            let Config {
                image_size,
                resize,
                normalize,
                ..
            } = *config;
            let network = (config.arch.clone(), config.weights.clone());
            (network, image_size, resize, normalize)
        };
        (features(&made.config) != features(&self.map_config())).then_some(made.config.arch.as_str())
    }
}
