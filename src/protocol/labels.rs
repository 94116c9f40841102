//! Decisions about single images: another class, left out, kept together, a note.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::{Dataset, ImageLabel, LabelChange, LabelCounts, LabelsOverlay};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum LabelsCommand {
    ReadLabels(ReadLabels),
    EditLabels(EditLabels),
    ExportLabels(ExportLabels),
    CopyCleaned(CopyCleaned),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum LabelsEvent {
    Read(Box<FolderLabels>),
    /// Of a watched folder of runs: something was decided, here or by another program.
    Changed,
    Exported(ExportedLabels),
    Cleaned(CleanedFolder),
}

/// What was decided about the images of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadLabels {
    pub dataset: Arc<Dataset>,
    /// The decisions are kept beside the runs.
    pub runs_dir: PathBuf,
}

/// Decide, or take back; it is on the disk before the answer comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditLabels {
    pub dataset: Arc<Dataset>,
    pub runs_dir: PathBuf,
    pub edit: LabelEdit,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LabelEdit {
    /// The same for all of these images, by index; one step.
    Change(Vec<usize>, LabelChange),
    /// Keeps the images of each of these groups in one part of the split; one step.
    Together(Vec<Vec<usize>>),
    Undo,
    Redo,
    /// Takes in a table of decisions or of groups; one step.
    Import(PathBuf),
}

/// Write the decisions as a table `path,label,action,note`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportLabels {
    pub dataset: Arc<Dataset>,
    pub runs_dir: PathBuf,
    pub to: PathBuf,
    /// A table of decisions that is there already: whether the user was asked, and said so.
    pub may_replace: bool,
}

/// Make a new folder of the images by class, as they were decided: links, or copies where links cannot be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CopyCleaned {
    pub dataset: Arc<Dataset>,
    pub runs_dir: PathBuf,
    /// Nothing may be there yet.
    pub to: PathBuf,
}

/// What stands of the decisions about a folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FolderLabels {
    /// The dataset's root.
    pub root: PathBuf,
    /// Where they are kept.
    pub file: PathBuf,
    /// What a training takes; `None` where there is nothing that it would see.
    pub overlay: Option<LabelsOverlay>,
    /// By image index in the dataset that was asked about.
    pub images: BTreeMap<usize, ImageLabel>,
    /// Decisions about images that are not in the folder now.
    pub n_absent: usize,
    /// What an undo would take back, and a redo bring again, in words.
    pub undo: Option<String>,
    pub redo: Option<String>,
    /// What an edit has done, in words; `None` where nothing had to change.
    pub done: Option<String>,
    /// What should be known, a sentence each.
    pub notices: Vec<String>,
}

impl FolderLabels {
    pub fn counts(&self) -> LabelCounts {
        LabelCounts::of(self.images.values())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedLabels {
    pub file: PathBuf,
    pub n_rows: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanedFolder {
    pub dir: PathBuf,
    pub n_images: usize,
    /// Of them, those that lie under another class than before.
    pub n_relabelled: usize,
    pub n_excluded: usize,
    /// Whether they are copies, since the file system there knows no links to these files.
    pub are_copies: bool,
}
