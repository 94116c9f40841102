//! What becomes known of decisions.

use std::sync::Arc;

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{ToastKind, sentence_case};
use crate::app::state::AppState;
use crate::metrics::thousands;
use crate::protocol::{CleanedFolder, FolderLabels, LabelsEvent};

impl AppState {
    pub(in crate::app) fn apply_labels_event(
        &mut self,
        job_id: u64,
        event: LabelsEvent,
        host: &mut dyn Host,
    ) {
        match event {
            LabelsEvent::Read(labels) => self.take_labels(job_id, *labels, host),
            LabelsEvent::Changed => self.hear_of_decision(job_id, host),
            // The job's end says where it is.
            LabelsEvent::Exported(_) => {}
            LabelsEvent::Cleaned(made) => self.tell_cleaned(&made),
        }
    }

    /// A decision of this window comes with its own answer, but that of another program may have come beside it.
    fn hear_of_decision(&mut self, job_id: u64, host: &mut dyn Host) {
        let purpose = self.jobs.get(job_id).map(|job| &job.purpose);
        let is_here = matches!(purpose, Some(Purpose::WatchRuns { dir }) if *dir == self.folders.runs_dir);
        match self.is_deciding() {
            _ if !is_here => {}
            true => self.labels.missed = true,
            false => self.read_labels(host),
        }
    }

    /// The next decision is written; after the last one it is read what was heard of meanwhile, as an answer to one that failed
    /// never came.
    pub(in crate::app) fn end_edit(&mut self, host: &mut dyn Host) {
        self.edit_next(host);
        if !self.is_deciding() && std::mem::take(&mut self.labels.missed) {
            self.read_labels(host);
        }
    }

    fn is_deciding(&self) -> bool {
        (self.jobs).any(|purpose| matches!(purpose, Purpose::EditLabels { .. }))
    }

    fn take_labels(&mut self, job_id: u64, labels: FolderLabels, host: &mut dyn Host) {
        let purpose = self.jobs.get(job_id).map(|job| &job.purpose);
        if matches!(purpose, Some(Purpose::ReadLabels { .. })) && self.is_deciding() {
            // What that answers is newer; it may fail, though, or be of another folder.
            self.labels.missed = true;
            return;
        }
        let asked = purpose.and_then(|purpose| match purpose {
            Purpose::ReadLabels { dataset } | Purpose::EditLabels { dataset } => Some(dataset),
            _ => None,
        });
        let open = self.dataset.view.as_ref().map(|view| &view.dataset);
        // Images are counted by the dataset that was asked about; where that was read again since, so are they.
        let is_of_open = asked
            .zip(open)
            .is_some_and(|(asked, open)| Arc::ptr_eq(asked, open));
        if !is_of_open {
            return self.read_labels(host);
        }
        self.labels.of = asked.cloned();
        let path = |&i: &usize| Some((open?.images.get(i)?.path.clone(), i));
        self.labels.places = labels.images.keys().filter_map(path).collect();
        let known = self.labels.read.take();
        let is_said = |notice: &String| known.as_ref().is_some_and(|known| known.notices.contains(notice));
        for notice in labels.notices.iter().filter(|notice| !is_said(notice)) {
            self.tell(ToastKind::Warning, sentence_case(notice));
        }
        let overlay = known.as_ref().map(|known| known.overlay.as_ref());
        let is_other = overlay.flatten() != labels.overlay.as_ref();
        self.labels.problem = None;
        let is_edit = labels.done.is_some();
        if is_other && !is_edit && known.is_some() {
            let text = format!("Labels were decided about elsewhere; now {}", labels.counts());
            self.tell(ToastKind::Info, text);
        }
        let before = self.dataset.view.as_ref().map(|view| Arc::clone(&view.classes));
        if let Some(view) = &mut self.dataset.view {
            view.count_as_decided(&labels.images);
        }
        self.labels.read = Some(labels);
        if let Some(before) = before.filter(|_| self.labels.is_settled()) {
            self.let_go_of_moved(&before);
        }
        self.report_health();
        if is_other {
            self.follow_labels(is_edit, host);
        }
    }

    /// The form trains with what was decided, and so does the run that is looked at: its head is trained again at once, so
    /// that the matrix shows what the decision does.
    fn follow_labels(&mut self, is_edit: bool, host: &mut dyn Host) {
        self.settings.form.labels_overlay = self.labels.overlay().cloned();
        self.count_split(host);
        match is_edit {
            true => {
                self.live.again_like = self.looking.run.filter(|_| self.looking.is_trained());
                self.live.is_again = self.live.features_ready() && self.looking.is_on_validation();
                self.begin_again();
            }
            false => self.cancel_again(),
        }
    }

    fn tell_cleaned(&mut self, made: &CleanedFolder) {
        let how = match made.are_copies {
            true => "copied",
            false => "linked",
        };
        let text = format!(
            "{} images {how} to {}: {} under another class, {} left out",
            thousands(made.n_images as u64),
            made.dir.display(),
            thousands(made.n_relabelled as u64),
            thousands(made.n_excluded as u64)
        );
        self.tell(ToastKind::Ok, text);
    }
}
