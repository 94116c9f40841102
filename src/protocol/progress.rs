//! How far a job is.

use serde::{Deserialize, Serialize};

/// What a job is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Scan,
    /// Reading what runs wrote.
    Load,
    /// Drawing the demo's images.
    Draw,
    /// Fetching published weights; counted in bytes.
    Download,
    /// Reading weights, building the network, choosing the precision.
    Prepare,
    /// Looking up which images are known, by what is in them.
    Hash,
    /// Trying which images can be read.
    Check,
    /// Looking for images that are alike.
    Compare,
    /// Computing how sure figures are.
    Measure,
    /// Images through the backbone, once.
    Features,
    Baseline,
    Train,
    /// Training and judging fold by fold.
    Folds,
    Validate,
    Test,
    Predict,
    /// Laying a folder out by its features.
    Lay,
    Save,
}

impl Phase {
    /// One word, for files.
    pub fn key(self) -> &'static str {
        match self {
            Phase::Scan => "scan",
            Phase::Load => "load",
            Phase::Draw => "draw",
            Phase::Download => "download",
            Phase::Prepare => "prepare",
            Phase::Hash => "hash",
            Phase::Check => "check",
            Phase::Compare => "compare",
            Phase::Measure => "measure",
            Phase::Features => "features",
            Phase::Baseline => "baseline",
            Phase::Train => "train",
            Phase::Folds => "folds",
            Phase::Validate => "validate",
            Phase::Test => "test",
            Phase::Predict => "predict",
            Phase::Lay => "map",
            Phase::Save => "save",
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Scan => "scanning",
            Phase::Load => "reading the runs",
            Phase::Draw => "drawing the demo's images",
            Phase::Download => "downloading weights",
            Phase::Prepare => "preparing",
            Phase::Hash => "looking up known images",
            Phase::Check => "reading the images",
            Phase::Compare => "comparing the images",
            Phase::Measure => "measuring how sure figures are",
            Phase::Features => "computing features",
            Phase::Baseline => "evaluating the pretrained baseline",
            Phase::Train => "training",
            Phase::Folds => "judging training images out of fold",
            Phase::Validate => "validating",
            Phase::Test => "testing",
            Phase::Predict => "predicting",
            Phase::Lay => "laying out the map",
            Phase::Save => "saving",
        }
    }
}

/// How far a job is; not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub phase: Phase,
    /// Images, files or bytes done in this phase, of `total` (0 where it is not known).
    pub done: u64,
    pub total: u64,
    /// Images, files or bytes a second, lately.
    pub per_sec: f64,
    /// Until the job ends, where that is known.
    pub left_secs: Option<f64>,
}
