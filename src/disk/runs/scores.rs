//! What a run's folder says of single images, and the threshold by which it classifies them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::folder::PREDICTIONS_FILE;
use super::saved::{SavedRun, read_run};
use crate::disk::files::json_file::{check_format, make_way, write_json};
use crate::disk::files::whole_file::{SMALL, TABLE, read_small, read_small_bytes};
use crate::error::{Error, Result};
use crate::experiment::{
    Config, DECISION_FORMATS, Decision, Evaluation, Part, Predictions, RunRecord, Started,
};
use crate::metrics::Undo;

pub const DECISION_FILE: &str = "threshold.json";

/// What a run says of single images, with what that is to be read by.
#[derive(Debug)]
pub struct SavedScores {
    pub config: Config,
    pub classes: Vec<String>,
    /// What undoes its class weights in them.
    pub undo: Undo,
    /// Of each part that has any.
    pub parts: Vec<(Part, Predictions)>,
    /// Why what folds said of the training images is left out, in a sentence.
    pub folds_damage: Option<String>,
}

/// What the run says of the images of each part that has any.
///
/// # Errors
/// The file is missing, is not a run's predictions, or has other images than the run was evaluated on: rows were lost,
/// added or doubled since. Where that is so of training images alone, what its folds said of them is left out.
pub fn read_scores(run_dir: &Path) -> Result<SavedScores> {
    let path = run_dir.join(PREDICTIONS_FILE);
    if fs::symlink_metadata(&path).is_err() {
        let message = "has no predictions.csv: the run has not ended, or it failed";
        return Err(Error::file(run_dir, message));
    }
    let SavedRun {
        config,
        record,
        folds_damage,
        ..
    } = read_run(run_dir)?;
    let Some(started) = &record.started else {
        return Err(Error::file(run_dir, "is a run that never started"));
    };
    let broken = |what: String| Error::file(&path, format!("is not the run's predictions: {what}"));
    let (parts, damage) = parts_of(&read_small_bytes(&path, TABLE)?, &started.classes).map_err(broken)?;
    let mut damage = match damage {
        Some(what) if config.folds == 0 || !is_counted(&record, started) => return Err(broken(what)),
        damage => damage,
    };
    let mut found = Vec::new();
    for (part, rows) in Part::ALL.into_iter().zip(parts) {
        let expected = record.latest(part);
        if let Some(Err(what)) = expected.map(|expected| same_images(expected, &rows.truth, &started.classes))
        {
            let what = format!("{what} among its {} rows", part.name());
            match part {
                Part::Train => drop(damage.get_or_insert(what)),
                Part::Val | Part::Test => return Err(broken(damage.unwrap_or(what))),
            }
        }
        if !rows.truth.is_empty() {
            let of_part = rows.predictions(started.classes.len());
            found.push((
                part,
                of_part.ok_or_else(|| broken("a row is too short or too long".into()))?,
            ));
        }
    }
    let left_out = |what| {
        format!(
            "{}: {what}; what its folds say of the training images is left out",
            path.display()
        )
    };
    let folds_damage = folds_damage.or(damage.map(left_out));
    if folds_damage.is_some() {
        found.retain(|(part, _)| *part != Part::Train);
    }
    Ok(SavedScores {
        config,
        classes: started.classes.clone(),
        undo: started.undo(),
        parts: found,
        folds_damage,
    })
}

/// Whether it is known how many images there are besides those of folds: where all of them are there, a row of which nothing can
/// be read is one of a fold.
fn is_counted(record: &RunRecord, started: &Started) -> bool {
    let has_test = started.n_test.iter().any(|&n| n > 0);
    record.latest(Part::Val).is_some() && (!has_test || record.latest(Part::Test).is_some())
}

