//! What must be asked for the image that is seen large.

use std::path::PathBuf;

use super::large::LARGE_SIDE;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::protocol::{DescribeImage, ReadImage, Thumbnails};

/// Runs whose answer stands beside the image, at most.
const MOST_RUNS: usize = 8;

impl AppState {
    /// Asks for what is not known of the image that is seen large. Called after each action and event.
    pub(in crate::app) fn look_at_image(&mut self, host: &mut dyn Host) {
        if !self.images.is_large || !self.windows.showing.lists_images() {
            return;
        }
        let Some(path) = self.images.at.clone() else {
            self.images.is_large = false;
            return;
        };
        if self.images.large.turn_to(&path) {
            self.jobs
                .cancel(|job| matches!(job.purpose, Purpose::LargeImage { .. }));
            let purpose = Purpose::LargeImage { path: path.clone() };
            self.jobs
                .submit(DescribeImage { path: path.clone() }, purpose.clone(), host);
            let (paths, side) = (vec![path.clone()], LARGE_SIDE);
            self.jobs.submit(Thumbnails { paths, side }, purpose, host);
        }
        let runs: Vec<PathBuf> = self
            .beside_image()
            .into_iter()
            .map(|run| self.runs.all[run].dir.clone())
            .collect();
        let name = self.place_of(&path).and_then(|place| {
            self.predictions_on(self.looking.part)?
                .images()
                .get(place as usize)
                .cloned()
        });
        if let Some(image) = name
            && self.images.large.ask(&runs)
        {
            self.jobs
                .submit(ReadImage { runs, image }, Purpose::ReadImage, host);
        }
    }

    /// The shown runs of the same classes beside the one that is looked at, the newest first.
    pub fn beside_image(&self) -> Vec<usize> {
        let is_trial = self.watched_trial().is_some();
        let mut runs = self.shown();
        runs.retain(|&run| {
            let view = &self.runs.all[run];
            (is_trial || self.looking.run != Some(run))
                && view.can_predict()
                && view.classes() == self.looked_at_classes()
        });
        runs.truncate(MOST_RUNS);
        runs
    }
}
