//! The curves: recall against recall with the weightings as dots, precision against recall, ROC, calibration.

use egui::{Role, Ui, vec2};
use egui_plot::{
    AxisHints, GridMark, HoverPosition, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints,
    PlotResponse, Points,
};

use crate::app::{Action, AppState, ClassPlot, Dot, LookAction};
use crate::metrics::{OperatingPoint, of_class, percent, thousands};
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::named;
use crate::visible::visible;

/// A click this near to a dot is meant for it, in points.
const REACH: f32 = 14.0;
/// Room beyond 0 and 100 %, in points: the largest mark would be cut by the edge.
const MARK: f32 = 11.0;
/// What the axes take of the plot's width and height, about.
const AXES: egui::Vec2 = vec2(52.0, 36.0);
/// Curves are drawn with at most this many points; more cannot be told apart.
const MOST_POINTS: usize = 600;

pub fn plot(ui: &mut Ui, state: &AppState, dots: &[Dot], actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let kind = state.judge.plot;
    let class = state
        .looked_at_classes()
        .get(state.weighed_class())
        .map(|class| visible(class).into_owned())
        .unwrap_or_default();
    let (x_name, mut y_name) = axes(state, kind, &class);
    if ui.available_height() - AXES.y < room::SHARES_HEIGHT {
        y_name.clear();
    }
    let space = ui.available_size() - AXES;
    let step_size = if space.x < room::SHARES_WIDTH { 0.5 } else { 0.2 };
    let beyond = |length: f32| f64::from((MARK / length.max(1.0)).min(0.2));
    let beyond = [beyond(space.x), beyond(space.y)];
    let plot = Plot::new(("weigh", kind as u8))
        .show_background(false)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(vec2(0.0, 0.0))
        .grid_color(theme.line)
        .x_grid_spacer(move |_| marks(step_size))
        .y_grid_spacer(|_| marks(0.2))
        .cursor_color(theme.line)
        .custom_x_axes(vec![axis(AxisHints::new_x(), theme).label(small(&x_name, theme))])
        .custom_y_axes(vec![axis(AxisHints::new_y(), theme).label(small(&y_name, theme))])
        .label_formatter(move |at| readout(at, kind));
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds_x(-beyond[0]..=1.0 + beyond[0]);
        plot.set_plot_bounds_y(-beyond[1]..=1.0 + beyond[1]);
        curve(plot, state, theme);
        if matches!(
            kind,
            ClassPlot::TradeOff | ClassPlot::PrecisionRecall | ClassPlot::Roc
        ) {
            weightings(plot, state, dots, theme);
        }
        current(plot, state, theme);
    });
    named(&shown.response, Role::Canvas, &described(state, &class));
    let near = dot_under_pointer(&shown, dots, kind);
    let Some(dot) = near else { return };
    if shown.response.clicked() {
        actions.push(Action::Look(LookAction::Run(dot.run)));
    }
    let response = shown.response.on_hover_cursor(egui::CursorIcon::PointingHand);
    response.on_hover_text_at_pointer(in_words(state, dot, &class));
}

/// The nearest dot, where one is near enough to be meant.
fn dot_under_pointer<'a>(shown: &PlotResponse<()>, dots: &'a [Dot], kind: ClassPlot) -> Option<&'a Dot> {
    let pointer = shown.response.hover_pos()?;
    let away = |dot: &Dot| {
        place(dot, kind).map_or(f32::MAX, |[x, y]| {
            let at = shown.transform.position_from_point(&PlotPoint::new(x, y));
            at.distance(pointer)
        })
    };
    let nearest = dots.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
    (away(nearest) < REACH).then_some(nearest)
}

fn axes(state: &AppState, kind: ClassPlot, class: &str) -> (String, String) {
    let rest = match state.looked_at_classes() {
        [a, b] => format!("Recall of {}", visible(if visible(a) == class { b } else { a })),
        _ => format!("Not predicted {class}, of the rest"),
    };
    match kind {
        ClassPlot::TradeOff => (rest, format!("Recall of {class}")),
        ClassPlot::PrecisionRecall => (format!("Recall of {class}"), "Precision".into()),
        ClassPlot::Roc => ("False positive rate".into(), format!("Recall of {class}")),
        ClassPlot::Calibration => (format!("Score of {class}"), "Share that is".into()),
    }
}