/// What the run says of one image, with its part; `None` where it did not judge it. Only that row is taken apart, so that it
/// comes at once from a table of any size.
///
/// # Errors
/// The file is missing, or its row of the image is none of a run's.
pub fn read_image_scores(run_dir: &Path, image: &Path) -> Result<Option<(Part, Vec<f32>)>> {
    let path = run_dir.join(PREDICTIONS_FILE);
    if fs::symlink_metadata(&path).is_err() {
        let message = "has no predictions.csv: the run has not ended, or it failed";
        return Err(Error::file(run_dir, message));
    }
    let Some(started) = read_run(run_dir)?.record.started else {
        return Err(Error::file(run_dir, "is a run that never started"));
    };
    let broken = |what: String| Error::file(&path, format!("is not the run's predictions: {what}"));
    // Of the other rows nothing is asked.
    let bytes = read_small_bytes(&path, TABLE)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut csv = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    while csv.read_record(&mut row).map_err(|e| broken(e.to_string()))? {
        if row.get(0).is_some_and(|name| Path::new(name) == image) {
            let (part, _, probabilities) = row_of(&row, &started.classes).map_err(broken)?;
            if probabilities.len() != started.classes.len() {
                return Err(broken("a row is too short or too long".into()));
            }
            return Ok(Some((Part::ALL[part], probabilities)));
        }
    }
    Ok(None)
}

/// Whether there are as many images of each class as were evaluated.
fn same_images(
    evaluation: &Evaluation,
    truth: &[usize],
    classes: &[String],
) -> std::result::Result<(), String> {
    for (class_idx, class) in classes.iter().enumerate() {
        let found = truth.iter().filter(|&&c| c == class_idx).count() as u64;
        let expected = evaluation.confusion.row_total(class_idx);
        if found != expected {
            return Err(format!(
                "{found} images of {class}, where the run was evaluated on {expected},"
            ));
        }
    }
    Ok(())
}

/// The rows of one part.
#[derive(Debug, Default)]
struct Rows {
    images: Vec<PathBuf>,
    truth: Vec<usize>,
    /// Row-major.
    probabilities: Vec<f32>,
}

impl Rows {
    fn predictions(self, n_classes: usize) -> Option<Predictions> {
        Predictions::new(self.images.into(), n_classes, self.truth, self.probabilities)
    }
}

/// With the first row that is none and that may be of a training image. Errors name the line.
fn parts_of(
    bytes: &[u8],
    classes: &[String],
) -> std::result::Result<([Rows; Part::ALL.len()], Option<String>), String> {
    let text = String::from_utf8_lossy(bytes);
    let is_text = matches!(text, Cow::Borrowed(_));
    let (whole, rest) = text.split_at(text.rfind('\n').map_or(0, |end| end + 1));
    let mut damage = None;
    let mut fail = |what: String, part: Option<&str>| match part {
        Some("val" | "test") => Err(what),
        _ => {
            damage.get_or_insert(what);
            Ok(())
        }
    };
    let mut csv = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(whole.as_bytes());
    let mut parts = Part::ALL.map(|_| Rows::default());
    let mut paths = BTreeSet::new();
    for row in csv.records() {
        let row = row.map_err(|e| e.to_string())?;
        let line = row.position().map_or(0, csv::Position::line);
        let n_fields = 3 + classes.len();
        let read = match row.len() == n_fields {
            false => Err(format!(
                "line {line}: found record with {} fields, and not {n_fields}",
                row.len()
            )),
            true if !is_text
                && row
                    .iter()
                    .any(|field| field.contains(char::REPLACEMENT_CHARACTER)) =>
            {
                Err(format!("line {line} is not UTF-8 text"))
            }
            true => row_of(&row, classes),
        };
        let path = row.get(0).unwrap_or_default();
        let read = match read {
            Ok(_) if !paths.insert(path.to_owned()) => {
                Err(format!("line {line} has an image for the second time"))
            }
            read => read,
        };
        let (part, class, probabilities) = match read {
            Ok(read) => read,
            Err(what) => {
                fail(what, row.get(1))?;
                continue;
            }
        };
        let rows = &mut parts[part];
        rows.images.push(path.into());
        rows.truth.push(class);
        rows.probabilities.extend(probabilities);
    }
    if !rest.is_empty() {
        let what = "its last line has no end, so a part of it may be missing";
        fail(what.into(), rest.split(',').nth(1))?;
    }
    Ok((parts, damage))
}

