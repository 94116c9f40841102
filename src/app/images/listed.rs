//! The images that are listed: all of it follows from what is looked at and what is asked of it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::derived::ListedFrom;
use super::place::Listed;
use super::state::Shows;
use crate::app::latest::Same;
use crate::app::looking::recent::Key;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{
    Call, Calls, Changes, ImageSort, OneImage, Part, Predictions, Which, by_similarity, listed_images,
};
use crate::metrics::{Confusion, Threshold, Undo};
use crate::visible::visible_names;

/// The images behind what is looked at.
pub struct ImagesBehind<'a> {
    /// The folder that their paths are in.
    pub root: &'a Path,
    /// As they are shown.
    pub classes: Cow<'a, [String]>,
    pub part: Part,
    pub predictions: &'a Predictions,
    /// What is undone in the probabilities that are shown.
    pub undo: Undo,
    /// By which they become classes; `None`: by the largest score.
    pub rule: Option<Threshold>,
    pub which: Which,
    pub listed: Arc<Listed>,
    /// As many as the figures count of them, the filter left aside; `None` where no figure does.
    pub n_counted: Option<u64>,
    /// The run that what is looked at is held against, where changes are listed.
    pub against: Option<(&'a RunView, &'a Calls)>,
}

/// One of them.
pub struct ImageBehind<'a> {
    /// As the predictions name it.
    pub name: &'a Path,
    pub path: PathBuf,
    pub said: OneImage,
    /// As the head says them, by which it is judged.
    pub scores: &'a [f32],
    /// As they are shown.
    pub probabilities: Cow<'a, [f32]>,
    /// What the other run said of it.
    pub before: Option<Call>,
}

impl ImagesBehind<'_> {
    /// By its place among the predictions.
    pub fn image(&self, place: u32) -> Option<ImageBehind<'_>> {
        let (name, truth, scores) = self.predictions.row(place as usize)?;
        let probabilities = self.undo.row(scores);
        Some(ImageBehind {
            name,
            path: self.root.join(name),
            said: OneImage::new(truth, scores, self.rule).shown_as(&probabilities),
            scores,
            probabilities,
            before: self.against.and_then(|(_, calls)| calls.get(place as usize)),
        })
    }

    pub fn path(&self, place: u32) -> Option<PathBuf> {
        Some(self.root.join(self.predictions.images().get(place as usize)?))
    }

    pub fn class(&self, class_idx: usize) -> &str {
        self.classes.get(class_idx).map_or("", String::as_str)
    }
}

