//! Which runs may stand in one plot: those that were judged by the same images. Figures of others are of other images, and a
//! difference between them says nothing of the weights.

use super::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{Calls, Part};
use crate::metrics::Confusion;

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

    /// Whether a run was judged by the images that what is looked at was judged by, with the same labels. Decisions that are about
    /// images of other parts are none about these.
    pub(in crate::app) fn is_on_same_images(&self, run: usize) -> bool {
        self.is_divided_as_looked_at(run)
            || self.differs_by_labels_alone(run) && self.has_labels_of_looked_at(run)
    }

    /// Whether another run's labels are those of what is looked at on the images that are looked at, as far as that is known.
    fn has_labels_of_looked_at(&self, run: usize) -> bool {
        let part = self.looking.part;
        let own = match self.watched_trial() {
            Some(trial) => (part == Part::Val).then_some(&trial.calls),
            None => self
                .looking
                .run
                .and_then(|chosen| self.calls_by_labels_of(chosen, part)),
        };
        let others = self.calls_by_labels_of(run, part);
        own.zip(others)
            .is_some_and(|(own, others)| own.are_of_images_of(others))
    }

    /// Whether two runs have the same labels on the images of a part, as far as that is known.
    pub(in crate::app) fn have_same_labels(&self, [one, two]: [usize; 2], part: Part) -> bool {
        let config = |run: usize| self.runs.all.get(run).map(|view| &view.config);
        let by_config = config(one).zip(config(two));
        let calls = |run| self.calls_by_labels_of(run, part);
        by_config.is_some_and(|(one, two)| one.has_labels_of(two))
            || calls(one)
                .zip(calls(two))
                .is_some_and(|(one, two)| one.are_of_images_of(two))
    }

    /// What was called the images by which a run was judged, by whatever run that was divided as it was: all of these have the
    /// same labels.
    fn calls_by_labels_of(&self, run: usize, part: Part) -> Option<&Calls> {
        let view = self.runs.all.get(run)?;
        let is_like = |other: &&RunView| {
            let is_same = || same_files(view, other).unwrap_or(view.config.source() == other.config.source());
            !other.calls.is_empty() && other.is_divided_like(view) && is_same()
        };
        let known = || self.runs.all.iter().find(is_like)?.calls_on(part);
        view.calls_on(part).or_else(known)
    }

    /// Shown runs of which it must be read by which labels they were judged, to know whether they may be drawn: those with other
    /// decisions and as many images of each class.
    pub(in crate::app) fn runs_of_unknown_labels(&self) -> Vec<usize> {
        let part = self.looking.part;
        let Some(subject) = self.subject() else {
            return Vec::new();
        };
        let n_images = |confusion: &Confusion| -> Vec<u64> {
            (0..confusion.n_classes())
                .map(|class_idx| confusion.row_total(class_idx))
                .collect()
        };
        let own = n_images(&subject.evaluation.confusion);
        let has_as_many = |run: usize| {
            let evaluation = self.runs.all[run].evaluation_on(part);
            evaluation.is_some_and(|evaluation| n_images(&evaluation.confusion) == own)
        };
        let mut shown = self.shown();
        shown.retain(|&run| {
            self.differs_by_labels_alone(run)
                && has_as_many(run)
                && self.calls_by_labels_of(run, part).is_none()
        });
        shown
    }

    fn is_divided_as_looked_at(&self, run: usize) -> bool {
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
