//! What becomes known of image folders and their images.

use std::path::Path;

use super::view::DatasetView;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Dataset, Source};
use crate::protocol::{DatasetEvent, Thumbnail};

impl AppState {
    pub(in crate::app) fn apply_dataset_event(
        &mut self,
        job_id: u64,
        event: DatasetEvent,
        host: &mut dyn Host,
    ) {
        match event {
            DatasetEvent::Scanned(dataset) => {
                if self.is_wanted(job_id, dataset.place()) {
                    self.take_dataset(*dataset, host);
                }
            }
            DatasetEvent::RunsFound { runs_dir, run } => {
                self.take_found_runs(job_id, runs_dir, run, host);
            }
            DatasetEvent::ImagesFound(dir) => self.take_found_images(job_id, dir, host),
            DatasetEvent::GroupsFound(table) => self.take_found_groups(job_id, table, host),
            DatasetEvent::DecisionsFound(table) => self.take_found_decisions(job_id, table),
            DatasetEvent::Checked(checked) => self.dataset.take_checked(*checked),
            DatasetEvent::SplitCounted(counts) => self.dataset.take_counts(job_id, counts),
            DatasetEvent::Described(facts) => self.images.large.take_facts(*facts),
            DatasetEvent::Thumbnail(thumbnail) => self.take_thumbnail(job_id, thumbnail),
        }
    }

    /// Trainings scan their folder, too. One that waited in the queue must not bring back a folder that was left
    /// since.
    fn is_wanted(&self, job_id: u64, place: &Path) -> bool {
        let is_open = self.dataset.place() == Some(place);
        let job = self.jobs.get(job_id);
        job.is_none_or(|j| !j.job.cancel.is_cancelled() && (is_open || !j.is_training()))
    }

    /// A folder was read: it becomes the dataset, with the form that was made for it.
    pub(in crate::app) fn take_dataset(&mut self, dataset: Dataset, host: &mut dyn Host) {
        self.settings.remember_folder(dataset.place());
        self.dataset.show_path(dataset.place());
        self.form_for(&dataset, host);
        let Source { folder, table } = dataset.source();
        (self.settings.form.data, self.settings.form.label_table) = (folder, table);
        let is_another = self.dataset.place() != Some(dataset.place());
        if is_another {
            self.dataset.gallery.clear();
            self.labels.clear();
            self.images.clear();
            self.fit.class_search.clear();
            // What was tried belongs to the folder that is left.
            self.leave_trial();
            self.live.trial = None;
            self.cancel_again();
            self.stop_searching();
        }
        let before = self.dataset.view.as_ref();
        if before.is_none_or(|before| is_another || before.dataset.images != dataset.images) {
            self.health.forget();
            self.leave_map();
        }
        let judge = self
            .judges()
            .first()
            .copied()
            .filter(|_| self.dataset.view.is_some());
        let before = self.dataset.view.take();
        self.dataset.view = Some(DatasetView::after(before, dataset));
        self.count_split(host);
        self.read_labels(host);
        if self.class_weights().is_err() {
            self.settings.form.class_weights = ClassWeights::Equal;
        }
        if is_another {
            self.look_at_own_run();
            if let Some(run) = judge {
                self.offer_to_evaluate(run);
            }
        }
    }

    fn take_thumbnail(&mut self, job_id: u64, thumbnail: Thumbnail) {
        match self.jobs.get(job_id).map(|job| &job.purpose) {
            Some(&Purpose::Pictures { shown_in, .. }) => self.pictures_in(shown_in).take(thumbnail),
            Some(Purpose::LargeImage { .. }) => self.images.large.take_picture(thumbnail),
            _ => self.judge.take_chosen_picture(thumbnail),
        }
    }
}
