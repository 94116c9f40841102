//! The index of an image folder: its classes, its images, and what was wrong with it.

mod checked;
mod class_count;
mod file_type;
mod identity;
mod name_form;
mod remark;
mod source;
mod twins;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use checked::{Checked, remarks_in_words};
pub use class_count::ClassCount;
pub use file_type::FileType;
pub use identity::Identity;
pub use name_form::normal_form;
pub use remark::{Remark, RemarkKind, Unseen, remarks, shares};
pub use source::{Source, TABLE_ENDINGS, folder_of, is_named_as_table};
pub use twins::leaks;

/// Which share of the data an image belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Train,
    /// What one chooses by, and so looks at first.
    #[default]
    Val,
    Test,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Train, Part::Val, Part::Test];

    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Val => "val",
            Part::Test => "test",
        }
    }

    /// As people call it.
    pub fn in_words(self) -> &'static str {
        match self {
            Part::Train => "training",
            Part::Val => "validation",
            Part::Test => "test",
        }
    }
}

/// One readable image of an image folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageEntry {
    /// Relative to the dataset's root, with forward slashes.
    pub path: String,
    pub class_idx: usize,
    /// The folder it came from, where the folder is laid out as `train/ val/ test/`; what a table's column says.
    pub folder: Option<Part>,
}

/// Why a file or folder was left out, or deserves a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssueKind {
    Unreadable,
    Truncated,
    TooLarge,
    NotAnImage,
    /// It looks whole from outside, and decoding it fails.
    Undecodable,
    /// A table names it, and it is not there.
    Missing,
    /// A table names it, and says nothing of its class.
    Unlabelled,
    EmptyClass,
    StrayFile,
    NotUtf8,
    LinkLoop,
    /// A folder that is not a class.
    Layout,
    /// A class whose name looks like another's.
    LookAlike,
    /// The same picture is there under another name.
    Duplicate,
}

impl IssueKind {
    /// Whether it keeps a file, or a folder of files, from being an image: there is one, and it cannot be used.
    pub fn is_of_an_image(self) -> bool {
        use IssueKind::*;
        matches!(
            self,
            Unreadable | Truncated | TooLarge | NotAnImage | Undecodable | Missing
        )
    }

    pub fn name(self) -> &'static str {
        match self {
            IssueKind::Unreadable => "unreadable",
            IssueKind::Truncated => "truncated",
            IssueKind::TooLarge => "too large",
            IssueKind::NotAnImage => "not an image",
            IssueKind::Undecodable => "cannot be decoded",
            IssueKind::Missing => "missing",
            IssueKind::Unlabelled => "no label",
            IssueKind::EmptyClass => "empty class",
            IssueKind::StrayFile => "stray file",
            IssueKind::NotUtf8 => "name is not UTF-8",
            IssueKind::LinkLoop => "link loop",
            IssueKind::Layout => "layout",
            IssueKind::LookAlike => "names that look alike",
            IssueKind::Duplicate => "duplicate",
        }
    }
}

/// Something wrong in the folder, with its path and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Relative to the dataset's root, with forward slashes; a name that is not UTF-8 is shown lossily.
    pub path: String,
    pub kind: IssueKind,
    /// What happened and what to do, in one sentence.
    pub message: String,
}

/// The table that a dataset was read off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelTable {
    pub path: PathBuf,
    /// Images of each class that it names and that cannot be used.
    pub n_lost: Vec<usize>,
}

/// An image folder as a scan found it. Partial failure is data: `issues` stands beside the images.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// The folder of the images.
    pub root: PathBuf,
    /// What says which class they are of, where that is not the folders that they lie in.
    #[serde(default)]
    pub table: Option<LabelTable>,
    /// Sorted by name: as torchvision's ImageFolder sorts folders, or those of a table in natural order.
    pub classes: Vec<String>,
    /// Sorted by class, then by path; readable ones only.
    pub images: Vec<ImageEntry>,
    pub issues: Vec<Issue>,
    /// The table of what belongs together (columns `path` and `group`): a `groups.csv` beside the classes, or the table of
    /// labels itself.
    #[serde(default)]
    pub groups_table: Option<PathBuf>,
    /// Images that hold the same bytes, two or more at a time.
    #[serde(default)]
    pub twins: Vec<Vec<usize>>,
    /// What the network will not see of these images, as far as their headers say.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    #[serde(default)]
    pub identity: Identity,
}

impl Dataset {
    pub fn source(&self) -> Source {
        Source {
            folder: self.root.clone(),
            table: self.table.as_ref().map(|table| table.path.clone()),
        }
    }

    /// What it is opened and known by: its table, or its folder.
    pub fn place(&self) -> &Path {
        self.table.as_ref().map_or(&self.root, |table| &table.path)
    }

    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// Images of each class, in class order.
    pub fn counts(&self) -> Vec<usize> {
        self.counts_of(0..self.images.len())
    }

    /// Images of each class among the given image indices.
    pub fn counts_of(&self, indices: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for i in indices {
            counts[self.images[i].class_idx] += 1;
        }
        counts
    }

    pub fn class_counts(&self) -> Vec<ClassCount> {
        let counts = self.counts();
        let names = self.classes.iter().cloned();
        names
            .zip(counts)
            .map(|(name, images)| ClassCount { name, images })
            .collect()
    }

    /// Largest class over smallest non-empty class; `None` without two such classes.
    pub fn imbalance_ratio(&self) -> Option<f64> {
        let counts: Vec<usize> = self.counts().into_iter().filter(|&n| n > 0).collect();
        if counts.len() < 2 {
            return None;
        }
        let (min, max) = (counts.iter().min()?, counts.iter().max()?);
        Some(*max as f64 / *min as f64)
    }

    /// Whether the folder's own parts can be trained and judged on: then it is split so, where nothing else is asked for.
    pub fn is_divided(&self) -> bool {
        let has = |part: Part| self.images.iter().any(|image| image.folder == Some(part));
        has(Part::Train) && has(Part::Val)
    }

    /// Whether the images lie in `train/`, `val/`, `test/` folders.
    pub fn has_part_folders(&self) -> bool {
        self.images.iter().any(|i| i.folder.is_some())
    }
}
