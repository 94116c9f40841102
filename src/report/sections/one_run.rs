//! One run by itself: its matrix on each part, how its loss fell, and the figures of its classes.

use super::{classes, section};
use crate::metrics::{Figure, Interval, ratio, thousands, wilson};
use crate::report::element::{Element, el};
use crate::report::figures;
use crate::report::judged::Judged;
use crate::report::measured::PARTS;
use crate::report::told::Told;
use crate::report::words::{heading, note, on_images, p, range, scrolled, share, what_part_is};

/// So many classes have a table with words in its cells, so many a drawing; of more the largest confusions are listed.
const AS_TABLE: usize = 6;
const AS_DRAWING: usize = 30;

pub fn one_run(told: &Told, place: usize) -> Element {
    let run = told.run(place);
    let mut children: Vec<Element> = run
        .caution()
        .map(|caution| p(caution).class("caution"))
        .into_iter()
        .collect();
    children.push(p(facts(told, place)));
    if !run.tag.note.trim().is_empty() {
        let lines = run.tag.note.trim().lines();
        children.extend(lines.map(|line| p(line).class("quoted")));
    }
    let judged = PARTS.iter().filter_map(|&part| told.judged(place, part));
    for judged in judged {
        children.push(el("h3").text(on_images(judged.part, judged.n_images())));
        children.push(note(what_part_is(judged.part)));
        children.extend(not_by_threshold(told, place, judged));
        children.extend(matrix(told, run.classes(), judged));
        children.extend(classes::table(run.classes(), judged, told.material.is_full));
    }
    children.extend(losses(told, place));
    section(
        &format!("run-{}", place + 1),
        &format!("Run {}: {}", place + 1, told.names[place]),
        children,
    )
}

fn facts(told: &Told, place: usize) -> String {
    let run = told.run(place);
    let mut facts = vec![format!("Class weights {}", run.weights())];
    if let Some(decision) = &run.decision {
        facts.push(format!(
            "it {}, chosen for {}",
            decision.in_words(),
            decision.chosen_for
        ));
    }
    let n_steps = run.record.losses.len() as u64;
    if n_steps > 0 {
        facts.push(format!("{} training steps", thousands(n_steps)));
    }
    facts.push(format!("kept as {}", run.name));
    facts.join("; ") + "."
}

/// Where a threshold was kept and what it does is not known.
fn not_by_threshold(told: &Told, place: usize, judged: &Judged) -> Option<Element> {
    let run = told.run(place);
    let is_unknown = run.decision.is_some() && judged.rule.is_none();
    is_unknown.then(|| {
        let text = "What the threshold does to these figures is not known, since single images cannot be read; they are by the \
                    largest score.";
        p(text).class("caution")
    })
}

fn matrix(told: &Told, classes: &[String], judged: &Judged) -> Vec<Element> {
    match classes.len() {
        0..=AS_TABLE => vec![table(classes, judged)],
        n if n <= AS_DRAWING || told.material.is_full => {
            let drawing = figures::matrix::matrix(classes, &judged.confusion);
            let caption = "True classes by rows, predicted ones by columns; the darker a cell, the larger its share of its row";
            let figure = figures::figure(caption, drawing, None).class("wide");
            vec![scrolled("Confusion matrix", figure)]
        }
        _ => super::classes::largest_confusions(classes, judged),
    }
}

/// Counts, shares of the true class, and their ranges.
fn table(classes: &[String], judged: &Judged) -> Element {
    let confusion = &judged.confusion;
    let columns: Vec<String> = classes.iter().map(|class| format!("predicted {class}")).collect();
    let head = heading(
        ["True class"]
            .into_iter()
            .chain(columns.iter().map(String::as_str))
            .chain(["Images"]),
    );
    let rows = confusion.rows().enumerate().map(|(truth, counts)| {
        let total = confusion.row_total(truth);
        let cells = counts.iter().enumerate().map(|(predicted, &n)| {
            let kind = if truth == predicted { "right" } else { "wrong" };
            let of_row = ratio(n, total);
            let range =
                cell_range(judged, truth, predicted).map(|interval| el("small").text(range(interval, 0)));
            el("td")
                .class(format!("n cell {kind}"))
                .attr("style", format!("--share:{:.3}", of_row.unwrap_or(0.0)))
                .child(el("data").attr("value", n).text(thousands(n)))
                .child(el("span").text(share(of_row, 1)))
                .children(range)
        });
        el("tr")
            .child(el("th").attr("scope", "row").text(classes[truth].clone()))
            .children(cells)
            .child(el("td").class("n").text(thousands(total)))
    });
    let table = el("table")
        .class("matrix")
        .child(head)
        .child(el("tbody").children(rows));
    scrolled("Confusion matrix", table)
}

/// Of a cell's share of its row. Where images come in groups it is known of what is found, and with two classes so of what is not.
fn cell_range(judged: &Judged, truth: usize, predicted: usize) -> Option<Interval> {
    let confusion = &judged.confusion;
    if !judged.is_in_groups() {
        return wilson(confusion.get(truth, predicted), confusion.row_total(truth));
    }
    let found = judged.rates.get(truth)?.get(Figure::Recall).interval?;
    match (truth == predicted, confusion.n_classes()) {
        (true, _) => Some(found),
        (false, 2) => Some(Interval {
            low: 1.0 - found.high,
            high: 1.0 - found.low,
        }),
        _ => None,
    }
}

fn losses(told: &Told, place: usize) -> Vec<Element> {
    let run = told.run(place);
    let Some(drawing) = figures::losses::losses(&run.record) else {
        return vec![p("No training step was made, so that there is no loss to show.")];
    };
    let legend = figures::legend([(0, "training images"), (1, "validation images, after each epoch")]);
    let caption = "The loss while it was trained, with its class weights";
    vec![
        el("h3").text("Training"),
        figures::figure(caption, drawing, Some(legend)),
    ]
}
