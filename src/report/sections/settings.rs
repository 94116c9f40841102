//! The settings: those in which the runs differ first, then all.

use super::section;
use crate::experiment::Field;
use crate::experiment::config::fields::FIELDS;
use crate::report::element::{Element, el};
use crate::report::told::Told;
use crate::report::words::{self, p, scrolled};

/// More columns are too narrow to read, so that runs stand below each other.
const COLUMNS: usize = 5;

pub fn settings(told: &Told) -> Element {
    let (differ, same): (Vec<&Field>, Vec<&Field>) =
        FIELDS.iter().copied().partition(|field| differs(told, field));
    let mut children = Vec::new();
    if told.names.len() > 1 {
        children.push(match differ.is_empty() {
            true => p("The runs differ in no setting."),
            false => p("What the runs differ in comes first; all else was the same."),
        });
    }
    let all: Vec<usize> = (0..told.names.len()).collect();
    for runs in all.chunks(COLUMNS).filter(|_| !differ.is_empty()) {
        children.push(scrolled("Settings that differ", table(told, &differ, runs)));
    }
    // One that does nothing beside the others is no setting of these runs.
    let used = same.iter().filter(|field| field.is_used(&told.run(0).config));
    children.push(words::facts(
        used.map(|field| (field.name(), field.shown(&told.run(0).config))),
    ));
    section("settings", "The settings", children)
}

fn differs(told: &Told, field: &Field) -> bool {
    let mut shown = told.material.runs.iter().map(|run| shown(field, run));
    let first = shown.next();
    shown.any(|other| Some(other) != first)
}

fn shown(field: &Field, run: &crate::report::material::ReportRun) -> String {
    field.shown(&run.config)
}

fn table(told: &Told, fields: &[&Field], runs: &[usize]) -> Element {
    let names = runs
        .iter()
        .map(|&run| el("th").attr("scope", "col").text(told.names[run].clone()));
    let head = el("thead").child(
        el("tr")
            .child(el("th").attr("scope", "col").text("Setting"))
            .children(names),
    );
    let rows = fields.iter().map(|field| {
        let cells = runs.iter().map(|&run| el("td").text(shown(field, told.run(run))));
        el("tr")
            .child(el("th").attr("scope", "row").text(field.name()))
            .children(cells)
    });
    el("table")
        .class("settings")
        .child(head)
        .child(el("tbody").children(rows))
}
