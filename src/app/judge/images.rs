//! Images that are to be predicted: opened as a table, one more beside the others, pasted; watched, and cleared.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::table::ImageTable;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::protocol::{FileContent, FindImages, FoundImage, JudgeEvent, Picture, Thumbnails, WriteFile};

/// Longest side of the chosen image's picture, in pixels.
const PICTURE_SIDE: u32 = 768;

impl AppState {
    pub(in crate::app) fn apply_judge_event(&mut self, job_id: u64, event: JudgeEvent) {
        match event {
            JudgeEvent::Predicted(predicted) => self.take_predicted(job_id, predicted),
            JudgeEvent::Explained(explained) => self.take_explained(job_id, explained),
            JudgeEvent::Found(found) => self.take_found(job_id, found),
            JudgeEvent::Evaluated(judged) => {
                if self.is_evaluating(job_id) {
                    self.judge.take_evaluation(*judged);
                }
            }
        }
    }

    /// Opens files and folders as a table of predictions. What is not there has a row that says so.
    pub(in crate::app) fn open_images(&mut self, sources: Vec<PathBuf>, host: &mut dyn Host) {
        if sources.is_empty() {
            return;
        }
        self.stop_looking_for_images();
        self.close_evaluation();
        self.windows.showing = Showing::Predictions;
        self.find_images(sources, false, host);
    }

    fn find_images(&mut self, sources: Vec<PathBuf>, watch: bool, host: &mut dyn Host) {
        let request = FindImages {
            paths: sources.clone(),
            watch,
        };
        self.jobs
            .submit(request, Purpose::FindImages { sources, watch }, host);
    }

    fn stop_looking_for_images(&self) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::FindImages { .. }));
    }

    fn take_found(&mut self, job_id: u64, found: Vec<FoundImage>) {
        let Some(job) = self.jobs.get(job_id).filter(|job| !job.job.cancel.is_cancelled()) else {
            return;
        };
        let Purpose::FindImages { sources, watch } = &job.purpose else {
            return;
        };
        if !*watch {
            let sources = sources.clone();
            self.judge
                .open(ImageTable::of(sources, self.judge.table.version()));
        }
        for image in found {
            self.judge.table.add(image);
        }
    }

    /// New images in the folders appear as they come, or no longer.
    pub(in crate::app) fn watch_images(&mut self, watch: bool, host: &mut dyn Host) {
        self.stop_looking_for_images();
        if watch {
            self.find_images(self.judge.table.sources.clone(), true, host);
        }
    }

    pub fn is_watching_images(&self) -> bool {
        self.finding(true).is_some()
    }

    /// The job that finds the images of what is being opened.
    pub fn looking_for_images(&self) -> Option<&JobView> {
        self.finding(false)
    }

    fn finding(&self, watching: bool) -> Option<&JobView> {
        self.jobs.all.iter().find(|job| {
            let is_such = matches!(job.purpose, Purpose::FindImages { watch, .. } if watch == watching);
            is_such && !job.job.cancel.is_cancelled()
        })
    }

    /// One image beside those that are there, shown on the right.
    pub(in crate::app) fn add_image(&mut self, path: &Path) {
        if self.judges().is_empty() {
            self.tell(
                ToastKind::Warning,
                "Train or show a run first; it is what predicts the image",
            );
        }
        let table = &mut self.judge.table;
        table.add_source(path);
        let row = match table.row_of(path) {
            // The file may have been mended since.
            Some(row) => {
                table.forget(row);
                row
            }
            None => table.add(FoundImage {
                path: path.to_path_buf(),
                fault: None,
                stamp: [0; 2],
            }),
        };
        self.judge.is_stopped = false;
        self.judge.forget_picture();
        self.judge.choose(Some(row));
    }

    /// The picture of the image that is chosen, once it is another one.
    pub(in crate::app) fn ask_for_chosen_picture(&mut self, host: &mut dyn Host) {
        let Some(path) = self.judge.missing_picture() else {
            return;
        };
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::ChosenPicture));
        let request = Thumbnails {
            paths: vec![path],
            side: PICTURE_SIDE,
        };
        self.jobs.submit(request, Purpose::ChosenPicture, host);
    }

    pub(in crate::app) fn clear_images(&mut self) {
        self.stop_looking_for_images();
        self.close_evaluation();
        let version = self.judge.table.version();
        self.judge.open(ImageTable::of(vec![], version));
        if self.windows.showing == Showing::Predictions {
            self.windows.showing = Showing::OneRun;
        }
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