/// The part, by its place among all, the true class, and the probabilities.
fn row_of(
    row: &csv::StringRecord,
    classes: &[String],
) -> std::result::Result<(usize, usize, Vec<f32>), String> {
    let line = row.position().map_or(0, csv::Position::line);
    let wrong = |what: &str| format!("line {line} {what}");
    let part = row
        .get(1)
        .and_then(|name| Part::ALL.iter().position(|p| p.name() == name))
        .ok_or_else(|| wrong("names no part (train, val, test)"))?;
    let class = row
        .get(2)
        .and_then(|name| classes.iter().position(|c| c == name))
        .ok_or_else(|| wrong("names no class of the run"))?;
    let number = |text: &str| text.parse::<f32>();
    let probabilities: std::result::Result<Vec<f32>, _> = row.iter().skip(3).map(number).collect();
    let probabilities = probabilities.map_err(|_| wrong("holds something that is not a number"))?;
    let sum: f32 = probabilities.iter().sum();
    if (sum - 1.0).abs().is_nan() || (sum - 1.0).abs() > SUM_WITHIN {
        return Err(wrong(&format!(
            "has probabilities that add up to {sum} and not to 1"
        )));
    }
    Ok((part, class, probabilities))
}

/// Probabilities are written to the last digit, so a larger difference is a number that was cut short or changed.
const SUM_WITHIN: f32 = 1e-3;

/// The run's threshold, where one was chosen.
///
/// # Errors
/// Its file cannot be read, does not hold a threshold, or was written by a newer version.
pub fn read_decision(run_dir: &Path) -> Result<Option<Decision>> {
    let path = run_dir.join(DECISION_FILE);
    if fs::symlink_metadata(&path).is_err() {
        return Ok(None);
    }
    let text = read_small(&path, SMALL)?;
    check_format(&path, &text, DECISION_FORMATS, "threshold")?;
    let decision = serde_json::from_str(&text);
    decision.map(Some).map_err(|e| {
        let message =
            format!("is not a run's threshold: {e}; remove it to predict the class of the largest score");
        Error::file(&path, message)
    })
}

