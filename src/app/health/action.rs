//! What a user can do about the health of a folder.

use std::path::PathBuf;
use std::sync::Arc;

use super::finding::Finding;
use crate::app::host::Host;
use crate::app::jobs::{Purpose, ShownIn};
use crate::app::notices::Offer;
use crate::app::state::AppState;
use crate::experiment::{Config, Groups, SplitMethod};
use crate::health::findings::groups_table;
use crate::protocol::{ExamineImages, ExamineLabels, FileContent, WriteFile};

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
    /// Write down which images are copies, and split by that.
    KeepTogether,
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

    /// Beside the runs: the image folder is never touched.
    fn keep_copies_together(&mut self, host: &mut dyn Host) {
        let Some(examined) = &self.health.examined else {
            return;
        };
        let dataset = &examined.dataset;
        let name: String = dataset
            .place()
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let id: String = dataset.identity.fingerprint.chars().take(8).collect();
        let folder = self.folders.runs_dir.join("groups");
        let path = folder.join(format!("{name}-{id}.csv"));
        let groups = examined.report.groups(dataset);
        let content = FileContent::Text(groups_table(dataset, &groups));
        let purpose = Purpose::KeepTogether { path: path.clone() };
        self.jobs.submit(WriteFile { path, content }, purpose, host);
    }

    /// The table is there: the form splits by it.
    pub(in crate::app) fn split_by_copies(&mut self, path: PathBuf, host: &mut dyn Host) {
        let before = self.settings.form.clone();
        let form = Config {
            split: SplitMethod::Groups,
            groups: Some(Groups::Csv(path)),
            ..before.clone()
        };
        self.set_form(form, host);
        let text = match before.split {
            SplitMethod::Folders => {
                "The split keeps copies together, by groups. The folder's own train, val and test are no longer followed: its \
                 test images may be trained on"
            }
            _ => "The split keeps copies together, by groups",
        };
        let undo = Offer::RestoreForm(Box::new(before));
        self.notices.tell_undoable(text.into(), undo);
        // Of the split that there is now.
        self.examine_images(host);
    }

    /// Whether the form divides the folder in another way than it was divided when copies were looked for.
    pub fn health_is_of_another_split(&self) -> bool {
        let examined = self.health.examined.as_ref();
        examined.is_some_and(|examined| !examined.config.divides_like(&self.settings.form))
    }
}
