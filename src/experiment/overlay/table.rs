//! Decisions as a table for spreadsheets and scripts: `path,label,action,note`, a row for each decision about an image.

use super::image_label::{ImageLabel, LabelChange};

/// The columns, in their order.
pub const LABELS_HEADER: [&str; 4] = ["path", "label", "action", "note"];

const RELABEL: &str = "relabel";
const EXCLUDE: &str = "exclude";
const NOTE: &str = "note";
/// Before the group's name.
const TOGETHER: &str = "together:";

/// A row, as it is read and written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelRow {
    pub path: String,
    /// The class that the image belongs to with this decision.
    pub label: String,
    /// `relabel`, `exclude`, `together:GROUP` or `note`.
    pub action: String,
    /// In the image's first row only.
    pub note: String,
}

/// The rows of one image that lies in the class `own`.
pub fn rows_of(path: &str, own: &str, image: &ImageLabel) -> Vec<LabelRow> {
    let mut actions = Vec::new();
    if image.label.is_some() {
        actions.push(RELABEL.to_owned());
    }
    if image.is_excluded {
        actions.push(EXCLUDE.into());
    }
    actions.extend(image.group.iter().map(|group| format!("{TOGETHER}{group}")));
    if actions.is_empty() && !image.note.is_empty() {
        actions.push(NOTE.into());
    }
    let row = |(i, action): (usize, String)| LabelRow {
        path: path.to_owned(),
        label: image.label.as_deref().unwrap_or(own).to_owned(),
        action,
        note: if i == 0 { image.note.clone() } else { String::new() },
    };
    actions.into_iter().enumerate().map(row).collect()
}

/// What a row decides.
///
/// # Errors
/// Its action is none, or lacks its label; in words that follow the place.
pub fn changes_of(row: &LabelRow) -> Result<Vec<LabelChange>, String> {
    let LabelRow {
        label, action, note, ..
    } = row;
    let mut changes = match action.trim() {
        RELABEL if label.trim().is_empty() => return Err("says relabel and no label".into()),
        RELABEL => vec![LabelChange::Label(Some(label.trim().to_owned()))],
        EXCLUDE => vec![LabelChange::Exclude(true)],
        NOTE => vec![],
        other => match other.strip_prefix(TOGETHER).map(str::trim) {
            Some(group) if !group.is_empty() => vec![LabelChange::Group(Some(group.to_owned()))],
            _ => {
                return Err(format!(
                    "has the action {other:?}, which is none of relabel, exclude, together:GROUP and note"
                ));
            }
        },
    };
    if !note.trim().is_empty() {
        changes.push(LabelChange::Note(note.trim().to_owned()));
    }
    match changes.is_empty() {
        true => Err("says note and has none".into()),
        false => Ok(changes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let image = ImageLabel {
            label: Some("B".into()),
            is_excluded: true,
            group: Some("ab12".into()),
            note: "a, b".into(),
        };
        let rows = rows_of("A/1.png", "A", &image);
        let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["relabel", "exclude", "together:ab12"]);
        assert!(rows.iter().all(|row| row.label == "B"));
        let changes: Vec<LabelChange> = rows.iter().flat_map(|row| changes_of(row).unwrap()).collect();
        assert_eq!(
            changes,
            [
                LabelChange::Label(Some("B".into())),
                LabelChange::Note("a, b".into()),
                LabelChange::Exclude(true),
                LabelChange::Group(Some("ab12".into())),
            ]
        );
        let noted = ImageLabel {
            note: "blurred".into(),
            ..ImageLabel::default()
        };
        let rows = rows_of("A/1.png", "A", &noted);
        assert_eq!((&*rows[0].action, &*rows[0].label), ("note", "A"));
        assert_eq!(
            changes_of(&rows[0]).unwrap(),
            [LabelChange::Note("blurred".into())]
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let row = |label: &str, action: &str| LabelRow {
            label: label.into(),
            action: action.into(),
            ..LabelRow::default()
        };
        for (row, expected) in [
            (row("", "relabel"), "no label"),
            (row("A", "delete"), "\"delete\", which is none of"),
            (row("A", "together:"), "none of"),
            (row("A", ""), "none of"),
            (row("A", "note"), "has none"),
        ] {
            let message = changes_of(&row).unwrap_err();
            assert!(message.contains(expected), "{message}");
        }
    }
}
