//! What becomes known of a folder's health.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::protocol::HealthEvent;

impl AppState {
    /// Of the folder that is open; one that was left since is of no interest.
    pub(in crate::app) fn apply_health_event(&mut self, job_id: u64, event: HealthEvent) {
        let is_cancelled = self
            .jobs
            .get(job_id)
            .is_none_or(|job| job.job.cancel.is_cancelled());
        if is_cancelled {
            return;
        }
        match event {
            HealthEvent::ImagesExamined(images) => self.health.take_images(*images),
            HealthEvent::SlicesRead(slices) => self.images.slices.take(*slices),
            HealthEvent::LabelsExamined(labels) => self.health.take_labels(*labels),
            HealthEvent::SplitExamined(split) => {
                let purpose = self.jobs.get(job_id).map(|job| &job.purpose);
                if let Some(Purpose::ExamineSplit { config }) = purpose {
                    let config = config.clone();
                    self.health.take_split(config, *split);
                }
            }
        }
        self.report_health();
    }

    /// What is found stands as the decisions are now; images that leave the list with theirs are let go of, so that they have
    /// no part in the next one unseen.
    pub(in crate::app) fn report_health(&mut self) {
        let Some(examined) = &self.health.examined else {
            return;
        };
        let is_of_examined = (self.labels.of.as_ref())
            .is_some_and(|of| Arc::ptr_eq(of, &examined.dataset) || of.images == examined.dataset.images);
        let read = self.labels.read.as_ref().filter(|_| is_of_examined);
        let nothing = BTreeMap::new();
        let before = self.health.images_in_sight();
        self.health.report(read.map_or(&nothing, |labels| &labels.images));
        let after = self.health.images_in_sight();
        if self.health.open
            && before
                .difference(&after)
                .any(|path| self.images.selected.contains(path))
        {
            let mut selected = (*self.images.selected).clone();
            selected.retain(|path| after.contains(path) || !before.contains(path));
            self.images.selected = Arc::new(selected);
        }
    }
}
