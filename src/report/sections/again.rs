//! How to do it all again, and what it was done with.

use super::section;
use crate::experiment::{began, command_line};
use crate::metrics::thousands;
use crate::report::element::{Element, el};
use crate::report::material::ReportRun;
use crate::report::told::Told;
use crate::report::words::{self, note, p};
use crate::visible::visible_path;

pub fn again(told: &Told) -> Element {
    let mut children = vec![p(
        "Each line trains a run again. The same program, files and device give the same run, but for its times.",
    )];
    for (run, name) in told.material.runs.iter().zip(&told.names) {
        children.push(el("h3").text(name.clone()));
        children.push(el("pre").child(el("code").text(command_line(&run.config))));
        if let Some(decision) = &run.decision {
            children.push(p(format!(
                "Afterwards a threshold was kept with it: it {}.",
                decision.in_words()
            )));
        }
        if run.config.labels_overlay.is_some() {
            children.push(p(
                "The decisions about labels that it was trained with lie in its folder.",
            ));
        }
    }
    section("again", "How to run it again", children)
}

pub fn made_with(told: &Told) -> Element {
    let mut children = Vec::new();
    for (run, name) in told.material.runs.iter().zip(&told.names) {
        children.push(el("h3").text(name.clone()));
        children.push(words::facts(facts(run)));
    }
    children.push(note(format!(
        "This page was made by {} on {}. It holds all that it shows, asks for nothing on the network, and runs no script. Left out \
         are the model, the probabilities of single images, and all images but those shown.",
        told.material.program, told.material.made
    )));
    section("made-with", "What it was made with", children)
}

fn facts(run: &ReportRun) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Run", run.name.clone()),
        ("Folder", visible_path(&run.dir)),
        ("State", run.state().to_owned()),
    ];
    if let Some(began) = began(&run.name) {
        facts.push(("Began", began.strftime("%-d %B %Y, %H:%M").to_string()));
    }
    if let Some(timing) = &run.record.timing {
        facts.extend(
            timing
                .seconds
                .get("total")
                .map(|secs| ("Took", format!("{secs:.1} seconds"))),
        );
        facts.push((
            "Features kept from earlier runs",
            format!("{} images", thousands(timing.n_cached as u64)),
        ));
    }
    facts.extend(run.environment.iter().map(|(name, value)| (*name, value.clone())));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}
