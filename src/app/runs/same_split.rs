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
        let others = self
            .shown()
            .into_iter()
            .filter(|&run| !self.is_on_same_images(run));
        let (by_labels, by_split): (Vec<usize>, Vec<usize>) =
            others.partition(|&run| self.differs_by_labels_alone(run));
        let said = |n: usize, how: &str| match n {
            0 => None,
            1 => Some(format!("1 shown run was evaluated {how} and is not drawn")),
            n => Some(format!("{n} shown runs were evaluated {how} and are not drawn")),
        };
        let by_labels = said(by_labels.len(), "with other labels");
        let all: Vec<String> = [said(by_split.len(), "on another split"), by_labels]
            .into_iter()
            .flatten()
            .collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Whether a run saw the folder divided as what is looked at saw it, and other decisions about its labels: its figures are
    /// of the same images but for those that were decided about, each by its own labels.
    pub(in crate::app) fn differs_by_labels_alone(&self, run: usize) -> bool {
        let Some(view) = self.runs.all.get(run) else {
            return false;
        };
        let chosen = self.looking.run.and_then(|chosen| self.runs.all.get(chosen));
        let (own, is_same_folder) = match (self.watched_trial(), chosen) {
            (Some(trial), _) => (&trial.trial.config, self.is_of_folder(run)),
            (None, Some(chosen)) => {
                let is_same = same_files(view, chosen).unwrap_or_default()
                    || view.config.source() == chosen.config.source();
                (&chosen.config, is_same || self.is_of_folder(run))
            }
            (None, None) => (&self.settings.form, self.is_of_folder(run)),
        };
        is_same_folder && !own.has_labels_of(&view.config) && own.draws_like(&view.config)
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
                let is_same = same_files(view, of_chosen)
                    .unwrap_or_else(|| view.config.source() == of_chosen.config.source() || both_here());
                is_same && of_chosen.is_divided_like(view)
            }
            None => self.is_of_folder(run) && view.config.divides_like(&self.settings.form),
        }
    }
}

/// Whether both were trained on the same files with the same labels, in whatever place they lay: a table in its old place may
/// have been written anew since. `None` where it is not known what one of them was trained on.
fn same_files(one: &RunView, other: &RunView) -> Option<bool> {
    let [one, other] = [one, other].map(|run| &run.data_fingerprint);
    (!one.is_empty() && !other.is_empty()).then(|| one == other)
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
