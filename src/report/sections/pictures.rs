//! Images behind the figures: what the first run is surest and wrong about, and what it changed against the second.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::section;
use crate::experiment::Change;
use crate::report::element::{Element, el};
use crate::report::judged::Judged;
use crate::report::samples::{Sample, SampleOf, Shown, samples, second};
use crate::report::told::Told;
use crate::report::words::{counted, images_of, note, p, sentence, share};

pub fn pictures(told: &Told) -> Option<Element> {
    let judged = told.leading(0)?;
    judged.predictions?;
    let samples = samples(told);
    let mut children = vec![p(format!(
        "{} as {} predicts them. Those that it is surest of come first; the percentage is {} of the class that it predicts.{}",
        sentence(images_of(judged.part)).trim_end_matches('.'),
        told.names[0],
        match judged.undone() {
            Some(_) => "the probability, with its class weights undone,",
            None => "the probability",
        },
        decides(told.run(0).classes(), judged)
    ))];
    if !samples
        .iter()
        .any(|sample| matches!(sample.of, SampleOf::Mistakes(_)))
    {
        children.push(p("It predicts all of them rightly."));
    }
    for sample in &samples {
        children.extend(gallery(told, sample));
    }
    Some(section("images", "Images behind the figures", children))
}

/// From which probability on a class is predicted, where that is not one half: it may look as if an image were predicted wrongly.
fn decides(classes: &[String], judged: &Judged) -> String {
    let undone = judged.undone().and_then(|_| judged.undo.rule(judged.rule));
    let rule = match judged.undone() {
        Some(_) => undone,
        None => judged.rule,
    };
    rule.map_or_else(String::new, |rule| {
        format!(
            " It predicts {} from a probability of {} on.",
            classes[rule.class_idx],
            share(Some(f64::from(rule.at)), 1)
        )
    })
}

fn gallery(told: &Told, sample: &Sample) -> Vec<Element> {
    let classes = told.run(0).classes();
    let against = second(told).map_or("", |second| told.names[second].as_str());
    let title = match sample.of {
        SampleOf::Mistakes(class_idx) => format!("{} that is predicted otherwise", classes[class_idx]),
        SampleOf::Change(Change::Fixed) => format!("Right now, and wrong under {against}"),
        SampleOf::Change(_) => format!("Wrong now, and right under {against}"),
    };
    let n = counted(sample.n as u64);
    let said = match (sample.n, sample.shown.len()) {
        (0, _) => "There is none.".to_owned(),
        (n_all, n_shown) if n_all > n_shown => format!("The first {n_shown} of {n}."),
        (1, _) => "The only one.".to_owned(),
        _ => format!("All {n}."),
    };
    let list = (!sample.shown.is_empty()).then(|| {
        el("ul")
            .class("gallery")
            .children(sample.shown.iter().map(|shown| tile(told, shown)))
    });
    [Some(el("h3").text(title)), Some(note(said)), list]
        .into_iter()
        .flatten()
        .collect()
}

fn tile(told: &Told, shown: &Shown) -> Element {
    let classes = told.run(0).classes();
    let name = |class_idx: Option<usize>| class_idx.and_then(|i| classes.get(i)).map_or("–", String::as_str);
    let (truth, predicted) = (name(Some(shown.image.truth)), name(shown.image.predicted));
    let score = share(Some(f64::from(shown.image.confidence)), 0);
    let alt = format!("{}: {truth}, predicted {predicted}", shown.path);
    let picture = match told.pictures.get(&shown.key) {
        Some(Ok(jpeg)) => el("img")
            .attr("src", format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
            .attr("alt", alt)
            .attr("title", shown.path.clone()),
        Some(Err(why)) => el("p").class("gone").text(format!("cannot be shown: {why}")),
        None => el("p").class("gone").text("is not shown"),
    };
    let says = match shown.image.is_right() {
        true => format!("{predicted} {score}"),
        false => format!("{truth}, predicted {predicted} {score}"),
    };
    el("li")
        .child(picture)
        .child(el("span").text(says))
        .child(el("small").text(shown.path.clone()))
}
