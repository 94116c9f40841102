//! A run as the window shows it. What is known of the run itself is its record, and nowhere else.

use std::cmp::Ordering;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::experiment::{
    Calls, ClassWeights, Config, Decision, Evaluation, Outcome, Part, Predictions, RunEvent, RunRates,
    RunRecord, RunTag, SplitMethod, Stop, began, weighting_name,
};
use crate::metrics::overall;
use crate::protocol::ListedRun;
use crate::visible::visible;

/// How much of a run's name says when it began: `2026-11-23-174455`.
const SECOND: usize = 17;

#[derive(Debug, Clone)]
pub struct RunView {
    pub dir: PathBuf,
    /// The folder's name; it begins with the time, so names sort by age.
    pub name: String,
    pub config: Config,
    pub record: RunRecord,
    /// The threshold by which it classifies images, where one was chosen.
    pub decision: Option<Decision>,
    /// What it says of single images, once it was asked for.
    pub scores: Option<Vec<(Part, Predictions)>>,
    /// What it called each image of each part, which stays when the scores go.
    pub calls: Vec<(Part, Calls)>,
    /// Asking for them failed, and would again.
    pub scores_failed: bool,
    /// How its classes fare by its threshold, once it was counted image by image.
    pub rated: Option<RunRates>,
    /// Index into the theme's run colours; beyond them they come again, with another mark and line.
    pub colour: usize,
    /// Whether plots and predictions include it.
    pub shown: bool,
    /// Whether a process is writing it now: this window's engine, or another.
    pub live: bool,
    pub tag: RunTag,
    /// How many events the record is the fold of.
    pub n_events: usize,
    /// Of the files it was trained on; empty where it does not say.
    pub data_fingerprint: String,
    /// Its folder is gone, into the trash or otherwise. It keeps its index, so that undoing brings all of it back.
    pub deleted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Training,
    Finished,
    Stopped,
    Failed,
    /// It has not ended, and nobody writes it any more.
    Unfinished,
}

impl RunState {
    pub fn name(self) -> &'static str {
        match self {
            RunState::Training => "training",
            RunState::Finished => "finished",
            RunState::Stopped => "stopped",
            RunState::Failed => "failed",
            RunState::Unfinished => "unfinished",
        }
    }
}

impl RunView {
    /// One that is trained here from now on.
    pub(in crate::app) fn begun(dir: PathBuf, config: Config, colour: usize, shown: bool) -> Self {
        let name = dir.file_name().unwrap_or_default();
        RunView {
            name: name.to_string_lossy().into_owned(),
            dir,
            config,
            record: RunRecord::default(),
            decision: None,
            scores: None,
            calls: vec![],
            scores_failed: false,
            rated: None,
            colour,
            shown,
            live: true,
            tag: RunTag::default(),
            n_events: 0,
            data_fingerprint: String::new(),
            deleted: false,
        }
    }

    /// One that lies in a folder of runs.
    pub(in crate::app) fn listed(listed: ListedRun, colour: usize, shown: bool) -> Self {
        RunView {
            dir: listed.dir,
            name: listed.name,
            config: listed.config,
            record: listed.record,
            decision: listed.decision,
            scores: None,
            calls: vec![],
            scores_failed: false,
            rated: None,
            colour,
            shown,
            live: listed.written,
            tag: listed.tag,
            n_events: listed.n_events,
            data_fingerprint: listed.data_fingerprint,
            deleted: false,
        }
    }

    /// Which is newer. Names are exact to the second; runs of one second, as a sweep makes them, go by their weights.
    pub fn compare_age(&self, other: &RunView) -> Ordering {
        fn weights(run: &RunView) -> &[f64] {
            match &run.config.class_weights {
                ClassWeights::Given(weights) => weights,
                _ => &[],
            }
        }
        let seconds = self.second().cmp(other.second());
        let weights = weights(self)
            .partial_cmp(weights(other))
            .unwrap_or(Ordering::Equal);
        seconds.then(weights).then_with(|| self.name.cmp(&other.name))
    }

    /// When it began, as its name says it; empty where that was changed.
    pub(in crate::app) fn second(&self) -> &str {
        self.name.get(..SECOND).unwrap_or_default()
    }

    /// Takes in the next fact.
    pub(in crate::app) fn apply(&mut self, event: &RunEvent) {
        self.record.apply(event);
        self.n_events += 1;
        if let RunEvent::Started(started) = event {
            self.config = started.config.clone();
        }
    }

    pub fn state(&self) -> RunState {
        match &self.record.outcome {
            Some(Outcome::Finished) => RunState::Finished,
            Some(Outcome::Stopped) => RunState::Stopped,
            Some(Outcome::Failed(_)) => RunState::Failed,
            None if self.live => RunState::Training,
            None => RunState::Unfinished,
        }
    }

    /// The name that it was given, or its weights.
    pub fn label(&self) -> String {
        match self.tag.name.trim() {
            "" => self.weights(),
            name => visible(name).into_owned(),
        }
    }

