//! Images that were dropped on the window are judged by the run that is looked at and by the shown ones.

use std::collections::btree_map::Entry;
use std::path::PathBuf;
use std::sync::Arc;

use super::state::{ImageView, Verdict};
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::protocol::{FileContent, JudgeEvent, Picture, Predict, Thumbnails, WriteFile};

/// Side of the picture that the predict panel shows, in pixels.
const PICTURE_SIDE: u32 = 256;
/// Dropped images that are kept; each costs a prediction a shown run.
const KEPT_IMAGES: usize = 24;

impl AppState {
    pub(in crate::app) fn apply_judge_event(&mut self, job_id: u64, event: JudgeEvent) {
        match event {
            JudgeEvent::Predicted(prediction) => {
                let purpose = self.jobs.get(job_id).map(|job| &job.purpose);
                if let Some(&Purpose::Predict { run, .. }) = purpose {
                    self.judge.take_prediction(run, prediction);
                }
            }
            // The window does not ask for it.
            JudgeEvent::Evaluated(_) => {}
        }
    }

    pub(in crate::app) fn take_images(&mut self, images: Vec<PathBuf>, host: &mut dyn Host) {
        let images: Vec<PathBuf> = images.into_iter().take(KEPT_IMAGES).collect();
        if images.is_empty() {
            return;
        }
        if self.judges().is_empty() {
            self.tell(
                ToastKind::Warning,
                "Train or show a run first; it is what judges the image",
            );
        }
        let pictures = Thumbnails {
            paths: images.clone(),
            side: PICTURE_SIDE,
        };
        self.jobs.submit(pictures, Purpose::Thumbnails, host);
        let known = &mut self.judge.images;
        known.retain(|i| !images.contains(&i.path));
        known.truncate(KEPT_IMAGES - images.len());
        known.splice(0..0, images.into_iter().map(ImageView::new));
        self.judge.image_idx = 0;
        self.stop_judging_what_is_gone();
        self.judge_images(host);
    }

    /// Predictions wait in line; those that nobody can see any more would hold up the others.
    fn stop_judging_what_is_gone(&self) {
        let images = &self.judge.images;
        self.jobs.cancel(|job| match &job.purpose {
            Purpose::Predict { paths, .. } => !images.iter().any(|i| paths.contains(&i.path)),
            _ => false,
        });
    }

    /// Asks the chosen run and the shown ones for what they have not said yet of the dropped images.
    pub(in crate::app) fn judge_images(&mut self, host: &mut dyn Host) {
        for run in self.judges() {
            let mut paths = Vec::new();
            for image in &mut self.judge.images {
                if let Entry::Vacant(slot) = image.verdicts.entry(run) {
                    slot.insert(Verdict::Asked);
                    paths.push(image.path.clone());
                }
            }
            if paths.is_empty() {
                continue;
            }
            let request = Predict {
                run_dir: self.runs.all[run].dir.clone(),
                paths: paths.clone(),
            };
            self.jobs.submit(request, Purpose::Predict { run, paths }, host);
        }
    }

    pub(in crate::app) fn clear_images(&mut self) {
        self.judge.images.clear();
        self.judge.image_idx = 0;
        self.stop_judging_what_is_gone();
    }

    pub(in crate::app) fn paste_picture(&mut self, picture: Arc<Picture>, host: &mut dyn Host) {
        self.judge.n_pasted += 1;
        let name = format!("pasted-{}.png", self.judge.n_pasted);
        let path = self.folders.pasted_dir.join(name);
        let purpose = Purpose::Paste { path: path.clone() };
        let content = FileContent::Picture(picture);
        self.jobs.submit(WriteFile { path, content }, purpose, host);
    }
}
