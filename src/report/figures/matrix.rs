//! A confusion matrix of more classes than a table has room for: a square a cell, darker the larger its share of its class.

use super::frame::{drawing, number, words};
use crate::metrics::{Confusion, percent, ratio, thousands};
use crate::report::element::{Element, el};
use crate::report::words::together;
use crate::short_name::{Shared, shortened};
use crate::visible::visible;

const WIDTH: f64 = 720.0;
/// What the names of the classes take.
const NAMES: f64 = 118.0;
const LETTERS: usize = 17;
/// Larger matrices have no numbers in their cells.
const NUMBERED: usize = 30;
/// Smaller cells have no names beside them.
const SMALLEST: f64 = 7.0;
/// Larger ones have the share below the count.
const ROOMY: f64 = 30.0;
/// From this share on, a number is light on dark.
const DARK: f64 = 0.55;

/// True classes by rows, predicted ones by columns.
pub fn matrix(classes: &[String], confusion: &Confusion) -> Element {
    let n = classes.len();
    let side = ((WIDTH - NAMES) / n.max(1) as f64).min(46.0);
    let size = NAMES + side * n as f64;
    let description = format!(
        "{} of {} images lie on the diagonal, where the predicted class is the true one.",
        thousands(confusion.diagonal().sum()),
        thousands(confusion.total())
    );
    let mut picture = drawing(
        [size, size],
        "Confusion matrix: true classes by rows, predicted ones by columns",
        &description,
    );
    let letters = (side * 0.5).clamp(3.0, 11.0);
    let shared = Shared::of(classes);
    for (i, class) in classes.iter().enumerate().filter(|_| side >= SMALLEST) {
        let name = shortened(&visible(class), shared, |text| text.chars().count() <= LETTERS);
        let at = NAMES + side * (i as f64 + 0.5);
        let turned = words(0.0, 0.0, "start", name.clone()).attr(
            "transform",
            format!(
                "translate({} {}) rotate(-60)",
                number(at + letters * 0.3),
                number(NAMES - 6.0)
            ),
        );
        let font = |words: Element| words.attr("font-size", number(letters)).class("name");
        picture = picture
            .child(font(words(NAMES - 6.0, at + letters * 0.35, "end", name)))
            .child(font(turned));
    }
    for (truth, counts) in confusion.rows().enumerate() {
        for (predicted, &count) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let share = ratio(count, confusion.row_total(truth)).unwrap_or(0.0);
            picture = picture.children(cell([truth, predicted], count, share, side, n <= NUMBERED));
        }
    }
    let frame = square(NAMES, NAMES, side * n as f64).class("edge");
    picture.child(frame)
}

fn square(x: f64, y: f64, side: f64) -> Element {
    let sides = [("x", x), ("y", y), ("width", side), ("height", side)];
    sides.into_iter().fold(el("rect"), |square, (name, value)| {
        square.attr(name, number(value))
    })
}

fn cell(
    [truth, predicted]: [usize; 2],
    count: u64,
    share: f64,
    side: f64,
    is_numbered: bool,
) -> Vec<Element> {
    let (x, y) = (NAMES + side * predicted as f64, NAMES + side * truth as f64);
    let kind = if truth == predicted {
        "cell right"
    } else {
        "cell wrong"
    };
    // Its root, so that a small share is seen.
    let strength = share.sqrt().max(0.08);
    let filled = square(x, y, side)
        .class(kind)
        .attr("fill-opacity", number(strength));
    let tone = if strength > DARK { "light" } else { "dark" };
    let line = |text: String, height: f64, size: f64| {
        let letters = (side * size)
            .min(side * 1.5 / text.chars().count() as f64)
            .min(12.0);
        words(x + side / 2.0, y + side * height + letters * 0.36, "middle", text)
            .attr("font-size", number(letters))
            .class(tone)
    };
    let count = thousands(count);
    let lines = match side >= ROOMY {
        true => vec![
            line(count, 0.36, 0.34),
            line(together(&percent(Some(share), 0)), 0.7, 0.25),
        ],
        false => vec![line(count, 0.5, 0.46)],
    };
    [filled]
        .into_iter()
        .chain(lines.into_iter().filter(|_| is_numbered))
        .collect()
}
