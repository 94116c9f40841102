//! Whether scores are what they say: of the images that score about so much for a class, how many are of it.

use super::frame::{Axis, Frame, line, path};
use super::series::{look, mark};
use crate::metrics::{CalibrationBin, wilson};
use crate::report::element::Element;
use crate::report::judged::Judged;

/// `runs` are each run's number in the plot, its name, and how it judged the images; `is_undone`: by their probabilities with the class
/// weights undone, else by their scores. Ranges are drawn of the first alone.
pub fn calibration(
    class: &str,
    class_idx: usize,
    runs: &[(usize, &str, &Judged)],
    is_undone: bool,
) -> Element {
    let said = if is_undone { "probability" } else { "score" };
    let frame = Frame {
        x: Axis::of_shares(format!("mean {said} of {class}")),
        y: Axis::of_shares(format!("are {class}")),
    };
    let mut lines = vec![line([frame.x(0.0), frame.y(0.0), frame.x(1.0), frame.y(1.0)]).class("ideal")];
    let (mut marks, mut told) = (Vec::new(), Vec::new());
    for (place, (series, name, judged)) in runs.iter().enumerate().rev() {
        let Some(scores) = (if is_undone {
            judged.shown()
        } else {
            judged.scores()
        }) else {
            continue;
        };
        let bins = scores.calibration(class_idx);
        let place_of = |bin: &CalibrationBin| (frame.x(bin.mean_score), frame.y(bin.share));
        lines.push(path(bins.iter().map(place_of)).class(format!("line {}", look(*series))));
        for bin in &bins {
            let (x, y) = place_of(bin);
            // With groups there is no simple range of a share of some of their images.
            let range = wilson((bin.share * bin.n_images as f64).round() as u64, bin.n_images);
            if let Some(range) = range.filter(|_| place == 0 && !judged.is_in_groups()) {
                lines.push(
                    line([x, frame.y(range.low), x, frame.y(range.high)])
                        .class(format!("range {}", look(*series))),
                );
            }
            marks.push(mark(*series, x, y));
        }
        let each = bins.iter().map(|bin| {
            let [score, share] = [bin.mean_score, bin.share].map(|share| (share * 100.0).round());
            format!("{share} % where the {said} is {score} %")
        });
        told.push(format!("{name}: {}.", each.collect::<Vec<_>>().join(", ")));
    }
    told.push("The dashed line is where scores are what they say.".into());
    told.reverse();
    frame.drawing(
        &format!("How many images are {class} by their {said} of it"),
        &told.join(" "),
        lines,
        marks,
    )
}
