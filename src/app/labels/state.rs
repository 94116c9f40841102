//! What was decided about the open folder, as it was read last. The next decision is about the images that are selected
//! ([`crate::app::Images`]).

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use crate::experiment::{Dataset, ImageLabel, LabelsOverlay};
use crate::protocol::{FolderLabels, LabelEdit};

#[derive(Debug, Default)]
pub struct Labels {
    /// Of the open folder; `None` until they are read.
    pub read: Option<FolderLabels>,
    /// The dataset that `read` counts its images by.
    pub(in crate::app) of: Option<Arc<Dataset>>,
    /// Why they cannot be read or were not written.
    pub problem: Option<String>,
    /// Where these images are in `of`, by their path in the folder.
    pub(in crate::app) places: BTreeMap<String, usize>,
    /// Decisions that wait for the one before them: they are written in the order in which they were made.
    pub(in crate::app) waiting: VecDeque<LabelEdit>,
    /// Whether something was heard of decisions while one was being written: they are read again once none is.
    pub(in crate::app) missed: bool,
    /// Whether the note of the selected images is being written.
    pub is_noting: bool,
}

impl Labels {
    /// What was decided about an image of the open folder, by its index.
    pub fn of_image(&self, image_idx: usize) -> Option<&ImageLabel> {
        self.read.as_ref()?.images.get(&image_idx)
    }

    /// The same by its path in the folder.
    pub fn of_path(&self, path: &Path) -> Option<&ImageLabel> {
        self.of_image(*self.places.get(path.to_str()?)?)
    }

    /// What a training takes.
    pub fn overlay(&self) -> Option<&LabelsOverlay> {
        self.read.as_ref()?.overlay.as_ref()
    }

    /// Whether what was decided so far is on the disk.
    pub fn is_settled(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Another folder is open.
    pub(in crate::app) fn clear(&mut self) {
        *self = Labels::default();
    }
}
