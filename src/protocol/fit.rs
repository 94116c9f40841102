//! Training: one head or many, and the weights that it starts from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::{ClassWeights, Config, RunEvent, WeightsSource};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum FitCommand {
    Train(Box<Train>),
    Sweep(Box<Sweep>),
    DescribeWeights(DescribeWeights),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum FitEvent {
    /// A run folder now exists; its facts follow.
    RunCreated {
        dir: PathBuf,
    },
    /// A fact of the run, already on disk when it is sent.
    Run(RunEvent),
    /// Facts of a sweep's runs, each with the run's place in the request (and among the [`FitEvent::RunCreated`]s); on
    /// disk when they are sent. One message holds those of all runs that are due at once.
    Runs(Vec<(usize, RunEvent)>),
    WeightsDescribed(WeightsFacts),
}

/// Train one head. Trainings queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Train {
    pub config: Config,
    /// The folder that run folders are made in.
    pub runs_dir: PathBuf,
}

/// Train many heads on the same features, in one pass: the same config, but each with its own weights and learning
/// rate. One [`FitEvent::RunCreated`] each, in order, then [`FitEvent::Runs`]. Queues with trainings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sweep {
    pub config: Config,
    /// One run each, in this order.
    pub heads: Vec<HeadChoice>,
    /// The folder that run folders are made in.
    pub runs_dir: PathBuf,
}

/// What one head of a sweep has for itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadChoice {
    pub class_weights: ClassWeights,
    /// Learning rate.
    pub lr: f64,
}

/// What is known of a weights file before anything is trained with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DescribeWeights {
    pub arch: String,
    pub weights: WeightsSource,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsFacts {
    pub arch: String,
    pub weights: WeightsSource,
    /// What is known, in a few words; or why they cannot be used.
    pub facts: Result<String, String>,
    /// The architecture they fit, where one does.
    pub fits: Option<String>,
}
