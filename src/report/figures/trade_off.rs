//! The trade-off of a class: how much of it is found, and how many others are taken for it, at every threshold of each run and as
//! each run predicts.

use super::frame::{Axis, Frame, line, path, up_to};
use super::series::{look, mark};
use crate::experiment::others;
use crate::metrics::{Figure, Interval, Rate};
use crate::report::element::Element;
use crate::report::judged::Judged;
use crate::report::words::share_with_range;

/// What would fill this much of an axis is shown on the whole of it, so that plots can be held against each other.
const WHOLE_FROM: f64 = 0.5;

/// No axis shows less than this.
const LEAST_SPAN: f64 = 0.05;

/// `runs` are each run's number in the plot, its name, and how it judged the images.
pub fn trade_off(classes: &[String], class_idx: usize, runs: &[(usize, &str, &Judged)]) -> Element {
    let class = &classes[class_idx];
    let rest = others(class, classes);
    let points: Vec<(usize, &str, &Rate, &Rate)> = (runs.iter())
        .filter_map(|&(series, name, judged)| {
            let rates = judged.rates.get(class_idx)?;
            Some((
                series,
                name,
                rates.get(Figure::FalsePositives),
                rates.get(Figure::Recall),
            ))
        })
        .collect();
    let frame = frame_of(
        format!("{rest} predicted {class}"),
        format!("{class} found"),
        &points,
    );
    let mut lines = Vec::new();
    for (series, _, judged) in runs.iter().rev() {
        let Some(predictions) = judged.predictions else {
            continue;
        };
        let curve = predictions.scores().operating_points(class_idx).into_iter();
        let places = curve.map(|point| (frame.x(1.0 - point.rest_recall), frame.y(point.recall)));
        lines.push(
            path(std::iter::once((frame.x(0.0), frame.y(0.0))).chain(places))
                .class(format!("line {}", look(*series))),
        );
    }
    let mut marks = Vec::new();
    let mut told = vec![format!(
        "Across: the share of {rest} that is predicted {class}. Up: the share of {class} that is found."
    )];
    for (series, name, false_positives, recall) in points.iter().rev() {
        let Some((across, up)) = false_positives.share().zip(recall.share()) else {
            continue;
        };
        let (x, y) = (frame.x(across), frame.y(up));
        if let Some(Interval { low, high }) = false_positives.interval {
            lines.push(line([frame.x(low), y, frame.x(high), y]).class(format!("range {}", look(*series))));
        }
        if let Some(Interval { low, high }) = recall.interval {
            lines.push(line([x, frame.y(low), x, frame.y(high)]).class(format!("range {}", look(*series))));
        }
        marks.push(mark(*series, x, y));
        told.push(format!(
            "{name}: {} found, {} of {rest} predicted {class}.",
            share_with_range(recall.share(), recall.interval),
            share_with_range(false_positives.share(), false_positives.interval),
        ));
    }
    frame.drawing(
        &format!("What finding {class} costs"),
        &told.join(" "),
        lines,
        marks,
    )
}

/// As far as the ranges of the runs go, and at least as far as one sees the curves bend.
fn frame_of(x: String, y: String, points: &[(usize, &str, &Rate, &Rate)]) -> Frame {
    let most = points
        .iter()
        .filter_map(|point| point.2.interval.map(|of| of.high).or(point.2.share()));
    let least = points
        .iter()
        .filter_map(|point| point.3.interval.map(|of| of.low).or(point.3.share()));
    let most = most.fold(0.0, f64::max) * 1.3;
    let least = 1.0 - (1.0 - least.fold(1.0, f64::min)) * 1.3;
    let mut frame = Frame {
        x: Axis::of_shares(x),
        y: Axis::of_shares(y),
    };
    // An axis alone that is cut short would bend the curves.
    if most < WHOLE_FROM && least > WHOLE_FROM {
        frame.x.high = up_to(most.max(LEAST_SPAN));
        frame.y.low = 1.0 - up_to((1.0 - least).max(LEAST_SPAN));
    }
    frame
}
