//! How runs are told apart in a plot: each by its colour, the dashes of its line, and the shape of its marks.

use super::frame::{line, number};
use crate::report::element::{Element, el};

/// Colours, dashes and shapes; beyond them they come again, each in another company.
const COLOURS: usize = 6;
const DASHES: usize = 4;
const SHAPES: usize = 5;

/// Its classes in the style sheet.
pub fn look(series: usize) -> String {
    format!("c{} d{}", series % COLOURS, series % DASHES)
}

/// A mark of its shape.
pub fn mark(series: usize, x: f64, y: f64) -> Element {
    const R: f64 = 4.2;
    let shape = |corners: &[(f64, f64)]| {
        let corners = corners
            .iter()
            .map(|(dx, dy)| format!("{},{}", number(x + dx * R), number(y + dy * R)));
        el("polygon").attr("points", corners.collect::<Vec<_>>().join(" "))
    };
    let mark = match series % SHAPES {
        0 => el("circle")
            .attr("cx", number(x))
            .attr("cy", number(y))
            .attr("r", R),
        1 => shape(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
        2 => shape(&[(0.0, -1.2), (1.1, 0.9), (-1.1, 0.9)]),
        3 => shape(&[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)]),
        _ => shape(&[(0.0, 1.2), (1.1, -0.9), (-1.1, -0.9)]),
    };
    mark.class(format!("mark {}", look(series)))
}

/// What stands for what: line and mark beside each name.
pub fn legend<'a>(series: impl IntoIterator<Item = (usize, &'a str)>) -> Element {
    let entries = series.into_iter().map(|(series, name)| {
        let sign = el("svg")
            .attr("viewBox", "0 0 30 12")
            .attr("aria-hidden", "true")
            .child(line([1.0, 6.0, 29.0, 6.0]).class(format!("line {}", look(series))))
            .child(mark(series, 15.0, 6.0));
        el("li").child(sign).child(el("span").text(name))
    });
    el("ul").class("legend").children(entries)
}
