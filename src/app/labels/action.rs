//! What a user can decide about images, and take back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::host::{Host, LabelsFile, Pick};
use crate::app::jobs::Purpose;
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::experiment::{ImageLabel, LabelChange};
use crate::protocol::{CopyCleaned, EditLabels, ExportLabels, LabelEdit, ReadLabels};

#[derive(Debug, Clone, PartialEq)]
pub enum LabelsAction {
    /// Select these images for the next decision, by their whole paths.
    Select(BTreeSet<PathBuf>),
    /// Decide the same about all selected images.
    Decide(LabelChange),
    /// Keep the selected images in one part of the split.
    KeepTogether,
    /// Begin to write a note on the selected images, or leave it.
    WriteNote(bool),
    Undo,
    Redo,
    /// Ask where to, and write the decisions as a table.
    Export,
    /// Ask for a table of decisions, and take it in.
    Import,
    /// Ask where to, and make a folder of the images as they were decided.
    CopyCleaned,
}

impl AppState {
    pub(in crate::app) fn apply_labels(&mut self, action: LabelsAction, host: &mut dyn Host) {
        match action {
            LabelsAction::Select(images) => {
                self.labels.is_noting &= !images.is_empty();
                self.images.selected = Arc::new(images);
            }
            LabelsAction::Decide(change) => {
                self.labels.is_noting = false;
                let images = self.selected_images();
                if !images.is_empty() {
                    self.edit_labels(LabelEdit::Change(images, change), host);
                    self.let_go_behind_matrix();
                }
            }
            LabelsAction::KeepTogether => {
                let images = self.selected_images();
                if images.len() > 1 {
                    self.edit_labels(LabelEdit::Together(vec![images]), host);
                    self.let_go_behind_matrix();
                }
            }
            LabelsAction::WriteNote(is_noting) => {
                self.labels.is_noting = is_noting && !self.images.selected.is_empty();
            }
            LabelsAction::Undo => self.edit_labels(LabelEdit::Undo, host),
            LabelsAction::Redo => self.edit_labels(LabelEdit::Redo, host),
            LabelsAction::Export => host.pick(Pick::Labels(LabelsFile::Export)),
            LabelsAction::Import => host.pick(Pick::Labels(LabelsFile::Import)),
            LabelsAction::CopyCleaned => host.pick(Pick::Labels(LabelsFile::Cleaned)),
        }
    }

    /// Behind the matrix an image leaves the list with its decision: still selected, it would have part in the next one unseen.
    fn let_go_behind_matrix(&mut self) {
        if self.windows.showing.lists_images() && !self.images.is_large {
            self.images.selected = Arc::default();
        }
    }

    /// In the window of a class, images that are of another one now are seen there: still selected, they would have part in the
    /// next decision unseen.
    pub(in crate::app) fn let_go_of_moved(&mut self, before: &[usize]) {
        let (Some(view), Some(class_idx)) = (&self.dataset.view, self.dataset.gallery.class) else {
            return;
        };
        let root = &view.dataset.root;
        let selected = self.selected_images().into_iter();
        let is_of = |classes: &[usize], i: usize| classes.get(i) == Some(&class_idx);
        let gone: BTreeSet<PathBuf> = selected
            .filter(|&i| is_of(before, i) && !is_of(&view.classes, i))
            .map(|i| root.join(&view.dataset.images[i].path))
            .collect();
        if !gone.is_empty() {
            Arc::make_mut(&mut self.images.selected).retain(|path| !gone.contains(path));
        }
    }

    /// The selected images of the open folder, by index.
    pub fn selected_images(&self) -> Vec<usize> {
        let Some(view) = &self.dataset.view else {
            return Vec::new();
        };
        let selected = self.images.selected.iter();
        // A table may name images that lie elsewhere.
        let here = selected.filter_map(|path| path.strip_prefix(&view.dataset.root).unwrap_or(path).to_str());
        let here: BTreeSet<&str> = here.collect();
        if here.is_empty() {
            return Vec::new();
        }
        let images = view.dataset.images.iter().enumerate();
        let chosen = images.filter(|(_, image)| here.contains(image.path.as_str()));
        chosen.map(|(i, _)| i).collect()
    }

