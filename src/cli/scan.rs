//! `counterweight scan`: what an image folder holds, and what is wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::args::ScanArgs;
use super::output::print::{print_json, print_line};
use super::output::progress::ProgressView;
use super::output::text;
use super::session::Session;
use crate::error::{Error, Result};
use crate::experiment::split::groups_from_names;
use crate::experiment::{Checked, Dataset, Issue, IssueKind, Part, counts_as_decided, remarks_in_words};
use crate::metrics::thousands;
use crate::protocol::{CheckImages, FolderLabels, ReadLabels, Scan};
use crate::short_name::Shared;
use crate::visible::{visible, visible_path};

/// # Errors
/// The folder cannot be read; standard output cannot be written; stopped, and then what the check had seen is printed
/// before.
pub fn scan(session: &Session, args: &ScanArgs) -> Result<()> {
    let view = ProgressView::for_json(args.json);
    let found = look_through(session, args, &view);
    view.clear();
    let (mut dataset, checked) = found?;
    let request = ReadLabels {
        dataset: Arc::new(dataset.clone()),
        runs_dir: args.runs.dir()?,
    };
    let labels = session.ask(request, |_| {})?;
    labels.notices.iter().for_each(|notice| view.warn(notice));
    let remarks = remarks_in_words(&dataset, checked.as_deref());
    dataset
        .issues
        .extend(checked.iter().flat_map(|checked| checked.issues.clone()));
    let printed = if args.json {
        print_json(&json!({
            "images": dataset.images.len(),
            "classes": dataset.class_counts(),
            "labels": labels.counts(),
            "as_decided": counts_as_decided(&dataset, &labels.images),
            "issues": dataset.issues,
            "remarks": remarks,
            "checked": checked,
            "groups": dataset.groups_table,
            "groups_of_names": groups_from_names(&dataset).map(|names| json!({
                "pattern": names.pattern,
                "groups": names.n_groups,
            })),
        }))
    } else {
        print_line(&describe(&dataset, &labels, &remarks, checked.as_deref()))
    };
    match checked {
        // What was seen before the stop has been printed.
        Some(checked) if !checked.is_whole => Err(Error::Stopped),
        _ => printed,
    }
}

fn look_through(
    session: &Session,
    args: &ScanArgs,
    view: &ProgressView,
) -> Result<(Dataset, Option<Box<Checked>>)> {
    let source = args.source.source();
    let dataset = session.ask(Scan { source }, |event| view.show_of(event))?;
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

fn describe(
    dataset: &Dataset,
    labels: &FolderLabels,
    remarks: &[String],
    checked: Option<&Checked>,
) -> String {
    let n_images = thousands(dataset.images.len() as u64);
    let mut lines = vec![
        format!("{}: {n_images} images", visible_path(dataset.place())),
        String::new(),
    ];
    if dataset.classes.is_empty() {
        lines.push("No class: there must be one sub-folder of images for each class".into());
    } else {
        let shared = Shared::of(&dataset.classes);
        lines.push(text::table_within(
            text::width(),
            class_rows(dataset, labels),
            &[0],
            shared,
        ));
    }
    if !labels.counts().is_nothing() {
        lines.push(format!("\nLabels as decided: {}", labels.counts()));
    }
    if let Some(ratio) = dataset.imbalance_ratio() {
        lines.push(format!("\nImbalance {ratio:.1} : 1"));
    }
    lines.extend(parts_in_words(dataset));
    if dataset.table.is_some() && dataset.groups_table.is_some() {
        if !dataset.has_part_folders() {
            lines.push(
                "Its column group says what belongs together, and is kept in one part; --split names another split".into(),
            );
        }
    } else if let Some(table) = &dataset.groups_table {
        let table = visible_path(table);
        lines.push(format!(
            "{table} says what belongs together; train with --groups {table} to keep that in one part"
        ));
    } else if let Some(names) = groups_from_names(dataset) {
        lines.push(format!(
            "File names tell of {} groups: {}. If these belong together, train with --group-pattern '{}' to keep each \
             in one part",
            thousands(names.n_groups as u64),
            visible(&names.in_words()),
            names.pattern
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

/// Which parts the folder is laid out as, or its table names.
fn parts_in_words(dataset: &Dataset) -> Option<String> {
    let n_of = |part: Part| {
        let images = dataset.images.iter().filter(|image| image.folder == Some(part));
        thousands(images.count() as u64)
    };
    if dataset.table.is_some() && dataset.has_part_folders() {
        let [train, val, test] = Part::ALL.map(n_of);
        let parts = format!(
            "Its column for parts names {train} images to train on, {val} to validate on and {test} to test on"
        );
        return Some(match dataset.is_divided() {
            true => format!("{parts}, and they are split so; --split names another split"),
            false => format!(
                "{parts}, which is no split to train by; fill it in, or name another split with --split"
            ),
        });
    }
    match (dataset.is_divided(), dataset.has_part_folders()) {
        (true, _) => Some(
            "Laid out as folders to train and to validate on, and split so; --split names another split"
                .into(),
        ),
        (false, true) => {
            Some("Laid out as parts, without a val/ to validate on; these are mixed and split anew".into())
        }
        (false, false) => None,
    }
}

/// Each class with its images, and with what they are by decisions where that is something else.
fn class_rows(dataset: &Dataset, labels: &FolderLabels) -> Vec<Vec<String>> {
    let as_decided = counts_as_decided(dataset, &labels.images);
    let is_other = as_decided != dataset.counts();
    let heading = ["", "images", "as decided"].map(String::from).to_vec();
    let of_class = dataset.class_counts().into_iter().zip(as_decided);
    let row = of_class.map(|(class, n_decided)| {
        let mut row = vec![class.name, thousands(class.images as u64)];
        row.extend(is_other.then(|| thousands(n_decided as u64)));
        row
    });
    is_other.then_some(heading).into_iter().chain(row).collect()
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
