//! How much was decided.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::image_label::ImageLabel;
use crate::metrics::thousands;

/// Images by what was decided about them; one may count more than once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCounts {
    pub relabelled: usize,
    pub excluded: usize,
    pub kept_together: usize,
    pub noted: usize,
}

impl LabelCounts {
    pub fn of<'a>(images: impl Iterator<Item = &'a ImageLabel>) -> Self {
        let mut counts = LabelCounts::default();
        for image in images {
            counts.relabelled += usize::from(image.label.is_some());
            counts.excluded += usize::from(image.is_excluded);
            counts.kept_together += usize::from(image.group.is_some());
            counts.noted += usize::from(!image.note.is_empty());
        }
        counts
    }

    pub fn is_nothing(self) -> bool {
        self == LabelCounts::default()
    }

    /// Without notes, which no training sees.
    pub fn of_training(self) -> Self {
        LabelCounts { noted: 0, ..self }
    }
}

/// Such as `3 relabelled, 2 excluded`.
impl fmt::Display for LabelCounts {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let all = [
            (self.relabelled, "relabelled"),
            (self.excluded, "excluded"),
            (self.kept_together, "kept together"),
            (self.noted, "with a note"),
        ];
        let said: Vec<String> = (all.iter().filter(|(n, _)| *n > 0))
            .map(|(n, what)| format!("{} {what}", thousands(*n as u64)))
            .collect();
        match said.is_empty() {
            true => out.write_str("nothing decided"),
            false => out.write_str(&said.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_is_counted_by_kind() {
        let image = |label: Option<&str>, is_excluded, note: &str| ImageLabel {
            label: label.map(str::to_owned),
            is_excluded,
            note: note.into(),
            ..ImageLabel::default()
        };
        let images = [
            image(Some("A"), true, ""),
            image(None, true, "x"),
            image(Some("B"), false, ""),
        ];
        let counts = LabelCounts::of(images.iter());
        assert_eq!(counts.to_string(), "2 relabelled, 2 excluded, 1 with a note");
        assert_eq!(counts.of_training().to_string(), "2 relabelled, 2 excluded");
        assert_eq!(LabelCounts::default().to_string(), "nothing decided");
    }
}
