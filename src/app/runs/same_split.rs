//! Which runs may stand in one plot: those that were judged by the same images. Figures of others are of other images, and a
//! difference between them says nothing of the weights.

use std::sync::Arc;

use super::footings::{Asked, Footing};
use super::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{Calls, Part};
use crate::metrics::Confusion;

impl AppState {
    /// The shown runs that may stand beside what is looked at, newest first.
    pub fn drawn(&self) -> Vec<usize> {
        let (mut shown, footings) = (self.shown(), self.footings(self.looking.part));
        shown.retain(|&run| footings[run] == Footing::SameImages);
        shown
    }

    /// What is said of the shown runs that may not, where there are any.
    pub fn not_drawn(&self) -> Option<String> {
        let (shown, footings) = (self.shown(), self.footings(self.looking.part));
        let count = |footing| shown.iter().filter(|&&run| footings[run] == footing).count();
        let said = |n: usize, how: &str| match n {
            0 => None,
            1 => Some(format!("1 shown run was evaluated {how} and is not drawn")),
            n => Some(format!("{n} shown runs were evaluated {how} and are not drawn")),
        };
        let by_split = said(count(Footing::OtherSplit), "on another split");
        let by_labels = said(count(Footing::OtherLabels), "with other labels");
        let all: Vec<String> = [by_split, by_labels].into_iter().flatten().collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// On what footing each run stands with what is looked at on the images of that part, in the order of the runs.
    pub(in crate::app) fn footings(&self, part: Part) -> Arc<Vec<Footing>> {
        let tried = self.watched_trial().map(|view| &view.trial.config);
        let runs: Vec<(usize, bool, usize)> = (self.runs.all.iter())
            .map(|run| (run.n_events, run.deleted, run.calls.len()))
            .collect();
        let asked = Asked {
            part,
            folder: self.dataset.view.as_ref().map(|view| &view.dataset.identity),
            run: self.looking.run.filter(|_| tried.is_none()),
            form: (tried.is_some(), tried.unwrap_or(&self.settings.form)),
            runs: &runs,
        };
        let footing = |run| self.footing(run, part);
        self.derived
            .footings
            .get(asked, || (0..runs.len()).map(footing).collect())
    }

    fn footing(&self, run: usize, part: Part) -> Footing {
        if self.is_divided_as_looked_at(run) {
            return Footing::SameImages;
        }
        match self.differs_by_labels_alone(run) {
            // Decisions that are about images of other parts are none about these.
            true if self.has_labels_of_looked_at(run, part) => Footing::SameImages,
            true => Footing::OtherLabels,
            false => Footing::OtherSplit,
        }
    }

    /// Whether a run was judged by the images of that part that what is looked at was judged by, with the same labels.
    pub(in crate::app) fn is_on_same_images(&self, run: usize, part: Part) -> bool {
        self.footings(part).get(run) == Some(&Footing::SameImages)
    }

    /// Whether a run saw the folder divided as what is looked at saw it, and other decisions about its labels: its figures are
    /// of the same images but for those that were decided about, each by its own labels.
    fn differs_by_labels_alone(&self, run: usize) -> bool {
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

    /// Whether another run's labels are those of what is looked at on the images of that part, as far as that is known.
    fn has_labels_of_looked_at(&self, run: usize, part: Part) -> bool {
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
            other.calls_on(part).is_some() && other.is_divided_like(view) && is_same()
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
        let (mut shown, footings) = (self.shown(), self.footings(part));
        shown.retain(|&run| {
            footings[run] == Footing::OtherLabels
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
