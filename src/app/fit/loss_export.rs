//! The losses of the shown runs as files: every loss as CSV, the plot as SVG. Pure text; others write it.

use std::fmt::Write;

use super::plot_view::PlotFormat;
use super::series::{Series, SeriesKey, last_x, series, validation};
use crate::app::host::Export;
use crate::app::runs::run::RunView;
use crate::app::runs::state::RUN_COLOURS;
use crate::app::state::AppState;
use crate::protocol::FileContent;

/// The SVG's size, in its own units.
const SIZE: [f64; 2] = [960.0, 480.0];
/// Room for the marks on the left and below.
const MARGIN: [f64; 2] = [56.0, 36.0];

pub fn loss_plot(state: &AppState, format: PlotFormat) -> Export {
    let (file_name, text) = match format {
        PlotFormat::Svg => ("loss.svg", svg(state)),
        PlotFormat::Csv => ("loss.csv", csv(state)),
    };
    Export {
        file_name: file_name.into(),
        content: FileContent::Text(text),
    }
}

fn runs(state: &AppState) -> Vec<&RunView> {
    let shown = state.drawn().into_iter().rev().map(|r| &state.runs.all[r]);
    shown.filter(|r| !r.record.losses.is_empty()).collect()
}

/// One row a loss: `run, weights, kind, epoch, iteration, loss`. A training loss is weighted as the run is; of a
/// validation both are given.
fn csv(state: &AppState) -> String {
    let mut text = String::from("run,weights,kind,epoch,iteration,loss,weighted_loss\n");
    for run in runs(state) {
        let (name, weights) = (quoted(&run.name), quoted(&run.label()));
        let record = &run.record;
        let mut epoch = 0;
        for (i, loss) in record.losses.iter().enumerate() {
            while record.epoch_starts.get(epoch).is_some_and(|&start| start <= i) {
                epoch += 1;
            }
            let _ = writeln!(text, "{name},{weights},train,{epoch},{},,{loss}", i + 1);
        }
        for evaluation in &record.evaluations {
            if let crate::experiment::When::Epoch(epoch) = evaluation.when {
                let end = record.epoch_starts.get(epoch as usize).copied();
                let (loss, weighted) = (evaluation.loss, evaluation.weighted_loss);
                let (part, end) = (evaluation.part.name(), end.unwrap_or(record.losses.len()));
                let _ = writeln!(text, "{name},{weights},{part},{epoch},{end},{loss},{weighted}");
            }
        }
    }
    text
}

/// As RFC 4180 has it.
fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// From a value on an axis to the drawing.
struct Scale {
    x: [f64; 2],
    y: [f64; 2],
}

impl Scale {
    fn at(&self, [x, y]: [f64; 2]) -> (f64, f64) {
        let (width, height) = (SIZE[0] - MARGIN[0] - 16.0, SIZE[1] - MARGIN[1] - 16.0);
        let across = (x - self.x[0]) / (self.x[1] - self.x[0]).max(f64::MIN_POSITIVE);
        let up = (y - self.y[0]) / (self.y[1] - self.y[0]).max(f64::MIN_POSITIVE);
        (MARGIN[0] + across * width, 16.0 + (1.0 - up) * height)
    }

    fn points(&self, line: &[[f64; 2]]) -> String {
        let points = line.iter().map(|&point| {
            let (x, y) = self.at(point);
            format!("{x:.1},{y:.1}")
        });
        points.collect::<Vec<_>>().join(" ")
    }
}

fn svg(state: &AppState) -> String {
    let view = &state.settings.plot;
    let runs = runs(state);
    let end = runs
        .iter()
        .map(|r| last_x(&r.record, view.x))
        .fold(1e-9, f64::max);
    let drawn: Vec<(&RunView, Series, Vec<[f64; 2]>)> = runs
        .into_iter()
        .map(|run| {
            let key = SeriesKey::new(&run.record, view, [0.0, end], 800);
            (run, series(&run.record, &key), validation(&run.record, view))
        })
        .collect();
    let losses = drawn
        .iter()
        .flat_map(|(_, s, v)| s.raw.iter().chain(v))
        .map(|p| p[1]);
    let (low, high) = losses.fold((f64::MAX, f64::MIN), |(low, high), y| (low.min(y), high.max(y)));
    let (low, high) = if low < high { (low, high) } else { (0.0, 1.0) };
    let scale = Scale {
        x: [0.0, end],
        y: [low, high],
    };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"Inter, sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        SIZE[0], SIZE[1]
    );
    marks(&mut text, &scale, view.log, view.x.name());
    for (i, (run, series, validation)) in drawn.iter().enumerate() {
        lines(&mut text, &scale, run, series, validation);
        legend(&mut text, i, run);
    }
    text + "</svg>\n"
}

fn marks(text: &mut String, scale: &Scale, log: bool, x_name: &str) {
    for i in 0..=5 {
        let share = f64::from(i) / 5.0;
        let x = scale.x[0] + share * (scale.x[1] - scale.x[0]);
        let y = scale.y[0] + share * (scale.y[1] - scale.y[0]);
        let ((left, at), (right, _)) = (scale.at([scale.x[0], y]), scale.at([scale.x[1], y]));
        let loss = if log { 10f64.powf(y) } else { y };
        let _ = writeln!(
            text,
            "<path d=\"M{left:.1} {at:.1}H{right:.1}\" stroke=\"#d9dee6\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\" fill=\"#667183\">{loss:.3}</text>",
            left - 8.0,
            at + 4.0
        );
        let (across, bottom) = scale.at([x, scale.y[0]]);
        let _ = writeln!(
            text,
            "<text x=\"{across:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#667183\">{}</text>",
            bottom + 18.0,
            (x * 100.0).round() / 100.0
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#667183\">{x_name}</text>",
        SIZE[0] / 2.0,
        SIZE[1] - 4.0
    );
}

fn lines(text: &mut String, scale: &Scale, run: &RunView, series: &Series, validation: &[[f64; 2]]) {
    let colour = ink(run);
    for (line, width, opacity) in [(&series.raw, 1.0, 0.25), (&series.smooth, 1.8, 1.0)] {
        let points = scale.points(line);
        let _ = writeln!(
            text,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" \
             stroke-opacity=\"{opacity}\"/>"
        );
    }
    for (points, radius) in [(series.means.as_slice(), 3.0), (validation, 4.0)] {
        for &point in points {
            let (x, y) = scale.at(point);
            let _ = writeln!(
                text,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\" stroke=\"#ffffff\"/>"
            );
        }
    }
}

/// On white, whichever theme the window has: an export is for print as for screens.
fn ink(run: &RunView) -> String {
    let [red, green, blue] = RUN_COLOURS[run.colour % RUN_COLOURS.len()];
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn legend(text: &mut String, row: usize, run: &RunView) {
    let (x, y) = (SIZE[0] - 180.0, 28.0 + 18.0 * row as f64);
    let colour = ink(run);
    let label = run.label().replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        text,
        "<path d=\"M{x} {y}h18\" stroke=\"{colour}\" stroke-width=\"2.5\"/><text x=\"{}\" y=\"{}\" \
         fill=\"#1b222c\">{label}</text>",
        x + 26.0,
        y + 4.0
    );
}
