//! Whether what runs say of images is what it looks like, a probability: as they were trained, and with their class weights undone.

use super::curves::each_set;
use super::section;
use crate::experiment::{Part, Reliabilities, Started};
use crate::metrics::{BINS, Reliability};
use crate::report::element::{Element, el};
use crate::report::figures::{self, calibration::calibration};
use crate::report::judged::Judged;
use crate::report::peers::Peers;
use crate::report::told::Told;
use crate::report::words::{heading, note, on_images, p, scrolled, sentence};

pub fn calibrations(told: &Told) -> Option<Element> {
    let drawn = each_set(told, |set| {
        let parts = told.parts_of(set);
        parts.iter().flat_map(|&part| on_part(told, set, part)).collect()
    });
    let lead = p(
        "A score looks like a probability. It is one only where, of the images that score 30\u{a0}% for a class, 30\u{a0}% are of it. \
         Class weights move scores away from that: a head that is trained with them learns as if the heavier class were more common. \
         That can be undone, which changes no verdict and makes probabilities of the scores again.",
    );
    let text = format!(
        "ECE is how far probabilities are from the shares that come true, over {BINS} bins of about equally many images; the Brier score, \
         from 0 to 2 over all classes, is their squared error. Both are better when smaller. In the figures images are taken together by \
         tenths; ranges are those of the first run alone, and there are none where images come in groups."
    );
    let learnt: Vec<Element> = learnt(told);
    let list = (!learnt.is_empty()).then(|| el("ul").children(learnt));
    (!drawn.is_empty()).then(|| {
        let children = [Some(lead), list].into_iter().flatten();
        let children = children.chain(drawn).chain([note(text)]).collect();
        section("calibration", "What scores are worth", children)
    })
}

/// What its class weights make each run take the training images for.
fn learnt(told: &Told) -> Vec<Element> {
    let runs = told.material.runs.iter().zip(&told.names);
    let in_words = runs.filter_map(|(run, name)| {
        let said = run.record.started.as_ref().and_then(Started::learnt_in_words)?;
        Some(el("li").text(format!("{name}: {}", sentence(&said))))
    });
    in_words.collect()
}

fn on_part(told: &Told, set: &Peers, part: Part) -> Vec<Element> {
    let judged = told.judged_of(set, part);
    let runs: Vec<(usize, &str, &Judged)> = (judged.iter())
        .filter(|(_, judged)| judged.predictions.is_some())
        .map(|&(run, judged)| (run, told.names[run].as_str(), judged))
        .collect();
    let Some((_, _, first)) = runs.first() else {
        return vec![];
    };
    let class_idx = told.class_of(set);
    let class = &told.run(set.runs[0]).classes()[class_idx];
    let draw = |is_undone: bool, caption: &str| {
        figures::figure(caption, calibration(class, class_idx, &runs, is_undone), None)
    };
    let drawings = match runs.iter().any(|(_, _, judged)| judged.undone().is_some()) {
        true => vec![
            draw(false, "Scores, as they were trained"),
            draw(true, "Probabilities, with class weights undone"),
        ],
        false => vec![draw(true, "Probabilities; there are no weights to undo")],
    };
    let legend = figures::legend(runs.iter().map(|&(run, name, _)| (run, name)));
    [
        el("h3").text(on_images(part, first.n_images())),
        el("div").class("pair-of-figures").children(drawings),
        legend,
        table(told, &runs),
    ]
    .into_iter()
    .chain(worse(&runs))
    .collect()
}

/// A row for the probabilities of each run and, where they are others, for its scores.
fn table(told: &Told, runs: &[(usize, &str, &Judged)]) -> Element {
    let rows = runs.iter().flat_map(|(run, name, judged)| {
        let row = |what: &str, kind: &'static str, of: &Reliability| {
            el("tr")
                .attr("data-reliability", kind)
                .attr("data-of", told.run(*run).name.clone())
                .attr("data-part", judged.part.name())
                .child(
                    el("th")
                        .attr("scope", "row")
                        .text(*name)
                        .child(el("small").text(what)),
                )
                .child(number("ece", of.ece))
                .child(number("brier", of.brier.score))
                .child(number("log_loss", of.log_loss))
        };
        let known = judged.reliabilities.as_ref();
        let scores = known.filter(|both| both.scores != both.probabilities);
        let scores = scores.map(|both| row("scores as trained", "scores", &both.scores));
        let undone = if scores.is_some() {
            "class weights undone"
        } else {
            ""
        };
        let probabilities = known.map(|both| row(undone, "probabilities", &both.probabilities));
        scores.into_iter().chain(probabilities).collect::<Vec<_>>()
    });
    let table = el("table")
        .class("figures")
        .child(heading(["Run", "ECE", "Brier score", "Log loss"]))
        .child(el("tbody").children(rows));
    scrolled(
        "How far scores and probabilities can be taken at their word",
        table,
    )
}

fn number(key: &'static str, value: f64) -> Element {
    el("td")
        .class("n")
        .attr("data-figure", key)
        .child(el("data").attr("value", value).text(format!("{value:.4}")))
}

/// A head that gets all its training images right is hardly moved by weights.
fn worse(runs: &[(usize, &str, &Judged)]) -> Vec<Element> {
    let is_worse = |both: &&Reliabilities| both.probabilities.brier.score > both.scores.brier.score;
    let said = runs.iter().filter_map(|(_, name, judged)| {
        judged.reliabilities.as_ref().filter(is_worse)?;
        Some(
            p(format!(
                "The scores of {name} as they were trained are nearer to what is so: the weighting did less to them than is undone."
            ))
            .class("caution"),
        )
    });
    said.collect()
}
