//! What was found in a folder, as it is sent and shown.

mod groups_table;
mod report;

use serde::{Deserialize, Serialize};

pub use groups_table::groups_table;
pub use report::Report;

use super::folder::{Quality, Shortcut};
use super::labels::{LabelIssue, Outlier};
use crate::experiment::Part;

/// What the pixels of its images say. Images are named by their place in the dataset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageFindings {
    /// Images that show the same, two or more at a time: files of the same bytes, and images that were saved again.
    pub copies: Vec<Vec<usize>>,
    pub quality: Vec<(usize, Quality)>,
    pub shortcuts: Vec<Shortcut>,
    /// Images that could not be read, and why.
    pub unreadable: Vec<(usize, String)>,
    /// Each image's part, by the config's split; or why there is no such split.
    pub parts: Result<Vec<Option<Part>>, String>,
    /// Each image's group, where the split goes by groups: they stay together whatever is found.
    pub groups: Option<Vec<String>>,
}

/// How a folder is divided, with what was decided about its labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FolderParts {
    /// Each image's part; `None` where it is left out. Or why there is no such split.
    pub parts: Result<Vec<Option<Part>>, String>,
    /// Each image's group, where the split goes by groups: they stay together whatever is found.
    pub groups: Option<Vec<String>>,
}

/// What features and out-of-fold probabilities say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelFindings {
    /// As in [`ImageFindings`], with what features showed beside them: crops.
    pub copies: Vec<Vec<usize>>,
    /// The likeliest to be wrong first.
    pub label_issues: Vec<LabelIssue>,
    /// The farthest first.
    pub outliers: Vec<Outlier>,
    /// Of the head, out of fold.
    pub balanced_accuracy: Option<f64>,
    /// Classes of which a head that has not seen their one group knows nothing; their labels are not judged.
    pub unjudged: Vec<usize>,
    /// Images that have features.
    pub n_judged: usize,
}
