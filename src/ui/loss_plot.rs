//! Losses of all shown runs over each other: raw faint under smoothed, validation losses as points.

use std::collections::BTreeMap;

use egui::{Align, Color32, Layout, Popup, Rect, Slider, Ui, pos2, vec2};
use egui_plot::{
    AxisHints, GridInput, GridMark, HoverPosition, Line, MarkerShape, Plot, PlotPoint, PlotPoints, Points,
};

use super::theme::{self, Theme};
use super::widgets::{empty, heading_row, quiet_button, quiet_menu, quiet_toggle};
use crate::app::{Action, AppState, PlotView, RunView, SeriesKey, XAxis, last_x, series, validation};

/// Marks of the x axis stand this much further apart than those of the loss: text is wider than it is high.
const X_SPARSER: f64 = 1.5;

/// What the plot remembers between frames: reduced lines, and where the user has zoomed to.
#[derive(Default)]
pub struct LossPlot {
    lines: BTreeMap<usize, (SeriesKey, Lines)>,
    /// The seen part of the x axis; `None` while everything is in view.
    zoom: Option<[f64; 2]>,
    n_columns: usize,
}

#[derive(Default)]
struct Lines {
    raw: Vec<PlotPoint>,
    smooth: Vec<PlotPoint>,
}

impl LossPlot {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let mut fit = false;
        heading_row(ui, "Loss", |ui| {
            fit = controls(ui, state.settings.plot, self.zoom.is_some(), actions)
        });
        let shown = state.shown();
        let has_losses = |&run: &usize| !state.runs[run].record.losses.is_empty();
        if !shown.iter().any(has_losses) {
            let text = match state.runs.is_empty() {
                true => "The loss of every training is drawn here, over each other",
                false => "No shown run has losses; show one on the right, or train",
            };
            return empty(ui, text);
        }
        self.refresh(state, &shown);
        let area = ui.available_rect_before_wrap();
        self.n_columns = area.width() as usize;
        self.plot(ui, state, &shown, fit);
        legend(ui, state, &shown, area, actions);
    }

    /// Reduces again whatever changed: new losses, another zoom, another smoothing.
    fn refresh(&mut self, state: &AppState, shown: &[usize]) {
        let view = &state.settings.plot;
        let end = shown
            .iter()
            .map(|&r| last_x(&state.runs[r].record, view.x))
            .fold(0.0, f64::max);
        let range = self.zoom.unwrap_or([0.0, end.max(1e-9)]);
        // Many runs over each other need fewer points each to look the same.
        let n_columns = (self.n_columns / (1 + shown.len() / 8)).clamp(200, 2000);
        self.lines.retain(|run, _| shown.contains(run));
        for &run in shown {
            let record = &state.runs[run].record;
            let key = SeriesKey::new(record, view, range, n_columns);
            if self.lines.get(&run).is_some_and(|(known, _)| *known == key) {
                continue;
            }
            let reduced = series(record, &key);
            let points = |line: Vec<[f64; 2]>| line.into_iter().map(PlotPoint::from).collect();
            let lines = Lines {
                raw: points(reduced.raw),
                smooth: points(reduced.smooth),
            };
            self.lines.insert(run, (key, lines));
        }
    }

    fn plot(&mut self, ui: &mut Ui, state: &AppState, shown: &[usize], fit: bool) {
        let theme = theme::of(ui);
        let view = state.settings.plot;
        let lines = &self.lines;
        let mut plot = Plot::new("loss plot")
            .show_background(false)
            .allow_scroll(false)
            .allow_boxed_zoom(true)
            .include_x(0.0)
            .set_margin_fraction(vec2(0.012, 0.08))
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
                add_run(plot, &state.runs[run], run, line, view, theme);
            }
            let bounds = plot.plot_bounds();
            (!plot.auto_bounds().x).then(|| [bounds.min()[0], bounds.max()[0]])
        });
        self.zoom = response.inner.filter(|_| !fit);
        super::form_panel::named(&response.response, egui::Role::Canvas, "Loss plot");
    }
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
    plot.line(smooth.color(colour).width(1.8).id((index, "smooth")));
    let judged = validation(&run.record, &view);
    if judged.is_empty() {
        return;
    }
    let name = format!("{}, validation", run.label());
    let ring = Points::new(name.clone(), PlotPoints::from(judged.clone()));
    plot.points(
        ring.shape(MarkerShape::Diamond)
            .radius(6.0)
            .color(theme.panel)
            .allow_hover(false)
            .id((index, "ring")),
    );
    let points = Points::new(name, PlotPoints::from(judged));
    plot.points(
        points
            .shape(MarkerShape::Diamond)
            .radius(4.5)
            .color(colour)
            .id((index, "validation")),
    );
}

/// The heading's controls; gives whether to fit.
fn controls(ui: &mut Ui, view: PlotView, zoomed: bool, actions: &mut Vec<Action>) -> bool {
    let mut next = view;
    ui.spacing_mut().item_spacing.x = 14.0;
    let fit = zoomed && quiet_button(ui, "Fit", "Fit the plot").clicked();
    let weighted = quiet_toggle(ui, "Weighted", "Weighted validation loss", view.weighted);
    let tip =
        "Validation losses (diamonds) with the run's class weights, which puts runs on different scales";
    if weighted.on_hover_text(tip).clicked() {
        next.weighted = !view.weighted;
    }
    if quiet_toggle(ui, "Log", "Logarithmic loss", view.log)
        .on_hover_text("Logarithmic loss (L)")
        .clicked()
    {
        next.log = !view.log;
    }
    let smooth = quiet_menu(ui, &format!("Smooth {:.2}", view.smoothing), "Smoothing");
    Popup::menu(&smooth)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.spacing_mut().slider_width = 180.0;
            let slider = Slider::new(&mut next.smoothing, 0.0..=0.99).fixed_decimals(2);
            super::form_panel::named(&ui.add(slider), egui::Role::Slider, "Smoothing");
        });
    let x = quiet_menu(ui, view.x.name(), "X axis");
    Popup::menu(&x).show(|ui| {
        for axis in XAxis::ALL {
            ui.selectable_value(&mut next.x, axis, axis.name());
        }
    });
    if next != view {
        actions.push(Action::SetPlot(next));
    }
    // Another x axis or scale is another picture; an old zoom means nothing there.
    fit || next.x != view.x || next.log != view.log
}

