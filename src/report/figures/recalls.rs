//! How much of each class is found by each run, with ranges: a row a class.

use super::frame::{drawing, line, number, words};
use super::series::{look, mark};
use crate::metrics::{Figure, Rate};
use crate::report::element::{Element, el};
use crate::report::judged::Judged;
use crate::report::words::share_with_range;
use crate::short_name::{Shared, shortened};
use crate::visible::visible;

/// Of the drawing's width, and what names of classes take of it.
const WIDTH: f64 = 360.0;
const LEFT: f64 = 104.0;
const RIGHT: f64 = 20.0;
const FOOT: f64 = 22.0;
/// Letters of a name that fit.
const LETTERS: usize = 15;
/// Between two runs of one class, and around them.
const STEP: f64 = 11.0;
const AROUND: f64 = 12.0;
/// More marks than these are not read one by one.
const MOST: usize = 72;

/// `None` where there would be more than can be read.
pub fn recalls(classes: &[String], runs: &[(usize, &str, &Judged)]) -> Option<Element> {
    if runs.is_empty() || classes.len() * runs.len() > MOST {
        return None;
    }
    let row = STEP * (runs.len() - 1) as f64 + 2.0 * AROUND;
    let height = row * classes.len() as f64 + FOOT;
    let told = runs.iter().map(|(_, name, judged)| {
        let each = classes.iter().enumerate().filter_map(|(class_idx, class)| {
            let rate = recall(judged, class_idx)?;
            Some(format!(
                "{class} {}",
                share_with_range(rate.share(), rate.interval)
            ))
        });
        format!("{name}: {}.", each.collect::<Vec<_>>().join(", "))
    });
    let mut picture = drawing(
        [WIDTH, height],
        "How much of each class is found",
        &told.collect::<Vec<_>>().join(" "),
    );
    picture = picture.child(grid(height));
    let shared = Shared::of(classes);
    for (class_idx, class) in classes.iter().enumerate() {
        let top = row * class_idx as f64;
        let name = shortened(&visible(class), shared, |text| text.chars().count() <= LETTERS);
        picture = picture.child(words(LEFT - 10.0, top + row / 2.0 + 4.0, "end", name).class("name"));
        if class_idx > 0 {
            picture = picture.child(line([0.0, top, WIDTH, top]).class("rule"));
        }
        for (place, (series, _, judged)) in runs.iter().enumerate() {
            let y = top + AROUND + STEP * place as f64;
            picture = picture.children(recall(judged, class_idx).map(|rate| range(*series, rate, y)));
        }
    }
    Some(picture)
}

fn recall<'a>(judged: &'a Judged, class_idx: usize) -> Option<&'a Rate> {
    Some(judged.rates.get(class_idx)?.get(Figure::Recall))
}

fn x(share: f64) -> f64 {
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

fn grid(height: f64) -> Element {
    let lines = (0..=5).map(|fifth| {
        let at = x(f64::from(fifth) / 5.0);
        let share = words(at, height - 6.0, "middle", format!("{}\u{a0}%", fifth * 20));
        el("g")
            .child(line([at, 0.0, at, height - FOOT]).class("grid"))
            .child(share)
    });
    el("g").class("axes").attr("aria-hidden", "true").children(lines)
}

fn range(series: usize, rate: &Rate, y: f64) -> Element {
    let ends = rate.interval.map(|interval| {
        line([x(interval.low), y, x(interval.high), y]).class(format!("range thick {}", look(series)))
    });
    let mark = rate.share().map(|share| mark(series, x(share), y));
    el("g").attr("data-y", number(y)).children(ends).children(mark)
}
