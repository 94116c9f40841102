//! Predictions as a table of CSV: what `predict --csv` writes and what the window saves.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use super::class_columns::{class_columns, score_columns};
use super::table_file::TableFile;
use super::table_kind::TableKind;
use crate::error::{Error, Result};
use crate::experiment::Stakes;
use crate::metrics::Undo;
use crate::protocol::{Predicted, Prediction, PredictionTable};
use crate::visible::{cell, path_cell};

/// What stands beside the classes' columns. New ones come last: scripts read these by their place, too.
const COLUMNS: [&str; 6] = ["path", "class", "error", "run", "threshold_class", "threshold"];

const KIND: TableKind = TableKind {
    name: "predictions",
    versions: &[
        (
            &["path", "class"],
            &["error", "run", "threshold_class", "threshold"],
        ),
        // Before a table said by which run it was made.
        (&["path", "class"], &["error"]),
    ],
};

/// `path, class, one probability per class, error`, by which run and threshold, and one score per class as the head says it, by
/// which the class is predicted and which the threshold is of: a row for each image, also for one that cannot be read. Where the
/// largest score decides, there is no threshold. Of raw scores, these stand in the place of the probabilities.
pub struct PredictionWriter {
    table: TableFile,
    has_heading: bool,
    raw_scores: bool,
    stakes: Stakes,
}

impl PredictionWriter {
    /// Begins a table that is to replace `path`; the predictions are of `inputs`.
    ///
    /// # Errors
    /// The place is a folder, one of the inputs or in one of them, or holds something else than such a table; nothing can be
    /// written there.
    pub fn begin(path: &Path, inputs: &[PathBuf], raw_scores: bool, stakes: &Stakes) -> Result<Self> {
        Ok(PredictionWriter {
            table: TableFile::begin(path, inputs, &KIND)?,
            has_heading: false,
            raw_scores,
            stakes: stakes.clone(),
        })
    }

    /// # Errors
    /// What the file system says, with the path.
    pub fn add(&mut self, predicted: &Predicted) -> Result<()> {
        if !self.has_heading {
            self.heading(&predicted.classes)?;
            self.has_heading = true;
        }
        let undo = match self.raw_scores {
            true => Undo::default(),
            false => self
                .stakes
                .undo(&predicted.classes, &predicted.class_weights, &predicted.n_train),
        };
        predicted
            .images
            .iter()
            .try_for_each(|image| self.row(predicted, &undo, image))
    }

    fn heading(&mut self, classes: &[String]) -> Result<()> {
        let scores = match self.raw_scores {
            true => Vec::new(),
            false => score_columns(classes),
        };
        let others: Vec<&str> = (COLUMNS.into_iter())
            .chain(scores.iter().map(String::as_str))
            .collect();
        let columns = class_columns(classes, &others);
        let (before, after) = others.split_at(2);
        let all = (before.iter().copied())
            .chain(columns.iter().map(String::as_str))
            .chain(after.iter().copied());
        let cells: Vec<Cow<str>> = all.map(cell).collect();
        self.table.row(cells.iter().map(|name| &**name))
    }

    fn row(&mut self, predicted: &Predicted, undo: &Undo, prediction: &Prediction) -> Result<()> {
        let classes = &predicted.classes;
        let path = prediction.path.to_string_lossy();
        let mut row = vec![path_cell(&path).into_owned()];
        match &prediction.probabilities {
            Ok(p) => {
                row.push(cell(prediction.class(classes)).into_owned());
                row.extend(undo.row(p).iter().map(f32::to_string));
                row.push(String::new());
            }
            Err(message) => {
                row.extend(vec![String::new(); classes.len() + 1]);
                row.push(message.clone());
            }
        }
        row.push(cell(&predicted.run).into_owned());
        let decision = predicted.decision.as_ref();
        let (class, at) = decision.map_or_else(Default::default, |decision| {
            (cell(&decision.class).into_owned(), decision.threshold.to_string())
        });
        row.extend([class, at]);
        match &prediction.probabilities {
            _ if self.raw_scores => {}
            Ok(scores) => row.extend(scores.iter().map(f32::to_string)),
            Err(_) => row.extend(vec![String::new(); classes.len()]),
        }
        self.table.row(row.iter().map(String::as_str))
    }

