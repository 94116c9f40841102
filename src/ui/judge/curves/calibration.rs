//! The calibration of a class: what is said of its images, in tenths, against the share of them that is of the class, with how many
//! images each tenth has. Probabilities and the raw scores that they come from are two curves, told apart by line and mark.

use std::sync::Arc;

use egui::{Align2, Stroke};
use egui_plot::{
    Bar, BarChart, HoverPosition, Line, LineStyle, MarkerShape, PlotPoint, PlotPoints, PlotUi, Points, Text,
    VLine,
};

use super::marks::diagonal;
use crate::app::{AppState, Calibration};
use crate::metrics::{CalibrationBin, ClassReliability, percent, thousands};
use crate::ui::parts::theme::{self, Theme};

/// Height of the bar of the fullest tenth.
const MOST: f64 = 0.14;
const BAR: f64 = 0.07;
/// A plot as wide as this has room for the number of images over each bar.
const WITH_NUMBERS: f32 = 330.0;
/// Names of the two curves, of what is shown and of what it is held against.
const NAMES: [&str; 2] = ["As shown", "Held against"];

/// What is shown, and the other, where class weights make them two.
pub struct Curves {
    shown: Calibration,
    other: Option<Calibration>,
    is_undone: bool,
}

impl Curves {
    pub fn of(state: &AppState) -> Option<Self> {
        let (raw, undone) = state.calibrations()?;
        let is_undone = state.undo_looked_at().changes();
        let (shown, other) = match undone {
            Some(undone) if is_undone => (undone, Some(raw)),
            undone => (raw, undone),
        };
        Some(Curves {
            shown,
            other,
            is_undone,
        })
    }

    pub fn has_both(&self) -> bool {
        self.other.is_some()
    }

    pub fn draw(&self, plot: &mut PlotUi<'_>, theme: &Theme) {
        counts(plot, &self.shown.bins, theme);
        if let Some(other) = &self.other {
            let points = points(&other.bins);
            let line = Line::new(NAMES[1], PlotPoints::from(points.clone())).color(theme.muted);
            let line = line.width(1.2).style(LineStyle::dashed_dense());
            plot.line(line.allow_hover(false).id("other calibration"));
            let squares = Points::new(NAMES[1], PlotPoints::from(points)).color(theme.muted);
            let squares = squares.shape(MarkerShape::Square).filled(false).radius(4.0);
            plot.points(squares.id("other tenths"));
        }
        let points = points(&self.shown.bins);
        let line = Line::new("Calibration", PlotPoints::from(points.clone()))
            .color(theme.accent)
            .width(1.5);
        plot.line(line.allow_hover(false).id("calibration"));
        let circles = Points::new(NAMES[0], PlotPoints::from(points)).color(theme.accent);
        plot.points(circles.radius(4.0).shape(MarkerShape::Circle).id("tenths"));
    }

    /// How many images a point stands for, and what is so of them.
    pub fn readout(&self, at: &HoverPosition<'_>, class: &str) -> Option<String> {
        let HoverPosition::NearDataPoint {
            plot_name, position, ..
        } = at
        else {
            return None;
        };
        let is_other = *plot_name == NAMES[1];
        let of = match is_other {
            true => &self.other.as_ref()?.bins,
            false => &self.shown.bins,
        };
        let bin = of
            .iter()
            .find(|bin| bin.mean_score == position.x && bin.share == position.y)?;
        let images = match bin.n_images {
            1 => "the one image".to_owned(),
            n => format!("the {} images", thousands(n)),
        };
        Some(format!(
            "of {images} with a {} of about {},\n{} are {class}",
            self.noun(is_other),
            percent(Some(bin.mean_score), 0),
            percent(Some(bin.share), 1)
        ))
    }

    fn noun(&self, is_other: bool) -> &'static str {
        match (self.has_both(), self.is_undone != is_other) {
            (false, _) => "score",
            (true, true) => "probability",
            (true, false) => "raw score",
        }
    }

    /// Such as `Calibration error 3.4 % (raw scores 18.2 %), Brier score 0.081 (0.142)`, of the class against the rest.
    pub fn in_words(&self) -> Option<String> {
        let shown: &ClassReliability = self.shown.reliability.as_ref().as_ref()?;
        let other = self
            .other
            .as_ref()
            .and_then(|other| other.reliability.as_ref().as_ref());
        let beside = other.map_or_else(Default::default, |other| {
            let what = if self.is_undone { "raw scores" } else { "undone" };
            let ece = percent(Some(other.ece), 1);
            [format!(" ({what} {ece})"), format!(" ({:.3})", other.brier.score)]
        });
        let [ece, brier]: [String; 2] = beside;
        // A head that gets all its training images right is hardly moved by weights.
        let is_too_far = other.is_some_and(|other| self.is_undone && other.brier.score < shown.brier.score);
        let caution = match is_too_far {
            true => "; the raw scores are nearer: the weights did less to them than is undone",
            false => "",
        };
        Some(format!(
            "Calibration error {}{ece}, Brier score {:.3}{brier}{caution}",
            percent(Some(shown.ece), 1),
            shown.brier.score
        ))
    }
}

/// Under the pointer, beside what [`Curves::in_words`] says.
pub const EXPLAINED: &str = "Calibration error (ECE): over 15 bins of about equally many images, how far what is said is from the \
                             share that is of the class, on the mean of all images. Brier score: mean squared error of the class \
                             against the rest, from 0 to 1";

/// Where the class is predicted from on, on the scale that is shown; of more than two classes a threshold has no place on it.
pub fn threshold(plot: &mut PlotUi<'_>, state: &AppState, theme: &Theme) {
    let own = || state.subject().and_then(|subject| subject.threshold);
    let class_idx = state.weighed_class();
    let at = match state.undo_looked_at().changes() {
        true => state
            .shown_rule()
            .filter(|rule| rule.class_idx == class_idx)
            .map(|rule| rule.at),
        false => own(),
    };
    if let Some(at) = at {
        plot.vline(VLine::new("Threshold", f64::from(at)).color(theme.accent));
    }
    plot.line(diagonal("Perfect", theme));
}

fn points(bins: &Arc<Vec<CalibrationBin>>) -> Vec<[f64; 2]> {
    bins.iter().map(|bin| [bin.mean_score, bin.share]).collect()
}

/// Bars at the foot of the plot.
fn counts(plot: &mut PlotUi<'_>, bins: &[CalibrationBin], theme: &Theme) {
    let most = bins.iter().map(|bin| bin.n_images).max().unwrap_or(1);
    let middle = |bin: &CalibrationBin| (f64::from(bin.tenth) + 0.5) / 10.0;
    let height = |bin: &CalibrationBin| bin.n_images as f64 / most as f64 * MOST;
    let ink = theme.muted.gamma_multiply(0.35);
    let bar = |bin: &CalibrationBin| {
        let bar = Bar::new(middle(bin), height(bin)).width(BAR);
        bar.fill(ink).stroke(Stroke::NONE)
    };
    let chart = BarChart::new("Images", bins.iter().map(bar).collect());
    plot.bar_chart(chart.allow_hover(false).id("images of tenths"));
    if plot.response().rect.width() < WITH_NUMBERS {
        return;
    }
    for bin in bins {
        let at = PlotPoint::new(middle(bin), height(bin));
        let text = theme::small(thousands(bin.n_images)).color(theme.muted);
        let text = Text::new("Images", at, text).anchor(Align2::CENTER_BOTTOM);
        plot.text(text.allow_hover(false).id(("images", bin.tenth)));
    }
}
