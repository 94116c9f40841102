//! Figures of the selected run under their right names, each explained under the pointer; undefined is a dash.

use egui::{Align, Layout, ScrollArea, Ui, vec2};

use crate::app::{AppState, Subject, images_of};
use crate::experiment::Part;
use crate::metrics::{CLASS_FIGURES, OVERALL_FIGURES, OverallFigure, overall, percent, thousands};
use crate::ui::judge::matrix::{UNJUDGED, at};
use crate::ui::judge::metrics_table::{ROW, cell, class_table, figure_cell};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{divider, empty, heading_row};
use crate::visible::visible;

/// Letters of a figure's name that its column has room for.
const LONGEST_NAME: usize = 20;

pub fn metrics_panel(ui: &mut Ui, state: &AppState) {
    let subject = state.subject();
    let title = subject.as_ref().map_or_else(
        || "Metrics".into(),
        |s| format!("Metrics · {}{}", s.label, at(s.threshold)),
    );
    heading_row(ui, &title, |ui| {
        if let Some(subject) = &subject {
            let n = thousands(subject.confusion().total());
            let images = images_of(subject);
            let shown = match ui.available_width() < room::FIGURES && subject.part != Part::Test {
                true => "images",
                false => images,
            };
            let tip = format!("Of {n} {images}; ± is half the width of the 95 % interval (Wilson 1927)");
            ui.label(theme::heading(&format!("{n} {shown}"), theme::of(ui)))
                .on_hover_text(tip);
        }
    });
    let Some(subject) = subject else {
        if let Some(reason) = state.not_judged() {
            return empty(ui, &reason);
        }
        let has_ended = state
            .selected_run()
            .is_some_and(|run| run.record.outcome.is_some());
        let text = match has_ended {
            true => UNJUDGED,
            false => "Recall, precision and the rest come after the first epoch",
        };
        return empty(ui, text);
    };
    ScrollArea::vertical()
        .id_salt("metrics")
        .auto_shrink(false)
        .show(ui, |ui| {
            let is_narrow = ui.available_width() < room::FIGURES;
            let (name_width, gap) = if is_narrow { (106.0, 6.0) } else { (138.0, 12.0) };
            ui.spacing_mut().item_spacing = vec2(gap, 0.0);
            ui.spacing_mut().interact_size.y = ROW;
            if let Some(sentence) = state.in_a_sentence() {
                ui.add(egui::Label::new(theme::small(sentence)).wrap());
                ui.add_space(2.0);
            }
            warnings(ui, state);
            let least = if is_narrow { 50.0 } else { 92.0 };
            let n = subject.classes.len() as f32;
            // Columns for all classes, where they fit, else a row for each.
            if n <= 2.0 || name_width + n * (least + gap) <= ui.available_width() {
                class_columns(ui, &subject, name_width, least);
                divider(ui);
                overall_rows(ui, &subject, name_width);
            } else {
                overall_rows(ui, &subject, name_width);
                divider(ui);
                class_table(ui, &subject, state.weighed_class());
            }
        });
}

/// What the run warned of, since its figures may mean less for it.
fn warnings(ui: &mut Ui, state: &AppState) {
    let run = state.selected_run().filter(|_| state.watched_trial().is_none());
    let Some((first, others)) = run.and_then(|run| run.record.warnings.split_first()) else {
        return;
    };
    let more = match others.len() {
        0 => String::new(),
        n => format!(" ({n} more under the pointer)"),
    };
    let text = format!("Warning: {}{more}", visible(first));
    let label = egui::Label::new(theme::small(text).color(theme::of(ui).warning)).wrap();
    let all: Vec<_> = others.iter().map(|other| visible(other)).collect();
    let label = ui.add(label);
    if !all.is_empty() {
        label.on_hover_text(all.join("\n"));
    }
    ui.add_space(2.0);
}

/// A column for each class, no narrower than `least`.
fn class_columns(ui: &mut Ui, subject: &Subject, name_width: f32, least: f32) {
    let theme = theme::of(ui);
    let gap = ui.spacing().item_spacing.x;
    let classes = &subject.classes;
    let n = classes.len().max(1) as f32;
    let width = ((ui.available_width() - name_width - gap * n) / n).max(least);
    let views = subject.class_views();
    line(ui, |ui| {
        left(
            ui,
            name_width,
            theme::small("Per class").color(theme.muted),
            "Each class against the rest",
        );
        for class in &classes[..] {
            right(ui, width, theme::small(class).color(theme.muted));
        }
    });
    for figure in &CLASS_FIGURES {
        line(ui, |ui| {
            // A longer name would be cut, and its explanation is under the pointer.
            let name = match figure.name.len() {
                0..=LONGEST_NAME => figure.name,
                _ => figure.short,
            };
            left(ui, name_width, name.into(), figure.explanation);
            for class in &views {
                figure_cell(ui, width, figure, class);
            }
        });
    }
    line(ui, |ui| {
        left(
            ui,
            name_width,
            "Images".into(),
            "Images of the class, its support",
        );
        for class in &views {
            right(ui, width, egui::RichText::new(thousands(class.metrics.support)));
        }
    });
}

fn overall_rows(ui: &mut Ui, subject: &Subject, name_width: f32) {
    let theme = theme::of(ui);
    let o = overall(subject.confusion());
    let plain = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    let shown = |figure: &OverallFigure| match (figure.value)(&o) {
        value if figure.is_percent => percent(value, 1),
        value => plain(value),
    };
    let mut rows: Vec<(&str, &str, String)> = OVERALL_FIGURES
        .iter()
        .map(|figure| (figure.name, figure.explanation, shown(figure)))
        .collect();
    rows.push((
        match subject.part {
            Part::Test => "Test loss",
            Part::Val | Part::Train => "Validation loss",
        },
        "Mean cross-entropy without class weights, comparable between weightings",
        plain(Some(subject.evaluation.loss)),
    ));
    for (name, explanation, value) in rows {
        line(ui, |ui| {
            left(ui, name_width, name.into(), explanation);
            let width = ui.available_width();
            let strong = name == OVERALL_FIGURES[0].name;
            let text = if strong {
                theme::strong(value)
            } else {
                egui::RichText::new(value)
            };
            right(ui, width, text.color(theme.text));
        });
    }
}

fn line(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.horizontal(add);
}

fn left(ui: &mut Ui, width: f32, text: egui::RichText, explanation: &str) {
    cell(ui, width, Layout::left_to_right(Align::Center), |ui| {
        let label = egui::Label::new(text).truncate().sense(egui::Sense::hover());
        ui.add(label).on_hover_text(explanation);
    });
}

fn right(ui: &mut Ui, width: f32, text: egui::RichText) {
    cell(ui, width, Layout::right_to_left(Align::Center), |ui| {
        ui.add(egui::Label::new(text).truncate());
    });
}
