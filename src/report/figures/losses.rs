//! How the loss fell while a run was trained.

use super::frame::{Axis, Frame, path, up_to};
use super::series::{look, mark};
use crate::experiment::{Part, RunRecord, When, mean_of_each};
use crate::report::element::Element;

/// Means of consecutive steps that are drawn, at most.
const POINTS: usize = 240;

/// `None` where no step was made.
pub fn losses(record: &RunRecord) -> Option<Element> {
    let n = record.losses.len();
    if n == 0 {
        return None;
    }
    let each = n.div_ceil(POINTS);
    let trained: Vec<(f64, f64)> = (mean_of_each(each, &record.losses).into_iter())
        .map(|(step, loss)| (step as f64 - (each - 1) as f64 / 2.0, loss))
        .collect();
    let validated = validated(record);
    let finite = trained
        .iter()
        .chain(&validated)
        .map(|(_, loss)| *loss)
        .filter(|loss| loss.is_finite());
    let frame = Frame {
        x: Axis {
            label: "step".into(),
            low: 0.0,
            high: n as f64,
            is_share: false,
            named: vec![],
        },
        y: Axis {
            label: "weighted loss".into(),
            low: 0.0,
            high: up_to(finite.fold(0.0, f64::max)),
            is_share: false,
            named: vec![],
        },
    };
    let place = |(step, loss): &(f64, f64)| (frame.x(*step), frame.y(*loss));
    let mut lines = vec![path(trained.iter().map(place)).class(format!("line {}", look(0)))];
    let mut marks = Vec::new();
    lines.push(path(validated.iter().map(place)).class(format!("line {}", look(1))));
    // So many marks would hide the line.
    if validated.len() <= 12 {
        marks.extend(validated.iter().map(place).map(|(x, y)| mark(1, x, y)));
    }
    let last = |of: &[(f64, f64)]| {
        of.last()
            .map_or_else(|| "–".to_owned(), |(_, loss)| format!("{loss:.3}"))
    };
    let description = format!(
        "Over {n} steps the loss on training images went from {:.3} to {}; on validation images it was {} in the end.",
        trained.first().map_or(f64::NAN, |(_, loss)| *loss),
        last(&trained),
        last(&validated)
    );
    Some(frame.drawing("Loss while training", &description, lines, marks))
}

/// After each epoch, by its last step.
fn validated(record: &RunRecord) -> Vec<(f64, f64)> {
    let ends: Vec<usize> = record
        .epoch_starts
        .iter()
        .skip(1)
        .copied()
        .chain([record.losses.len()])
        .collect();
    let judged = record
        .evaluations
        .iter()
        .filter(|evaluation| evaluation.part == Part::Val);
    let place = judged.filter_map(|evaluation| match evaluation.when {
        When::Epoch(epoch) => Some((
            *ends.get((epoch as usize).checked_sub(1)?)? as f64,
            evaluation.weighted_loss,
        )),
        _ => None,
    });
    place.collect()
}
