//! The frame of a plot: two axes with round numbers, a grid, and where a value lies in it.

use crate::report::element::{Element, el};

/// In the drawing's own units, of which a screen or a sheet shows about a point each.
pub const WIDTH: f64 = 360.0;
pub const HEIGHT: f64 = 290.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 42.0;
/// Marks along an axis, about.
const MARKS: f64 = 5.0;

pub struct Axis {
    pub label: String,
    pub low: f64,
    pub high: f64,
    /// Shares are shown as percent.
    pub is_share: bool,
    /// Marks with what stands there; empty: round numbers.
    pub named: Vec<(f64, String)>,
}

pub struct Frame {
    pub x: Axis,
    pub y: Axis,
}

impl Axis {
    /// All shares there are.
    pub fn of_shares(label: impl Into<String>) -> Self {
        Axis {
            label: label.into(),
            low: 0.0,
            high: 1.0,
            is_share: true,
            named: vec![],
        }
    }

    /// Where it is marked, and how.
    fn marked(&self) -> Vec<(f64, String)> {
        match self.named.is_empty() {
            true => self
                .marks()
                .into_iter()
                .map(|value| (value, self.shown(value)))
                .collect(),
            false => self.named.clone(),
        }
    }

    /// Round numbers within its ends: 1, 2 or 5 of a power of ten apart.
    fn marks(&self) -> Vec<f64> {
        let step = round_step((self.high - self.low) / MARKS);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }

    fn shown(&self, value: f64) -> String {
        let value = if self.is_share { value * 100.0 } else { value };
        // What a multiple of a tenth is off by is no digit of it.
        let rounded = (value * 1e6).round() / 1e6;
        match (self.is_share, rounded) {
            (true, _) => format!("{rounded}\u{a0}%"),
            (false, n) if n >= 1000.0 && n.fract() == 0.0 => crate::metrics::thousands(n as u64),
            (false, n) => n.to_string(),
        }
    }
}

/// The least of 1, 2, 5 times a power of ten that is no smaller.
fn round_step(least: f64) -> f64 {
    if !least.is_finite() || least <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * power);
    steps
        .into_iter()
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// The ends of an axis from 0 that holds a value, at a round number.
pub fn up_to(most: f64) -> f64 {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let step = round_step(most / MARKS);
    (most / step - 1e-9).ceil() * step
}

impl Frame {
    pub fn x(&self, value: f64) -> f64 {
        LEFT + (value - self.x.low) / (self.x.high - self.x.low) * (WIDTH - LEFT - RIGHT)
    }

    pub fn y(&self, value: f64) -> f64 {
        TOP + (self.y.high - value) / (self.y.high - self.y.low) * (HEIGHT - TOP - BOTTOM)
    }

    /// What is drawn in it is cut at its edges, and marks upon it are not.
    pub fn drawing(
        &self,
        title: &str,
        description: &str,
        lines: Vec<Element>,
        marks: Vec<Element>,
    ) -> Element {
        let (width, height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
        let window = format!("{LEFT} {TOP} {width} {height}");
        let inside = el("svg")
            .attr("x", LEFT)
            .attr("y", TOP)
            .attr("width", width)
            .attr("height", height)
            .attr("viewBox", window)
            .children(lines);
        drawing([WIDTH, HEIGHT], title, description)
            .child(self.grid())
            .child(inside)
            .children(marks)
    }

    fn grid(&self) -> Element {
        let mut grid = el("g").class("axes").attr("aria-hidden", "true");
        for (value, shown) in self.x.marked() {
            let x = self.x(value);
            grid = grid
                .child(line([x, TOP, x, HEIGHT - BOTTOM]).class("grid"))
                .child(words(x, HEIGHT - BOTTOM + 15.0, "middle", shown));
        }
        for (value, shown) in self.y.marked() {
            let y = self.y(value);
            grid = grid
                .child(line([LEFT, y, WIDTH - RIGHT, y]).class("grid"))
                .child(words(LEFT - 6.0, y + 3.5, "end", shown));
        }
        let middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        let y_label = words(11.0, middle, "middle", self.y.label.clone())
            .attr("transform", format!("rotate(-90 11 {})", number(middle)));
        grid.child(
            words(
                (LEFT + WIDTH - RIGHT) / 2.0,
                HEIGHT - 8.0,
                "middle",
                self.x.label.clone(),
            )
            .class("label"),
        )
        .child(y_label.class("label"))
    }
}

/// An empty drawing of that size.
pub fn drawing([width, height]: [f64; 2], title: &str, description: &str) -> Element {
    el("svg")
        .attr("viewBox", format!("0 0 {} {}", number(width), number(height)))
        .attr("role", "img")
        .child(el("title").text(title))
        .child(el("desc").text(description))
}

pub fn line([x1, y1, x2, y2]: [f64; 4]) -> Element {
    let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)];
    ends.into_iter()
        .fold(el("line"), |line, (name, at)| line.attr(name, number(at)))
}

