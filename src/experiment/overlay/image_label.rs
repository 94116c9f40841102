//! One decision, and what all of them come to for an image.

use std::collections::{BTreeMap, BTreeSet};

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

/// A decision and the image that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageChange {
    /// What the file holds, in hex.
    pub content: String,
    /// Where it lay then, relative to the folder; for people, and to find it soon.
    pub path: String,
    pub change: LabelChange,
}

/// What was decided about one image so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageLabel {
    /// Where it lay when the last decision was made.
    pub path: String,
    /// The class that it belongs to, where that is not the one it lies in.
    pub label: Option<String>,
    pub is_excluded: bool,
    pub group: Option<String>,
    pub note: String,
}

impl ImageLabel {
    fn take(&mut self, change: &LabelChange) {
        match change {
            LabelChange::Label(label) => self.label.clone_from(label),
            LabelChange::Exclude(is_excluded) => self.is_excluded = *is_excluded,
            LabelChange::Group(group) => self.group.clone_from(group),
            LabelChange::Note(note) => self.note.clone_from(note),
            LabelChange::Clear => {
                *self = ImageLabel {
                    path: std::mem::take(&mut self.path),
                    ..ImageLabel::default()
                }
            }
        }
    }

    fn says_nothing(&self) -> bool {
        self.label.is_none() && !self.is_excluded && self.group.is_none() && self.note.is_empty()
    }
}

/// All that is decided about the images of a folder, by their content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    pub images: BTreeMap<String, ImageLabel>,
}

impl Overlay {
    pub fn take(&mut self, changed: &ImageChange) {
        let ImageChange {
            content,
            path,
            change,
        } = changed;
        let image = self.images.entry(content.clone()).or_default();
        image.path.clone_from(path);
        image.take(change);
        if image.says_nothing() {
            self.images.remove(content);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// Whether it changes what is trained on, or on what: notes do not.
    pub fn changes_training(&self) -> bool {
        let only_notes = |image: &ImageLabel| {
            let note = String::new();
            ImageLabel {
                note,
                ..image.clone()
            }
            .says_nothing()
        };
        !self.images.values().all(only_notes)
    }

    /// The same decisions as one step, from which the overlay follows again.
    pub fn as_step(&self) -> Vec<ImageChange> {
        let of_image = |(content, image): (&String, &ImageLabel)| {
            let ImageLabel {
                path,
                label,
                is_excluded,
                group,
                note,
            } = image;
            let changes = [
                label.clone().map(|label| LabelChange::Label(Some(label))),
                is_excluded.then_some(LabelChange::Exclude(true)),
                group.clone().map(|group| LabelChange::Group(Some(group))),
                (!note.is_empty()).then(|| LabelChange::Note(note.clone())),
            ];
            let change = |change| ImageChange {
                content: content.clone(),
                path: path.clone(),
                change,
            };
            changes.into_iter().flatten().map(change).collect::<Vec<_>>()
        };
        self.images.iter().flat_map(of_image).collect()
    }
}

/// Keeps these images (content and path) together, with all that one of them is kept together with already. The group
/// goes by the content that comes first, so that the same images give the same group.
pub fn together(overlay: &Overlay, images: &[(String, String)]) -> Vec<ImageChange> {
    let mut members: BTreeMap<&str, &str> = images
        .iter()
        .map(|(content, path)| (&**content, &**path))
        .collect();
    let groups: BTreeSet<&String> = (members.keys())
        .filter_map(|content| overlay.images.get(*content)?.group.as_ref())
        .collect();
    for (content, image) in &overlay.images {
        if image.group.as_ref().is_some_and(|group| groups.contains(group)) {
            members.entry(content).or_insert(&image.path);
        }
    }
    let Some(first) = members.keys().next() else {
        return Vec::new();
    };
    let group = LabelChange::Group(Some(first.chars().take(8).collect()));
    let change = |(content, path): (&&str, &&str)| ImageChange {
        content: (*content).to_owned(),
        path: (*path).to_owned(),
        change: group.clone(),
    };
    members.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(content: &str, change: LabelChange) -> ImageChange {
        ImageChange {
            content: content.into(),
            path: format!("A/{content}.png"),
            change,
        }
    }

    fn overlay(changes: &[ImageChange]) -> Overlay {
        let mut overlay = Overlay::default();
        changes.iter().for_each(|change| overlay.take(change));
        overlay
    }

    #[test]
    fn the_last_decision_of_each_kind_holds() {
        let overlay = overlay(&[
            change("1", LabelChange::Label(Some("B".into()))),
            change("1", LabelChange::Exclude(true)),
            change("1", LabelChange::Label(Some("C".into()))),
            change("2", LabelChange::Exclude(true)),
            change("2", LabelChange::Exclude(false)),
            change("3", LabelChange::Note("blurred".into())),
            change("4", LabelChange::Group(Some("g".into()))),
            change("4", LabelChange::Clear),
        ]);
        assert_eq!(overlay.images.keys().collect::<Vec<_>>(), ["1", "3"]);
        let one = &overlay.images["1"];
        assert_eq!((one.label.as_deref(), one.is_excluded), (Some("C"), true));
        assert!(overlay.changes_training());
        let mut again = Overlay::default();
        overlay.as_step().iter().for_each(|change| again.take(change));
        assert_eq!(again, overlay);
    }

    #[test]
    fn a_note_trains_nothing_else() {
        let overlay = overlay(&[change("3", LabelChange::Note("blurred".into()))]);
        assert!(!overlay.is_empty() && !overlay.changes_training());
    }

    #[test]
    fn what_is_kept_together_grows() {
        let image = |content: &str| (content.to_owned(), format!("A/{content}.png"));
        let groups = |overlay: &Overlay| -> Vec<(String, String)> {
            let group =
                |(content, image): (&String, &ImageLabel)| Some((content.clone(), image.group.clone()?));
            overlay.images.iter().filter_map(group).collect()
        };
        let mut overlay = overlay(&together(&Overlay::default(), &[image("5"), image("7")]));
        for change in together(&overlay, &[image("8"), image("9")]) {
            overlay.take(&change);
        }
        assert_eq!(
            groups(&overlay),
            [("5", "5"), ("7", "5"), ("8", "8"), ("9", "8")].map(|(a, b)| (a.into(), b.into()))
        );
        for change in together(&overlay, &[image("7"), image("9")]) {
            overlay.take(&change);
        }
        assert!(
            groups(&overlay).iter().all(|(_, group)| group == "5"),
            "{overlay:?}"
        );
    }
}
