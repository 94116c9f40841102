//! The images: how many of each class, how they were divided, and what was decided about their labels.

use super::section;
use crate::experiment::{Groups, SplitMethod};
use crate::metrics::percent;
use crate::report::element::{Element, el};
use crate::report::material::ReportRun;
use crate::report::peers::other_images;
use crate::report::told::{Told, class_counts};
use crate::report::words::{counted, heading, note, p, scrolled, sentence, together};
use crate::visible::visible_path;

/// Classes that are listed where not all are asked for.
const MOST: usize = 40;

pub fn data(told: &Told) -> Element {
    let mut children = Vec::new();
    if told.sets.len() > 1 {
        children.extend(several(told));
    }
    for (number, set) in told.sets.iter().enumerate() {
        let run = told.run(set.runs[0]);
        if told.sets.len() > 1 {
            let names: Vec<&str> = set.runs.iter().map(|&run| told.names[run].as_str()).collect();
            children.push(el("h3").text(format!("Images {}: {}", number + 1, names.join("; "))));
        }
        children.push(p(divided(run)));
        children.extend(decided(run).map(p));
        match class_counts(run).is_empty() {
            true => children.push(p(format!(
                "{} never began, so that nothing is known of its images.",
                told.names[set.runs[0]]
            ))),
            false => children.extend(table(run, told.material.is_full)),
        }
    }
    section("data", "The images", children)
}

/// Why not all runs stand side by side.
fn several(told: &Told) -> Vec<Element> {
    let first = &told.sets[0];
    let why = told.sets.iter().skip(1).filter_map(|set| {
        let why = other_images(told.run(first.runs[0]), told.run(set.runs[0]))?;
        let (one, other) = (&told.names[first.runs[0]], &told.names[set.runs[0]]);
        Some(el("li").text(format!("{other} and {one}: {why}.")))
    });
    vec![
        p("These runs were not all judged on the same images. They are shown in sets, and figures of one set are not held against \
           those of another: a difference between them could be one of the images and not of the weights.")
        .class("caution"),
        el("ul").children(why),
    ]
}

fn divided(run: &ReportRun) -> String {
    let config = &run.config;
    let how = match config.split {
        SplitMethod::Random => format!("They were shuffled and divided (seed {})", config.seed),
        SplitMethod::Stratified => {
            format!(
                "They were divided class by class, so that every part has the same share of each (seed {})",
                config.seed
            )
        }
        SplitMethod::Groups => {
            let by = match &config.groups {
                Some(Groups::Csv(table)) => format!("the table {}", visible_path(table)),
                Some(Groups::Pattern(pattern)) => format!("the pattern {pattern} of their names"),
                None => "their groups".into(),
            };
            format!(
                "They were divided by groups, as {by} has them: no group is in two parts, so that no run is judged by near copies of \
                 what it learnt (seed {})",
                config.seed
            )
        }
        SplitMethod::Folders if config.label_table.is_some() => "They were divided as the table says".into(),
        SplitMethod::Folders => "They were divided as their folders say".into(),
    };
    let source = config.source();
    let labels = source.table.as_deref().map_or_else(String::new, |table| {
        format!(", with labels from {}", visible_path(table))
    });
    let folds = match config.folds {
        0 => String::new(),
        n => {
            format!(" Training images were judged, too, in {n} folds, each by a head that had not learnt it.")
        }
    };
    format!(
        "The images are those of {}{labels}. {how}.{folds}",
        visible_path(&source.folder)
    )
}

/// What was decided about labels before the training.
fn decided(run: &ReportRun) -> Option<String> {
    let counts = run.record.started.as_ref()?.labels?.of_training();
    (!counts.is_nothing()).then(|| {
        sentence(&format!(
            "single images were decided about before the training, against what the folder says: {counts}"
        ))
    })
}

fn table(run: &ReportRun, is_full: bool) -> Vec<Element> {
    let counts = class_counts(run);
    let totals = (0..3).map(|part| counts.iter().map(|parts| parts[part]).sum::<usize>());
    let totals: Vec<usize> = totals.collect();
    let all: usize = totals.iter().sum();
    let has_test = totals[2] > 0;
    let parts = if has_test { 3 } else { 2 };
    let columns = ["Class", "Train", "Validation", "Test"]
        .into_iter()
        .take(parts + 1);
    let head = heading(columns.chain(["All", "Share"]));
    let row = |name: &str, parts_of: &[usize], header: &'static str| {
        let n: usize = parts_of.iter().sum();
        let cells = parts_of.iter().take(parts).map(|n| number(*n));
        let share = together(&percent(Some(n as f64 / all.max(1) as f64), 1));
        el("tr")
            .child(el("th").attr("scope", header).text(name))
            .children(cells)
            .child(number(n))
            .child(el("td").class("n").text(share))
    };
    let shown = if is_full { counts.len() } else { MOST };
    let rows = run
        .classes()
        .iter()
        .zip(&counts)
        .take(shown)
        .map(|(class, parts)| row(class, parts, "row"));
    let foot = el("tfoot").child(row("All", &totals, "row"));
    let table = el("table")
        .child(head)
        .child(el("tbody").children(rows))
        .child(foot);
    let left_out = counts.len().saturating_sub(shown);
    let rest = (left_out > 0).then(|| {
        note(format!(
            "{} more classes are left out here.",
            counted(left_out as u64)
        ))
    });
    [Some(scrolled("Images of each class", table)), rest]
        .into_iter()
        .flatten()
        .collect()
}

fn number(n: usize) -> Element {
    el("td").class("n").text(counted(n as u64))
}
