//! Exports a run: its figures as tables, beside its config and its model.

use std::path::{Path, PathBuf};

use crate::disk::runs::export::{Tables, export};
use crate::disk::runs::saved::SavedRun;
use crate::error::Result;
use crate::experiment::{Evaluation, RunRecord, When};
use crate::metrics::{CLASS_FIGURES, OVERALL_FIGURES, class_views, overall};

/// Writes the run into a new folder in `to`, and returns that folder.
///
/// # Errors
/// It cannot be written.
pub fn export_run(run: &SavedRun, to: &Path) -> Result<PathBuf> {
    let classes = run.record.started.as_ref().map_or(&[][..], |s| &s.classes);
    let tables = Tables {
        evaluations: evaluation_table(&run.record),
        classes: class_table(classes, &run.record),
        losses: loss_table(&run.record),
    };
    export(run, &tables, to)
}

type Table = Vec<Vec<String>>;

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

fn when(evaluation: &Evaluation) -> [String; 2] {
    let when = match evaluation.when {
        When::Baseline => "baseline".to_owned(),
        When::Epoch(epoch) => epoch.to_string(),
        When::Fold { repeat, fold } => format!("repeat {repeat} fold {fold}"),
        When::OutOfFold => "out of fold".to_owned(),
    };
    [when, evaluation.part.name().to_owned()]
}

/// One line an evaluation.
fn evaluation_table(record: &RunRecord) -> Table {
    let mut head = vec!["epoch", "part", "images"];
    head.extend(OVERALL_FIGURES.iter().map(|figure| figure.key));
    head.extend(["loss", "weighted_loss"]);
    let mut table = vec![head.into_iter().map(str::to_owned).collect()];
    for evaluation in &record.evaluations {
        let all = overall(&evaluation.confusion);
        let mut row = when(evaluation).to_vec();
        row.push(evaluation.confusion.total().to_string());
        row.extend(OVERALL_FIGURES.iter().map(|figure| number((figure.value)(&all))));
        row.extend([evaluation.loss, evaluation.weighted_loss].map(|loss| loss.to_string()));
        table.push(row);
    }
    table
}

/// One line a class of each evaluation: its metrics, and how many of its images were predicted as which class.
fn class_table(classes: &[String], record: &RunRecord) -> Table {
    let mut head: Vec<String> = ["epoch", "part", "class", "images"].map(str::to_owned).to_vec();
    head.extend(CLASS_FIGURES.iter().map(|figure| figure.key.to_owned()));
    head.extend(classes.iter().map(|class| format!("predicted {class}")));
    let mut table = vec![head];
    for evaluation in &record.evaluations {
        let confusion = &evaluation.confusion;
        let views = class_views(confusion, &evaluation.roc_auc, &evaluation.average_precision);
        for (class_idx, (class, view)) in classes.iter().zip(&views).enumerate() {
            let mut row = when(evaluation).to_vec();
            row.extend([class.clone(), view.metrics.support.to_string()]);
            row.extend(CLASS_FIGURES.iter().map(|figure| number((figure.value)(view))));
            row.extend((0..classes.len()).map(|predicted| confusion.get(class_idx, predicted).to_string()));
            table.push(row);
        }
    }
    table
}

fn loss_table(record: &RunRecord) -> Table {
    let mut table = vec![["epoch", "iteration", "loss"].map(str::to_owned).to_vec()];
    for (epoch, losses) in record.epochs().enumerate() {
        let rows = losses.iter().enumerate();
        table.extend(
            rows.map(|(i, loss)| vec![(epoch + 1).to_string(), (i + 1).to_string(), loss.to_string()]),
        );
    }
    table
}
