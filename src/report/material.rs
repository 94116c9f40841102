//! What a report is made of: runs as they were read, and the small pictures that it shows. Plain data; nothing is read here.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::experiment::{
    ClassWeights, Config, Decision, Goal, Outcome, Part, Predictions, RunRecord, RunTag, Stakes,
    weighting_name,
};

/// All that is to be told.
#[derive(Debug, Default)]
pub struct Material {
    /// The first is the one that the report speaks for.
    pub runs: Vec<ReportRun>,
    /// Runs that could not be read, each a sentence with the folder's name.
    pub unreadable: Vec<String>,
    pub goal: Option<Goal>,
    pub stakes: AtStake,
    /// When, in words.
    pub made: String,
    /// Name and version of this program.
    pub program: String,
    /// Every class and every cell, however many there are.
    pub is_full: bool,
}

/// What is at stake where the classifier will be used.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AtStake {
    pub stakes: Stakes,
    /// What a missed image of the class that it is about costs, in false alarms; `None`: as `stakes` say.
    pub miss_cost: Option<f64>,
}

impl AtStake {
    /// The class of which it is said how common it is.
    pub fn class_idx(&self, classes: &[String]) -> Option<usize> {
        let (class, _) = self.stakes.common.as_ref()?;
        classes.iter().position(|other| other == class)
    }

    pub fn miss_cost(&self, class: &str) -> f64 {
        self.miss_cost.unwrap_or_else(|| self.stakes.miss_cost(class))
    }
}

/// A run as it was read from its folder.
#[derive(Debug)]
pub struct ReportRun {
    pub dir: PathBuf,
    /// The folder's name.
    pub name: String,
    pub config: Config,
    pub record: RunRecord,
    pub decision: Option<Decision>,
    pub tag: RunTag,
    /// Whether a process is writing it now.
    pub is_written: bool,
    /// Of the files it was trained on; empty where it does not say.
    pub data_fingerprint: String,
    /// What it was made with, as names and values.
    pub environment: Vec<(&'static str, String)>,
    /// What it says of single images, part by part; why that is not known, where it is not.
    pub scores: Result<Vec<(Part, Predictions)>, String>,
}

/// The picture at that place of a run's predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PictureKey {
    /// The run's place among the report's.
    pub run: usize,
    pub part: Part,
    pub place: u32,
}

/// A picture's JPEG; why there is none, where there is none.
pub type Pictures = BTreeMap<PictureKey, Result<Vec<u8>, String>>;

/// For tests of what follows: one that never began.
#[cfg(test)]
impl Default for ReportRun {
    fn default() -> Self {
        ReportRun {
            dir: PathBuf::new(),
            name: String::new(),
            config: Config::default(),
            record: RunRecord::default(),
            decision: None,
            tag: RunTag::default(),
            is_written: false,
            data_fingerprint: String::new(),
            environment: vec![],
            scores: Err("there are none".into()),
        }
    }
}

impl ReportRun {
    pub fn classes(&self) -> &[String] {
        self.record
            .started
            .as_ref()
            .map_or(&[], |started| &started.classes)
    }

    /// The name that it was given, or its weights.
    pub fn label(&self) -> String {
        match self.tag.name.trim() {
            "" if self.weights() == ClassWeights::Equal.spaced_label() => "equal weights".into(),
            "" => self.weights(),
            name => name.to_owned(),
        }
    }

    /// Such as `1 : 8`, or `skirt ×7` of many classes.
    pub fn weights(&self) -> String {
        weighting_name(&self.config.class_weights, self.classes())
    }

    /// Of its training, in a word.
    pub fn state(&self) -> &'static str {
        match &self.record.outcome {
            Some(outcome) => Outcome::name(outcome),
            None if self.is_written => "training",
            None => "unfinished",
        }
    }

    /// What there is to say of a run that is not finished.
    pub fn caution(&self) -> Option<String> {
        Some(match &self.record.outcome {
            Some(Outcome::Finished) => return None,
            Some(Outcome::Stopped) => "It was stopped before its end; what it had by then is shown.".into(),
            Some(Outcome::Failed(why)) => format!("It failed: {why}."),
            None if self.is_written => {
                "It was still training when this page was made; what it had by then is shown.".into()
            }
            None => "It never ended, and nobody writes it any more; what it had by then is shown.".into(),
        })
    }
}