    /// Puts it into its place.
    ///
    /// # Errors
    /// What the file system says, with the path.
    pub fn finish(self) -> Result<()> {
        self.table.finish()
    }
}

/// Writes a whole table; makes the folder that it is to lie in where that is missing.
///
/// # Errors
/// As [`PredictionWriter::begin`].
pub fn write(path: &Path, table: &PredictionTable) -> Result<()> {
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        fs::create_dir_all(dir).map_err(Error::io("make", dir))?;
    }
    let mut writer = PredictionWriter::begin(path, &table.inputs, table.raw_scores, &table.stakes)?;
    writer.add(&table.predicted)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Decision;

    #[test]
    fn every_image_has_its_row_and_what_is_no_table_stays() {
        let home = tempfile::tempdir().unwrap();
        let (new, photo) = (home.path().join("to/new.csv"), home.path().join("photo.csv"));
        let image = |name: &str, probabilities: Result<Vec<f32>, &str>| Prediction {
            path: name.into(),
            predicted: probabilities.as_ref().ok().map(|_| 1),
            probabilities: probabilities.map_err(str::to_owned),
        };
        let table = PredictionTable {
            predicted: Predicted {
                run: "2026-11-22-120000-resnet18-1x8-7f3a".into(),
                classes: vec!["error".into(), "=REAL".into()],
                class_weights: vec![1.0, 3.0],
                n_train: vec![30, 10],
                decision: Some(Decision::new("=REAL", 0.31, "by hand")),
                images: vec![
                    image("a.png", Ok(vec![0.25, 0.75])),
                    image("-b, c.png", Err("is no PNG")),
                ],
            },
            raw_scores: true,
            stakes: Stakes::default(),
            inputs: vec![],
        };
        write(&new, &table).unwrap();
        let expected = "path,class,class error,'=REAL,error,run,threshold_class,threshold\n\
             a.png,'=REAL,0.25,0.75,,2026-11-22-120000-resnet18-1x8-7f3a,'=REAL,0.31\n\
             \"./-b, c.png\",,,,is no PNG,2026-11-22-120000-resnet18-1x8-7f3a,'=REAL,0.31\n";
        assert_eq!(fs::read_to_string(&new).unwrap(), expected);
        let mut by_the_largest = table.clone();
        by_the_largest.predicted.decision = None;
        write(&new, &by_the_largest).unwrap();
        let text = fs::read_to_string(&new).unwrap();
        assert!(
            text.contains("0.75,,2026-11-22-120000-resnet18-1x8-7f3a,,\n"),
            "{text}"
        );
        // Undone, 0.75 at a weight of 3 is 0.5; the scores follow.
        let undone = PredictionTable {
            raw_scores: false,
            ..table.clone()
        };
        write(&new, &undone).unwrap();
        let expected = "path,class,class error,'=REAL,error,run,threshold_class,threshold,score error,score =REAL\n\
             a.png,'=REAL,0.5,0.5,,2026-11-22-120000-resnet18-1x8-7f3a,'=REAL,0.31,0.25,0.75\n\
             \"./-b, c.png\",,,,is no PNG,2026-11-22-120000-resnet18-1x8-7f3a,'=REAL,0.31,,\n";
        assert_eq!(fs::read_to_string(&new).unwrap(), expected);
        // Again, over a table of its kind; over nothing else.
        write(&new, &table).unwrap();
        fs::write(&photo, b"\x89PNG\r\n\x1a\n").unwrap();
        assert!(
            write(&photo, &table)
                .unwrap_err()
                .to_string()
                .contains("left as it is")
        );
    }
}
