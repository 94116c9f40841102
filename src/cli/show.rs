//! The subcommands that only look: `scan`, `runs`, `selfcheck`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::args::{RunsArgs, ScanArgs, SelfcheckArgs};
use super::print::{print_json, print_line};
use super::progress::ProgressView;
use super::report::{LABEL, recalls};
use super::session::Session;
use super::text;
use crate::error::{Error, Result};
use crate::experiment::{Checked, Dataset, Issue, IssueKind, Outcome, Part, RunTag, remarks_in_words};
use crate::metrics::{overall, plain, thousands};
use crate::protocol::{CheckImages, ListRuns, ListedRun, RunSelfCheck, RunsList, Scan, SelfCheck};
use crate::visible::{visible, visible_lines, visible_path};

pub fn scan(session: &Session, args: &ScanArgs) -> Result<()> {
    let view = ProgressView::for_json(args.json);
    let found = look_through(session, args, &view);
    view.clear();
    let (mut dataset, checked) = found?;
    let remarks = remarks_in_words(&dataset, checked.as_deref());
    dataset
        .issues
        .extend(checked.iter().flat_map(|checked| checked.issues.clone()));
    if args.json {
        print_json(&json!({
            "images": dataset.images.len(),
            "classes": dataset.class_counts(),
            "issues": dataset.issues,
            "remarks": remarks,
            "checked": checked,
            "groups": dataset.groups_table,
        }))?;
    } else {
        print_line(&describe(&dataset, &remarks, checked.as_deref()))?;
    }
    match checked {
        // What was seen before the stop has been printed.
        Some(checked) if !checked.is_whole => Err(Error::Stopped),
        _ => Ok(()),
    }
}

fn look_through(
    session: &Session,
    args: &ScanArgs,
    view: &ProgressView,
) -> Result<(Dataset, Option<Box<Checked>>)> {
    let dir = args.dir.clone();
    let dataset = session.ask(Scan { dir }, |event| view.show_of(event))?;
    if !args.check {
        return Ok((*dataset, None));
    }
    let dataset = Arc::<Dataset>::from(dataset);
    let check = CheckImages {
        dataset: Arc::clone(&dataset),
    };
    let checked = session.ask(check, |event| view.show_of(event))?;
    Ok((Arc::unwrap_or_clone(dataset), Some(checked)))
}

fn describe(dataset: &Dataset, remarks: &[String], checked: Option<&Checked>) -> String {
    let n_images = thousands(dataset.images.len() as u64);
    let mut lines = vec![
        format!("{}: {n_images} images", visible_path(&dataset.root)),
        String::new(),
    ];
    if dataset.classes.is_empty() {
        lines.push("No class: there must be one sub-folder of images for each class".into());
    } else {
        let counts = dataset.class_counts();
        let rows = counts
            .into_iter()
            .map(|c| vec![c.name, thousands(c.images as u64)])
            .collect();
        lines.push(text::table_within(text::width(), rows));
    }
    if let Some(ratio) = dataset.imbalance_ratio() {
        lines.push(format!("\nImbalance {ratio:.1} : 1"));
    }
    if dataset.has_part_folders() {
        lines.push("Laid out as train/ val/ test/ folders; train with --split folders to keep that".into());
    }
    if let Some(table) = &dataset.groups_table {
        let table = visible_path(table);
        lines.push(format!(
            "{table} says what belongs together; train with --groups {table} to keep that in one part"
        ));
    }
    if !dataset.issues.is_empty() {
        let n = dataset.issues.len();
        let issues = if n == 1 { "issue" } else { "issues" };
        lines.push(format!("\n{} {issues}", thousands(n as u64)));
        lines.extend(gathered(&dataset.issues));
    }
    if !remarks.is_empty() {
        lines.push("\nWorth knowing".into());
        lines.extend(remarks.iter().map(|remark| format!("  {}", visible(remark))));
    }
    if let Some(checked) = checked {
        lines.push(format!("\n{}", visible(&checked.in_words(dataset))));
    }
    lines.join("\n")
}

