//! The figures of every class under one run, a class a row.

use crate::metrics::{CLASS_FIGURES, ClassFigure, ratio, thousands};
use crate::report::element::{Element, el};
use crate::report::judged::Judged;
use crate::report::words::{counted, figure_cell, heading, note, scrolled};

/// Classes that are listed where not all are asked for: those that are found least.
const MOST: usize = 30;
/// Figures that say what others say, the other way round.
const COMPLEMENTS: [&str; 3] = ["false_positive_rate", "false_omission_rate", "npv"];

pub fn table(classes: &[String], judged: &Judged, is_full: bool) -> Vec<Element> {
    let figures: Vec<&ClassFigure> = CLASS_FIGURES
        .iter()
        .filter(|figure| !COMPLEMENTS.contains(&figure.key))
        .collect();
    let order = order(judged, is_full);
    let rows = order.iter().map(|&class_idx| {
        let view = &judged.views[class_idx];
        let cells = figures.iter().map(|figure| {
            figure_cell(
                figure.key,
                (figure.value)(view),
                figure.is_percent,
                judged.class_interval(figure, class_idx),
            )
        });
        el("tr")
            .attr("data-part", judged.part.name())
            .attr("data-class", class_idx)
            .child(el("th").attr("scope", "row").text(classes[class_idx].clone()))
            .child(el("td").class("n").text(counted(view.metrics.support)))
            .children(cells)
    });
    let columns = ["Class", "Images"]
        .into_iter()
        .chain(figures.iter().map(|figure| figure.name));
    let table = el("table")
        .class("figures")
        .child(heading(columns))
        .child(el("tbody").children(rows));
    let n_left_out = classes.len() - order.len();
    let rest = (n_left_out > 0).then(|| {
        note(format!(
            "The {} classes that are found least; {} more are left out here.",
            order.len(),
            counted(n_left_out as u64)
        ))
    });
    [Some(scrolled("Figures of each class", table)), rest]
        .into_iter()
        .flatten()
        .collect()
}

/// In their own order; of more than are shown those that are found least, the least first.
fn order(judged: &Judged, is_full: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..judged.views.len()).collect();
    if is_full || order.len() <= MOST {
        return order;
    }
    let recall = |class_idx: &usize| judged.views[*class_idx].metrics.recall.unwrap_or(f64::INFINITY);
    order.sort_by(|a, b| recall(a).total_cmp(&recall(b)));
    order.truncate(MOST);
    order
}

/// Where most images go wrong: pairs of classes, the largest first.
pub fn largest_confusions(classes: &[String], judged: &Judged) -> Vec<Element> {
    const LARGEST: usize = 20;
    let confusion = &judged.confusion;
    let mut wrong: Vec<(u64, usize, usize)> = Vec::new();
    for (truth, counts) in confusion.rows().enumerate() {
        let cells = counts
            .iter()
            .enumerate()
            .filter(|&(predicted, &n)| n > 0 && predicted != truth);
        wrong.extend(cells.map(|(predicted, &n)| (n, truth, predicted)));
    }
    wrong.sort_unstable_by_key(|&(n, truth, predicted)| (std::cmp::Reverse(n), truth, predicted));
    let n_wrong: u64 = wrong.iter().map(|wrong| wrong.0).sum();
    let rest = wrong.split_off(wrong.len().min(LARGEST));
    let rows = wrong.iter().map(|&(n, truth, predicted)| {
        let share = crate::report::words::share(ratio(n, confusion.row_total(truth)), 1);
        el("tr")
            .child(el("th").attr("scope", "row").text(classes[truth].clone()))
            .child(el("td").text(classes[predicted].clone()))
            .child(el("td").class("n").text(thousands(n)))
            .child(el("td").class("n").text(share))
    });
    let column = |name: &str| el("th").attr("scope", "col").text(name);
    let columns = [
        column("Class"),
        column("Predicted"),
        column("Images").class("n"),
        column("Of the class").class("n"),
    ];
    let head = el("thead").child(el("tr").children(columns));
    let table = el("table").child(head).child(el("tbody").children(rows));
    let said = match rest.len() {
        0 => format!(
            "{} of {} images are wrong.",
            counted(n_wrong),
            counted(confusion.total())
        ),
        n => format!(
            "The largest confusions; {} of {} images are wrong, {} of them in {} other pairs of classes.",
            counted(n_wrong),
            counted(confusion.total()),
            counted(rest.iter().map(|wrong| wrong.0).sum()),
            counted(n as u64)
        ),
    };
    vec![scrolled("The largest confusions", table), note(said)]
}
