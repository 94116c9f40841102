//! The decisions in their order. An undo takes the last one back that stands, a redo brings it again, and a new decision
//! ends what could be redone. All three are entries of the journal, so that they mean the same after a restart, and to
//! another window on the same folder.

use serde::{Deserialize, Serialize};

use super::image_label::{ImageChange, LabelChange, Overlay};
use crate::metrics::thousands;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// What was decided at once, and is undone at once.
    Step(Vec<ImageChange>),
    Undo,
    Redo,
}

/// The fold of a journal's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    steps: Vec<Vec<ImageChange>>,
    /// Those that stand; the rest was undone.
    n_standing: usize,
}

impl History {
    pub fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Step(changes) => {
                self.steps.truncate(self.n_standing);
                self.steps.push(changes);
                self.n_standing += 1;
            }
            Entry::Undo => self.n_standing = self.n_standing.saturating_sub(1),
            Entry::Redo => self.n_standing = self.steps.len().min(self.n_standing + 1),
        }
    }

    /// What the steps that stand come to.
    pub fn overlay(&self) -> Overlay {
        let mut overlay = Overlay::default();
        let standing = self.steps[..self.n_standing].iter().flatten();
        standing.for_each(|change| overlay.take(change));
        overlay
    }

    /// What an undo would take back.
    pub fn to_undo(&self) -> Option<&[ImageChange]> {
        let last = self.n_standing.checked_sub(1)?;
        self.steps.get(last).map(Vec::as_slice)
    }

    /// What a redo would bring again.
    pub fn to_redo(&self) -> Option<&[ImageChange]> {
        self.steps.get(self.n_standing).map(Vec::as_slice)
    }
}

/// Such as `3 images are FAKE`, for the line beside an undo.
pub fn step_in_words(step: &[ImageChange]) -> String {
    let Some(first) = step.first() else {
        return "nothing".into();
    };
    let mut contents: Vec<&str> = step.iter().map(|change| change.content.as_str()).collect();
    contents.sort_unstable();
    contents.dedup();
    let images = match contents.len() {
        1 => "1 image".to_owned(),
        n => format!("{} images", thousands(n as u64)),
    };
    if step.iter().any(|change| change.change != first.change) {
        return format!("several decisions about {images}");
    }
    match &first.change {
        LabelChange::Label(Some(class)) => format!("{images} labelled {class}"),
        LabelChange::Label(None) => format!("{images} back to the class of the folder"),
        LabelChange::Exclude(true) => format!("{images} excluded"),
        LabelChange::Exclude(false) => format!("{images} taken in again"),
        LabelChange::Group(Some(_)) => format!("{images} kept together"),
        LabelChange::Group(None) => format!("{images} no longer kept together"),
        LabelChange::Note(note) if note.is_empty() => format!("note removed from {images}"),
        LabelChange::Note(_) => format!("note on {images}"),
        LabelChange::Clear => format!("decisions cleared for {images}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exclude(content: &str) -> Entry {
        Entry::Step(vec![ImageChange {
            content: content.into(),
            path: "a.png".into(),
            change: LabelChange::Exclude(true),
        }])
    }

    #[test]
    fn undo_and_redo_walk_along_the_steps() {
        use Entry::{Redo, Undo};
        let table: [(Vec<Entry>, &[&str]); 8] = [
            (vec![], &[]),
            (vec![exclude("1"), exclude("2")], &["1", "2"]),
            (vec![exclude("1"), exclude("2"), Undo], &["1"]),
            (vec![exclude("1"), exclude("2"), Undo, Undo, Undo], &[]),
            (vec![exclude("1"), exclude("2"), Undo, Undo, Undo, Redo], &["1"]),
            (vec![exclude("1"), Redo, exclude("2")], &["1", "2"]),
            (vec![exclude("1"), Undo, exclude("2"), Redo], &["2"]),
            (vec![Undo, Redo, exclude("1"), Undo, Redo], &["1"]),
        ];
        for (entries, expected) in table {
            let mut history = History::default();
            entries.iter().cloned().for_each(|entry| history.take(entry));
            let overlay = history.overlay();
            assert_eq!(overlay.images.keys().collect::<Vec<_>>(), expected, "{entries:?}");
            assert_eq!(history.to_undo().is_some(), !expected.is_empty(), "{entries:?}");
        }
    }

    #[test]
    fn an_entry_survives_its_line() {
        let line = serde_json::to_string(&exclude("1")).unwrap();
        assert_eq!(
            line,
            r#"{"step":[{"content":"1","path":"a.png","change":{"exclude":true}}]}"#
        );
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), exclude("1"));
        assert_eq!(serde_json::to_string(&Entry::Undo).unwrap(), r#""undo""#);
    }
}