/// Which line is whose, and its latest value; a click hides the run.
fn legend(ui: &mut Ui, state: &AppState, shown: &[usize], area: Rect, actions: &mut Vec<Action>) {
    const ROWS: usize = 8;
    const WIDTH: f32 = 148.0;
    let theme = theme::of(ui);
    let with_losses: Vec<usize> = shown
        .iter()
        .copied()
        .filter(|&r| !state.runs[r].record.losses.is_empty())
        .collect();
    let n_rows = with_losses.len().min(ROWS);
    let height = 12.0 + 20.0 * n_rows as f32;
    if area.width() < 320.0 || area.height() < height + 30.0 {
        return;
    }
    let place = Rect::from_min_size(
        pos2(area.right() - WIDTH - 8.0, area.top() + 4.0),
        vec2(WIDTH, height),
    );
    let mut child = ui.new_child(
        egui::UiBuilder::new()
            .max_rect(place)
            .layout(Layout::top_down(Align::Min)),
    );
    let frame = theme.card().fill(theme.raised.gamma_multiply(0.92));
    frame.show(&mut child, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for &run in with_losses.iter().take(ROWS) {
            if legend_row(ui, &state.runs[run], theme, WIDTH - 20.0) {
                actions.push(Action::ShowRun { run, shown: false });
            }
        }
    });
}

fn legend_row(ui: &mut Ui, run: &RunView, theme: &Theme, width: f32) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 20.0), egui::Sense::click());
    let colour = theme.run(run.colour);
    let y = rect.center().y;
    ui.painter().line_segment(
        [pos2(rect.left(), y), pos2(rect.left() + 14.0, y)],
        egui::Stroke::new(2.5, colour),
    );
    let ink = if response.hovered() {
        theme.text
    } else {
        theme.text.gamma_multiply(0.85)
    };
    let label = elided(ui, &run.label(), width - 70.0, ink);
    ui.painter()
        .galley(pos2(rect.left() + 22.0, y - label.size().y / 2.0), label, ink);
    let tail = &run.record.losses[run.record.losses.len().saturating_sub(20)..];
    let mean = tail.iter().map(|&l| f64::from(l)).sum::<f64>() / tail.len().max(1) as f64;
    let text = format!("{mean:.3}");
    ui.painter().text(
        rect.right_center(),
        egui::Align2::RIGHT_CENTER,
        text,
        theme::font(11.5),
        theme.muted,
    );
    super::widgets::focus_ring(ui, &response);
    let name = format!("Hide {} in the plot", run.label());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    response
        .on_hover_text("Mean of the last 20 losses; click to hide the run")
        .clicked()
}

fn elided(ui: &Ui, text: &str, width: f32, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::font(12.0), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}

fn axis<'a>(hints: AxisHints<'a>, theme: &Theme) -> AxisHints<'a> {
    hints
        .tick_label_color(theme.muted)
        .tick_label_font(theme::font(11.0))
}

/// Marks at whole multiples of 1, 2 or 5 times a power of ten, as close as they may stand.
fn round_marks(input: GridInput, sparser: f64) -> Vec<GridMark> {
    let least = (input.base_step_size * sparser).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|f| f * power >= least)
        .unwrap_or(10.0);
    let step_size = factor * power;
    let (low, high) = input.bounds;
    let (first, last) = ((low / step_size).ceil() as i64, (high / step_size).floor() as i64);
    // Bounds are finite and a step is many pixels wide; the limit is for a plot that has neither.
    let marks = (first..=last).take(200);
    marks
        .map(|i| GridMark {
            value: i as f64 * step_size,
            step_size,
        })
        .collect()
}

fn loss_mark(mark: GridMark, log: bool) -> String {
    if log {
        let loss = 10f64.powf(mark.value);
        // Between whole powers of ten the marks lie on no round loss; say fewer digits of them.
        return if loss < 0.01 {
            format!("{loss:.0e}")
        } else {
            format!("{loss:.2}")
        };
    }
    let decimals = (-mark.step_size.log10()).ceil().clamp(1.0, 5.0) as usize;
    format!("{:.decimals$}", mark.value)
}

/// Without a decimal point where there is nothing behind it.
fn tidy(value: f64) -> String {
    if value < 0.0 {
        return String::new();
    }
    if (value - value.round()).abs() < 1e-6 {
        return crate::metrics::thousands(value.round() as u64);
    }
    format!("{}", (value * 100.0).round() / 100.0)
}

fn readout(at: &HoverPosition<'_>, view: PlotView) -> Option<String> {
    let HoverPosition::NearDataPoint {
        plot_name, position, ..
    } = at
    else {
        return None;
    };
    let loss = if view.log {
        10f64.powf(position.y)
    } else {
        position.y
    };
    let x = match view.x {
        XAxis::Iteration => format!("iteration {}", tidy(position.x)),
        XAxis::Epoch => format!("epoch {:.2}", position.x),
        XAxis::Time => format!("{:.1} s", position.x),
    };
    Some(format!("{plot_name}\n{x}\nloss {loss:.4}"))
}
