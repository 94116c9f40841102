//! What becomes known of a folder's health.

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
            HealthEvent::SlicesRead(_) => {}
            HealthEvent::LabelsExamined(labels) => self.health.take_labels(*labels),
        }
    }
}
