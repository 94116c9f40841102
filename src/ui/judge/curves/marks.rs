//! What stands in the plots: the curve over all thresholds, weightings as dots, where things stand now, and the goal.

use egui_plot::{HLine, Line, LineStyle, MarkerShape, PlotPoints, PlotUi, Points, VLine};

use crate::app::{AppState, ClassPlot, Dot};
use crate::metrics::{Figure, OperatingPoint, of_class};
use crate::ui::parts::theme::Theme;

/// Curves are drawn with at most this many points; more cannot be told apart.
const MOST_POINTS: usize = 600;
/// Radius of a fold's dot, and how much of its colour it has.
pub const FOLD: f32 = 2.5;
pub const FAINT: f32 = 0.5;

/// Where a threshold lies in that plot.
pub fn point(p: &OperatingPoint, kind: ClassPlot) -> Option<[f64; 2]> {
    match kind {
        ClassPlot::TradeOff => Some([p.rest_recall, p.recall]),
        ClassPlot::PrecisionRecall => Some([p.recall, p.precision?]),
        ClassPlot::Roc => Some([1.0 - p.rest_recall, p.recall]),
        ClassPlot::Calibration | ClassPlot::Cost => None,
    }
}

/// Where a weighting lies in that plot.
pub fn place(dot: &Dot, kind: ClassPlot) -> Option<[f64; 2]> {
    let as_point = OperatingPoint {
        threshold: 0.0,
        recall: dot.recall,
        rest_recall: dot.rest_recall,
        precision: dot.precision,
    };
    point(&as_point, kind)
}

/// Where what is looked at stands: its weights as they are tried, and its threshold. `None` where a dot says the same.
pub fn now(state: &AppState) -> Option<[f64; 2]> {
    let (kind, subject) = (state.judge.plot, state.subject()?);
    if state.watched_trial().is_none() && subject.threshold.is_none() {
        return None;
    }
    let class = of_class(subject.confusion(), state.weighed_class())?;
    let now = OperatingPoint {
        threshold: subject.threshold.unwrap_or(0.5),
        recall: class.recall?,
        rest_recall: class.specificity?,
        precision: class.precision,
    };
    point(&now, kind)
}

/// Over all thresholds of what is looked at, behind everything else; calibration has curves of its own.
pub fn curve<'a>(plot: &mut PlotUi<'a>, state: &'a AppState, theme: &Theme) {
    let kind = state.judge.plot;
    let curve = state.curve();
    // Of thresholds that find the same share, the highest is the most precise. The others would fill the space below with a
    // saw, and nobody would choose one.
    let is_kept = |i: usize| match kind {
        ClassPlot::PrecisionRecall => i == 0 || curve[i].recall > curve[i - 1].recall,
        _ => true,
    };
    let kept: Vec<usize> = (0..curve.len()).filter(|&i| is_kept(i)).collect();
    let every = kept.len().div_ceil(MOST_POINTS).max(1);
    let last = kept.len().saturating_sub(1);
    let thinned = kept
        .iter()
        .enumerate()
        .filter(|(nth, _)| nth % every == 0 || *nth == last);
    let points: Vec<[f64; 2]> = thinned.filter_map(|(_, &i)| point(&curve[i], kind)).collect();
    let line = Line::new("All thresholds", PlotPoints::from(points)).color(theme.muted.gamma_multiply(0.7));
    plot.line(line.width(1.5).allow_hover(false).id("thresholds"));
    if kind == ClassPlot::Roc {
        plot.line(diagonal("Chance", theme));
    }
}

pub fn diagonal(name: &str, theme: &Theme) -> Line<'static> {
    let line = Line::new(name, PlotPoints::from(vec![[0.0, 0.0], [1.0, 1.0]])).color(theme.line);
    line.style(LineStyle::dashed_loose()).allow_hover(false).id(name)
}

/// The shares that must hold, as lines: along and up.
pub fn goal_lines(state: &AppState) -> [Option<f64>; 2] {
    let weighed = state.looked_at_classes().get(state.weighed_class());
    let Some(goal) = state.goal().filter(|goal| Some(&goal.class) == weighed) else {
        return [None, None];
    };
    let bound = |figure| goal.bounds.get(figure);
    match state.judge.plot {
        ClassPlot::TradeOff => [
            bound(Figure::FalsePositives).map(|most| 1.0 - most),
            bound(Figure::Recall),
        ],
        ClassPlot::PrecisionRecall => [bound(Figure::Recall), bound(Figure::Precision)],
        ClassPlot::Roc => [bound(Figure::FalsePositives), bound(Figure::Recall)],
        ClassPlot::Calibration | ClassPlot::Cost => [None, None],
    }
}