    /// Such as `1 : 8`, or `skirt ×7` of many classes.
    pub fn weights(&self) -> String {
        weighting_name(&self.config.class_weights, self.classes())
    }

    /// How often that class counts for each time the others do, on the geometric mean.
    pub fn weight_of(&self, class_idx: usize) -> Option<f64> {
        let weights = &self.record.started.as_ref()?.class_weights;
        let others = weights.iter().enumerate().filter(|(i, _)| *i != class_idx);
        let others: Vec<f64> = others.map(|(_, weight)| weight.ln()).collect();
        let mean = (others.iter().sum::<f64>() / others.len().max(1) as f64).exp();
        Some(weights.get(class_idx)? / mean)
    }

    /// How long it was trained: `2`, `3 of 10` where it ended before, or the steps to the least loss.
    pub fn epochs_in_words(&self) -> String {
        let done = self.record.epoch_starts.len();
        let asked = self.config.epochs;
        match self.config.stop {
            Stop::Converged if self.record.losses.is_empty() => "until converged".into(),
            Stop::Converged => format!("until converged, {} steps", self.record.losses.len()),
            Stop::Epochs if self.record.outcome.is_some() && done < asked as usize => {
                format!("{done} of {asked}")
            }
            Stop::Epochs => asked.to_string(),
        }
    }

    /// Whether every image counted the same, however that was asked for.
    pub fn has_equal_weights(&self) -> bool {
        let started = self.record.started.as_ref();
        started.is_some_and(|started| started.class_weights.windows(2).all(|two| two[0] == two[1]))
    }

    /// Whether its images come in groups that resemble each other.
    pub fn is_in_groups(&self) -> bool {
        self.config.split == SplitMethod::Groups
    }

    /// What it says of single images of that part, where that is known.
    pub fn predictions_on(&self, part: Part) -> Option<&Predictions> {
        let mut parts = self.scores.iter().flatten();
        parts
            .find(|(of, _)| *of == part)
            .map(|(_, predictions)| predictions)
    }

    /// What it called each image of that part, where that is known.
    pub fn calls_on(&self, part: Part) -> Option<&Calls> {
        let mut parts = self.calls.iter();
        parts.find(|(of, _)| *of == part).map(|(_, calls)| calls)
    }

    pub fn classes(&self) -> &[String] {
        self.record.started.as_ref().map_or(&[], |s| &s.classes)
    }

    /// What its matrix and figures are read from, on validation images.
    pub fn evaluation(&self, baseline: bool) -> Option<&Evaluation> {
        match baseline {
            true => self.of_own_classes(self.record.baseline()),
            false => self.evaluation_on(Part::Val),
        }
    }

    /// How it judged the images of that part in the end.
    pub fn evaluation_on(&self, part: Part) -> Option<&Evaluation> {
        self.of_own_classes(self.record.latest(part))
    }

    fn of_own_classes<'a>(&self, evaluation: Option<&'a Evaluation>) -> Option<&'a Evaluation> {
        // A folder that was tampered with may hold a matrix of other classes; there are no names for those.
        let n_classes = self.classes().len();
        evaluation.filter(|e| n_classes > 0 && e.confusion.n_classes() == n_classes)
    }

    /// The key figure: balanced accuracy on validation images.
    pub fn balanced_accuracy(&self) -> Option<f64> {
        overall(&self.evaluation(false)?.confusion).balanced_accuracy
    }

    /// The same as it classifies images: by its threshold, where it has one and its effect is known.
    pub fn figure(&self) -> Option<f64> {
        self.figure_of_threshold().or_else(|| self.balanced_accuracy())
    }

    /// The key figure with the threshold that was kept.
    pub fn figure_of_threshold(&self) -> Option<f64> {
        let figure = self.decision.as_ref()?.balanced_accuracy?;
        // From a folder that may be a stranger's.
        (0.0..=1.0).contains(&figure).then_some(figure)
    }

    /// Whether it has a head that can judge images.
    pub fn can_predict(&self) -> bool {
        match self.record.outcome {
            Some(Outcome::Finished) => true,
            Some(Outcome::Stopped) => !self.record.losses.is_empty(),
            _ => false,
        }
    }

    /// How much was decided about labels when it was trained: `labels: 12 relabelled, 3 excluded`.
    pub fn labels_in_words(&self) -> Option<String> {
        let counts = self.record.started.as_ref()?.labels?.of_training();
        (!counts.is_nothing()).then(|| format!("labels: {counts}"))
    }

    /// When it began, as short as it is clear: `12:03` of today, `9 Nov` of this year, `Nov 2024` of another. From the
    /// folder's name; empty where that was changed.
    pub fn began(&self, today: Date) -> String {
        let Some(began) = began(&self.name) else {
            return String::new();
        };
        let format = match began.date() {
            date if date == today => "%H:%M",
            date if date.year() == today.year() => "%-d %b",
            _ => "%b %Y",
        };
        began.strftime(format).to_string()
    }
}
