//! Weights at the speed of a slider: features computed ahead, and one weighting tried on them.

use serde::{Deserialize, Serialize};

use crate::experiment::{Config, Evaluation, Predictions};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum LiveCommand {
    ComputeFeatures(ComputeFeatures),
    AskFeatures(AskFeatures),
    TryWeights(TryWeights),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum LiveEvent {
    Features(FeaturesStatus),
    Tried(Box<Trial>),
}

/// Compute the features of all images that have none yet, and keep them; queues with trainings. A stop keeps what
/// there is, and the next one goes on there. Progress is of [`super::Phase::Hash`] and [`super::Phase::Features`]. A
/// config with batch statistics is refused: there is nothing to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComputeFeatures {
    pub config: Box<Config>,
}

/// How many images have their features. Computes and downloads nothing, but reads images that it has not seen before.
/// With batch statistics, none have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskFeatures {
    pub config: Box<Config>,
}

/// Train on features that are there and answer with the whole result; no run folder. The latest wins: a newer one
/// stops an older one, waiting or running, which then ends as stopped. Refused where features of more than a few
/// images are missing: [`ComputeFeatures`] first. To keep it, [`super::Train`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TryWeights {
    pub config: Box<Config>,
}

/// How many of a folder's images have their features already, as a config computes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeaturesStatus {
    pub n_images: usize,
    /// Of them, those whose features are on disk,
    pub n_ready: usize,
    /// and those that cannot be read, as far as that is known: they have none and never will.
    pub n_unreadable: usize,
}

impl FeaturesStatus {
    /// Images that a backbone has to see yet.
    pub fn n_missing(&self) -> usize {
        self.n_images.saturating_sub(self.n_ready + self.n_unreadable)
    }
}

/// One weighting, tried without a run folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// As asked, with absolute paths.
    pub config: Config,
    pub classes: Vec<String>,
    /// Resolved on the training images, in class order.
    pub class_weights: Vec<f64>,
    /// Training images of each class, in class order.
    pub n_train: Vec<usize>,
    /// Loss of every iteration, epochs end to end, and where each epoch begins in it.
    pub losses: Vec<f32>,
    pub epoch_starts: Vec<usize>,
    /// Of the trained head, on the validation images.
    pub evaluation: Evaluation,
    /// Of the validation images.
    pub predictions: Predictions,
    /// Training and evaluation, without what was prepared before.
    pub seconds: f64,
}