pub fn goal(plot: &mut PlotUi<'_>, state: &AppState, theme: &Theme) {
    let [along, up] = goal_lines(state);
    let ink = theme.accent.gamma_multiply(0.7);
    if let Some(at) = along {
        let line = VLine::new("Goal", at).color(ink).style(LineStyle::dashed_dense());
        plot.vline(line.allow_hover(false).id("goal along"));
    }
    if let Some(at) = up {
        let line = HLine::new("Goal", at).color(ink).style(LineStyle::dashed_dense());
        plot.hline(line.allow_hover(false).id("goal up"));
    }
}

/// Dots, joined in order of weight; those on the front are ringed. Where there is a goal, its sign stands for a dot and is
/// painted above.
pub fn weightings(plot: &mut PlotUi<'_>, state: &AppState, dots: &[Dot], theme: &Theme) {
    let kind = state.judge.plot;
    for line in dots.chunk_by(|a, b| a.line == b.line) {
        let points: Vec<[f64; 2]> = line.iter().filter_map(|d| place(d, kind)).collect();
        let joined = Line::new("Weightings", PlotPoints::from(points)).color(theme.muted.gamma_multiply(0.5));
        plot.line(joined.width(1.0).allow_hover(false).id(("joined", line[0].line)));
    }
    for dot in dots {
        let Some(at) = place(dot, kind) else { continue };
        let selected = state.looking.run == Some(dot.run) && state.watched_trial().is_none();
        let has_sign = state.goal_of_run(dot.run).is_some();
        let ring = match (selected, dot.on_front) {
            (true, _) => Some((theme.text, if has_sign { 10.0 } else { 8.0 })),
            (false, true) => Some((theme.muted, if has_sign { 8.5 } else { 6.5 })),
            (false, false) => None,
        };
        if let Some((ink, radius)) = ring {
            plot.points(circle("Ring", at, radius, ink).id(("ring", dot.run)));
            let inside = circle("Inside", at, radius - 1.5, theme.panel);
            plot.points(inside.id(("inside", dot.run)));
        }
        if !has_sign {
            let run = &state.runs.all[dot.run];
            let filled = circle(&run.label(), at, 4.5, ink_of(state, dot, theme));
            plot.points(filled.id(("dot", dot.run)));
            if dot.again {
                // Hollow: it is no run that was trained so.
                let hollow = circle("Hollow", at, 2.5, theme.panel);
                plot.points(hollow.id(("hollow", dot.run)));
            }
        }
    }
}

/// Small and faint: a fold is no weighting of its own.
pub fn folds(plot: &mut PlotUi<'_>, state: &AppState, folds: &[Dot], theme: &Theme) {
    for (i, fold) in folds.iter().enumerate() {
        if let Some(at) = place(fold, state.judge.plot) {
            let ink = ink_of(state, fold, theme).gamma_multiply(FAINT);
            plot.points(circle("Fold", at, FOLD, ink).id(("fold", i)));
        }
    }
}

/// A run's own colour where it is shown.
pub fn ink_of(state: &AppState, dot: &Dot, theme: &Theme) -> egui::Color32 {
    let run = &state.runs.all[dot.run];
    match run.shown {
        true => theme.run(run.colour),
        false => theme.muted,
    }
}

fn circle(name: &str, at: [f64; 2], radius: f32, ink: egui::Color32) -> Points<'static> {
    let points = Points::new(name.to_owned(), PlotPoints::from(vec![at]));
    let points = points.shape(MarkerShape::Circle).radius(radius).color(ink);
    points.allow_hover(false)
}

/// A diamond, where what is looked at stands.
pub fn current(plot: &mut PlotUi<'_>, at: [f64; 2], theme: &Theme) {
    let diamond = |radius, ink| {
        let points = Points::new("Now", PlotPoints::from(vec![at])).allow_hover(false);
        points.shape(MarkerShape::Diamond).radius(radius).color(ink)
    };
    plot.points(diamond(11.0, theme.panel).id("now ring"));
    plot.points(diamond(9.0, theme.accent).id("now"));
}