/// Where a threshold lies in that plot.
fn point(p: &OperatingPoint, kind: ClassPlot) -> Option<[f64; 2]> {
    match kind {
        ClassPlot::TradeOff => Some([p.rest_recall, p.recall]),
        ClassPlot::PrecisionRecall => Some([p.recall, p.precision?]),
        ClassPlot::Roc => Some([1.0 - p.rest_recall, p.recall]),
        ClassPlot::Calibration => None,
    }
}

/// Where a weighting lies in that plot.
fn place(dot: &Dot, kind: ClassPlot) -> Option<[f64; 2]> {
    let as_point = OperatingPoint {
        threshold: 0.0,
        recall: dot.recall,
        rest_recall: dot.rest_recall,
        precision: dot.precision,
    };
    point(&as_point, kind)
}

/// Over all thresholds of what is looked at, behind everything else.
fn curve<'a>(plot: &mut egui_plot::PlotUi<'a>, state: &'a AppState, theme: &Theme) {
    let kind = state.judge.plot;
    if kind == ClassPlot::Calibration {
        return calibration(plot, state, theme);
    }
    let curve = state.curve();
    let every = curve.len().div_ceil(MOST_POINTS).max(1);
    let last = curve.len().saturating_sub(1);
    let kept = curve
        .iter()
        .enumerate()
        .filter(|(i, _)| i % every == 0 || *i == last);
    let points: Vec<[f64; 2]> = kept.filter_map(|(_, p)| point(p, kind)).collect();
    let line = Line::new("All thresholds", PlotPoints::from(points)).color(theme.muted.gamma_multiply(0.7));
    plot.line(line.width(1.5).allow_hover(false).id("thresholds"));
    if kind == ClassPlot::Roc {
        plot.line(diagonal("Chance", theme));
    }
}

/// Tenths of the score against the share of the class in them; a perfect model lies on the diagonal.
fn calibration(plot: &mut egui_plot::PlotUi<'_>, state: &AppState, theme: &Theme) {
    plot.line(diagonal("Perfect", theme));
    let bins = state.calibration();
    if bins.is_empty() {
        return;
    }
    let points: Vec<[f64; 2]> = bins.iter().map(|b| [b.mean_score, b.share]).collect();
    let line = Line::new("Calibration", PlotPoints::from(points.clone()))
        .color(theme.accent)
        .width(1.5);
    plot.line(line.allow_hover(false).id("calibration"));
    let circles = Points::new("Tenth of the score", PlotPoints::from(points))
        .color(theme.accent)
        .radius(4.0);
    plot.points(circles.shape(MarkerShape::Circle).id("tenths"));
}

fn diagonal(name: &str, theme: &Theme) -> Line<'static> {
    let line = Line::new(name, PlotPoints::from(vec![[0.0, 0.0], [1.0, 1.0]])).color(theme.line);
    line.style(LineStyle::dashed_loose()).allow_hover(false).id(name)
}

/// Dots, joined in order of weight; those on the front are ringed.
fn weightings(plot: &mut egui_plot::PlotUi<'_>, state: &AppState, dots: &[Dot], theme: &Theme) {
    let kind = state.judge.plot;
    for line in dots.chunk_by(|a, b| a.line == b.line) {
        let points: Vec<[f64; 2]> = line.iter().filter_map(|d| place(d, kind)).collect();
        let joined = Line::new("Weightings", PlotPoints::from(points)).color(theme.muted.gamma_multiply(0.5));
        plot.line(joined.width(1.0).allow_hover(false).id(("joined", line[0].line)));
    }
    for dot in dots {
        let Some(at) = place(dot, kind) else { continue };
        let run = &state.runs.all[dot.run];
        let selected = state.looking.run == Some(dot.run) && state.watched_trial().is_none();
        if dot.on_front || selected {
            let (ink, radius) = if selected {
                (theme.text, 8.0)
            } else {
                (theme.muted, 6.5)
            };
            plot.points(
                circle("Ring", at, radius, ink)
                    .allow_hover(false)
                    .id(("ring", dot.run)),
            );
            plot.points(
                circle("Inside", at, radius - 1.5, theme.panel)
                    .allow_hover(false)
                    .id(("inside", dot.run)),
            );
        }
        let ink = if run.shown {
            theme.run(run.colour)
        } else {
            theme.muted
        };
        plot.points(
            circle(&run.label(), at, 4.5, ink)
                .allow_hover(false)
                .id(("dot", dot.run)),
        );
    }
}