    /// How many of the selected images are of the open folder: those that can be decided about.
    pub fn n_decidable(&self) -> usize {
        let Some(view) = &self.dataset.view else { return 0 };
        let count = || self.selected_images().len();
        let of = (Same::of(&self.images.selected), Same::of(&view.dataset));
        *self.images.derived.n_decidable.get(of, count)
    }

    /// Whether an image is one of the open folder. A table need not name all that lie in its folder.
    pub fn is_decidable(&self, image: &Path) -> bool {
        let Some(view) = &self.dataset.view else {
            return false;
        };
        let dataset = &view.dataset;
        let look = || {
            let name = image.strip_prefix(&dataset.root).unwrap_or(image);
            dataset
                .images
                .iter()
                .any(|entry| *entry.path == *name.as_os_str())
        };
        let of = (image.to_path_buf(), Same::of(dataset));
        *self.images.derived.is_decidable.get(of, look)
    }

    /// What was decided about the selected images so far; `None` where nothing was.
    pub fn selected_labels(&self) -> Option<impl Iterator<Item = &ImageLabel>> {
        let (view, read) = (self.dataset.view.as_ref()?, self.labels.read.as_ref()?);
        let dataset = &view.dataset;
        let is_selected = |i: &usize| {
            let image = dataset.images.get(*i);
            image.is_some_and(|image| self.images.selected.contains(&dataset.root.join(&image.path)))
        };
        let mut labels = (read
            .images
            .iter()
            .filter(move |(i, _)| is_selected(i))
            .map(|(_, label)| label))
        .peekable();
        labels.peek().is_some().then_some(labels)
    }

    /// Reads what was decided about the open folder.
    pub(in crate::app) fn read_labels(&mut self, host: &mut dyn Host) {
        let Some(view) = &self.dataset.view else { return };
        let dataset = Arc::clone(&view.dataset);
        let request = ReadLabels {
            dataset: Arc::clone(&dataset),
            runs_dir: self.folders.runs_dir.clone(),
        };
        self.jobs.submit(request, Purpose::ReadLabels { dataset }, host);
    }

    /// One after the other: an undo must not come before what it takes back.
    pub(in crate::app) fn edit_labels(&mut self, edit: LabelEdit, host: &mut dyn Host) {
        self.labels.waiting.push_back(edit);
        self.edit_next(host);
    }

    pub(in crate::app) fn edit_next(&mut self, host: &mut dyn Host) {
        if self
            .jobs
            .any(|purpose| matches!(purpose, Purpose::EditLabels { .. }))
        {
            return;
        }
        let Some(view) = &self.dataset.view else {
            return self.labels.waiting.clear();
        };
        let Some(edit) = self.labels.waiting.pop_front() else {
            return;
        };
        let dataset = Arc::clone(&view.dataset);
        let request = EditLabels {
            dataset: Arc::clone(&dataset),
            runs_dir: self.folders.runs_dir.clone(),
            edit,
        };
        self.jobs.submit(request, Purpose::EditLabels { dataset }, host);
    }

    pub(in crate::app) fn use_labels_file(&mut self, what: LabelsFile, path: PathBuf, host: &mut dyn Host) {
        let Some(view) = &self.dataset.view else { return };
        let (dataset, runs_dir) = (Arc::clone(&view.dataset), self.folders.runs_dir.clone());
        let to = path.clone();
        match what {
            LabelsFile::Import => self.edit_labels(LabelEdit::Import(path), host),
            LabelsFile::Export => {
                let request = ExportLabels {
                    dataset,
                    runs_dir,
                    to,
                    // The desktop's dialog has asked.
                    may_replace: true,
                };
                self.jobs.submit(request, Purpose::Export { path }, host);
            }
            LabelsFile::Cleaned => {
                let request = CopyCleaned {
                    dataset,
                    runs_dir,
                    to,
                };
                self.jobs.submit(request, Purpose::CopyCleaned, host);
            }
        }
    }
}
