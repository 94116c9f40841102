//! Cost lines: what each run costs over every cost of a miss, and what the best rule of all costs there.

use super::frame::{Axis, Frame, line, path, up_to, words};
use super::series::{look, mark};
use crate::metrics::{CostLine, miss_share, ratio_in_words, telling_ratios};
use crate::report::costs::CostsThere;
use crate::report::element::Element;
use crate::report::words::share;

/// Costs that are named along are no closer than this, as a share of the axis, and no nearer to its ends.
const APART: f64 = 0.09;
const ENDS: [f64; 2] = [0.03, 0.04];
/// Above the most that the best rule costs, for lines to come down from.
const ABOVE: f64 = 1.7;
const MOST: f64 = 0.55;
/// Of its height, where the lines of doing without are named.
const NAMED_AT: f64 = 0.72;

/// `runs` are each run's number in the plot and its name, in the order of the rules' runs.
pub fn cost(class: &str, runs: &[(usize, &str)], costs: &CostsThere) -> Element {
    let prevalence = costs.there.prevalence;
    let least = costs.least();
    let top = least.iter().map(|[_, cost]| *cost).fold(0.02, f64::max) * ABOVE;
    let along = telling_ratios(prevalence, APART, ENDS);
    let frame = Frame {
        x: Axis {
            named: along
                .into_iter()
                .map(|(at, ratio)| (at, ratio_in_words(ratio)))
                .collect(),
            ..Axis::of_shares(format!("false alarms that a missed {class} costs"))
        },
        y: Axis {
            high: up_to(top.min(MOST)),
            ..Axis::of_shares("cost, of all that can be lost")
        },
    };
    let at = costs.there.miss_share();
    let upright = |at: f64, kind: &str| {
        line([frame.x(at), frame.y(0.0), frame.x(at), frame.y(frame.y.high)]).class(kind)
    };
    let rule = |rule: CostLine| {
        [0.0, 1.0]
            .map(|at| (frame.x(at), frame.y(rule.at(at))))
            .into_iter()
    };
    let mut lines = vec![path(least.iter().map(|&[at, cost]| (frame.x(at), frame.y(cost)))).class("least")];
    lines.extend([CostLine::NOTHING, CostLine::EVERYTHING].map(|line| path(rule(line)).class("ideal")));
    lines.push(upright(at, "stake"));
    let own = miss_share(costs.there.own, costs.there.ratio);
    if (own - at).abs() > 1e-9 {
        lines.push(upright(own, "ideal"));
    }
    // Outside of both lines, and below where they may cross.
    let high = frame.y.high * NAMED_AT;
    let mut marks = vec![
        words(frame.x(high) - 4.0, frame.y(high), "end", "never"),
        words(frame.x(1.0 - high) + 4.0, frame.y(high), "start", "always"),
    ];
    let mut told = vec![format!(
        "Along: what a missed {class} costs, in false alarms, where {} of images are {class}. Up: the cost as a share of all that can be \
         lost.",
        share(Some(prevalence), 1)
    )];
    for (&(series, name), &(_, line)) in runs.iter().zip(&costs.runs).rev() {
        lines.push(path(rule(line)).class(format!("line {}", look(series))));
        marks.push(mark(series, frame.x(at), frame.y(line.at(at))));
        told.push(format!(
            "{name}: {} where things stand.",
            share(Some(line.at(at)), 1)
        ));
    }
    frame.drawing(
        &format!("What the runs cost by what a missed {class} costs"),
        &told.join(" "),
        lines,
        marks,
    )
}
