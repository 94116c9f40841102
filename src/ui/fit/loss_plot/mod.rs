//! Losses of all shown runs, one over the other: raw faint under smoothed, validation losses as points.

mod controls;
mod legend;
mod marks;

use std::collections::BTreeMap;

use egui::{Color32, Rect, Ui, vec2};
use egui_plot::{AxisHints, Line, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, Points};

use crate::app::{Action, AppState, PlotView, RunView, Runs, SeriesKey, last_x, series, validation};
use crate::ui::parts::room;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{empty, heading_row};
use crate::ui::runs::not_drawn::not_drawn;
use legend::Legend;
use marks::{axis, loss_mark, readout, round_marks, tidy};

/// Marks of the x axis stand this much further apart than those of the loss: text is wider than it is high.
const X_SPARSER: f64 = 1.5;

/// Room beside the first and the last point, so that no mark is cut by the edge.
const MARK: f32 = 10.0;

/// What the plot remembers between frames: reduced lines, and where the user has zoomed to.
#[derive(Default)]
pub struct LossPlot {
    lines: BTreeMap<usize, (SeriesKey, Lines)>,
    /// The seen part of the x axis; `None` while everything is in view.
    zoom: Option<[f64; 2]>,
    n_columns: usize,
    legend: Legend,
    /// Where the plot stood when its picture was asked for.
    pub wants_picture: Option<Rect>,
}

#[derive(Default)]
struct Lines {
    raw: Vec<PlotPoint>,
    smooth: Vec<PlotPoint>,
    means: Vec<PlotPoint>,
}

impl LossPlot {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let place = ui.available_rect_before_wrap();
        let zoomed = self.zoom.is_some();
        let is_narrow = ui.available_width() < room::LOSS_OPTIONS;
        let asked = heading_row(ui, "Loss", |ui| {
            controls::controls(ui, state.settings.plot, (is_narrow, zoomed), actions)
        });
        self.wants_picture = asked.picture.then_some(place);
        let shown = state.drawn();
        let has_losses = |&run: &usize| !state.runs.all[run].record.losses.is_empty();
        not_drawn(ui, state, None);
        if !shown.iter().any(has_losses) {
            let text = match (state.jobs.training(), state.runs.all.is_empty()) {
                (Some(_), _) => "The losses come with the first iteration",
                (None, true) => "The losses of all trainings are drawn here, one over the other",
                (None, false) => "No shown run has losses; show one on the right, or train",
            };
            return empty(ui, text);
        }
        self.refresh(&state.runs, &state.settings.plot, &shown);
        self.legend.show(ui, &state.runs, &shown, actions);
        self.n_columns = ui.available_width() as usize;
        self.plot(ui, &state.runs, &state.settings.plot, &shown, asked.fit);
    }

    /// Reduces again whatever changed: new losses, another zoom, another smoothing.
    fn refresh(&mut self, runs: &Runs, view: &PlotView, shown: &[usize]) {
        let end = shown
            .iter()
            .map(|&r| last_x(&runs.all[r].record, view.x))
            .fold(0.0, f64::max);
        let range = self.zoom.unwrap_or([0.0, held_still(end.max(1e-9))]);
        // Many runs over each other need fewer points each to look the same.
        let n_columns = (self.n_columns / (1 + shown.len() / 4)).clamp(120, 2000);
        self.lines.retain(|run, _| shown.contains(run));
        for &run in shown {
            let record = &runs.all[run].record;
            let key = SeriesKey::new(record, view, range, n_columns);
            if self.lines.get(&run).is_some_and(|(known, _)| *known == key) {
                continue;
            }
            let reduced = series(record, &key);
            let points = |line: Vec<[f64; 2]>| line.into_iter().map(PlotPoint::from).collect();
            let lines = Lines {
                raw: points(reduced.raw),
                smooth: points(reduced.smooth),
                means: points(reduced.means),
            };
            self.lines.insert(run, (key, lines));
        }
    }

    fn plot(&mut self, ui: &mut Ui, runs: &Runs, view: &PlotView, shown: &[usize], fit: bool) {
        let theme = theme::of(ui);
        let view = *view;
        let lines = &self.lines;
        let mut plot = Plot::new("loss plot")
            .show_background(false)
            .allow_scroll(false)
            .allow_boxed_zoom(true)
            .include_x(0.0)
            .set_margin_fraction(vec2((MARK / ui.available_width()).min(0.2), 0.08))
            .grid_color(theme.line)
            .grid_spacing(30.0..=44.0)
            .x_grid_spacer(|input| round_marks(input, X_SPARSER))
            .y_grid_spacer(|input| round_marks(input, 1.0))
            .cursor_color(theme.line)
            .custom_x_axes(vec![
                axis(AxisHints::new_x(), theme)
                    .label_spacing(36.0..=44.0)
                    .formatter(|mark, _| tidy(mark.value)),
            ])
            .custom_y_axes(vec![
                axis(AxisHints::new_y(), theme).formatter(move |mark, _| loss_mark(mark, view.log)),
            ])
            .label_formatter(move |at| readout(at, view));
        if fit {
            plot = plot.reset();
        }
        let response = plot.show(ui, |plot| {
            // Newest first in the list, so newest last and on top in the picture.
            for &run in shown.iter().rev() {
                let Some((_, line)) = lines.get(&run) else {
                    continue;
                };
                add_run(plot, &runs.all[run], run, line, view, theme);
            }
            let bounds = plot.plot_bounds();
            (!plot.auto_bounds().x).then(|| [bounds.min()[0], bounds.max()[0]])
        });
        self.zoom = response.inner.filter(|_| !fit);
        crate::ui::parts::widgets::named(&response.response, egui::Role::Canvas, "Loss plot");
    }
}

