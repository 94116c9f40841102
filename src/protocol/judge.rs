//! A finished run judges: a folder of known classes, or images of unknown class.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::{Decision, Evaluation, Part};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum JudgeCommand {
    Evaluate(Evaluate),
    Predict(Predict),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum JudgeEvent {
    Evaluated(Box<Judged>),
    Predicted(Prediction),
}

/// Judge the images of a folder whose classes are the run's. What there is to warn of comes before the answer, as
/// facts of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluate {
    pub run_dir: PathBuf,
    pub data: PathBuf,
    /// `None`: the run's validation images where `data` is what it was trained on, else all images.
    pub part: Option<Part>,
}

/// Predict the class of each image; one [`JudgeEvent::Predicted`] each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predict {
    pub run_dir: PathBuf,
    /// Images, or folders to search for them.
    #[serde(with = "crate::any_path::list")]
    pub paths: Vec<PathBuf>,
}

/// What an evaluation of a finished run found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    pub classes: Vec<String>,
    pub evaluation: Evaluation,
    /// The threshold that its matrix follows, where the run has one.
    pub decision: Option<Decision>,
    /// Which images were judged, in words.
    pub images: String,
    pub images_per_sec: f64,
    pub seconds: f64,
}

/// One image's verdict, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
    /// One probability per class, in class order, summing to one.
    pub probabilities: Result<Vec<f32>, String>,
    /// The predicted class: by the run's threshold where it has one, else by the largest probability.
    pub predicted: Option<usize>,
    pub classes: Vec<String>,
}
