//! `counterweight runs`: the runs of a folder, a line each.

pub mod report;

use serde_json::{Value, json};

use super::args::RunsArgs;
use super::output::figures::{add_figures, add_sure_figures};
use super::output::print::{print_json, print_line};
use super::output::report::{LABEL, recalls};
use super::output::text;
use super::session::Session;
use crate::error::Result;
use crate::experiment::config::fields::{EPOCHS, LR};
use crate::experiment::{LabelCounts, Outcome, Part, RunTag, SplitMethod, Sureness, weighting_name};
use crate::metrics::overall;
use crate::protocol::{ListRuns, ListedRun, RunsList};
use crate::short_name::Shared;
use crate::visible::{visible_lines, visible_path};

/// # Errors
/// The runs folder is there and cannot be listed; the engine does not start; standard output cannot be written.
pub fn runs(session: &Session, args: &RunsArgs) -> Result<()> {
    let runs_dir = args.runs.dir()?;
    let request = ListRuns {
        runs_dir: runs_dir.clone(),
    };
    let RunsList { runs, doubts } = session.ask(request, |_| {})?;
    if let Some(earlier) = args.runs.left_out() {
        eprintln!(
            "note: {} holds runs of an earlier version, too: counterweight runs --runs runs",
            visible_path(&earlier)
        );
    }
    for doubt in &doubts {
        eprintln!("warning: {}", visible_lines(doubt));
    }
    if args.json {
        return print_json(&Value::Array(runs.iter().map(run_to_json).collect()));
    }
    if runs.is_empty() {
        let line = format!(
            "No runs in {}; `counterweight train` or `counterweight demo` makes one",
            visible_path(&runs_dir)
        );
        return print_line(&line);
    }
    print_line(&listed(&runs))
}

/// A row each, without the columns in which none has anything.
fn listed(runs: &[ListedRun]) -> String {
    let header = [
        "run",
        "weights",
        "epochs",
        "lr",
        "balanced accuracy",
        "recalls",
        "labels",
        "folds",
        "state",
        "name and note",
    ];
    let mut rows = vec![header.map(String::from).to_vec()];
    rows.extend(runs.iter().map(run_to_row));
    if runs.iter().all(|run| run.tag == RunTag::default()) {
        for row in &mut rows {
            row.pop();
        }
    }
    let is_empty = [
        ("folds", runs.iter().all(|run| run.config.folds == 0)),
        ("labels", runs.iter().all(|run| labels(run).is_none())),
    ];
    for (name, _) in is_empty.into_iter().filter(|(_, is_empty)| *is_empty) {
        // The later column goes first, so that the other stays where it is.
        if let Some(column) = header.iter().position(|heading| *heading == name) {
            rows.iter_mut().for_each(|row| drop(row.remove(column)));
        }
    }
    // Names of weightings and notes can be shortened; a run is asked for by its name, which tells its weights, too.
    let narrow = text::Narrow {
        cut: &["weights", "name and note"],
        expendable: &["lr", "epochs", "recalls", "labels", "folds", "weights"],
        last: "run",
    };
    text::table_without(text::width(), rows, &narrow, Shared::default())
}

fn state(run: &ListedRun) -> &'static str {
    run.record
        .outcome
        .as_ref()
        .map_or_else(|| unended(run), Outcome::name)
}

/// A writer holds its events open.
fn unended(run: &ListedRun) -> &'static str {
    match run.written {
        true => "training",
        false => "unfinished",
    }
}

fn state_and_warnings(run: &ListedRun) -> String {
    let warnings = match run.record.warnings.len() {
        0 => None,
        1 => Some("1 warning".to_owned()),
        n => Some(format!("{n} warnings")),
    };
    let mut codes: Vec<&str> = run
        .record
        .cautions
        .iter()
        .map(|caution| caution.code.name())
        .collect();
    codes.dedup();
    let codes = (!codes.is_empty()).then(|| codes.join(" "));
    let all = [Some(state(run).to_owned()), warnings, codes];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn run_to_row(run: &ListedRun) -> Vec<String> {
    let val = run.record.latest(Part::Val);
    let balanced = val.and_then(|e| overall(&e.confusion).balanced_accuracy);
    let classes = run
        .record
        .started
        .as_ref()
        .map_or(&[][..], |started| &started.classes);
    let recalls = match val {
        Some(e) => recalls(classes, &e.confusion).join(" / "),
        None => text::percent(None),
    };
    vec![
        run.name.clone(),
        text::shortened(&weighting_name(&run.config.class_weights, classes), LABEL),
        EPOCHS.shown(&run.config),
        LR.shown(&run.config),
        text::percent(balanced),
        recalls,
        labels(run).map_or_else(|| "as in the folder".into(), |counts| counts.to_string()),
        run.config.folds_in_words().unwrap_or_default(),
        state_and_warnings(run),
        said_of(&run.tag),
    ]
}

/// What was decided about labels when it was trained.
fn labels(run: &ListedRun) -> Option<LabelCounts> {
    let counts = run.record.started.as_ref()?.labels?.of_training();
    (!counts.is_nothing()).then_some(counts)
}

/// Such as `★ the good one: a note`, in one line.
fn said_of(tag: &RunTag) -> String {
    let star = if tag.starred { "★" } else { "" };
    let note = tag.note.lines().next().unwrap_or_default();
    let words = match (tag.name.trim(), note.trim()) {
        (name, "") => name.to_owned(),
        ("", note) => note.to_owned(),
        (name, note) => format!("{name}: {note}"),
    };
    format!("{star} {words}").trim().to_owned()
}

fn run_to_json(run: &ListedRun) -> Value {
    let mut object = json!({
        "run": run.name,
        "dir": run.dir,
        "state": state(run),
        "name": run.tag.name,
        "note": run.tag.note,
        "starred": run.tag.starred,
        "warnings": run.record.warnings,
        "cautions": run.record.cautions,
        "config": run.config,
        "labels": labels(run),
        "seconds": run.record.timing.as_ref().map(|t| &t.seconds),
    });
    if let (Some(started), Some(val)) = (&run.record.started, run.record.latest(Part::Val)) {
        object["classes"] = json!(started.classes);
        // How much images of one group resemble each other, a matrix does not say.
        match run.config.split {
            SplitMethod::Groups => add_figures(&mut object, &started.classes, val),
            _ => {
                let sureness = Sureness::of_matrix(&val.confusion, run.config.seed);
                add_sure_figures(&mut object, &started.classes, val, &sureness);
            }
        }
    }
    object
}
