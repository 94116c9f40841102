//! A finished run judges: a folder of known classes, or images of unknown class; and the images that are to be judged are
//! found.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::{Decision, Evaluation, Part, Reliabilities, Source, Stakes, Sureness};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum JudgeCommand {
    Evaluate(Evaluate),
    Predict(Predict),
    Explain(Explain),
    FindImages(FindImages),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum JudgeEvent {
    Evaluated(Box<Judged>),
    Predicted(Predicted),
    Explained(Box<Explained>),
    Found(Vec<FoundImage>),
}

/// Judge the images of a folder whose classes are the run's. What there is to warn of comes before the answer, as
/// facts of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluate {
    pub run_dir: PathBuf,
    pub data: Source,
    /// `None`: the run's validation images where `data` is what it was trained on, else all images.
    pub part: Option<Part>,
}

/// Predict the class of each image; some of them with each [`JudgeEvent::Predicted`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predict {
    pub run_dir: PathBuf,
    /// Images, or folders to search for them.
    #[serde(with = "crate::any_path::list")]
    pub paths: Vec<PathBuf>,
}

/// Say what in one image speaks for a class, under a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explain {
    pub run_dir: PathBuf,
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
    /// `None`: the class that the run predicts.
    pub class_idx: Option<usize>,
}

/// Where in an image a run sees a class: Grad-CAM (Selvaraju et al. 2017) at the last feature map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// The class that the map speaks for.
    pub class_idx: usize,
    /// One a class, in class order, summing to one.
    pub probabilities: Vec<f32>,
    /// Rows from the top, cells from the left, as many as `width` a row: how much each place adds to the class's logit, and 0
    /// where it takes from it.
    pub map: Vec<f32>,
    pub width: usize,
    pub height: usize,
    /// The part of the image that the network is shown, and the map lies over: left, top, right, bottom as shares of the
    /// image's width and height as it is stored (torchvision does not turn an image by its EXIF orientation).
    pub shown: [f32; 4],
}

/// Find the images that files and folders stand for: one [`JudgeEvent::Found`], and where they are watched another whenever
/// there are new ones or a file was replaced, until it is cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindImages {
    #[serde(with = "crate::any_path::list")]
    pub paths: Vec<PathBuf>,
    pub watch: bool,
}

/// A file that is to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundImage {
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
    /// Why it cannot be an image, where that is known without decoding.
    pub fault: Option<String>,
    /// Bytes and milliseconds of its last change: another file under the same name has others.
    pub stamp: [u64; 2],
}

/// What an evaluation of a finished run found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    pub classes: Vec<String>,
    pub evaluation: Evaluation,
    pub sureness: Sureness,
    /// The threshold that its matrix follows, where the run has one.
    pub decision: Option<Decision>,
    /// What its class weights make it take the training images for, in a sentence, where they change anything.
    pub learnt: Option<String>,
    /// How far it can be taken at its word; `None` where a score is no number.
    pub reliabilities: Option<Reliabilities>,
    /// Which images were judged, in words.
    pub images: String,
    pub images_per_sec: f64,
    pub seconds: f64,
}

/// What a run says of some images.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Predicted {
    /// The name of the run's folder.
    pub run: String,
    /// The run's.
    pub classes: Vec<String>,
    /// Those that the run was trained with, in class order: what its scores are undone by. Empty where there is nothing to undo.
    pub class_weights: Vec<f64>,
    /// Training images of each class, in class order: the mix that its probabilities are for.
    pub n_train: Vec<usize>,
    /// The threshold by which it predicts; `None`: by the largest probability.
    pub decision: Option<Decision>,
    pub images: Vec<Prediction>,
}

/// One image's verdict, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    #[serde(with = "crate::any_path")]
    pub path: PathBuf,
    /// One score per class, in class order, summing to one: as the head says them, by which the class is predicted.
    pub probabilities: Result<Vec<f32>, String>,
    /// The predicted class: by the run's threshold where it has one, else by the largest probability.
    pub predicted: Option<usize>,
}

impl Prediction {
    /// The name of the predicted class; empty where there is none.
    pub fn class<'a>(&self, classes: &'a [String]) -> &'a str {
        let class = self.predicted.and_then(|class_idx| classes.get(class_idx));
        class.map_or("", String::as_str)
    }
}

/// Predictions to be written as a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PredictionTable {
    pub predicted: Predicted,
    /// Scores as the head says them, in place of probabilities and scores beside each other.
    pub raw_scores: bool,
    /// How common classes are among such images, where that is said.
    pub stakes: Stakes,
    /// What was judged: the table may not lie in it.
    #[serde(with = "crate::any_path::list")]
    pub inputs: Vec<PathBuf>,
}
