//! Images that a run judged as a table of CSV: what `images --csv` writes.

use std::path::{Path, PathBuf};

use super::class_columns::{class_columns, score_columns};
use super::table_file::TableFile;
use super::table_kind::TableKind;
use crate::error::Result;
use crate::experiment::{OneImage, Part};
use crate::visible::{cell, path_cell};

/// What all rows share.
pub struct Table<'a> {
    pub part: Part,
    pub classes: &'a [String],
    /// Whether another run's verdict stands beside.
    pub is_against: bool,
    /// Whether the scores stand beside the probabilities.
    pub has_scores: bool,
}

pub struct Row<'a> {
    pub path: &'a Path,
    pub image: OneImage,
    pub probabilities: &'a [f32],
    /// As the head says them, by which the class is predicted.
    pub scores: &'a [f32],
    /// The class that the other run predicts.
    pub before: Option<&'a str>,
}

/// Columns that stand before those of the classes.
const COLUMNS: [&str; 6] = ["path", "part", "true_class", "predicted", "loss", "margin"];
const BY_OTHER: &str = "predicted_by_other";

const KIND: TableKind = TableKind {
    name: "images",
    versions: &[
        (&COLUMNS, &[]),
        (
            &[
                "path",
                "part",
                "true_class",
                "predicted",
                "loss",
                "margin",
                BY_OTHER,
            ],
            &[],
        ),
    ],
};

/// Writes a row for each image; `inputs` are what the table may not lie in.
///
/// # Errors
/// As `TableFile::begin`; what the file system says, with the path.
pub fn write<'a>(
    path: &Path,
    inputs: &[PathBuf],
    table: &Table,
    rows: impl Iterator<Item = Row<'a>>,
) -> Result<()> {
    let mut file = TableFile::begin(path, inputs, &KIND)?;
    let by_other = table.is_against.then_some(BY_OTHER);
    let scores = match table.has_scores {
        true => score_columns(table.classes),
        false => Vec::new(),
    };
    let before: Vec<&str> = COLUMNS.into_iter().chain(by_other).collect();
    let scores: Vec<&str> = scores.iter().map(String::as_str).collect();
    let columns = class_columns(table.classes, &[&before[..], &scores].concat());
    let all = (before.iter().copied())
        .chain(columns.iter().map(String::as_str))
        .chain(scores.iter().copied());
    let cells: Vec<_> = all.map(cell).collect();
    file.row(cells.iter().map(|name| &**name))?;
    let class = |class_idx: usize| cell(table.classes.get(class_idx).map_or("", String::as_str)).into_owned();
    for Row {
        path,
        image,
        probabilities,
        scores,
        before,
    } in rows
    {
        let mut cells = vec![
            path_cell(&path.to_string_lossy()).into_owned(),
            table.part.name().to_owned(),
            class(image.truth),
            image.predicted.map_or_else(String::new, class),
            image.loss.to_string(),
            image.margin.to_string(),
        ];
        if table.is_against {
            cells.push(cell(before.unwrap_or_default()).into_owned());
        }
        cells.extend(probabilities.iter().map(f32::to_string));
        if table.has_scores {
            cells.extend(scores.iter().map(f32::to_string));
        }
        file.row(cells.iter().map(String::as_str))?;
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_image_has_its_row() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("images.csv");
        let classes = ["=FAKE".to_owned(), "loss".to_owned()];
        let table = |is_against| Table {
            part: Part::Test,
            classes: &classes,
            is_against,
            has_scores: is_against,
        };
        let probabilities = [0.75f32, 0.25];
        let row = |before| Row {
            path: Path::new("-b, c.png"),
            image: OneImage::new(1, &probabilities, None),
            probabilities: &probabilities,
            scores: &[0.5, 0.5],
            before,
        };
        write(&path, &[], &table(false), [row(None)].into_iter()).unwrap();
        let expected = "path,part,true_class,predicted,loss,margin,'=FAKE,class loss\n\
            \"./-b, c.png\",test,loss,'=FAKE,1.3862943611198906,0.5,0.75,0.25\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        write(&path, &[], &table(true), [row(Some("loss"))].into_iter()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("margin,predicted_by_other,'=FAKE"), "{text}");
        assert!(
            text.contains(",'=FAKE,class loss,score =FAKE,score loss"),
            "{text}"
        );
        assert!(text.contains(",0.5,loss,0.75,0.25,0.5,0.5"), "{text}");
    }
}
