//! The axes of the curves: as far as what there is to see goes, with marks at round shares.

use egui::{RichText, Ui};
use egui_plot::{AxisHints, GridMark};

use crate::app::{AppState, ClassPlot};
use crate::short_name::{Shared, shortened};
use crate::ui::parts::heading::width_of;
use crate::ui::parts::theme::{self, Theme};
use crate::visible::visible;

/// No axis shows less than this.
const LEAST_SPAN: f64 = 0.04;
/// What would fill this much of an axis is shown on the whole of it, so that plots can be held against each other.
const WHOLE_FROM: f64 = 0.5;
/// Between the outermost points and the edge.
const AROUND: f64 = 0.15;
/// Of "100 %", in points.
const HALF_NUMBER: f64 = 14.0;
/// Shares between two marks.
const STEPS: [f64; 8] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002];

/// From the least to the largest value, with room around them, within 0 and 1; all of that where there is nothing, or
/// one value alone: it has no neighbour to be told from.
pub fn fitted(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let ends = values
        .filter(|value| value.is_finite())
        .fold(None, |ends, value| {
            let (low, high) = ends.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        });
    let Some((low, high)) = ends.filter(|(low, high)| low < high) else {
        return [0.0, 1.0];
    };
    let around = ((high - low) * AROUND).max(LEAST_SPAN / 2.0);
    let [low, high] = [(low - around).max(0.0), (high + around).min(1.0)];
    match high - low > WHOLE_FROM {
        true => [0.0, 1.0],
        false => [low, high],
    }
}

/// The same with room for marks beyond its ends, of so many points before and after on an axis that is so long.
pub fn with_room([low, high]: [f64; 2], before: f32, after: f32, length: f32) -> [f64; 2] {
    let span = high - low;
    let room = |points: f32| f64::from((points / length.max(1.0)).min(0.2)) * span;
    [low - room(before), high + room(after)]
}

/// Round shares within these bounds, as dense as an axis of that length has room for.
pub fn marks((low, high): (f64, f64), length: f32, least_apart: f32) -> Vec<GridMark> {
    let most = f64::from(length / least_apart).max(1.0);
    let fits = |step: &&f64| (high - low) / **step <= most;
    let step_size = STEPS.iter().rev().find(fits).copied().unwrap_or(0.5);
    let (low, high) = (low.max(0.0), high.min(1.0));
    let first = (low / step_size - 1e-9).ceil() as i64;
    let last = (high / step_size + 1e-9).floor() as i64;
    let mark = |i| GridMark {
        value: i as f64 * step_size,
        step_size,
    };
    (first..=last).map(mark).collect()
}

/// Without a last one whose number would be cut by the plot's edge.
pub fn uncut(mut marks: Vec<GridMark>, (low, high): (f64, f64), length: f32) -> Vec<GridMark> {
    let points = |value: f64| (high - value) / (high - low) * f64::from(length);
    marks.retain(|mark| points(mark.value) >= HALF_NUMBER);
    marks
}

pub fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.muted)
        .tick_label_font(theme::font(11.0))
        .label_spacing(12.0..=24.0)
        .formatter(|mark, _| {
            let decimals = usize::from(mark.step_size < 0.01);
            format!("{:.decimals$} %", mark.value * 100.0)
        })
}

fn small(text: &str, theme: &Theme) -> RichText {
    theme::small(text).color(theme.muted)
}

/// What an axis is of: a figure, and the class that it is of, if any.
pub struct AxisName {
    figure: &'static str,
    class: String,
}

impl AxisName {
    /// In so much room, for which a class's name loses its middle.
    pub fn fitted(&self, ui: &Ui, room: f32, theme: &Theme) -> RichText {
        let whole = |class: &str| small(format!("{} {class}", self.figure).trim_end(), theme);
        let fits = |class: &str| width_of(ui, whole(class)) <= room;
        whole(&shortened(&self.class, Shared::default(), fits))
    }
}

/// What stands along and what up.
pub fn names(state: &AppState, kind: ClassPlot, class: &str) -> [AxisName; 2] {
    let of = |figure, class: &str| AxisName {
        figure,
        class: class.into(),
    };
    let recall = || of("Recall of", class);
    let rest = || match state.looked_at_classes() {
        [a, b] => of("Recall of", &visible(if visible(a) == class { b } else { a })),
        _ => of("Others not predicted", class),
    };
    let said_of = match state.undo_looked_at().changes() {
        true => "Probability of",
        false => "Score of",
    };
    match kind {
        ClassPlot::TradeOff => [rest(), recall()],
        ClassPlot::PrecisionRecall => [recall(), of("Precision", "")],
        ClassPlot::Roc => [of("False positive rate", ""), recall()],
        ClassPlot::Calibration => [of(said_of, class), of("Share that is", class)],
        // It has axes of its own.
        ClassPlot::Cost => [of("Cost of a missed", class), of("Cost", "")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[f64], expected: [f64; 2]) {
        let got = fitted(values.iter().copied());
        let is_near = got
            .iter()
            .zip(expected)
            .all(|(got, expected)| (got - expected).abs() < 1e-9);
        assert!(is_near, "{values:?}: {got:?}");
    }

    #[test]
    fn axes_go_as_far_as_what_is_there() {
        check(&[], [0.0, 1.0]);
        check(&[f64::NAN], [0.0, 1.0]);
        check(&[0.2, 0.9], [0.0, 1.0]);
        check(&[0.96, 1.0], [0.94, 1.0]);
        check(&[0.5, 0.5], [0.0, 1.0]);
        check(&[0.5, 0.51], [0.48, 0.53]);
        check(&[0.4, 0.6], [0.37, 0.63]);
    }

    #[test]
    fn marks_are_round_and_never_closer_than_their_numbers() {
        let values = |bounds, length| -> Vec<f64> {
            marks(bounds, length, 40.0)
                .iter()
                .map(|mark| (mark.value * 1e4).round() / 1e4)
                .collect()
        };
        assert_eq!(values((-0.05, 1.05), 300.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(
            values((0.94, 1.01), 300.0),
            [0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0]
        );
        assert_eq!(values((-0.05, 1.05), 100.0), [0.0, 0.5, 1.0]);
        assert_eq!(values((0.0, 1.0), 10.0), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_number_that_the_edge_would_cut_is_left_out() {
        let last = |bounds| {
            let all = uncut(marks(bounds, 200.0, 40.0), bounds, 200.0);
            all.last().map(|mark| (mark.value * 1e4).round() / 1e4)
        };
        assert_eq!(last((0.85, 1.005)), Some(0.95));
        assert_eq!(last((0.0, 1.1)), Some(1.0));
    }
}
