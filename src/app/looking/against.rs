//! What is looked at held against another run: by how much each class is found more or less often, and whether that is more than
//! chance.

use std::sync::Arc;

use super::derived::{Grouped, Mistakes};
use super::recent::Key;
use super::state::Model;
use super::subject::Subject;
use crate::app::runs::footings::Footing;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{Calls, Evaluation, Part};
use crate::metrics::{
    Difference, Differences, Threshold, Told, confused_together, differences, largest_mistakes, payers,
    taken_for,
};

/// Confusions that are listed beside a matrix, at most.
const LARGEST: usize = 60;
/// Runs that are compared at a time: more would be too small to read.
pub const MOST_COMPARED: usize = 4;

/// Another run, as it judged the same part.
pub struct Against<'a> {
    pub run: &'a RunView,
    index: usize,
    pub evaluation: &'a Evaluation,
    differences: Arc<Option<Differences>>,
    /// Images resemble each other in groups, of which the intervals do not know: nothing is surely more than chance.
    is_in_groups: bool,
    /// For each class, the class that loses the largest share of its images to it, and that share.
    pub payers: Arc<Vec<Option<(usize, f64)>>>,
}

impl Against<'_> {
    pub fn recall(&self, class_idx: usize) -> Option<Told> {
        self.told(*self.differences.as_ref().as_ref()?.recall.get(class_idx)?)
    }

    pub fn precision(&self, class_idx: usize) -> Option<Told> {
        self.told(*self.differences.as_ref().as_ref()?.precision.get(class_idx)?)
    }

    /// Of a figure of the whole matrix, by its key, where it has an interval.
    pub fn overall(&self, key: &str) -> Option<Told> {
        let differences = self.differences.as_ref().as_ref()?;
        self.told(differences.overall(key))
    }

    fn told(&self, difference: Option<Difference>) -> Option<Told> {
        difference.map(|difference| Told {
            difference,
            is_sure: difference.is_sure() && !self.is_in_groups,
        })
    }

    /// Whether it is known of each image what both said.
    pub fn is_paired(&self) -> bool {
        self.differences
            .as_ref()
            .as_ref()
            .is_some_and(|all| all.is_paired)
    }
}

impl AppState {
    /// The run that what is looked at is held against: as chosen, else the newest of equal weights.
    pub fn reference(&self) -> Option<usize> {
        let footings = self.footings(self.looking.part);
        let chosen = (self.looking.against).filter(|&run| self.is_reference(run, &footings));
        chosen.or_else(|| self.reference_by_itself())
    }

    fn reference_by_itself(&self) -> Option<usize> {
        let looked_at = self.looking.run;
        if let Some(view) = self.watched_trial() {
            // A trial is on its way somewhere from the run that is selected; where only labels were decided, from nowhere else.
            let footings = self.footings(self.looking.part);
            let selected = looked_at.filter(|&run| self.is_reference(run, &footings));
            let (now, before) = (&view.trial.config, selected.map(|run| &self.runs.all[run].config));
            let is_relabelled = before.is_some_and(|before| {
                now.class_weights == before.class_weights && !now.has_labels_of(before)
            });
            return match is_relabelled {
                true => selected,
                false => self.newest_equal().or(selected),
            };
        }
        let is_itself_equal = looked_at.is_some_and(|run| self.runs.all[run].has_equal_weights());
        self.newest_equal().filter(|_| !is_itself_equal)
    }

    fn newest_equal(&self) -> Option<usize> {
        let mut equal = self.references();
        equal.retain(|&run| self.runs.all[run].has_equal_weights());
        let footings = self.footings(self.looking.part);
        // With other labels only where there is none with the same.
        let same = equal.iter().find(|&&run| footings[run] == Footing::SameImages);
        same.or(equal.first()).copied()
    }

    /// The runs that what is looked at can be held against, newest first.
    pub fn references(&self) -> Vec<usize> {
        let (mut runs, footings) = (self.runs.newest_first(), self.footings(self.looking.part));
        runs.retain(|&run| self.is_reference(run, &footings));
        runs
    }

    /// Of the same classes, and judged on the same images.
    fn is_reference(&self, run: usize, footings: &[Footing]) -> bool {
        let Some(view) = self.runs.all.get(run) else {
            return false;
        };
        let is_itself = self.looking.run == Some(run) && self.looking.model == Model::Trained;
        !is_itself
            && !view.deleted
            && view.evaluation_on(self.looking.part).is_some()
            && view.classes() == self.looked_at_classes()
            // Before and after decisions about labels, each by its own, which is said.
            && footings.get(run) != Some(&Footing::OtherSplit)
    }

    /// Whether what is looked at was judged with other labels than that run.
    fn has_other_labels(&self, run: usize) -> bool {
        let trial = self.watched_trial().map(|view| &view.trial.config);
        let own = trial.or(self.selected_run().map(|run| &run.config));
        let has_others = own.is_some_and(|own| !own.has_labels_of(&self.runs.all[run].config));
        has_others && !self.is_on_same_images(run, self.looking.part)
    }

