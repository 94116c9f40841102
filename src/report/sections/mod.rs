//! The sections of the page, in the order in which they are read. Each is a function of what is told, and may have nothing to say.

pub mod again;
pub mod answer;
pub mod calibrations;
pub mod classes;
pub mod compared;
pub mod cost;
pub mod curves;
pub mod data;
pub mod differences;
pub mod one_run;
pub mod pictures;
pub mod question;
pub mod settings;
pub mod warnings;

use super::element::{Element, el};

/// A section with its place on the page and its title.
pub fn section(id: &str, title: &str, children: Vec<Element>) -> Element {
    el("section")
        .attr("id", id)
        .child(el("h2").text(title))
        .children(children)
}
