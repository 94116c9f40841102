//! What may be wrong with a folder's images and their labels.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::slices::Property;
use crate::experiment::{Config, Dataset, Part, Source};
use crate::health::findings::{FolderParts, ImageFindings, LabelFindings};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum HealthCommand {
    ExamineImages(ExamineImages),
    ExamineLabels(ExamineLabels),
    ExamineSplit(ExamineSplit),
    ReadSlices(ReadSlices),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum HealthEvent {
    ImagesExamined(Box<ImageFindings>),
    LabelsExamined(Box<LabelFindings>),
    SplitExamined(Box<FolderParts>),
    SlicesRead(Box<RunSlices>),
}

/// Divide the images that a run was judged by into slices, by all that is known of them. What their pixels come to is computed
/// where nobody looked yet, and kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadSlices {
    pub run_dir: PathBuf,
    pub part: Part,
    /// Where the images lie now, or the table that names them; `None`: where they lay when the run was trained.
    pub source: Option<Source>,
}

/// Slices of the predictions that a run keeps of a part, by their places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSlices {
    pub run_dir: PathBuf,
    pub part: Part,
    pub properties: Vec<Property>,
    /// Images are of groups that resemble each other, so that no difference is sure by counting images.
    pub in_groups: bool,
    /// What could not be sliced by, a sentence each.
    pub left_out: Vec<String>,
}

/// Look at the pixels of every image of a folder that was scanned: copies, quality, shortcuts. What an image comes to is
/// kept, so that a stop costs little.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExamineImages {
    pub dataset: Arc<Dataset>,
    /// Its split, with its label decisions, is what copies may straddle.
    pub config: Box<Config>,
}

/// Judge the labels by the features of the config's backbone, which are computed where they are missing. What there is to
/// warn of comes before the answer, as facts of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExamineLabels {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
    /// What [`ExamineImages`] found to show the same: it is never in two folds.
    pub copies: Vec<Vec<usize>>,
}

/// Say again which part each image is in, for another split or other decisions: nothing else of what was found goes by that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExamineSplit {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
}
