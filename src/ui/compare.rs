//! Two to four shown runs side by side: matrices on one colour scale, and a table in which what differs is marked.

use egui::{Align, Layout, Rect, ScrollArea, Ui, pos2, vec2};

use super::matrix::{Model, matrix_at};
use super::theme::{self, Theme};
use super::widgets::{dot, empty, heading_row, quiet_button};
use crate::app::{Action, AppState, Normalise, RunView, Showing};
use crate::experiment::Evaluation;
use crate::metrics::{overall, per_class, percent};

/// More would be too small to read.
const MOST: usize = 4;
const ROW: f32 = 20.0;

pub fn compare_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let shown = state.shown();
    let judged: Vec<(&RunView, &Evaluation)> = shown
        .iter()
        .rev()
        .filter_map(|&r| Some((&state.runs[r], state.runs[r].evaluation(false)?)))
        .collect();
    // The newest stay; they are listed oldest first, so that the first is what the others are held against.
    let judged = &judged[judged.len().saturating_sub(MOST)..];
    heading_row(ui, "Compare", |ui| {
        if quiet_button(ui, "Close", "Close the comparison").clicked() {
            actions.push(Action::Show(Showing::OneRun));
        }
        let theme = theme::of(ui);
        let text = format!(
            "{} of {} shown runs, differences to the first",
            judged.len(),
            shown.len()
        );
        ui.label(theme::small(text).color(theme.muted));
    });
    if judged.is_empty() {
        return empty(ui, "Show runs with the dots on the right to compare them here");
    }
    let area = ui.available_rect_before_wrap();
    let table_height = table_height(judged).min(area.height() * 0.5);
    let matrices = Rect::from_min_max(
        area.min,
        pos2(area.right(), area.bottom() - table_height - theme::GAP),
    );
    let width = (matrices.width() + theme::GAP) / judged.len() as f32;
    for (i, (run, evaluation)) in judged.iter().enumerate() {
        let left = matrices.left() + width * i as f32;
        let place = Rect::from_min_size(
            pos2(left, matrices.top()),
            vec2(width - theme::GAP, matrices.height()),
        );
        one(ui, state, run, evaluation, place, actions);
    }
    let table = Rect::from_min_max(pos2(area.left(), area.bottom() - table_height), area.max);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(table));
    ScrollArea::vertical()
        .id_salt("compare")
        .auto_shrink(false)
        .show(&mut child, |ui| rows(ui, judged));
}

fn one(
    ui: &mut Ui,
    state: &AppState,
    run: &RunView,
    evaluation: &Evaluation,
    place: Rect,
    actions: &mut Vec<Action>,
) {
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt(&run.name).max_rect(place));
    title(&mut child, run);
    let area = child.available_rect_before_wrap();
    // One scale for all: shares, whatever the single view shows, as runs may have judged different images.
    let normalise = match state.settings.normalise {
        Normalise::Counts | Normalise::All => Normalise::Rows,
        shares => shares,
    };
    let model = Model::new(run.classes(), &evaluation.confusion, normalise);
    matrix_at(&mut child, "compared", &model, area, state.cell, actions);
}

fn title(ui: &mut Ui, run: &RunView) {
    let theme = theme::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = ROW;
        let (mark, _) = ui.allocate_exact_size(vec2(12.0, 16.0), egui::Sense::hover());
        dot(ui, mark.center(), theme.run(run.colour), true);
        ui.add(egui::Label::new(theme::strong(run.label())).truncate());
    });
}

/// A row of the table: its name, and for each run a text and, where it is a share, its value.
struct Row {
    name: String,
    cells: Vec<(String, Option<f64>)>,
}

fn table(judged: &[(&RunView, &Evaluation)]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut share = |name: String, value: &dyn Fn(&Evaluation) -> Option<f64>| {
        let cells = judged
            .iter()
            .map(|(_, e)| value(e))
            .map(|v| (percent(v, 1), v))
            .collect();
        rows.push(Row { name, cells });
    };
    share("Balanced accuracy".into(), &|e| {
        overall(&e.confusion).balanced_accuracy
    });
    share("Accuracy".into(), &|e| overall(&e.confusion).accuracy);
    let classes = judged.first().map_or(&[][..], |(run, _)| run.classes());
    for (class_idx, class) in classes.iter().enumerate().take(4) {
        let of = |e: &Evaluation| per_class(&e.confusion).get(class_idx).copied();
        share(format!("Recall {class}"), &|e| of(e)?.recall);
        share(format!("Precision {class}"), &|e| of(e)?.precision);
    }
    rows.extend(config_rows(judged));
    rows
}

/// Only what differs; the rest is the same for all.
fn config_rows(judged: &[(&RunView, &Evaluation)]) -> Vec<Row> {
    type Text = fn(&RunView) -> String;
    let fields: [(&str, Text); 10] = [
        ("Architecture", |r| r.config.arch.clone()),
        ("Epochs", |r| r.config.epochs.to_string()),
        ("Learning rate", |r| r.config.lr.to_string()),
        ("Batch", |r| r.config.batch.to_string()),
        ("Image size", |r| r.config.image_size.to_string()),
        ("Optimizer", |r| r.config.optimizer.to_string()),
        ("BatchNorm", |r| r.config.batch_norm.to_string()),
        ("Normalise", |r| r.config.normalize.to_string()),
        ("Split", |r| r.config.split.to_string()),
        ("Seed", |r| r.config.seed.to_string()),
    ];
    let row = |(name, text): (&str, Text)| {
        let cells: Vec<_> = judged.iter().map(|(run, _)| (text(run), None)).collect();
        let differs = cells.iter().any(|c| c.0 != cells[0].0);
        differs.then(|| Row {
            name: name.into(),
            cells,
        })
    };
    fields.into_iter().filter_map(row).collect()
}

fn table_height(judged: &[(&RunView, &Evaluation)]) -> f32 {
    ROW * (table(judged).len() as f32) + 4.0
}

fn rows(ui: &mut Ui, judged: &[(&RunView, &Evaluation)]) {
    let theme = theme::of(ui);
    ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
    ui.spacing_mut().interact_size.y = ROW;
    let name_width = 150.0;
    let width = (ui.available_width() - name_width) / judged.len() as f32;
    for row in table(judged) {
        ui.horizontal(|ui| {
            cell(ui, name_width, |ui| {
                ui.add(egui::Label::new(egui::RichText::new(&row.name).color(theme.muted)).truncate());
            });
            let best = row.cells.iter().filter_map(|c| c.1).fold(f64::MIN, f64::max);
            for (i, (text, value)) in row.cells.iter().enumerate() {
                cell(ui, width, |ui| {
                    let is_best = *value == Some(best) && row.cells.len() > 1;
                    ui.label(if is_best { theme::strong(text) } else { text.into() });
                    let first = row.cells[0].1;
                    if let (1.., Some(value), Some(first)) = (i, value, first) {
                        ui.add_space(6.0);
                        difference(ui, theme, value - first);
                    }
                });
            }
        });
    }
}

fn cell(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        add(ui);
    });
}

/// In percentage points, with its sign.
fn difference(ui: &mut Ui, theme: &Theme, difference: f64) {
    let points = difference * 100.0;
    let colour = match points {
        p if p > 0.05 => theme.ok,
        p if p < -0.05 => theme.warning,
        _ => theme.muted,
    };
    ui.label(theme::small(format!("{points:+.1}")).color(colour));
}
