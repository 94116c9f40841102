//! What every threshold of each run would come to.

use super::section;
use crate::report::element::{Element, el};
use crate::report::figures::{self, trade_off::trade_off};
use crate::report::judged::Judged;
use crate::report::peers::Peers;
use crate::report::told::Told;
use crate::report::words::{on_images, p};

/// Draws runs by their number, name, and how they judged the images.
pub(super) type Draw<'a> = &'a dyn Fn(&[(usize, &str, &Judged)]) -> Element;

pub fn trade_offs(told: &Told) -> Option<Element> {
    let mut children = vec![p(
        "Weights move where a classifier draws its line, and so does a threshold on its score. Each line is one run at every \
         threshold, and each mark is the run as it predicts, with its ranges. Where the lines lie on each other, the weights do no \
         more than a threshold would.",
    )];
    let draw = |set: &Peers| -> Vec<Element> {
        let (classes, class_idx) = (told.run(set.runs[0]).classes(), told.class_of(set));
        by_part(told, set, &|runs| trade_off(classes, class_idx, runs))
    };
    let drawn = each_set(told, draw);
    children.extend(unread(told));
    children.extend(drawn);
    (children.len() > 1).then(|| section("trade-off", "The trade-off", children))
}

/// What is drawn of each set of runs, under its name where there are several.
pub(super) fn each_set(told: &Told, draw: impl Fn(&Peers) -> Vec<Element>) -> Vec<Element> {
    let mut children = Vec::new();
    for (number, set) in told.sets.iter().enumerate() {
        let drawn = draw(set);
        if told.sets.len() > 1 && !drawn.is_empty() {
            children.push(el("h3").text(format!("Images {}", number + 1)));
        }
        children.extend(drawn);
    }
    children
}

/// A drawing for each part, beside each other where there is room, with one legend.
pub(super) fn by_part(told: &Told, set: &Peers, draw: Draw) -> Vec<Element> {
    let mut figures = Vec::new();
    let mut named = Vec::new();
    for part in told.parts_of(set) {
        let judged = told.judged_of(set, part);
        let runs: Vec<(usize, &str, &Judged)> = judged
            .iter()
            .map(|&(run, judged)| (run, told.names[run].as_str(), judged))
            .collect();
        let n_images = judged.first().map_or(0, |(_, judged)| judged.n_images());
        figures.push(figures::figure(&on_images(part, n_images), draw(&runs), None));
        named.extend(
            judged
                .iter()
                .map(|(run, _)| *run)
                .filter(|run| !named.contains(run))
                .collect::<Vec<_>>(),
        );
    }
    if figures.is_empty() {
        return vec![];
    }
    let legend = figures::legend(named.iter().map(|&run| (run, told.names[run].as_str())));
    vec![el("div").class("pair-of-figures").children(figures), legend]
}

/// Runs that have no line.
fn unread(told: &Told) -> Vec<Element> {
    let runs = told.material.runs.iter().zip(&told.names);
    let why = runs.filter_map(|(run, name)| {
        let why = run.scores.as_ref().err()?;
        Some(
            p(format!(
                "{name} has no line, here and below, since single images cannot be read: {why}."
            ))
            .class("caution"),
        )
    });
    why.collect()
}
