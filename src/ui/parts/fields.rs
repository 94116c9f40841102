//! A form's rows: a label, its field, and what is wrong with it.

use egui::{Align, ComboBox, Layout, Response, Ui, Vec2, vec2};

use crate::experiment::{Config, Field};
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::numbers::range_message;
use crate::ui::theme;

/// A label and its field in one row, the field named by the label; the problem under it, if there is one.
pub fn field(
    ui: &mut Ui,
    label: &str,
    hint: &str,
    problem: Option<&str>,
    add: impl FnOnce(&mut Ui) -> Response,
) {
    let theme = theme::of(ui);
    ui.horizontal(|ui| {
        let size = vec2(theme::LABEL_WIDTH, theme::FIELD_HEIGHT);
        let label = ui
            .allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_width(size.x);
                ui.label(egui::RichText::new(label).color(theme.muted))
            })
            .inner;
        theme::as_fields(ui);
        if problem.is_some() {
            let stroke = egui::Stroke::new(1.0, theme.warning);
            ui.visuals_mut().widgets.inactive.bg_stroke = stroke;
            ui.visuals_mut().widgets.hovered.bg_stroke = stroke;
        }
        add(ui).labelled_by(label.id).on_hover_text(hint);
    });
    range_message(ui, label);
    if let Some(problem) = problem {
        ui.label(theme::small(crate::app::sentence_case(problem)).color(theme.warning));
    }
}

/// The row of a hyperparameter, as its entry in the table says it; `add` changes the config.
pub fn config_field(
    ui: &mut Ui,
    of: &Field,
    config: &mut Config,
    add: impl FnOnce(&mut Ui, &mut Config) -> Response,
) {
    let problem = of.problem(config);
    field(ui, of.label, of.explanation, problem.as_deref(), |ui| {
        add(ui, config)
    });
}

/// One of a fixed set, with a name for people.
pub fn choice<T: Copy + PartialEq>(
    ui: &mut Ui,
    salt: &str,
    value: &mut T,
    all: &[T],
    width: f32,
    name: impl Fn(T) -> String,
) -> Response {
    let combo = ComboBox::from_id_salt(salt)
        .width(width)
        .selected_text(name(*value))
        .truncate();
    drop_down(ui, combo, |ui| {
        for &option in all {
            ui.selectable_value(value, option, name(option));
        }
    })
}

/// As wide as there is room.
pub fn wide(ui: &Ui) -> Vec2 {
    vec2(ui.available_width(), theme::FIELD_HEIGHT)
}
