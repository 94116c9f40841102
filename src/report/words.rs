//! Figures and names as the report writes them.

use super::element::{Element, el};
use crate::experiment::Part;
use crate::metrics::{Interval, percent};

/// Such as `validation images`.
pub fn images_of(part: Part) -> &'static str {
    match part {
        Part::Val => "validation images",
        Part::Test => "test images",
        Part::Train => "training images, judged out of fold",
    }
}

/// What a figure on images of that part is worth.
pub fn what_part_is(part: Part) -> &'static str {
    match part {
        Part::Val => {
            "Validation images were not trained on. Weights and thresholds are chosen by them, so that what is best on them may \
             look a little better than it is."
        }
        Part::Test => "Test images were kept away from training and from every choice.",
        Part::Train => "Each training image was judged by a head that had not learnt it.",
    }
}

/// As a heading: `On 1,200 validation images`.
pub fn on_images(part: Part, n: u64) -> String {
    format!("On {} {}", counted(n), images_of(part))
}

pub fn counted(n: u64) -> String {
    crate::metrics::thousands(n)
}

/// That stays in one line: `83.3 %`.
pub fn share(share: Option<f64>, decimals: usize) -> String {
    together(&percent(share, decimals))
}

/// `68 to 91 %`, in one line.
pub fn range(interval: Interval, decimals: usize) -> String {
    let Interval { low, high } = interval;
    together(&format!(
        "{:.decimals$} to {}",
        low * 100.0,
        percent(Some(high), decimals)
    ))
}

/// `83 % (68 to 91 %)`.
pub fn share_with_range(of: Option<f64>, interval: Option<Interval>) -> String {
    match interval {
        Some(interval) => format!("{} ({})", share(of, 0), range(interval, 0)),
        None => share(of, 0),
    }
}

/// Its spaces do not break.
pub fn together(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// A figure that a program can read as well, under its key, with its range below.
pub fn figure_cell(
    key: &'static str,
    value: Option<f64>,
    is_percent: bool,
    interval: Option<Interval>,
) -> Element {
    let shown = match (value, is_percent) {
        (value, true) => share(value, 1),
        (Some(value), false) => format!("{value:.3}"),
        (None, false) => "–".into(),
    };
    let figure = match value {
        Some(value) => el("data").attr("value", value).text(shown),
        None => el("span").text(shown),
    };
    let cell = el("td").class("n").attr("data-figure", key).child(figure);
    let Some(interval) = interval else { return cell };
    let Interval { low, high } = interval;
    let shown = match is_percent {
        true => range(interval, 1),
        false => together(&format!("{low:.3} to {high:.3}")),
    };
    cell.attr("data-low", low)
        .attr("data-high", high)
        .child(el("small").text(shown))
}

/// A table that scrolls by itself where the page is too narrow for it; `name` is said of it aloud.
pub fn scrolled(name: &str, table: Element) -> Element {
    el("div")
        .class("scroll")
        .attr("role", "region")
        .attr("aria-label", name)
        .attr("tabindex", 0)
        .child(table)
}

/// The heading of a table's columns: the first is that of the names.
pub fn heading<'a>(columns: impl IntoIterator<Item = &'a str>) -> Element {
    let cells = columns.into_iter().enumerate().map(|(i, column)| {
        let cell = el("th").attr("scope", "col").text(column);
        if i == 0 { cell } else { cell.class("n") }
    });
    el("thead").child(el("tr").children(cells))
}

/// Names and values in two columns, where there is room.
pub fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>) -> Element {
    let each = facts
        .into_iter()
        .map(|(name, value)| el("div").child(el("dt").text(name)).child(el("dd").text(value)));
    el("dl").class("facts").children(each)
}

/// A paragraph.
pub fn p(text: impl Into<String>) -> Element {
    el("p").text(text)
}

/// A smaller one.
pub fn note(text: impl Into<String>) -> Element {
    el("p").class("note").text(text)
}

/// With a capital letter first and a full stop, as a sentence stands.
pub fn sentence(text: &str) -> String {
    let mut letters = text.trim_end_matches('.').chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_in_one_line_with_their_ranges() {
        let interval = Interval {
            low: 0.6809,
            high: 0.9133,
        };
        assert_eq!(
            share_with_range(Some(0.825), Some(interval)),
            "82\u{a0}% (68\u{a0}to\u{a0}91\u{a0}%)"
        );
        assert_eq!(share_with_range(None, None), "–");
        assert_eq!(sentence("it failed: no space left."), "It failed: no space left.");
    }
}
