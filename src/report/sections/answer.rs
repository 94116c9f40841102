//! The head of the page: whose images, and the answer in two sentences and a few large figures.

use super::differences::in_words;
use crate::experiment::{SplitMethod, others};
use crate::metrics::{Figure, Interval};
use crate::report::element::{Element, Node, el};
use crate::report::judged::Judged;
use crate::report::material::ReportRun;
use crate::report::samples::second;
use crate::report::told::Told;
use crate::report::words::{counted, images_of, p, range, share, share_with_range, together};
use crate::visible::visible_name;

pub fn head(told: &Told) -> Element {
    let first = told.run(0);
    let title = el("h1").text(visible_name(first.config.place()));
    let kicker = el("p")
        .class("kicker")
        .text(format!("How to weigh the classes \u{b7} {}", told.material.made));
    let header = el("header").child(kicker).child(title);
    let Some(judged) = told.leading(0) else {
        let why = first.caution().unwrap_or_else(|| "It was not evaluated.".into());
        let lede = format!(
            "There is no answer yet: {} was judged on no image. {why}",
            told.names[0]
        );
        return header.child(p(lede).class("lede"));
    };
    let class_idx = told.class_of(&told.sets[0]);
    header
        .child(el("p").class("lede").children(found(told, judged, class_idx)))
        .child(figures(told, judged, class_idx))
        .children(against_second(told, judged).map(p))
        .children(others_apart(told).map(|caution| p(caution).class("caution")))
        .children(first.caution().map(|caution| p(caution).class("caution")))
        .child(p(what_ranges_are(first, judged)).class("note"))
}

/// What the run finds of the class, and what that costs.
fn found(told: &Told, judged: &Judged, class_idx: usize) -> Vec<Node> {
    let run = told.run(0);
    let classes = run.classes();
    let (class, rest) = (&classes[class_idx], others(&classes[class_idx], classes));
    let rates = &judged.rates[class_idx];
    let [recall, false_positives] = [Figure::Recall, Figure::FalsePositives].map(|figure| rates.get(figure));
    let strong = |text: String| Node::from(el("strong").text(text));
    let by = match judged.rule {
        Some(rule) => format!(
            " and a threshold of {:.3} on the score for {}",
            rule.at, classes[rule.class_idx]
        ),
        None => String::new(),
    };
    let weights = format!("{}{by}", weights_in_words(run));
    let weights = match run.tag.name.trim() {
        "" => format!("With {weights} the classifier finds "),
        name => format!("{name}, with {weights}, finds "),
    };
    vec![
        weights.into(),
        strong(share_with_range(recall.share(), recall.interval)),
        format!(
            " of {class}: {} of {} {}. It pays with ",
            counted(recall.part),
            counted(recall.whole),
            images_of(judged.part)
        )
        .into(),
        strong(share_with_range(
            false_positives.share(),
            false_positives.interval,
        )),
        format!(
            " of {rest} predicted {class}: {} of {}.",
            counted(false_positives.part),
            counted(false_positives.whole)
        )
        .into(),
    ]
}

/// Such as `the class weights 1 : 8 (FAKE : REAL)`.
fn weights_in_words(run: &ReportRun) -> String {
    let (weights, classes) = (run.weights(), run.classes());
    // As many as stand in the order of their classes.
    let is_by_class = weights.split(" : ").count() == classes.len();
    match (is_by_class, weights.contains('×')) {
        (true, _) => format!(
            "the class weights {} ({})",
            together(&weights),
            classes.join(" : ")
        ),
        (false, true) => format!("the class weights {weights}"),
        (false, false) => format!("{weights} class weights"),
    }
}

/// A few figures, large.
fn figures(told: &Told, judged: &Judged, class_idx: usize) -> Element {
    let classes = told.run(0).classes();
    let (class, rest) = (&classes[class_idx], others(&classes[class_idx], classes));
    let rates = &judged.rates[class_idx];
    let of = |figure| (rates.get(figure).share(), rates.get(figure).interval);
    let figure = |(value, interval): (Option<f64>, Option<Interval>), name: String| {
        let range = interval.map(|interval| el("small").text(range(interval, 0)));
        el("div")
            .child(el("dt").text(name))
            .child(el("dd").child(el("b").text(share(value, 0))).children(range))
    };
    let balanced = (
        judged.balanced_accuracy(),
        judged.overall_interval("balanced_accuracy"),
    );
    el("dl")
        .class("large")
        .child(figure(of(Figure::Recall), format!("of {class} found")))
        .child(figure(
            of(Figure::FalsePositives),
            format!("of {rest} predicted {class}"),
        ))
        .child(figure(
            of(Figure::Precision),
            format!("right where {class} is predicted"),
        ))
        .child(figure(balanced, "balanced accuracy".into()))
}

/// Against the second run, where the two were judged on the same images.
fn against_second(told: &Told, judged: &Judged) -> Option<String> {
    let second = second(told)?;
    let held = told.held_against(second, judged.part)?;
    Some(format!(
        "Against {}: {}",
        told.names[second],
        in_words(held, told.run(0).classes())
    ))
}

/// Where runs stand on this page that the first is not held against.
fn others_apart(told: &Told) -> Option<String> {
    let n = told.names.len() - told.sets[0].runs.len();
    let runs = if n == 1 {
        "1 run".to_owned()
    } else {
        format!("{n} runs")
    };
    (n > 0).then(|| format!("{runs} of this page, judged on other images, cannot be held against this one."))
}

fn what_ranges_are(run: &ReportRun, judged: &Judged) -> String {
    let n = counted(judged.n_images());
    let is_by_groups = run.config.split == SplitMethod::Groups;
    let groups = match (judged.is_in_groups(), is_by_groups) {
        (true, _) => " Images of one group resemble each other; they count as the few that they are worth.",
        (false, true) => {
            " Images of one group resemble each other, which is not known of these here, so that the truth may lie further off."
        }
        (false, false) => "",
    };
    format!(
        "A range after a figure is its 95\u{a0}% interval: what as few as these {n} {} leave open.{groups}",
        images_of(judged.part)
    )
}
