//! The runs side by side, and each held against the first: by how much they differ, and whether that is more than chance.

use super::section;
use crate::experiment::{Change, Changes, Part, others};
use crate::metrics::{Difference, Differences, Figure, OVERALL_FIGURES, differences, overall};
use crate::report::element::{Element, el};
use crate::report::figures;
use crate::report::judged::Judged;
use crate::report::peers::Peers;
use crate::report::told::Told;
use crate::report::words::{counted, figure_cell, heading, note, on_images, p, scrolled, together};

/// Classes that are named of those that gain or lose.
const NAMED: usize = 4;

pub fn compared(told: &Told) -> Option<Element> {
    let mut children = Vec::new();
    for (number, set) in told.sets.iter().enumerate() {
        let parts = told.parts_of(set);
        if told.sets.len() > 1 && !parts.is_empty() {
            children.push(el("h3").text(format!("Images {}", number + 1)));
        }
        for part in parts {
            children.extend(on_part(told, set, part));
        }
    }
    let not_judged = (0..told.names.len()).filter(|&run| told.leading(run).is_none());
    children.extend(not_judged.map(|run| {
        let why = told
            .run(run)
            .caution()
            .unwrap_or_else(|| "It was not evaluated.".into());
        p(format!("{} has no figures. {why}", told.names[run])).class("caution")
    }));
    let title = if told.names.len() > 1 {
        "The runs compared"
    } else {
        "The figures"
    };
    (!children.is_empty()).then(|| section("compared", title, children))
}

fn on_part(told: &Told, set: &Peers, part: Part) -> Vec<Element> {
    let judged = told.judged_of(set, part);
    let Some(&(first, leading)) = judged.first() else {
        return vec![];
    };
    let class_idx = told.class_of(set);
    let classes = told.run(first).classes();
    let mut children = vec![
        el("h3").text(on_images(part, leading.n_images())),
        table(told, classes, class_idx, &judged),
    ];
    let without = (0..classes.len())
        .filter(|&class_idx| leading.confusion.row_total(class_idx) == 0)
        .count();
    if without > 0 {
        children.push(note(format!(
            "Means over classes leave out {without} of {} classes, which have no image here.",
            classes.len()
        )));
    }
    let series: Vec<(usize, &str, &Judged)> = judged
        .iter()
        .map(|&(run, judged)| (run, told.names[run].as_str(), judged))
        .collect();
    if let Some(drawing) = figures::recalls::recalls(classes, &series) {
        let legend =
            (series.len() > 1).then(|| figures::legend(series.iter().map(|&(run, name, _)| (run, name))));
        children.push(figures::figure(
            "How much of each class is found, with ranges",
            drawing,
            legend,
        ));
    }
    for &(run, other) in judged.iter().skip(1) {
        children.extend(pair(told, (first, leading), (run, other), class_idx));
    }
    children
}

/// The figures of the class that it is about, each with its key.
const OF_CLASS: [(Figure, &str); 3] = [
    (Figure::Recall, "recall"),
    (Figure::FalsePositives, "false_positive_rate"),
    (Figure::Precision, "precision"),
];

