//! Images that were dropped on the window, and what each run says of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::action::Outside;
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::protocol::{FileContent, Picture, Predict, Thumbnails, WriteFile};
use crate::visible::visible;

/// Side of the picture that the predict panel shows, in pixels.
const PICTURE_SIDE: u32 = 256;
/// Dropped images that are kept; each costs a prediction a shown run.
const KEPT_IMAGES: usize = 24;
/// One image under judgement.
#[derive(Debug, Clone)]
pub struct ImageView {
    pub path: PathBuf,
    /// Small pixels to show; `None` until they come, or why they cannot.
    pub picture: Option<Result<Arc<Picture>, String>>,
    /// By run.
    pub verdicts: BTreeMap<usize, Verdict>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Asked,
    /// One probability a class, in the class order of the run.
    Probabilities(Vec<f32>),
    Failed(String),
}

impl ImageView {
    pub fn new(path: PathBuf) -> Self {
        ImageView {
            path,
            picture: None,
            verdicts: BTreeMap::new(),
        }
    }

    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        visible(&name.to_string_lossy()).into_owned()
    }
}

impl AppState {
    pub(in crate::app) fn take_images(&mut self, images: Vec<PathBuf>, outside: &mut dyn Outside) {
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
        self.submit(
            Thumbnails {
                paths: images.clone(),
                side: PICTURE_SIDE,
            },
            Purpose::Thumbnails,
            outside,
        );
        self.images.retain(|i| !images.contains(&i.path));
        self.images.truncate(KEPT_IMAGES - images.len());
        self.images.splice(0..0, images.into_iter().map(ImageView::new));
        self.image_idx = 0;
        self.stop_judging_what_is_gone();
        self.judge_images(outside);
    }

    /// Predictions wait in line; those that nobody can see any more would hold up the others.
    fn stop_judging_what_is_gone(&self) {
        for view in &self.jobs {
            let Purpose::Predict { paths, .. } = &view.purpose else {
                continue;
            };
            if !self.images.iter().any(|i| paths.contains(&i.path)) {
                view.job.cancel.cancel();
            }
        }
    }

    /// Asks the chosen run and the shown ones for what they have not said yet of the dropped images.
    pub(in crate::app) fn judge_images(&mut self, outside: &mut dyn Outside) {
        for run in self.judges() {
            let mut paths = Vec::new();
            for image in &mut self.images {
                if let std::collections::btree_map::Entry::Vacant(slot) = image.verdicts.entry(run) {
                    slot.insert(Verdict::Asked);
                    paths.push(image.path.clone());
                }
            }
            if paths.is_empty() {
                continue;
            }
            let request = Predict {
                run_dir: self.runs[run].dir.clone(),
                paths: paths.clone(),
            };
            self.submit(request, Purpose::Predict { run, paths }, outside);
        }
    }

    pub(in crate::app) fn next_image(&mut self, step: isize) {
        let n = self.images.len() as isize;
        if n > 0 {
            self.image_idx = (self.image_idx as isize + step).rem_euclid(n) as usize;
        }
    }

    pub(in crate::app) fn clear_images(&mut self) {
        self.images.clear();
        self.image_idx = 0;
        self.stop_judging_what_is_gone();
    }

    pub(in crate::app) fn paste_picture(&mut self, picture: Arc<Picture>, outside: &mut dyn Outside) {
        self.n_pasted += 1;
        let path = self
            .folders
            .pasted_dir
            .join(format!("pasted-{}.png", self.n_pasted));
        let purpose = Purpose::Paste { path: path.clone() };
        let content = FileContent::Picture(picture);
        self.submit(WriteFile { path, content }, purpose, outside);
    }
}
