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
            // The job's end says where it is.
            LabelsEvent::Exported(_) => {}
            LabelsEvent::Cleaned(made) => self.tell_cleaned(&made),
        }
    }

    fn take_labels(&mut self, job_id: u64, labels: FolderLabels, host: &mut dyn Host) {
        let asked = self.jobs.get(job_id).and_then(|job| match &job.purpose {
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
        for notice in &labels.notices {
            self.tell(ToastKind::Warning, sentence_case(notice));
        }
        let is_other = self.labels.overlay() != labels.overlay.as_ref();
        self.labels.problem = None;
        let is_edit = labels.done.is_some();
        self.labels.read = Some(labels);
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
        if is_edit {
            self.live.again_like = self.looking.run.filter(|_| self.looking.is_trained());
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
