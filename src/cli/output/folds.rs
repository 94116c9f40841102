//! What folds say of a run: its training images, each judged by a head that did not learn it, and how far figures differ from
//! fold to fold.

use serde_json::{Value, json};

use super::figures::add_figures;
use super::report::{AS_COLUMNS, report};
use super::text::{percent, table};
use crate::experiment::{Evaluation, Part, RunRecord, Started, When};
use crate::metrics::{Spread, overall, per_class, spread};

/// The tables; `None` where the run was not asked for folds, or they are not judged yet.
pub fn in_words(record: &RunRecord, full: bool) -> Option<String> {
    let Started { classes, config, .. } = record.started.as_ref()?;
    let whole = record.latest(Part::Train)?;
    let folds: Vec<&Evaluation> = record.folds().collect();
    let anew = match config.repeats {
        0 | 1 => String::new(),
        n => format!("; the first of {n} repeats"),
    };
    Some(format!(
        "Training images, out of fold: each as judged by a head that did not learn it ({} folds{anew})\n{}\n\n{}",
        n_folds(&folds),
        report(classes, whole, full),
        spreads(classes, &folds)
    ))
}

/// Of one repeat.
fn n_folds(folds: &[&Evaluation]) -> usize {
    let is_first = |e: &&&Evaluation| matches!(e.when, When::Fold { repeat: 1, .. });
    folds.iter().filter(is_first).count()
}

fn spreads(classes: &[String], folds: &[&Evaluation]) -> String {
    let row = |name: String, found: Option<Spread>| {
        let deviation = found.and_then(|found| found.deviation);
        let n = found.map_or(0, |found| found.n);
        vec![
            name,
            percent(found.map(|found| found.mean)),
            percent(deviation),
            n.to_string(),
        ]
    };
    // A mean over the classes that a fold happens to have is no balanced accuracy of all.
    let is_whole = |fold: &Evaluation| (0..classes.len()).all(|class| fold.confusion.row_total(class) > 0);
    let balanced = folds.iter().filter(|fold| is_whole(fold));
    let mut rows = vec![
        ["", "mean", "standard deviation", "folds"]
            .map(String::from)
            .to_vec(),
        row(
            "accuracy".into(),
            spread(folds.iter().map(|fold| overall(&fold.confusion).accuracy)),
        ),
        row(
            "balanced accuracy".into(),
            spread(balanced.map(|fold| overall(&fold.confusion).balanced_accuracy)),
        ),
    ];
    if classes.len() <= AS_COLUMNS {
        rows.extend(classes.iter().enumerate().map(|(class_idx, class)| {
            let recall = |fold: &&Evaluation| per_class(&fold.confusion)[class_idx].recall;
            row(format!("recall {class}"), spread(folds.iter().map(recall)))
        }));
    }
    table(rows)
}

/// The figures of all training images, and `folds`, each with its own.
pub fn to_json(record: &RunRecord) -> Option<Value> {
    let classes = &record.started.as_ref()?.classes;
    let mut object = json!({});
    add_figures(&mut object, classes, record.latest(Part::Train)?);
    let folds = record.folds().map(|evaluation| {
        let mut fold = json!(evaluation.when)["fold"].clone();
        add_figures(&mut fold, classes, evaluation);
        fold
    });
    object["folds"] = folds.collect();
    Some(object)
}
