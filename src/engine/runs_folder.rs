//! What the window asks of the runs folder: watch it, name, delete, bring back and export runs. No tensors.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use super::report::Report;
use crate::disk::export::{Tables, export};
use crate::disk::follow::{Follower, listed};
use crate::disk::run_folder::{read_run, write_tag};
use crate::disk::trash::{move_to_trash, restore as bring_back};
use crate::error::Result;
use crate::experiment::{Evaluation, RunRecord, RunTag, When};
use crate::metrics::{overall, per_class};
use crate::protocol::{Cancel, Event};

/// The folder is looked at twice a second, and a request to stop is noticed sooner.
const POLL: Duration = Duration::from_millis(500);
const CANCEL_POLL: Duration = Duration::from_millis(50);

/// Until it is cancelled.
pub fn watch(runs_dir: &Path, report: &mut Report) -> Result<()> {
    let mut follower = Follower::new(runs_dir);
    loop {
        let cancel = report.cancel.clone();
        follower.poll(&mut |event| {
            cancel.check()?;
            report.send(event);
            Ok(())
        })?;
        wait(&cancel)?;
    }
}

fn wait(cancel: &Cancel) -> Result<()> {
    for _ in 0..POLL.as_millis() / CANCEL_POLL.as_millis() {
        cancel.check()?;
        sleep(CANCEL_POLL);
    }
    cancel.check()
}

pub fn tag(dir: &Path, tag: &RunTag, report: &mut Report) -> Result<()> {
    write_tag(dir, tag)?;
    report.send(Event::RunTagged {
        dir: dir.to_path_buf(),
        tag: tag.clone(),
    });
    Ok(())
}

pub fn to_trash(dir: &Path, report: &mut Report) -> Result<()> {
    move_to_trash(dir)?;
    report.send(Event::RunGone {
        dir: dir.to_path_buf(),
    });
    Ok(())
}

pub fn restore(dir: &Path, report: &mut Report) -> Result<()> {
    bring_back(dir)?;
    report.send(Event::RunListed(Box::new(listed(read_run(dir)?, false))));
    Ok(())
}

pub fn export_run(dir: &Path, to: &Path, report: &mut Report) -> Result<()> {
    let run = read_run(dir)?;
    let classes = run.record.started.as_ref().map_or(&[][..], |s| &s.classes);
    let tables = Tables {
        evaluations: evaluation_table(&run.record),
        classes: class_table(classes, &run.record),
        losses: loss_table(&run.record),
    };
    let folder: PathBuf = export(&run, &tables, to)?;
    report.send(Event::RunExported { folder });
    Ok(())
}

type Table = Vec<Vec<String>>;

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

fn when(evaluation: &Evaluation) -> [String; 2] {
    let when = match evaluation.when {
        When::Raw => "raw".to_owned(),
        When::Epoch(epoch) => epoch.to_string(),
    };
    [when, evaluation.part.name().to_owned()]
}

/// One line an evaluation.
fn evaluation_table(record: &RunRecord) -> Table {
    let head = [
        "epoch",
        "part",
        "images",
        "balanced_accuracy",
        "accuracy",
        "macro_f1",
        "mcc",
        "loss",
        "weighted_loss",
    ];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for evaluation in &record.evaluations {
        let all = overall(&evaluation.confusion);
        let mut row = when(evaluation).to_vec();
        row.push(evaluation.confusion.total().to_string());
        row.extend([all.balanced_accuracy, all.accuracy, all.macro_f1, all.mcc].map(number));
        row.extend([evaluation.loss, evaluation.weighted_loss].map(|loss| loss.to_string()));
        table.push(row);
    }
    table
}

/// One line a class of each evaluation: its metrics, and how many of its images were called what.
fn class_table(classes: &[String], record: &RunRecord) -> Table {
    let head = [
        "epoch",
        "part",
        "class",
        "images",
        "recall",
        "precision",
        "f1",
        "specificity",
        "false_alarm_rate",
        "npv",
        "false_omission_rate",
        "roc_auc",
        "average_precision",
    ];
    let mut head = head.map(str::to_owned).to_vec();
    head.extend(classes.iter().map(|class| format!("called {class}")));
    let mut table = vec![head];
    for evaluation in &record.evaluations {
        let metrics = per_class(&evaluation.confusion);
        for (class_idx, (class, m)) in classes.iter().zip(&metrics).enumerate() {
            let of = |values: &[Option<f64>]| number(values.get(class_idx).copied().flatten());
            let mut row = when(evaluation).to_vec();
            row.extend([class.clone(), m.support.to_string()]);
            let figures = [
                m.recall,
                m.precision,
                m.f1,
                m.specificity,
                m.false_alarm_rate,
                m.npv,
                m.false_omission_rate,
            ];
            row.extend(figures.map(number));
            row.extend([of(&evaluation.roc_auc), of(&evaluation.average_precision)]);
            row.extend(
                (0..classes.len()).map(|called| evaluation.confusion.get(class_idx, called).to_string()),
            );
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
