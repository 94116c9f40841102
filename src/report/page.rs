//! The page as a whole.

use super::element::{Element, Node, el};
use super::material::{Material, PictureKey, Pictures};
use super::measured::Measured;
use super::samples::samples;
use super::sections::{
    again, answer, calibrations, compared, cost, curves, data, one_run, pictures, question, settings,
    warnings,
};
use super::told::Told;
use crate::visible::visible_name;

/// What every report begins with, so that it is known by it.
pub const BEGINNING: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"generator\" content=\"counterweight report\"/>";
const STYLE: &str = include_str!("style.css");
/// Nothing is loaded, whatever else stands in the page.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// The images that the page shows, with the run whose folder they are in.
pub fn wanted(material: &Material, measured: &Measured) -> Vec<PictureKey> {
    if material.runs.is_empty() {
        return vec![];
    }
    let nothing = Pictures::new();
    let mut wanted: Vec<PictureKey> = (samples(&Told::new(material, measured, &nothing)).iter())
        .flat_map(|sample| sample.shown.iter().map(|shown| shown.key))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

/// The page, with what there is of the pictures that are wanted. It takes at least one run.
pub fn page(material: &Material, measured: &Measured, pictures: &Pictures) -> String {
    let mut html = String::from(BEGINNING);
    if material.runs.is_empty() {
        return html + "<title>No run</title></head><body></body></html>\n";
    }
    let told = Told::new(material, measured, pictures);
    let title = format!(
        "{}: how to weigh the classes",
        visible_name(told.run(0).config.place())
    );
    let head = [
        el("meta")
            .attr("name", "viewport")
            .attr("content", "width=device-width, initial-scale=1"),
        el("meta")
            .attr("name", "color-scheme")
            .attr("content", "light dark"),
        el("meta")
            .attr("http-equiv", "Content-Security-Policy")
            .attr("content", POLICY),
        el("title").text(title),
        el("style").child(Node::Verbatim(STYLE)),
    ];
    head.iter().for_each(|element| element.write(&mut html));
    html.push_str("</head>");
    body(&told).write(&mut html);
    html.push_str("</html>\n");
    html
}

fn body(told: &Told) -> Element {
    let runs = (0..told.names.len()).map(|place| one_run::one_run(told, place));
    let sections: Vec<Element> = [
        question::question(told),
        Some(data::data(told)),
        compared::compared(told),
    ]
    .into_iter()
    .flatten()
    .chain(runs)
    .chain(
        [
            curves::trade_offs(told),
            cost::costs(told),
            calibrations::calibrations(told),
            pictures::pictures(told),
        ]
        .into_iter()
        .flatten(),
    )
    .chain([
        settings::settings(told),
        warnings::warnings(told),
        again::again(told),
        again::made_with(told),
    ])
    .collect();
    let head = answer::head(told);
    el("body").child(
        el("main")
            .child(head)
            .child(contents(&sections))
            .children(sections),
    )
}

/// Where on the page what is.
fn contents(sections: &[Element]) -> Element {
    let entries = sections.iter().filter_map(|section| {
        let (id, title) = section.id_and_title()?;
        Some(el("li").child(el("a").attr("href", format!("#{id}")).text(title)))
    });
    el("nav")
        .attr("aria-label", "Contents")
        .child(el("ol").children(entries))
}