/// Keeps the threshold with the run, or takes it away. A file that cannot be read as such is kept under another name.
///
/// # Errors
/// There is one that a newer version wrote; what the file system says, with the path.
pub fn write_decision(run_dir: &Path, decision: Option<&Decision>) -> Result<()> {
    let path = run_dir.join(DECISION_FILE);
    make_way(&path, DECISION_FORMATS, read_decision(run_dir))?;
    let Some(decision) = decision else {
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &path)(e)),
            _ => Ok(()),
        };
    };
    write_json(&path, decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::experiment::{Config, RunEvent, Started};
    use crate::metrics::Confusion;

    const CSV: &str =
        "path,part,true_class,FAKE,REAL\na,val,REAL,0.3,0.7\nb,val,FAKE,0.4,0.6\nc,test,FAKE,0.9,0.1\n";

    /// A run that was evaluated on those images.
    fn folder(home: &Path) -> PathBuf {
        let mut folder = RunFolder::create(home, &Config::default(), &[]).unwrap();
        let started = Started {
            n_test: vec![1, 0],
            ..Started::of_two_classes(Config::default())
        };
        folder.append(&RunEvent::Started(Box::new(started))).unwrap();
        for (part, rows) in [(Part::Val, [[0, 1], [0, 1]]), (Part::Test, [[1, 0], [0, 0]])] {
            let evaluation = Evaluation::of_counts(part, rows);
            folder.append(&RunEvent::Evaluated(evaluation)).unwrap();
        }
        fs::write(folder.dir.join(PREDICTIONS_FILE), CSV).unwrap();
        folder.dir.clone()
    }

    #[test]
    fn predictions_are_read_part_by_part_with_their_images() {
        let home = tempfile::tempdir().unwrap();
        let scores = read_scores(&folder(home.path())).unwrap().parts;
        assert_eq!(
            scores.iter().map(|s| s.0).collect::<Vec<_>>(),
            [Part::Val, Part::Test]
        );
        assert_eq!(
            scores[0].1.scores().confusion(None),
            Confusion::from_rows([[0, 1], [0, 1]])
        );
        assert_eq!(scores[0].1.images(), [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(scores[1].1.images(), [PathBuf::from("c")]);
    }

    #[test]
    fn what_is_no_prediction_is_named() {
        let home = tempfile::tempdir().unwrap();
        let dir = folder(home.path());
        for (from, to, said) in [
            ("REAL,0.3", "DOG,0.3", "line 2 names no class"),
            (
                "0.9,0.1",
                "0.9,much",
                "line 4 holds something that is not a number",
            ),
            ("0.4,0.6", "0.4,0.6,0.1", "found record with 6 fields"),
            (
                "0.4,0.6",
                "0.4,0.5",
                "line 3 has probabilities that add up to 0.9",
            ),
            ("val", "vat", "line 2 names no part"),
            // Rows that were lost, doubled or cut.
            (
                "a,val,REAL,0.3,0.7\n",
                "",
                "0 images of REAL, where the run was evaluated on 1",
            ),
            (
                "c,test,FAKE,0.9,0.1\n",
                "",
                "0 images of FAKE, where the run was evaluated on 1",
            ),
            ("c,test", "a,test", "line 4 has an image for the second time"),
            ("0.9,0.1\n", "0.9,0.1", "its last line has no end"),
        ] {
            fs::write(dir.join(PREDICTIONS_FILE), CSV.replacen(from, to, 1)).unwrap();
            let message = read_scores(&dir).unwrap_err().to_string();
            assert!(
                message.contains("predictions.csv") && message.contains(said),
                "{to}: {message}"
            );
        }
        fs::remove_file(dir.join(PREDICTIONS_FILE)).unwrap();
        assert!(
            read_scores(&dir)
                .unwrap_err()
                .to_string()
                .contains("has no predictions.csv")
        );
    }

    #[test]
    fn one_image_is_read_without_the_others() {
        let home = tempfile::tempdir().unwrap();
        let dir = folder(home.path());
        let read = |name: &str| read_image_scores(&dir, Path::new(name));
        assert_eq!(read("c").unwrap(), Some((Part::Test, vec![0.9, 0.1])));
        assert_eq!(read("d").unwrap(), None);
        fs::write(dir.join(PREDICTIONS_FILE), CSV.replace("0.9,0.1", "0.9,0.2")).unwrap();
        assert!(
            read("c")
                .unwrap_err()
                .to_string()
                .contains("line 4 has probabilities")
        );
        assert!(read("a").is_ok());
    }

    #[test]
    fn a_decision_is_kept_and_taken_away() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(read_decision(home.path()).unwrap(), None);
        let decision = Decision::new("REAL", 0.125, "best F1, on validation images");
        write_decision(home.path(), Some(&decision)).unwrap();
        assert_eq!(read_decision(home.path()).unwrap(), Some(decision));
        write_decision(home.path(), None).unwrap();
        write_decision(home.path(), None).unwrap();
        assert_eq!(read_decision(home.path()).unwrap(), None);
    }

    #[test]
    fn a_decision_that_cannot_be_read_is_kept() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(DECISION_FILE);
        let message = || read_decision(home.path()).unwrap_err().to_string();
        let decision = Decision::new("REAL", 0.5, "by hand");
        fs::write(&path, "{}").unwrap();
        assert!(message().contains("is not a run's threshold"), "{}", message());
        write_decision(home.path(), Some(&decision)).unwrap();
        let aside = home.path().join("threshold.json.unreadable");
        assert_eq!(fs::read_to_string(aside).unwrap(), "{}");
        // For the version that wrote it, it means what it meant.
        let newer = r#"{"format":7,"cost":3}"#;
        fs::write(&path, newer).unwrap();
        let said = "has threshold format 7, and this version reads 1: a newer";
        assert!(message().contains(said), "{}", message());
        for decision in [Some(&decision), None] {
            let error = write_decision(home.path(), decision).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), newer);
        }
    }
}