impl AppState {
    /// The images behind what is looked at.
    ///
    /// # Errors
    /// Why there are none to list, for people.
    pub fn images_behind(&self) -> Result<ImagesBehind<'_>, String> {
        let part = self.looking.part;
        let Some(subject) = self.subject() else {
            return Err(self
                .not_judged()
                .unwrap_or_else(|| "Choose a run to see the images behind its matrix".into()));
        };
        if self.looking.is_baseline() {
            let message =
                "What the pretrained baseline says of single images is not kept; turn to the trained head";
            return Err(message.into());
        }
        let predictions = self.predictions_on(part).ok_or_else(|| self.not_listed())?;
        let which = self.which();
        let against = match which {
            Which::Change(_) => self.changed_against(),
            _ => None,
        };
        let changes = against
            .as_ref()
            .map(|(.., changes)| Arc::clone(changes))
            .unwrap_or_default();
        let chosen = match &self.images.shows {
            Shows::Chosen => Some(self.chosen_behind()),
            Shows::Slice { property, slice } => self.places_of_slice(property, slice),
            _ => None,
        };
        let n_counted = match &chosen {
            Some(chosen) => Some(chosen.len() as u64),
            None => n_counted(which, subject.confusion(), changes.as_ref().as_ref()),
        };
        let against_key = against.as_ref().map(|(index, run, _)| (*index, run.n_events));
        let key = Key {
            against: against_key,
            ..self.key_of(&subject)
        };
        Ok(ImagesBehind {
            root: self.images_root(),
            classes: visible_names(self.looked_at_classes()),
            part,
            predictions,
            undo: self.undo_looked_at(),
            rule: self.rule(),
            which,
            listed: self.listed((key, which, chosen), predictions, changes.as_ref().as_ref()),
            n_counted,
            against: against.and_then(|(_, run, _)| Some((run, run.calls_on(part)?))),
        })
    }

    fn listed(
        &self,
        (key, which, chosen): (Key, Which, Option<Arc<Vec<u32>>>),
        predictions: &Predictions,
        changes: Option<&Changes>,
    ) -> Arc<Listed> {
        let images = &self.images;
        let from = ListedFrom {
            key,
            which,
            undo: self.undo_looked_at(),
            chosen: chosen.as_ref().map(Same::of),
            filter: images.filter.clone(),
            order: images.order,
            cosines: images.similar.cosines.as_ref().map(Same::of),
        };
        images.derived.listed.get(from, || {
            let (filter, order) = (&images.filter, images.order);
            let shown = self.derived.shown(predictions.scores(), &self.undo_looked_at());
            let both = (predictions, Some(&*shown));
            let mut places = listed_images(both, self.rule(), changes, which, filter, order);
            if order.by == ImageSort::Similarity {
                let cosine = |place: u32| images.similar.cosine(predictions.images().get(place as usize)?);
                by_similarity(&mut places, cosine, order.reversed);
            }
            if let Some(chosen) = chosen {
                places.retain(|place| chosen.binary_search(place).is_ok());
            }
            Listed::new(places, predictions.images().len())
        })
    }

    /// What is asked for, of the classes that are looked at; all mistakes where there is no such cell or class.
    fn which(&self) -> Which {
        let class = |name: &str| self.looked_at_classes().iter().position(|class| class == name);
        let found = match &self.images.shows {
            Shows::Cell => {
                let n_classes = self.looked_at_classes().len();
                let cell = self
                    .looking
                    .cell
                    .filter(|(t, p)| *t < n_classes && *p < n_classes);
                cell.map(|(truth, predicted)| Which::Cell { truth, predicted })
            }
            Shows::Mistakes => Some(Which::Mistakes),
            Shows::All | Shows::Chosen => Some(Which::All),
            Shows::Truth(name) => class(name).map(Which::Truth),
            Shows::Predicted(name) => class(name).map(Which::Predicted),
            Shows::Tenth(name, tenth) => class(name).map(|class_idx| Which::Score {
                class_idx,
                from: f64::from(*tenth) * 0.1,
                to: f64::from(*tenth + 1) * 0.1,
            }),
            Shows::Change(change) => Some(Which::Change(*change)),
            Shows::Slice { property, slice } => self.places_of_slice(property, slice).map(|_| Which::All),
        };
        found.unwrap_or(Which::Mistakes)
    }

    /// Why single images are not known.
    pub(super) fn not_listed(&self) -> String {
        if let Some(reason) = self.not_judged() {
            return reason;
        }
        match self.selected_run() {
            Some(run) if run.scores_failed => {
                "What this run says of single images cannot be read; the messages say why".into()
            }
            Some(run) if run.can_predict() => "Reading what the run says of single images…".into(),
            Some(run) if run.record.outcome.is_none() => {
                "The images can be listed once the run has ended".into()
            }
            _ => "Of this run it is not kept what it said of single images".into(),
        }
    }

    /// Whether single images can be listed, now or as soon as they are read.
    pub fn has_images(&self) -> bool {
        let is_coming = || {
            self.selected_run()
                .is_some_and(|run| run.can_predict() && !run.scores_failed)
        };
        let part = self.looking.part;
        let is_trial = self.watched_trial().is_some();
        self.subject().is_some()
            && !self.looking.is_baseline()
            && (self.predictions_on(part).is_some() || (!is_trial && is_coming()))
    }

    /// Where the images lie: in the open folder, which may have been moved since the run was trained on it.
    fn images_root(&self) -> &Path {
        let of_run = self.selected_run().filter(|_| self.watched_trial().is_none());
        let trained = of_run.map(|run| run.config.data.as_path());
        let is_open = of_run.is_none_or(|run| self.dataset.is_trained_on(run));
        let open = self.dataset.root().filter(|_| is_open);
        open.or(trained).unwrap_or(Path::new(""))
    }

    /// The place of the image where the keyboard is among the predictions.
    pub fn place_of(&self, path: &Path) -> Option<u32> {
        // A table may name images that lie elsewhere.
        let name = path.strip_prefix(self.images_root()).unwrap_or(path);
        self.images
            .derived
            .by_name
            .place(name, self.predictions_on(self.looking.part)?)
    }

    /// Where the image that has the keyboard stands in the list, from 0; `None` where it is not listed.
    pub fn place_in_list(&self) -> Option<usize> {
        let place = self.place_of(self.images.at.as_deref()?)?;
        self.images_behind().ok()?.listed.position(place)
    }

    /// How many of the selected images are listed.
    pub fn n_selected_in_list(&self) -> usize {
        let Ok(ImagesBehind { listed, .. }) = self.images_behind() else {
            return 0;
        };
        let selected = &self.images.selected;
        let is_listed = |path: &&PathBuf| {
            self.place_of(path)
                .and_then(|place| listed.position(place))
                .is_some()
        };
        let from = (Same::of(selected), Same::of(&listed));
        let derived = &self.images.derived;
        *derived
            .n_selected
            .get(from, || selected.iter().filter(is_listed).count())
    }

    /// The run that what is looked at is held against, and what became of each image since.
    fn changed_against(&self) -> Option<(usize, &RunView, Arc<Option<Changes>>)> {
        let (subject, index) = (self.subject()?, self.reference()?);
        let run = self.runs.all.get(index)?;
        let (part, rule) = (subject.part, self.rule());
        let key = Key {
            against: Some((index, run.n_events)),
            is_paired: run.calls_on(part).is_some(),
            ..self.key_of(&subject)
        };
        let changes = self.images.derived.changes.get(key, || {
            let undo = self.weights_looked_at().unwrap_or_default();
            let now = self.predictions_on(part)?.undone_calls(rule, &undo);
            Changes::between(run.calls_on(part)?, &now)
        });
        Some((index, run, changes))
    }

    /// How many images of each kind of change there are against the run that what is looked at is held against, where what
    /// both said of single images is known.
    pub fn changes(&self) -> Option<(&RunView, Arc<Option<Changes>>)> {
        let (_, run, changes) = self.changed_against()?;
        changes.is_some().then_some((run, changes))
    }

    /// The same from one run to another, each by its largest score as the comparison has it.
    pub fn changes_between(&self, before: usize, now: usize) -> Arc<Option<Changes>> {
        let part = self.looking.part;
        let Some((first, second)) = self.runs.all.get(before).zip(self.runs.all.get(now)) else {
            return Arc::default();
        };
        let calls = first.calls_on(part).zip(second.calls_on(part));
        let key = Key {
            run: Some((now, second.n_events)),
            against: Some((before, first.n_events)),
            part: Some(part),
            is_paired: calls.is_some(),
            ..Key::default()
        };
        let between = || calls.and_then(|(before, now)| Changes::between(before, now));
        self.images.derived.changes.get(key, between)
    }
}

fn n_counted(which: Which, confusion: &Confusion, changes: Option<&Changes>) -> Option<u64> {
    let n = confusion.n_classes();
    match which {
        Which::All => Some(confusion.total()),
        Which::Mistakes => {
            let right: u64 = (0..n).map(|class_idx| confusion.get(class_idx, class_idx)).sum();
            Some(confusion.total() - right)
        }
        Which::Cell { truth, predicted } => Some(confusion.get(truth, predicted)),
        Which::Truth(class_idx) => Some(confusion.row_total(class_idx)),
        Which::Predicted(class_idx) => Some((0..n).map(|truth| confusion.get(truth, class_idx)).sum()),
        Which::Change(change) => changes.map(|changes| changes.count(change) as u64),
        Which::Score { .. } => None,
    }
}
