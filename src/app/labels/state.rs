//! What was decided about the open folder, as it was read last, and the images that are picked out for the next decision.

use std::collections::{BTreeSet, VecDeque};
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
    /// Images that the next decision is about, by their path in the folder.
    pub selected: BTreeSet<String>,
    /// Decisions that wait for the one before them: they are written in the order in which they were made.
    pub(in crate::app) waiting: VecDeque<LabelEdit>,
    /// Whether the note of the selected images is being written.
    pub is_noting: bool,
}

impl Labels {
    /// What was decided about an image of the open folder, by its index.
    pub fn of_image(&self, image_idx: usize) -> Option<&ImageLabel> {
        self.read.as_ref()?.images.get(&image_idx)
    }

    /// What a training takes.
    pub fn overlay(&self) -> Option<&LabelsOverlay> {
        self.read.as_ref()?.overlay.as_ref()
    }

    /// Another folder is open.
    pub(in crate::app) fn clear(&mut self) {
        *self = Labels::default();
    }
}
