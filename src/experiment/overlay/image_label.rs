//! One decision, and what all of them come to for an image.

use serde::{Deserialize, Serialize};

/// What is decided about an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelChange {
    /// The class that it belongs to; `None` for the one it lies in.
    Label(Option<String>),
    /// Neither trained on nor judged.
    Exclude(bool),
    /// In one part of the split with the others of that group.
    Group(Option<String>),
    /// Empty for none.
    Note(String),
    /// As if nothing had been decided.
    Clear,
}

/// What an image is known by: its content, wherever it lies, and its place where several images of the folder have it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageName {
    /// What the file holds, in hex.
    pub content: String,
    /// Where it lay then, relative to the folder.
    pub path: String,
    /// Where the others of the same content lay then. Without any, what is decided is about every image of that content:
    /// so it was in the first format, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
}

/// A decision and the image that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageChange {
    #[serde(flatten)]
    pub image: ImageName,
    pub change: LabelChange,
}

/// What was decided about one image so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageLabel {
    /// The class that it belongs to, where that is not the one it lies in.
    pub label: Option<String>,
    pub is_excluded: bool,
    pub group: Option<String>,
    pub note: String,
}

impl ImageLabel {
    pub(super) fn take(&mut self, change: &LabelChange) {
        match change {
            LabelChange::Label(label) => self.label.clone_from(label),
            LabelChange::Exclude(is_excluded) => self.is_excluded = *is_excluded,
            LabelChange::Group(group) => self.group.clone_from(group),
            LabelChange::Note(note) => self.note.clone_from(note),
            LabelChange::Clear => *self = ImageLabel::default(),
        }
    }

    pub(super) fn says_nothing(&self) -> bool {
        *self == ImageLabel::default()
    }

    /// Whether it changes what is trained on, or on what: a note does not.
    pub(super) fn changes_training(&self) -> bool {
        self.label.is_some() || self.is_excluded || self.group.is_some()
    }

    /// From nothing decided to this.
    pub(super) fn as_changes(&self) -> impl Iterator<Item = LabelChange> {
        let ImageLabel {
            label,
            is_excluded,
            group,
            note,
        } = self.clone();
        let changes = [
            label.map(|label| LabelChange::Label(Some(label))),
            is_excluded.then_some(LabelChange::Exclude(true)),
            group.map(|group| LabelChange::Group(Some(group))),
            (!note.is_empty()).then_some(LabelChange::Note(note)),
        ];
        changes.into_iter().flatten()
    }
}