pub fn words(x: f64, y: f64, anchor: &str, text: impl Into<String>) -> Element {
    el("text")
        .attr("x", number(x))
        .attr("y", number(y))
        .attr("text-anchor", anchor)
        .text(text)
}

/// To a hundredth of a unit, which nobody sees.
pub fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // Never "-0".
    (rounded + 0.0).to_string()
}

/// A line through points of the drawing; of those that are nearer to each other than can be seen one is enough.
pub fn path(points: impl Iterator<Item = (f64, f64)>) -> Element {
    const APART: f64 = 0.4;
    let mut places = String::new();
    let mut before: Option<(f64, f64)> = None;
    let points: Vec<(f64, f64)> = points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    for (i, &(x, y)) in points.iter().enumerate() {
        let is_far = before.is_none_or(|(u, v)| (x - u).hypot(y - v) >= APART);
        if is_far || i + 1 == points.len() {
            places.push_str(if before.is_none() { "M" } else { " " });
            places.push_str(&format!("{},{}", number(x), number(y)));
            before = Some((x, y));
        }
    }
    el("path").attr("d", places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_numbers() {
        let axis = |low, high, is_share| Axis {
            label: String::new(),
            low,
            high,
            is_share,
            named: vec![],
        };
        let shown = |axis: &Axis| -> Vec<String> { axis.marks().iter().map(|&v| axis.shown(v)).collect() };
        assert_eq!(
            shown(&axis(0.0, 1.0, true)),
            [
                "0\u{a0}%",
                "20\u{a0}%",
                "40\u{a0}%",
                "60\u{a0}%",
                "80\u{a0}%",
                "100\u{a0}%"
            ]
        );
        assert_eq!(shown(&axis(0.0, 0.7, false)), ["0", "0.2", "0.4", "0.6"]);
        assert_eq!(
            shown(&axis(0.0, 2400.0, false)),
            ["0", "500", "1,000", "1,500", "2,000"]
        );
        assert_eq!((up_to(0.63), up_to(0.0), up_to(f64::NAN)), (0.8, 1.0, 1.0));
        assert_eq!(number(-0.001), "0");
    }

    #[test]
    fn a_value_lies_where_its_axes_say_and_lines_keep_their_ends() {
        let frame = Frame {
            x: Axis::of_shares("x"),
            y: Axis::of_shares("y"),
        };
        assert_eq!((frame.x(0.0), frame.x(1.0)), (LEFT, WIDTH - RIGHT));
        assert_eq!((frame.y(1.0), frame.y(0.0)), (TOP, HEIGHT - BOTTOM));
        let mut html = String::new();
        let close = (0..100).map(|i| (f64::from(i) / 100.0, 0.0));
        path(close.chain([(f64::NAN, 1.0)])).write(&mut html);
        assert_eq!(html, "<path d=\"M0,0 0.4,0 0.8,0 0.99,0\"></path>");
    }
}