fn circle(name: &str, at: [f64; 2], radius: f32, ink: egui::Color32) -> Points<'static> {
    let points = Points::new(name.to_owned(), PlotPoints::from(vec![at]));
    points.shape(MarkerShape::Circle).radius(radius).color(ink)
}

/// Where what is looked at stands now: its weights as they are tried, and its threshold.
fn current(plot: &mut egui_plot::PlotUi<'_>, state: &AppState, theme: &Theme) {
    let kind = state.judge.plot;
    let Some(subject) = state.subject() else { return };
    if kind == ClassPlot::Calibration {
        if let Some(at) = subject.threshold {
            plot.vline(egui_plot::VLine::new("Threshold", f64::from(at)).color(theme.accent));
        }
        return;
    }
    if state.watched_trial().is_none() && subject.threshold.is_none() {
        return;
    }
    let Some(class) = of_class(subject.confusion(), state.weighed_class()) else {
        return;
    };
    let (Some(recall), Some(rest_recall)) = (class.recall, class.specificity) else {
        return;
    };
    let now = OperatingPoint {
        threshold: subject.threshold.unwrap_or(0.5),
        recall,
        rest_recall,
        precision: class.precision,
    };
    if let Some(at) = point(&now, kind) {
        let diamond = |radius, ink| {
            let points = Points::new("Now", PlotPoints::from(vec![at])).allow_hover(false);
            points.shape(MarkerShape::Diamond).radius(radius).color(ink)
        };
        plot.points(diamond(9.0, theme.panel).id("now ring"));
        plot.points(diamond(7.0, theme.accent).id("now"));
    }
}

/// What a dot is, with its matrix.
fn in_words(state: &AppState, dot: &Dot, class: &str) -> String {
    let run = &state.runs.all[dot.run];
    let mut lines = vec![
        format!("{}, {class} counts {:.2} times", run.label(), dot.weight),
        format!("recall of {class} {}", percent(Some(dot.recall), 1)),
        format!(
            "of the rest not predicted {class} {}",
            percent(Some(dot.rest_recall), 1)
        ),
    ];
    let classes = run.classes();
    if let Some(evaluation) = run
        .evaluation_on(state.looking.part())
        .filter(|_| classes.len() <= 4)
    {
        for (true_idx, row) in evaluation.confusion.rows().enumerate() {
            let cells: Vec<String> = row.iter().map(|n| format!("{:>7}", thousands(*n))).collect();
            lines.push(format!(
                "true {}: {}",
                visible(&classes[true_idx]),
                cells.join("  ")
            ));
        }
    }
    if dot.on_front {
        lines.push("No other weighting is better in both".into());
    }
    lines.join("\n")
}

/// What the picture says, for those who do not see it.
fn described(state: &AppState, class: &str) -> String {
    match state.subject() {
        Some(subject) => {
            let figures = of_class(subject.confusion(), state.weighed_class());
            let recall = percent(figures.and_then(|c| c.recall), 1);
            let rest = percent(figures.and_then(|c| c.specificity), 1);
            format!(
                "{} of {}: recall of {class} {recall}, the rest {rest}",
                state.judge.plot.name(),
                subject.label
            )
        }
        None => state.judge.plot.name().to_owned(),
    }
}

fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.muted)
        .tick_label_font(theme::font(11.0))
        .label_spacing(12.0..=24.0)
        .formatter(|mark, _| format!("{:.0} %", mark.value * 100.0))
}

fn small(text: &str, theme: &Theme) -> egui::RichText {
    theme::small(text).color(theme.muted)
}

fn marks(step_size: f64) -> Vec<GridMark> {
    let n = (1.0 / step_size).round() as usize;
    let mark = |i| GridMark {
        value: i as f64 * step_size,
        step_size,
    };
    (0..=n).map(mark).collect()
}

/// Dots have a readout of their own.
fn readout(at: &HoverPosition<'_>, kind: ClassPlot) -> Option<String> {
    match at {
        HoverPosition::NearDataPoint { position, .. } if kind == ClassPlot::Calibration => Some(format!(
            "of the images with a score of about {:.0} %,\n{:.1} % are of the class",
            position.x * 100.0,
            position.y * 100.0
        )),
        _ => None,
    }
}