/// A little beyond the end of a run that grows with every loss: as long as that stands, what was reduced stays good.
fn held_still(end: f64) -> f64 {
    let step = end.log2().floor().exp2() / 32.0;
    (end / step).ceil() * step
}

fn add_run<'a>(
    plot: &mut egui_plot::PlotUi<'a>,
    run: &'a RunView,
    index: usize,
    lines: &'a Lines,
    view: PlotView,
    theme: &Theme,
) {
    let colour = theme.run(run.colour);
    if view.smoothing > 0.0 {
        let raw = Line::new(run.label(), PlotPoints::Borrowed(&lines.raw));
        plot.line(
            raw.color(colour.gamma_multiply(0.22))
                .width(1.0)
                .allow_hover(false)
                .id((index, "raw")),
        );
    }
    let smooth = Line::new(run.label(), PlotPoints::Borrowed(&lines.smooth));
    let smooth = smooth.color(colour).width(1.8).style(style(run.colour));
    plot.line(smooth.id((index, "smooth")));
    if !lines.means.is_empty() {
        let means = Points::new(
            format!("{}, mean of 20", run.label()),
            PlotPoints::Borrowed(&lines.means),
        );
        let circle = means.shape(MarkerShape::Circle).radius(3.0).color(colour);
        plot.points(circle.id((index, "means")));
    }
    add_validation(plot, run, index, view, theme);
}

/// Solid in the first round of colours; then each round has a style of its own.
fn style(colour: usize) -> LineStyle {
    match theme::round(colour) % 4 {
        0 => LineStyle::Solid,
        1 => LineStyle::dashed_loose(),
        2 => LineStyle::dotted_loose(),
        _ => LineStyle::dashed_dense(),
    }
}

/// Diamonds, joined by a thin line; smaller where there are many.
fn add_validation(
    plot: &mut egui_plot::PlotUi<'_>,
    run: &RunView,
    index: usize,
    view: PlotView,
    theme: &Theme,
) {
    let judged = validation(&run.record, &view);
    let (name, colour) = (format!("{}, validation", run.label()), theme.run(run.colour));
    let radius = if judged.len() > 24 { 2.5 } else { 4.5 };
    if judged.len() > 1 {
        let line = Line::new(name.clone(), PlotPoints::from(judged.clone())).width(1.0);
        let line = line.style(LineStyle::dashed_dense()).allow_hover(false);
        plot.line(line.color(colour.gamma_multiply(0.6)).id((index, "joined")));
    }
    if judged.len() <= 24 {
        let ring = diamonds(&name, &judged, radius + 1.5, theme.panel).allow_hover(false);
        plot.points(ring.id((index, "ring")));
    }
    plot.points(diamonds(&name, &judged, radius, colour).id((index, "validation")));
}

fn diamonds(name: &str, at: &[[f64; 2]], radius: f32, colour: Color32) -> Points<'static> {
    let points = Points::new(name.to_owned(), PlotPoints::from(at.to_vec()));
    points.shape(MarkerShape::Diamond).radius(radius).color(colour)
}
