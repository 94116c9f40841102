//! What a user can do with image folders: open one, check it, look at its images.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::host::Host;
use crate::app::jobs::{Purpose, ShownIn};
use crate::app::picture_cache::{GALLERY_SIDE, PictureCache};
use crate::app::state::AppState;
use crate::experiment::Source;
use crate::protocol::{CheckImages, CountSplit, DrawDemo, Scan, Thumbnails};

/// Batches of pictures that are decoded beside each other, for each place that shows pictures.
const PICTURE_JOBS: usize = 3;

#[derive(Debug, Clone, PartialEq)]
pub enum DatasetAction {
    EditPath(String),
    /// Read the image folder, or judge the image, whose path is in the field.
    OpenTyped,
    Open(PathBuf),
    OpenDemo,
    /// Decode every image of the folder, and list those that are damaged.
    CheckImages,
    /// Show the images of a class.
    OpenGallery(Option<usize>),
    /// These of the dataset's images are in sight.
    WantThumbnails(Vec<PathBuf>),
}

impl AppState {
    pub(in crate::app) fn apply_dataset(&mut self, action: DatasetAction, host: &mut dyn Host) {
        match action {
            DatasetAction::EditPath(text) => {
                self.dataset.path_text = text;
                self.dataset.path_problem = None;
            }
            DatasetAction::OpenTyped => {
                if let Some(path) = self.typed_path() {
                    self.take_dropped(vec![path], host);
                }
            }
            DatasetAction::Open(dir) => self.open_folder(dir, host),
            DatasetAction::OpenDemo => {
                let dir = self.folders.demo_dir.clone();
                let purpose = Purpose::Demo { dir: dir.clone() };
                self.jobs.submit(DrawDemo { dir }, purpose, host);
            }
            DatasetAction::CheckImages => self.check_images(host),
            DatasetAction::OpenGallery(class_idx) => self.dataset.gallery.class = class_idx,
            DatasetAction::WantThumbnails(paths) => {
                self.dataset.gallery.pictures.want(paths);
                self.ask_for_pictures(ShownIn::Gallery, host);
            }
        }
    }

    /// Opens a folder, or a table of images; the images of a table lie where they lay when it was last open.
    pub(in crate::app) fn open_folder(&mut self, place: PathBuf, host: &mut dyn Host) {
        let kept = self.settings.left_as(&place).map(|left| left.form.source());
        let source = kept.filter(|source| source.place() == place);
        self.open_source(source.unwrap_or_else(|| place.into()), host);
    }

    pub(in crate::app) fn open_source(&mut self, source: Source, host: &mut dyn Host) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::Scan | Purpose::Check));
        self.jobs.cancel(|job| {
            matches!(
                job.purpose,
                Purpose::ExamineImages | Purpose::ExamineLabels | Purpose::ExamineSplit { .. }
            )
        });
        // The folder may have been mended since.
        let open = self.dataset.view.as_mut();
        if let Some(view) = open.filter(|view| view.dataset.place() == source.place()) {
            view.set_checked(None);
        }
        self.dataset.show_path(source.place());
        self.jobs.submit(Scan { source }, Purpose::Scan, host);
    }

    fn check_images(&mut self, host: &mut dyn Host) {
        let is_free = self.jobs.checking().is_none();
        let Some(view) = self.dataset.view.as_ref().filter(|_| is_free) else {
            return;
        };
        let dataset = Arc::clone(&view.dataset);
        self.jobs.submit(CheckImages { dataset }, Purpose::Check, host);
    }

    /// The next pictures that are in sight, a few at a time, so that what has gone out of sight is not waited for: what is
    /// asked for of that alone is asked for no longer.
    pub(in crate::app) fn ask_for_pictures(&mut self, shown_in: ShownIn, host: &mut dyn Host) {
        let wanted: BTreeSet<PathBuf> = self.pictures_in(shown_in).wanted().iter().cloned().collect();
        self.jobs.cancel(|job| match &job.purpose {
            Purpose::Pictures { shown_in: of, paths } if *of == shown_in => {
                paths.iter().all(|path| !wanted.contains(path))
            }
            _ => false,
        });
        loop {
            let asked = self.jobs.all.iter().filter(|job| !job.job.cancel.is_cancelled());
            let asked = asked.filter_map(|job| match &job.purpose {
                Purpose::Pictures { shown_in: of, paths } if *of == shown_in => Some(paths.clone()),
                _ => None,
            });
            let asked: Vec<Vec<PathBuf>> = asked.collect();
            let n_asked = asked.len();
            let asked: BTreeSet<PathBuf> = asked.into_iter().flatten().collect();
            let pictures = self.pictures_in(shown_in);
            let paths = pictures.next_batch(&asked);
            // An engine that ends takes all with it that it was asked for: which one ended it is seen where it was alone.
            let most = if pictures.is_careful() { 1 } else { PICTURE_JOBS };
            if n_asked >= most || paths.is_empty() {
                return;
            }
            let side = GALLERY_SIDE;
            let purpose = Purpose::Pictures {
                shown_in,
                paths: paths.clone(),
            };
            self.jobs.submit(Thumbnails { paths, side }, purpose, host);
        }
    }

    pub(in crate::app) fn pictures_in(&mut self, shown_in: ShownIn) -> &mut PictureCache {
        match shown_in {
            ShownIn::Gallery => &mut self.dataset.gallery.pictures,
            ShownIn::Health => &mut self.health.pictures,
            ShownIn::Predictions => &mut self.judge.pictures,
            ShownIn::Images => &mut self.images.pictures,
            ShownIn::Map => &mut self.map.pictures,
        }
    }

    /// What the split comes to, by ourselves or by the engine; an earlier question is no longer of interest.
    pub(in crate::app) fn count_split(&mut self, host: &mut dyn Host) {
        let earlier = self.dataset.split_job.take();
        self.jobs.cancel(|job| Some(job.job.id) == earlier);
        self.examine_split(host);
        let Some(view) = &mut self.dataset.view else {
            return;
        };
        view.n_groups = None;
        view.split_notes.clear();
        view.split = view.split_at_once(&self.settings.form);
        if view.split != Ok(None) {
            return;
        }
        let question = CountSplit {
            dataset: Arc::clone(&view.dataset),
            config: Box::new(self.settings.form.clone()),
        };
        let job_id = self.jobs.submit(question, Purpose::CountSplit, host);
        self.dataset.split_job = Some(job_id);
    }
}
