//! The decisions in their order. An undo takes the last one back that stands, a redo brings it again, and a new decision
//! ends what could be redone. All three are entries of the journal, so that they mean the same after a restart, and to
//! another window on the same folder.

use serde::{Deserialize, Serialize};

use super::decisions::Overlay;
use super::image_label::{ImageChange, LabelChange};
use crate::metrics::thousands;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// What was decided at once, and is undone at once.
    Step(Vec<ImageChange>),
    Undo,
    Redo,
    /// The fingerprint of the folder's files when what follows was decided: by it the folder is known where it was moved.
    Files(String),
}

/// The fold of a journal's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    steps: Vec<Vec<ImageChange>>,
    /// Those that stand; the rest was undone.
    n_standing: usize,
    /// The folder's fingerprint at the last decision; empty where none was written down.
    files: String,
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
            Entry::Files(fingerprint) => self.files = fingerprint,
        }
    }

    /// The folder's fingerprint at the last decision; empty where none was written down.
    pub fn files(&self) -> &str {
        &self.files
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
    let mut named: Vec<(&str, &str)> = (step.iter())
        .map(|change| (change.image.content.as_str(), change.image.path.as_str()))
        .collect();
    named.sort_unstable();
    named.dedup();
    let images = match named.len() {
        1 => "1 image".to_owned(),
        n => format!("{} images", thousands(n as u64)),
    };
    let group = |change: &LabelChange| matches!(change, LabelChange::Group(Some(_)));
    if step.iter().all(|change| group(&change.change)) {
        return format!("{images} kept together");
    }
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
    use crate::experiment::overlay::image_label::ImageName;

    fn exclude(content: &str) -> Entry {
        let image = ImageName {
            content: content.into(),
            path: "a.png".into(),
            copies: Vec::new(),
        };
        let change = LabelChange::Exclude(true);
        Entry::Step(vec![ImageChange { image, change }])
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
            let contents: Vec<&str> = overlay.places().map(|(_, content)| content).collect();
            assert_eq!(contents, expected, "{entries:?}");
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
        let files = Entry::Files("ab12".into());
        assert_eq!(serde_json::to_string(&files).unwrap(), r#"{"files":"ab12"}"#);
        let line = r#"{"step":[{"content":"1","path":"a","copies":["b"],"change":"clear"}]}"#;
        let Entry::Step(step) = serde_json::from_str::<Entry>(line).unwrap() else {
            unreachable!()
        };
        assert_eq!(step[0].image.copies, ["b"]);
        assert_eq!(step_in_words(&step), "decisions cleared for 1 image");
    }
}
