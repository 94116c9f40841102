//! The facts of a run, in the order they happen. `events.jsonl` holds one a line; everything that is known about a
//! run is their fold ([`super::RunRecord::apply`]). A new kind of fact raises [`EVENT_FORMAT`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::caution::Caution;
use crate::experiment::config::Config;
use crate::experiment::dataset::Part;
use crate::experiment::overlay::LabelCounts;
use crate::formats::Formats;
use crate::metrics::Confusion;

pub const EVENT_FORMAT: u32 = 5;
/// Events of this format and of each later one are read for ever.
pub const EVENT_FORMATS: Formats = Formats {
    oldest: 1,
    newest: EVENT_FORMAT,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum RunEvent {
    /// Always the first.
    Started(Box<Started>),
    /// Losses of consecutive iterations, batched (see `protocol`).
    Steps(Steps),
    Evaluated(Evaluation),
    /// Something the user should know that does not end the run; shown and kept.
    Warning {
        message: String,
    },
    /// With what care the figures are to be read; told at the end.
    Caution(Caution),
    /// Always the last. A run without it is running elsewhere, or was killed.
    Ended {
        outcome: Outcome,
        timing: Timing,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Started {
    pub format: u32,
    /// The run folder's name.
    pub run: String,
    pub config: Config,
    pub classes: Vec<String>,
    /// Resolved from the config on this run's training images, in class order.
    pub class_weights: Vec<f64>,
    /// Images per class of each part, in class order.
    pub n_train: Vec<usize>,
    pub n_val: Vec<usize>,
    pub n_test: Vec<usize>,
    pub iterations_per_epoch: usize,
    /// What it really ran on, such as `cpu` or `cuda:0`.
    pub device: String,
    /// What the backbone's arithmetic really was: `f32` or `bf16`.
    pub precision: String,
    /// What the runs that were trained at once have in common: the name of the first of them. Older versions pass it over,
    /// and lose nothing but that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<String>,
    /// Images that are labelled otherwise than the folder says, or left out, by decision; `None` where a run knows of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelCounts>,
}

#[cfg(test)]
impl Started {
    /// For tests of what follows: a run of two classes, with counts of images that a test may replace.
    pub fn of_two_classes(config: Config) -> Self {
        Started {
            format: EVENT_FORMAT,
            run: "r".into(),
            config,
            classes: vec!["FAKE".into(), "REAL".into()],
            class_weights: vec![1.0, 1.0],
            n_train: vec![5, 5],
            n_val: vec![1, 1],
            n_test: vec![0, 0],
            iterations_per_epoch: 1,
            device: "cpu".into(),
            precision: "f32".into(),
            sweep: None,
            labels: None,
        }
    }
}

#[cfg(test)]
impl Evaluation {
    /// For tests of what follows: after the first epoch, with nothing known but the matrix.
    pub fn of_counts(part: Part, rows: [[u64; 2]; 2]) -> Self {
        Evaluation {
            when: When::Epoch(1),
            part,
            confusion: Confusion::from_rows(rows),
            loss: 0.5,
            weighted_loss: 0.5,
            roc_auc: vec![None; 2],
            average_precision: vec![None; 2],
            elapsed_secs: 1.0,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// From 1.
    pub epoch: u32,
    /// Iteration of the first loss within its epoch, from 1.
    pub first: usize,
    /// Weighted mean loss of each iteration's batch, in nats.
    pub losses: Vec<f32>,
    /// Since the run started.
    pub elapsed_secs: f64,
}

/// When in the run the network was evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Before the first step.
    #[serde(alias = "raw")]
    Baseline,
    /// After this epoch, from 1.
    Epoch(u32),
    /// The training images of one fold, judged by a head that was trained on the others. Both from 1.
    Fold { repeat: u32, fold: u32 },
    /// All folds of the first repeat: each training image as judged by the head that did not learn it.
    OutOfFold,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    pub when: When,
    pub part: Part,
    pub confusion: Confusion,
    /// Mean cross-entropy without class weights, in nats: on one scale for all weightings.
    pub loss: f64,
    /// The same with the run's class weights, divided by the sum of the images' weights, as PyTorch does.
    pub weighted_loss: f64,
    /// Area under the ROC curve of each class against the rest; `None` where a side is empty.
    pub roc_auc: Vec<Option<f64>>,
    /// Average precision of each class against the rest; `None` where the class is empty.
    pub average_precision: Vec<Option<f64>>,
    /// Since the run started.
    pub elapsed_secs: f64,
}

/// Where the time went; measured, so the one part of a record that differs between two equal runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Seconds by phase of the run, and `total`.
    pub seconds: BTreeMap<String, f64>,
    /// Training images a second while training, epochs over kept features included.
    pub images_per_sec: f64,
    /// Images a second through the backbone, while it ran.
    pub backbone_images_per_sec: f64,
    /// Seconds that the backbone waited for decoded images.
    pub waited_secs: f64,
    /// Images whose features were there already, computed by an earlier run.
    #[serde(default)]
    pub n_cached: usize,
}

/// How a run ended: three different things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Finished,
    Stopped,
    Failed(String),
}

impl Outcome {
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Finished => "finished",
            Outcome::Stopped => "stopped",
            Outcome::Failed(_) => "failed",
        }
    }
}
