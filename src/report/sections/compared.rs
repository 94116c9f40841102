//! The runs side by side, and each held against the first: by how much they differ, and whether that is more than chance.

use super::{differences, section};
use crate::experiment::{Part, others};
use crate::metrics::{Figure, OVERALL_FIGURES, overall};
use crate::report::element::{Element, el};
use crate::report::figures;
use crate::report::judged::Judged;
use crate::report::peers::Peers;
use crate::report::told::Told;
use crate::report::words::{figure_cell, heading, note, on_images, p, scrolled};

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
    // Differences are those from the first run of the set.
    if first == set.runs[0] {
        children.extend(differences::differences(
            told,
            (first, leading),
            &judged[1..],
            class_idx,
        ));
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
