//! What is to be known before anything here is believed: warnings of the runs, and what could not be read.

use super::section;
use crate::experiment::Caution;
use crate::report::element::{Element, el};
use crate::report::told::Told;
use crate::report::words::{counted, p, sentence};

/// Of each run.
const MOST: usize = 40;

pub fn warnings(told: &Told) -> Element {
    let mut children = Vec::new();
    if !told.material.unreadable.is_empty() {
        let each = told
            .material
            .unreadable
            .iter()
            .map(|why| el("li").text(sentence(why)));
        children.push(p(
            "Of what was asked for, this could not be read and is missing here:",
        ));
        children.push(el("ul").children(each));
    }
    for (run, name) in told.material.runs.iter().zip(&told.names) {
        let (warnings, cautions) = (&run.record.warnings, &run.record.cautions);
        if warnings.is_empty() && cautions.is_empty() {
            continue;
        }
        let each = warnings
            .iter()
            .take(MOST)
            .map(|warning| el("li").text(sentence(warning)));
        let rest = warnings.len().saturating_sub(MOST);
        let rest = (rest > 0)
            .then(|| el("li").text(format!("and {} more, which the run keeps.", counted(rest as u64))));
        children.push(el("h3").text(name.clone()));
        children.extend(cautions.iter().map(with_care));
        if !warnings.is_empty() {
            children.push(el("ul").children(each).children(rest));
        }
    }
    if children.is_empty() {
        children.push(p("None of the runs warned of anything."));
    }
    section("warnings", "Warnings", children)
}

/// With what care its figures are to be read: by its code, what it is about, and what was found and is to be done.
fn with_care(caution: &Caution) -> Element {
    let code = caution.code;
    let title = el("strong").text(format!("{} {}. ", code.name(), code.title()));
    el("p")
        .class("caution")
        .attr("data-code", code.name())
        .child(title)
        .text(sentence(&caution.message))
}
