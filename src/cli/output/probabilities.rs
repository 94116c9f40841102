//! Probabilities and scores, by one rule wherever they are given: `probabilities` have the class weights undone, `scores` beside
//! them are as the head says them. With `--raw-scores`, `probabilities` are the scores, and nothing stands beside.

use serde_json::{Map, Value, json};

use super::text::table;
use crate::experiment::Reliabilities;
use crate::metrics::{self, BINS, Reliability, Threshold, Undo};
use crate::visible::visible;

/// What to undo, as it was asked for.
pub fn asked(undo: Undo, raw_scores: bool) -> Undo {
    match raw_scores {
        true => Undo::default(),
        false => undo,
    }
}

/// Adds what a head says of an image to its JSON object.
pub fn add_probabilities(
    object: &mut Value,
    classes: &[String],
    scores: &[f32],
    undo: &Undo,
    raw_scores: bool,
) {
    let named = |row: &[f32]| -> Map<String, Value> {
        classes
            .iter()
            .cloned()
            .zip(row.iter().map(|p| json!(p)))
            .collect()
    };
    object["probabilities"] = json!(named(&undo.row(scores)));
    if !raw_scores {
        object["scores"] = json!(named(scores));
    }
}

/// From which probability on a class is predicted, such as `predicts REAL from a probability of 11.1 % on`: it may look as if an
/// image were predicted wrongly. `None` where nothing is undone, and of more than two classes.
pub fn decides(classes: &[String], rule: Option<Threshold>, undo: &Undo) -> Option<String> {
    let rule = undo.rule(rule)?;
    let class = visible(classes.get(rule.class_idx)?);
    let at = metrics::percent(Some(f64::from(rule.at)), 1);
    Some(format!("predicts {class} from a probability of {at} on"))
}

/// How far a run can be taken at its word: a table of its probabilities and, where they are others, its scores.
pub fn reliability_in_words(both: &Reliabilities, raw_scores: bool) -> String {
    let heading = [
        "",
        "ECE",
        "Brier",
        "reliability",
        "resolution",
        "uncertainty",
        "in bins",
        "log loss",
    ];
    let row = |name: &str, of: &Reliability| {
        let b = of.brier;
        let numbers = [
            of.ece,
            b.score,
            b.reliability,
            b.resolution,
            b.uncertainty,
            b.remainder,
            of.log_loss,
        ];
        let cells = numbers.map(|value| format!("{value:.4}"));
        [vec![name.to_owned()], cells.to_vec()].concat()
    };
    let mut rows = vec![heading.map(String::from).to_vec()];
    let (shown, is_undone) = match raw_scores {
        true => (&both.scores, false),
        false => (&both.probabilities, both.scores != both.probabilities),
    };
    rows.push(row("Probabilities", shown));
    if is_undone {
        rows.push(row("Scores as weighted", &both.scores));
    }
    // A head that gets all its training images right is hardly moved by weights.
    let caution = match is_undone && both.probabilities.brier.score > both.scores.brier.score {
        true => {
            "\nThe scores as weighted are nearer to what is so: the weighting did less to them than is undone"
        }
        false => "",
    };
    format!(
        "{}\nECE over {BINS} bins of about equally many images. Brier, from 0 to 2 over all classes, is reliability − resolution + \
         uncertainty + what differs in bins{caution}",
        table(rows)
    )
}

/// The same as JSON, under `probabilities` and `scores`.
pub fn add_reliability(object: &mut Value, classes: &[String], both: &Reliabilities, raw_scores: bool) {
    let of = |reliability: &Reliability| {
        let per_class: Vec<Value> = classes
            .iter()
            .zip(&reliability.classes)
            .map(|(class, of)| json!({"class": class, "ece": of.ece, "brier": of.brier}))
            .collect();
        json!({
            "ece": reliability.ece,
            "ece_bins": BINS,
            "brier": reliability.brier,
            "log_loss": reliability.log_loss,
            "per_class": per_class,
        })
    };
    match raw_scores {
        true => object["probabilities"] = of(&both.scores),
        false => {
            object["probabilities"] = of(&both.probabilities);
            object["scores"] = of(&both.scores);
        }
    }
}