fn table(told: &Told, classes: &[String], class_idx: usize, judged: &[(usize, &Judged)]) -> Element {
    let (class, rest) = (&classes[class_idx], others(&classes[class_idx], classes));
    let names = OF_CLASS.map(|(figure, _)| match figure {
        Figure::Recall => format!("{class} found"),
        Figure::FalsePositives => format!("{rest} predicted {class}"),
        Figure::Precision => format!("Right where {class} is predicted"),
    });
    let of_all = OVERALL_FIGURES.iter().map(|figure| figure.name);
    let columns = ["Run"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .chain(of_all)
        .chain(["Loss"]);
    let rows = judged
        .iter()
        .map(|&(run, judged)| row(told, run, judged, class_idx));
    let table = el("table")
        .class("figures")
        .child(heading(columns))
        .child(el("tbody").children(rows));
    scrolled("Figures of the runs", table)
}

fn row(told: &Told, run: usize, judged: &Judged, class_idx: usize) -> Element {
    let all = overall(&judged.confusion);
    let of_class = OF_CLASS.iter().map(|(figure, key)| {
        let rate = judged.rates[class_idx].get(*figure);
        figure_cell(key, rate.share(), true, rate.interval)
    });
    let of_all = OVERALL_FIGURES.iter().map(|figure| {
        let interval = judged.overall_interval(figure.key);
        figure_cell(figure.key, (figure.value)(&all), figure.is_percent, interval)
    });
    let state = told
        .run(run)
        .caution()
        .map(|_| el("small").text(told.run(run).state()));
    let name = el("th")
        .attr("scope", "row")
        .text(told.names[run].clone())
        .children(state);
    el("tr")
        .attr("data-run", told.run(run).name.clone())
        .attr("data-part", judged.part.name())
        .child(name)
        .children(of_class)
        .children(of_all)
        .child(figure_cell("loss", Some(judged.evaluation.loss), false, None))
}

/// The first held against the other: each class and the whole, and what became of single images where that is known.
pub(super) fn held_against(one: &Judged, other: &Judged) -> Option<(Differences, Option<Changes>)> {
    let (calls, others) = (one.calls(), other.calls());
    let both = calls.as_ref().zip(others.as_ref());
    let pairs = both.and_then(|(calls, others)| calls.pairs(others, one.confusion.n_classes()));
    let differences = differences(&one.confusion, &other.confusion, pairs.as_ref())?;
    let changes = both.and_then(|(calls, others)| Changes::between(others, calls));
    Some((differences, changes))
}

/// What becomes of each class from the other run to the first.
fn pair(told: &Told, first: (usize, &Judged), other: (usize, &Judged), class_idx: usize) -> Option<Element> {
    let ((one, leading), (two, held)) = (first, other);
    let (differences, changes) = held_against(leading, held)?;
    let mut said = vec![format!(
        "In percentage points: {}.",
        in_points(&differences, told.run(one).classes(), class_idx)
    )];
    said.extend(changes.map(|changes| {
        let n = |change| match changes.count(change) {
            0 => "none is".to_owned(),
            1 => "1 is".to_owned(),
            n => format!("{} are", counted(n as u64)),
        };
        format!(
            "Of the single images, {} right that the other has wrong, and {} wrong that the other has right.",
            n(Change::Fixed),
            n(Change::Broken)
        )
    }));
    if !differences.is_paired {
        said.push(
            "What both said of each image is not known, so that the images count as others, which makes the ranges wider than they \
             need be."
                .into(),
        );
    }
    if leading.is_in_groups() {
        said.push(
            "That images of one group resemble each other is not in these ranges, so that the truth may lie further off.".into(),
        );
    }
    let lead = el("strong").text(format!("{} against {}. ", told.names[one], told.names[two]));
    Some(el("p").class("pair").child(lead).text(said.join(" ")))
}

/// Of the class that it is about, of the others that surely differ, and of the whole: `REAL found +12.3 (4.1 to 20.5); …`.
pub(super) fn in_points(differences: &Differences, classes: &[String], class_idx: usize) -> String {
    let in_words = |what: &str, difference: Difference| {
        let chance = if difference.is_sure() {
            ""
        } else {
            ", which may be chance"
        };
        format!("{what} {}{chance}", together(&difference.in_words()))
    };
    let recall = |class_idx: usize| differences.recall.get(class_idx).copied().flatten();
    let found = |class_idx: usize, difference| in_words(&format!("{} found", classes[class_idx]), difference);
    let mut said: Vec<String> = recall(class_idx)
        .map(|difference| found(class_idx, difference))
        .into_iter()
        .collect();
    let mut sure: Vec<(usize, Difference)> = (0..classes.len())
        .filter(|&other| other != class_idx)
        .filter_map(|other| Some((other, recall(other).filter(Difference::is_sure)?)))
        .collect();
    sure.sort_by(|a, b| b.1.value.abs().total_cmp(&a.1.value.abs()));
    said.extend(
        sure.iter()
            .take(NAMED)
            .map(|&(other, difference)| found(other, difference)),
    );
    match sure.len().saturating_sub(NAMED) {
        0 if sure.is_empty() => said.push("no other class is surely found more or less".into()),
        0 => {}
        n => said.push(format!("{n} more classes surely found more or less")),
    }
    said.extend(
        differences
            .balanced_accuracy
            .map(|difference| in_words("balanced accuracy", difference)),
    );
    said.extend(
        differences
            .accuracy
            .map(|difference| in_words("accuracy", difference)),
    );
    said.join("; ")
}
