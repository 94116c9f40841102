//! The class weights: presets, and one slider and number a class.

use egui::{Align, Layout, Role, Ui, WidgetInfo, vec2};

use crate::app::{Action, AppState, FitAction, Preset};
use crate::experiment::ClassWeights;
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{chip, fine_print, heading_row, log_slider};
use crate::visible::visible;

/// Classes whose sliders are seen without scrolling.
const SLIDER_ROWS: usize = 5;
const ROW: f32 = 24.0;
/// The row that says that a weight is out of range.
const WEIGHTS: &str = "Class weights";

pub fn weights_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let form = &state.settings.form;
    heading_row(ui, "Class weights", |ui| {
        let theme = theme::of(ui);
        if state.dataset.view.is_some() {
            ui.label(theme::heading(&state.form_label(), theme));
        }
    });
    let Some(view) = &state.dataset.view else {
        fine_print(ui, "Open a folder to weigh its classes", theme::of(ui));
        return;
    };
    chips(ui, &view.counts, &form.class_weights, actions);
    let weights = match state.class_weights() {
        Ok(weights) => weights,
        Err(message) => {
            ui.label(theme::small(message).color(theme::of(ui).warning));
            vec![1.0; view.counts.len()]
        }
    };
    let mut sliders = |ui: &mut Ui, range: std::ops::Range<usize>| {
        for class_idx in range {
            if let Some(weight) =
                weight_row(ui, &visible(&view.dataset.classes[class_idx]), weights[class_idx])
            {
                actions.push(Action::Fit(FitAction::SetWeight { class_idx, weight }));
            }
        }
    };
    range_message(ui, WEIGHTS);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.spacing_mut().interact_size.y = ROW;
        if weights.len() <= SLIDER_ROWS {
            return sliders(ui, 0..weights.len());
        }
        egui::ScrollArea::vertical()
            .id_salt("weights")
            .max_height(ROW * SLIDER_ROWS as f32)
            .show_rows(ui, ROW, weights.len(), &mut sliders);
    });
}

fn chips(ui: &mut Ui, counts: &[usize], now: &ClassWeights, actions: &mut Vec<Action>) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        ui.horizontal_wrapped(|ui| {
            for preset in Preset::ALL.into_iter().filter(|p| p.fits(counts.len())) {
                let weights = preset.weights(counts);
                let text = preset_name(preset, &weights);
                if chip(ui, &text, weights == *now)
                    .on_hover_text(preset.explanation())
                    .clicked()
                {
                    actions.push(Action::Fit(FitAction::UsePreset(preset)));
                }
            }
        });
    });
}

/// The new weight, if the user chose one.
fn weight_row(ui: &mut Ui, class: &str, weight: f64) -> Option<f64> {
    let mut value = weight;
    let changed = ui
        .horizontal(|ui| {
            let width = room::CLASS_NAME;
            ui.allocate_ui_with_layout(vec2(width, ROW), Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(width);
                ui.add(egui::Label::new(class).truncate());
            });
            // Room for a number such as 9.879.
            let width = ui.available_width() - 68.0;
            let slid = log_slider(ui, &mut value, 0.1..=100.0_f64.max(weight), width);
            slid.widget_info(|| WidgetInfo::slider(true, value, format!("Weight of {class}")));
            if slid.changed() {
                value = rounded(value);
            }
            theme::as_fields(ui);
            let limits = Limits {
                row: WEIGHTS,
                what: "a class weight",
                range: 0.0..=1e6,
                unit: "",
            };
            let size = vec2(ui.available_width(), ROW - 2.0);
            let typed = number(ui, &mut value, limits, |drag| {
                drag.speed(0.05).max_decimals(3).min_size(size)
            });
            let name = format!("Weight of {class}, number");
            typed.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &name));
            slid.changed() || typed.changed()
        })
        .inner;
    (changed && value != weight).then_some(value)
}

/// Two digits are all that a slider can mean.
fn rounded(weight: f64) -> f64 {
    if weight < 10.0 {
        (weight * 10.0).round() / 10.0
    } else {
        weight.round()
    }
}

/// A ratio in class order, such as `1 : 8`; other presets by their names.
pub fn preset_name(preset: Preset, weights: &ClassWeights) -> String {
    match preset {
        Preset::Rare(_) => weights.spaced_label(),
        _ => preset.name(),
    }
}