/// The first few of each kind; one line where many have the same to say.
fn gathered(issues: &[Issue]) -> Vec<String> {
    const SHOWN: usize = 3;
    let mut kinds: BTreeMap<IssueKind, Vec<&Issue>> = BTreeMap::new();
    for issue in issues {
        kinds.entry(issue.kind).or_default().push(issue);
    }
    let line = |issue: &Issue| {
        let [path, message] = [&issue.path, &issue.message].map(|text| visible(text));
        format!("  {path}: {message} ({})", issue.kind.name())
    };
    let of_kind = |(kind, issues): (IssueKind, Vec<&Issue>)| -> Vec<String> {
        let more = issues.len().saturating_sub(SHOWN);
        if more == 0 {
            return issues.into_iter().map(line).collect();
        }
        let says_the_same = issues.iter().all(|issue| issue.message == issues[0].message);
        if says_the_same {
            return vec![format!(
                "  {} files: {} ({}; {}, {} and {} more)",
                thousands(issues.len() as u64),
                visible(&issues[0].message),
                kind.name(),
                visible(&issues[0].path),
                visible(&issues[1].path),
                thousands(issues.len() as u64 - 2)
            )];
        }
        let shown = issues.iter().take(SHOWN).map(|issue| line(issue));
        let rest = format!(
            "  and {} more ({}); --json lists all",
            thousands(more as u64),
            kind.name()
        );
        shown.chain([rest]).collect()
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

pub fn runs(session: &Session, args: &RunsArgs) -> Result<()> {
    let runs_dir = args.runs.clone();
    let RunsList { runs, doubts } = session.ask(ListRuns { runs_dir }, |_| {})?;
    for doubt in &doubts {
        eprintln!("warning: {}", visible_lines(doubt));
    }
    if args.json {
        return print_json(&Value::Array(runs.iter().map(run_to_json).collect()));
    }
    if runs.is_empty() {
        let line = format!(
            "No runs in {}; `counterweight train` or `counterweight demo` makes one",
            args.runs.display()
        );
        return print_line(&line);
    }
    let header = [
        "run",
        "weights",
        "epochs",
        "lr",
        "balanced accuracy",
        "recalls",
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
    print_line(&text::table(rows))
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
    match run.record.warnings.len() {
        0 => state(run).into(),
        1 => format!("{}, 1 warning", state(run)),
        n => format!("{}, {n} warnings", state(run)),
    }
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
        text::shortened(&run.config.class_weights.label(), LABEL),
        run.config.n_epochs().to_string(),
        plain(run.config.lr),
        text::percent(balanced),
        recalls,
        state_and_warnings(run),
        said_of(&run.tag),
    ]
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
        "config": run.config,
        "seconds": run.record.timing.as_ref().map(|t| &t.seconds),
    });
    if let (Some(started), Some(val)) = (&run.record.started, run.record.latest(Part::Val)) {
        object["classes"] = json!(started.classes);
        super::train::add_figures(&mut object, &started.classes, val);
    }
    object
}

pub fn selfcheck(session: &Session, args: &SelfcheckArgs) -> Result<()> {
    let check = session.ask(RunSelfCheck, |_| {})?;
    if args.json {
        print_json(&selfcheck_to_json(&check))?;
    } else {
        print_line(&describe_selfcheck(&check))?;
    }
    if check.all_agree {
        return Ok(());
    }
    Err(Error::Job(
        "not every way of computing agrees with the first, or learns".into(),
    ))
}

fn program() -> String {
    format!(
        "counterweight {} ({})",
        env!("CARGO_PKG_VERSION"),
        env!("COUNTERWEIGHT_REVISION")
    )
}

fn describe_selfcheck(check: &SelfCheck) -> String {
    let mut lines = vec![
        program(),
        format!(
            "libtorch {}; {}; {} threads",
            check.libtorch, check.cpu, check.threads
        ),
    ];
    lines.extend(check.no_cuda.iter().map(|reason| format!("no CUDA: {reason}")));
    let header = [
        "tiny training",
        "first loss",
        "last loss",
        "difference",
        "allowed",
        "seconds",
    ];
    let mut rows = vec![header.map(String::from).to_vec()];
    rows.extend(check.trainings.iter().map(|t| {
        let figures = [t.first_loss, t.last_loss].map(|x| format!("{x:.5}"));
        let mut row = vec![t.what.clone()];
        row.extend(figures);
        row.extend([
            format!("{:.1e}", t.difference),
            format!("{:.0e}", t.tolerance),
            format!("{:.2}", t.seconds),
        ]);
        row
    }));
    lines.push(format!("\n{}", text::table(rows)));
    if check.all_agree {
        lines.push("\nAll agree".into());
    }
    lines.join("\n")
}

fn selfcheck_to_json(check: &SelfCheck) -> Value {
    let trainings = check.trainings.iter().map(|t| {
        json!({
            "what": t.what,
            "first_loss": t.first_loss,
            "last_loss": t.last_loss,
            "difference": t.difference,
            "tolerance": t.tolerance,
            "seconds": t.seconds,
        })
    });
    json!({
        "program": program(),
        "libtorch": check.libtorch,
        "cpu": check.cpu,
        "threads": check.threads,
        "no_cuda": check.no_cuda,
        "trainings": trainings.collect::<Vec<_>>(),
        "all_agree": check.all_agree,
    })
}
