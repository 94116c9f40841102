//! What a user can do about the health of a folder.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::finding::Finding;
use crate::app::host::Host;
use crate::app::jobs::{Purpose, ShownIn};
use crate::app::state::AppState;
use crate::experiment::{Config, LabelChange};
use crate::protocol::{ExamineImages, ExamineLabels, ExamineSplit, LabelEdit};

#[derive(Debug, Clone, PartialEq)]
pub enum HealthAction {
    Open(bool),
    /// Look at every image of the folder, and then at its labels.
    Examine,
    /// The labels alone, where they were left out.
    ExamineLabels,
    Choose(Finding),
    /// These images are in sight.
    WantPictures(Vec<PathBuf>),
    /// Keep the images of each group in sight in one part.
    KeepTogether,
    /// Leave out the images of each group in sight but one.
    KeepOne,
}

impl AppState {
    pub(in crate::app) fn apply_health(&mut self, action: HealthAction, host: &mut dyn Host) {
        match action {
            HealthAction::Open(open) => self.health.open = open,
            HealthAction::Examine => self.examine_images(host),
            HealthAction::ExamineLabels => self.examine_labels(host),
            HealthAction::Choose(finding) => self.health.choose(Some(finding)),
            HealthAction::WantPictures(paths) => {
                self.health.pictures.want(paths);
                self.ask_for_pictures(ShownIn::Health, host);
            }
            HealthAction::KeepTogether => self.keep_copies_together(host),
            HealthAction::KeepOne => self.leave_out_all_but_one(host),
        }
    }

    fn examine_images(&mut self, host: &mut dyn Host) {
        let is_free = self.jobs.examining().is_none();
        let Some(view) = self.dataset.view.as_ref().filter(|_| is_free) else {
            return;
        };
        let dataset = Arc::clone(&view.dataset);
        let config = Box::new(self.settings.form.clone());
        self.health.asked = Some((Arc::clone(&dataset), config.clone()));
        (self.health.images_problem, self.health.labels_problem) = (None, None);
        self.jobs
            .submit(ExamineImages { dataset, config }, Purpose::ExamineImages, host);
    }

    pub(in crate::app) fn examine_labels(&mut self, host: &mut dyn Host) {
        let is_free = self.jobs.examining().is_none();
        let Some(examined) = self.health.examined.as_ref().filter(|_| is_free) else {
            return;
        };
        // One class has no labels to be wrong.
        if examined.dataset.n_classes() < 2 {
            return;
        }
        self.health.labels_problem = None;
        let request = ExamineLabels {
            dataset: Arc::clone(&examined.dataset),
            config: examined.config.clone(),
            copies: examined.images.copies.clone(),
        };
        self.jobs.submit(request, Purpose::ExamineLabels, host);
    }

    /// Decided as any other: it is undone, exported and put upon every split.
    fn keep_copies_together(&mut self, host: &mut dyn Host) {
        let groups: Vec<Vec<usize>> = (self.health.groups_in_sight().iter())
            .map(|group| self.of_open_folder(group))
            .filter(|group| group.len() > 1)
            .collect();
        if !groups.is_empty() {
            self.edit_labels(LabelEdit::Together(groups), host);
        }
    }

    fn leave_out_all_but_one(&mut self, host: &mut dyn Host) {
        let images = self.of_open_folder(&self.health.all_but_one());
        if !images.is_empty() {
            self.edit_labels(LabelEdit::Change(images, LabelChange::Exclude(true)), host);
        }
    }

    /// Images that were examined, by their index in the open folder, which may have been read again since.
    fn of_open_folder(&self, examined: &[usize]) -> Vec<usize> {
        let (Some(found), Some(view)) = (&self.health.examined, &self.dataset.view) else {
            return Vec::new();
        };
        if Arc::ptr_eq(&found.dataset, &view.dataset) {
            return examined.to_vec();
        }
        let paths: BTreeSet<&str> = (examined.iter())
            .map(|&i| found.dataset.images[i].path.as_str())
            .collect();
        let images = view.dataset.images.iter().enumerate();
        let still = images.filter(|(_, image)| paths.contains(image.path.as_str()));
        still.map(|(i, _)| i).collect()
    }

    /// Which copies straddle follows from the split and the decisions, and is asked again where these are others.
    pub(in crate::app) fn examine_split(&mut self, host: &mut dyn Host) {
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::ExamineSplit { .. }));
        if !self.health_is_of_another_split() {
            return;
        }
        let Some(examined) = &self.health.examined else {
            return;
        };
        let form = &self.settings.form;
        let config = Box::new(Config {
            arch: examined.config.arch.clone(),
            weights: examined.config.weights.clone(),
            ..form.clone()
        });
        let request = ExamineSplit {
            dataset: Arc::clone(&examined.dataset),
            config: config.clone(),
        };
        self.jobs.submit(request, Purpose::ExamineSplit { config }, host);
    }

    /// Whether the form divides the folder in another way than it was divided when copies were looked for.
    pub fn health_is_of_another_split(&self) -> bool {
        let examined = self.health.examined.as_ref();
        examined.is_some_and(|examined| !examined.config.divides_like(&self.settings.form))
    }
}
