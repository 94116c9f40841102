//! What becomes known of the map.

use std::sync::Arc;

use super::state::Made;
use crate::app::jobs::JobView;
use crate::app::state::AppState;
use crate::map::FeatureMap;
use crate::protocol::MapEvent;

impl AppState {
    /// Of the folder that is open; one that was left since is of no interest.
    pub(in crate::app) fn apply_map_event(&mut self, job_id: u64, event: MapEvent) {
        let is_asked = |job: &JobView| !job.job.cancel.is_cancelled();
        if !self.jobs.get(job_id).is_some_and(is_asked) {
            return;
        }
        match event {
            MapEvent::Similar(found) => self.images.similar.take(&found),
            MapEvent::Begun(map) | MapEvent::Mapped(map) => self.take_map(*map),
        }
    }

    fn take_map(&mut self, map: FeatureMap) {
        let Some((dataset, config)) = self.map.asked.clone() else {
            return;
        };
        // What is chosen are places: the same images have the same.
        let is_same = self
            .map
            .made
            .as_ref()
            .is_some_and(|made| made.map.images == map.images);
        if !is_same {
            self.map.chosen = Arc::default();
        }
        self.map.made = Some(Made {
            dataset,
            config,
            map: Arc::new(map),
        });
    }
}
