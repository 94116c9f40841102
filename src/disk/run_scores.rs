//! What a run's folder says of single images, and the threshold by which it calls them.

use std::fs;
use std::path::Path;

use super::run_folder::{PREDICTIONS_FILE, write_whole};
use crate::error::{Error, Result};
use crate::experiment::{DECISION_FORMAT, Decision, Part, Scores};

pub const DECISION_FILE: &str = "threshold.json";

/// The scores of each part that has images, in the order of the classes.
///
/// # Errors
/// The file is missing or is not a run's predictions.
pub fn read_scores(run_dir: &Path, classes: &[String]) -> Result<Vec<(Part, Scores)>> {
    let path = run_dir.join(PREDICTIONS_FILE);
    if !path.is_file() {
        let message = "has no predictions.csv: the run has not ended, or it failed";
        return Err(Error::file(run_dir, message));
    }
    let broken = |what: String| Error::file(&path, format!("is not a run's predictions: {what}"));
    let mut csv = csv::Reader::from_path(&path).map_err(|e| broken(e.to_string()))?;
    let mut parts = Part::ALL.map(|_| (Vec::new(), Vec::new()));
    for row in csv.records() {
        let row = row.map_err(|e| broken(e.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let wrong = || broken(format!("line {line}"));
        let part = row
            .get(1)
            .and_then(|name| Part::ALL.iter().position(|p| p.name() == name));
        let class = row.get(2).and_then(|name| classes.iter().position(|c| c == name));
        let (part, class) = (part.ok_or_else(wrong)?, class.ok_or_else(wrong)?);
        parts[part].0.push(class);
        for probability in row.iter().skip(3) {
            parts[part]
                .1
                .push(probability.parse::<f32>().map_err(|_| wrong())?);
        }
    }
    let mut scores = Vec::new();
    for (part, (truth, probabilities)) in Part::ALL.into_iter().zip(parts) {
        if !truth.is_empty() {
            let of_part = Scores::new(classes.len(), truth, probabilities);
            scores.push((
                part,
                of_part.ok_or_else(|| broken("a row is too short or too long".into()))?,
            ));
        }
    }
    Ok(scores)
}

/// The run's threshold, where one was chosen.
pub fn read_decision(run_dir: &Path) -> Result<Option<Decision>> {
    let path = run_dir.join(DECISION_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path)(e)),
    };
    let broken = |what: String| {
        Error::file(
            &path,
            format!("{what}; remove it to call by the largest probability"),
        )
    };
    let decision: Decision =
        serde_json::from_str(&text).map_err(|e| broken(format!("is not a run's threshold: {e}")))?;
    if decision.format != DECISION_FORMAT {
        let message = format!(
            "has format {}, and this version reads {DECISION_FORMAT}",
            decision.format
        );
        return Err(broken(message));
    }
    Ok(Some(decision))
}

/// Keeps the threshold with the run, or takes it away.
pub fn write_decision(run_dir: &Path, decision: Option<&Decision>) -> Result<()> {
    let path = run_dir.join(DECISION_FILE);
    let Some(decision) = decision else {
        return match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &path)(e)),
            _ => Ok(()),
        };
    };
    let text = serde_json::to_string_pretty(decision);
    let text = text.map_err(|e| Error::file(&path, format!("cannot be written: {e}")))?;
    write_whole(&path, (text + "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Confusion;

    const CSV: &str =
        "path,part,true_class,FAKE,REAL\na,val,REAL,0.3,0.7\nb,val,FAKE,0.4,0.6\nc,test,FAKE,0.9,0.1\n";

    fn classes() -> Vec<String> {
        vec!["FAKE".into(), "REAL".into()]
    }

    #[test]
    fn scores_are_read_part_by_part() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(PREDICTIONS_FILE), CSV).unwrap();
        let scores = read_scores(home.path(), &classes()).unwrap();
        assert_eq!(
            scores.iter().map(|s| s.0).collect::<Vec<_>>(),
            [Part::Val, Part::Test]
        );
        assert_eq!(
            scores[0].1.confusion(None),
            Confusion::from_rows([[0, 1], [0, 1]])
        );
        assert_eq!(scores[1].1.n_images(), 1);
    }

    #[test]
    fn what_is_no_prediction_is_named() {
        let home = tempfile::tempdir().unwrap();
        let missing = read_scores(home.path(), &classes()).unwrap_err().to_string();
        assert!(missing.contains("predictions.csv"), "{missing}");
        for (from, to) in [
            ("REAL,0.3", "DOG,0.3"),
            ("0.9,0.1", "0.9,much"),
            ("0.4,0.6", "0.4,0.6,0.1"),
            ("val", "vat"),
        ] {
            fs::write(home.path().join(PREDICTIONS_FILE), CSV.replacen(from, to, 1)).unwrap();
            assert!(read_scores(home.path(), &classes()).is_err(), "{to}");
        }
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
        fs::write(home.path().join(DECISION_FILE), "{}").unwrap();
        assert!(
            read_decision(home.path())
                .unwrap_err()
                .to_string()
                .contains(DECISION_FILE)
        );
    }
}