    /// What is looked at, held against the reference; `None` where there is none.
    pub fn against(&self) -> Option<Against<'_>> {
        let subject = self.subject()?;
        let index = self.reference()?;
        let run = &self.runs.all[index];
        let evaluation = run.evaluation_on(subject.part)?;
        let own = self.key_of(&subject);
        let known = run
            .calls_on(subject.part)
            .filter(|_| own.scores.strong_count() > 0);
        let key = Key {
            against: Some((index, run.n_events)),
            is_paired: known.is_some(),
            ..own
        };
        let (now, before) = (subject.confusion(), &evaluation.confusion);
        let differences = self.derived.differences.get(key.clone(), || {
            let own = self.predictions_on(subject.part).map(|own| own.calls(key.rule));
            let n_classes = subject.classes.len();
            let pairs = own
                .zip(known)
                .and_then(|(own, known)| own.pairs(known, n_classes));
            differences(now, before, pairs.as_ref())
        });
        Some(Against {
            run,
            index,
            evaluation,
            is_in_groups: run.is_in_groups(),
            differences,
            payers: self.derived.payers.get(key, || payers(now, before)),
        })
    }

    /// What became of the weighed class against the reference, and who pays for it.
    pub fn against_in_a_sentence(&self) -> Option<String> {
        let (subject, against) = (self.subject()?, self.against()?);
        let weighed = self.weighed_class();
        let gained = against.recall(weighed)?;
        let class = &subject.classes[weighed];
        let words = gained.difference.in_words();
        let gained = match (gained.difference.value == 0.0, gained.is_sure) {
            (true, _) => format!("recall of {class} unchanged"),
            (_, true) => format!("recall of {class} {words}"),
            (_, false) => format!("recall of {class} {words}, which may be chance"),
        };
        let others = (0..subject.classes.len()).filter(|&class_idx| class_idx != weighed);
        let losses = others.filter_map(|class_idx| Some((class_idx, against.recall(class_idx)?)));
        let sure = losses.filter(|(_, lost)| lost.is_sure);
        let sure = sure.map(|(class_idx, lost)| (class_idx, lost.difference));
        let lost = sure.filter(|(_, lost)| lost.value < 0.0);
        let pays = match lost.min_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
            Some((class_idx, lost)) => {
                format!("{} pays most, {}", subject.classes[class_idx], lost.in_words())
            }
            None => "no other class surely loses recall".into(),
        };
        let labels = match self.has_other_labels(against.index) {
            true => " with its own labels",
            false => "",
        };
        Some(format!(
            "Against {}{labels}: {gained}; {pays}",
            against.run.label()
        ))
    }

    /// Where what is looked at goes wrong.
    pub fn mistakes(&self, subject: &Subject) -> Arc<Mistakes> {
        self.derived.mistakes.get(self.key_of(subject), || Mistakes {
            taken_for: taken_for(subject.confusion()),
            largest: largest_mistakes(subject.confusion(), LARGEST),
        })
    }

    /// What is looked at with the classes that are confused beside each other, where that is wanted.
    pub fn grouped(&self, subject: &Subject) -> Option<Arc<Grouped>> {
        self.settings.groups_confused.then(|| {
            self.derived.grouped.get(self.key_of(subject), || {
                let order = confused_together(subject.confusion());
                Grouped {
                    classes: order
                        .iter()
                        .map(|&class| subject.classes[class].clone())
                        .collect(),
                    confusion: subject.confusion().in_order(&order),
                    order,
                }
            })
        })
    }

    /// What a matrix that is looked at follows from.
    pub(in crate::app) fn key_of(&self, subject: &Subject) -> Key {
        let is_baseline = self.looking.is_baseline();
        let scores = self.scores_on(subject.part).filter(|_| !is_baseline);
        let index = self.looking.run.filter(|_| self.watched_trial().is_none());
        let run = index.and_then(|index| Some((index, self.runs.all.get(index)?.n_events)));
        Key {
            run,
            scores: scores.map(Arc::downgrade).unwrap_or_default(),
            rule: subject.threshold.map(|at| Threshold {
                class_idx: self.weighed_class(),
                at,
            }),
            is_baseline,
            part: Some(subject.part),
            ..Key::default()
        }
    }

    /// One run against another, by the images of what is looked at.
    pub fn differences_between(&self, one: usize, two: usize) -> Arc<Option<Differences>> {
        let part = self.looking.part;
        let runs = self.runs.all.get(one).zip(self.runs.all.get(two));
        let Some((first, second)) = runs else {
            return Arc::default();
        };
        let calls: Option<(&Calls, &Calls)> = first.calls_on(part).zip(second.calls_on(part));
        let key = Key {
            run: Some((one, first.n_events)),
            against: Some((two, second.n_events)),
            part: Some(part),
            is_paired: calls.is_some(),
            ..Key::default()
        };
        self.derived.differences.get(key, || {
            let (one, two) = (first.evaluation_on(part)?, second.evaluation_on(part)?);
            let n_classes = one.confusion.n_classes();
            let pairs = calls.and_then(|(first, second)| first.pairs(second, n_classes));
            differences(&one.confusion, &two.confusion, pairs.as_ref())
        })
    }

    /// What is to be known of runs that were trained and judged with different labels, where these stand side by side.
    pub fn labels_of_compared(&self, runs: &[usize]) -> Option<&'static str> {
        let (&first, others) = runs.split_first()?;
        let part = self.looking.part;
        let mut others = others.iter();
        others.any(|&other| !self.have_same_labels([first, other], part)).then_some(
            "Labels differ: each run is judged by its own, so a difference may be theirs and not the weights'",
        )
    }

    /// The shown runs that are compared, the newest first.
    pub fn compared(&self, part: Part) -> Vec<usize> {
        let mut runs = self.shown();
        runs.retain(|&run| self.runs.all[run].evaluation_on(part).is_some());
        runs.truncate(MOST_COMPARED);
        runs
    }

    /// The runs whose prediction of each image must be known, for differences to be as sure as they can be, and to know whether
    /// they were judged by the same labels.
    pub(in crate::app) fn runs_held_together(&self) -> Vec<usize> {
        let mut runs = match self.windows.showing {
            Showing::Compare => self.compared(self.looking.part),
            Showing::OneRun | Showing::Images | Showing::Map | Showing::Slices => {
                self.reference().into_iter().collect()
            }
            Showing::Predictions => return vec![],
        };
        runs.extend(self.runs_of_unknown_labels());
        runs
    }
}
