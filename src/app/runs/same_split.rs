//! Which runs may stand in one plot: those that were judged by the same images. Figures of others are of other images, and a
//! difference between them says nothing of the weights.

use super::run::RunView;
use crate::app::state::AppState;

impl AppState {
    /// The shown runs that may stand beside what is looked at, newest first.
    pub fn drawn(&self) -> Vec<usize> {
        let mut shown = self.shown();
        shown.retain(|&run| self.is_on_same_images(run));
        shown
    }

    /// What is said of the shown runs that may not, where there are any.
    pub fn not_drawn(&self) -> Option<String> {
        let shown = self.shown();
        match shown.iter().filter(|&&run| !self.is_on_same_images(run)).count() {
            0 => None,
            1 => Some("1 shown run was evaluated on another split and is not drawn".into()),
            n => Some(format!(
                "{n} shown runs were evaluated on another split and are not drawn"
            )),
        }
    }

    /// Whether a run was judged by the images that what is looked at was judged by.
    pub(in crate::app) fn is_on_same_images(&self, run: usize) -> bool {
        let Some(view) = self.runs.all.get(run) else {
            return false;
        };
        if let Some(trial) = self.watched_trial() {
            return self.is_of_folder(run) && view.config.divides_like(&trial.trial.config);
        }
        match self
            .looking
            .run
            .and_then(|chosen| Some((chosen, self.runs.all.get(chosen)?)))
        {
            Some((chosen, of_chosen)) => {
                let both_here = || self.is_of_folder(run) && self.is_of_folder(chosen);
                of_chosen.is_divided_like(view) && (same_files(view, of_chosen) || both_here())
            }
            None => self.is_of_folder(run) && view.config.divides_like(&self.settings.form),
        }
    }
}

/// Whether both were trained on one folder, in whatever place it lay.
fn same_files(one: &RunView, other: &RunView) -> bool {
    one.config.source() == other.config.source()
        || !one.data_fingerprint.is_empty() && one.data_fingerprint == other.data_fingerprint
}

impl RunView {
    /// Whether its images were divided as the other's: by the same rule, and to the same counts, which are others where
    /// the folder has grown since.
    pub(in crate::app) fn is_divided_like(&self, other: &RunView) -> bool {
        fn counts(run: &RunView) -> Option<[&[usize]; 3]> {
            let started = run.record.started.as_ref()?;
            Some([&started.n_train, &started.n_val, &started.n_test])
        }
        let same_counts = match (counts(self), counts(other)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        same_counts && self.config.divides_like(&other.config)
    }
}
