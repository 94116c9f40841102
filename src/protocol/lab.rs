//! The weight lab: features computed ahead, many weightings at once, one weighting at the speed of a slider, and the
//! cache that makes it possible.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::{ClassWeights, Config, Evaluation, Part, Scores};

/// Many heads on the same features, in one pass: all of the config, but each with its own weights and learning rate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SweepRequest {
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
    /// Loss of every iteration, epochs end to end, and where each epoch begins in it.
    pub losses: Vec<f32>,
    pub epoch_starts: Vec<usize>,
    /// Of the trained head, on the validation images.
    pub evaluation: Evaluation,
    /// The validation images: path relative to the data folder and true class. Shared by the trials of one session.
    pub paths: Arc<[String]>,
    pub labels: Arc<[usize]>,
    /// `[paths.len(), classes.len()]`, row-major; each row sums to one.
    pub probabilities: Vec<f32>,
    /// Training and evaluation, without what was prepared before.
    pub seconds: f64,
}

/// What a finished run says of the images it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunScores {
    pub run_dir: PathBuf,
    /// Its validation and, where there are any, its test images.
    pub parts: Vec<(Part, Scores)>,
}

/// What the feature cache holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheListing {
    /// `None` where features are kept in memory alone.
    pub dir: Option<PathBuf>,
    pub limit_bytes: u64,
    /// The last used first.
    pub spaces: Vec<CacheSpace>,
}

/// The features that one backbone, transform, precision and kind of device made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheSpace {
    /// Sixteen hexadecimal digits.
    pub id: String,
    /// What computed them, for people.
    pub about: String,
    /// An image that is held twice counts twice.
    pub n_images: u64,
    pub n_bytes: u64,
    /// Seconds since it was last used.
    pub unused_secs: u64,
}

impl CacheListing {
    pub fn n_bytes(&self) -> u64 {
        self.spaces.iter().map(|space| space.n_bytes).sum()
    }
}
