//! The hyperparameters: the config struct as a form. A wrong value is marked at its field with the reason.

mod learning_rate;
mod rare_rows;

use std::path::PathBuf;

use egui::{Button, ComboBox, Ui, vec2};

use self::learning_rate::learning_rate;
use self::rare_rows::rare_rows;
use crate::app::{Action, AppState, FitAction, Pick};
use crate::experiment::config::fields::{ARCH, BATCH, EPOCHS, IMAGE_SIZE, LR, STOP, WEIGHTS};
use crate::experiment::{BACKBONES, Config, Resize, Stop, WeightsSource, backbone};
use crate::ui::parts::fields::{choice, config_field, field, wide};
use crate::ui::parts::icons;
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, named, path_edit, quiet_button};

pub fn form_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    heading_row(ui, "Hyperparameters", |ui| {
        let form = &state.settings.form;
        let is_reset = *form == form.with_default_hyperparameters();
        ui.add_enabled_ui(!is_reset, |ui| {
            if quiet_button(ui, "Reset", "Reset the hyperparameters").clicked() {
                actions.push(Action::Fit(FitAction::ResetForm));
            }
        });
    });
    let mut form = state.settings.form.clone();
    ui.scope(|ui| {
        theme::as_fields(ui);
        network_rows(ui, state, &mut form, actions);
        training_rows(ui, &mut form);
        let more = egui::CollapsingHeader::new(
            theme::small("Optimizer, BatchNorm, seed, device…").color(theme::of(ui).muted),
        )
        .id_salt("more");
        more.show_unindented(ui, |ui| rare_rows(ui, state, &mut form));
    });
    if !is_same(&form, &state.settings.form) {
        actions.push(Action::Fit(FitAction::SetForm(Box::new(form))));
    }
}

/// Letter by letter: to a path, `a/` and `a` are equal, and a slash that is being typed would be lost.
fn is_same(one: &Config, other: &Config) -> bool {
    fn text(config: &Config) -> Option<&std::ffi::OsStr> {
        match &config.weights {
            WeightsSource::File(path) => Some(path.as_os_str()),
            _ => None,
        }
    }
    one == other && text(one) == text(other)
}

fn network_rows(ui: &mut Ui, state: &AppState, form: &mut Config, actions: &mut Vec<Action>) {
    let title = |name: &str| backbone(name).map_or_else(|| name.to_owned(), |b| b.title.to_owned());
    config_field(ui, &ARCH, form, |ui, form| {
        let combo = ComboBox::from_id_salt("arch")
            .width(ui.available_width())
            .selected_text(title(&form.arch));
        combo
            .show_ui(ui, |ui| {
                for entry in BACKBONES {
                    let text = format!("{}   {} features", entry.title, entry.n_features);
                    ui.selectable_value(&mut form.arch, entry.name.to_owned(), text);
                }
            })
            .response
    });
    weights_rows(ui, state, form, actions);
    if form.resize != Resize::None {
        config_field(ui, &IMAGE_SIZE, form, |ui, form| {
            let limits = Limits::of(&IMAGE_SIZE, IMAGE_SIZE.label);
            let size = wide(ui);
            number(ui, &mut form.image_size, limits, |drag| {
                drag.speed(1.0).min_size(size)
            })
        });
    }
}

/// Where the network's weights come from, and what is known of them before anything is trained.
fn weights_rows(ui: &mut Ui, state: &AppState, form: &mut Config, actions: &mut Vec<Action>) {
    weights_source_row(ui, form, actions);
    let known = state.weights_known();
    let unfit = known.and_then(|known| known.as_ref().err());
    let problem = WEIGHTS.problem(form).or_else(|| unfit.cloned());
    let facts = known
        .and_then(|known| known.as_ref().ok())
        .map(|facts| crate::app::sentence_case(facts));
    if let WeightsSource::File(path) = &mut form.weights {
        weights_file_row(ui, path, problem.as_deref(), facts.as_deref(), actions);
    } else if let Some(problem) = &problem {
        ui.label(theme::small(crate::app::sentence_case(problem)).color(theme::of(ui).warning));
    }
    // In a low window the class weights need the room more; there the field's tooltip says it.
    let has_room = room::window_height(ui) >= room::WHOLE_INPUTS;
    if let Some(facts) = facts.filter(|_| has_room) {
        fine_print(ui, &facts, theme::of(ui)).on_hover_text(&facts);
    }
}

fn weights_source_row(ui: &mut Ui, form: &mut Config, actions: &mut Vec<Action>) {
    // What is wrong with them stands under the row of the file.
    field(ui, WEIGHTS.label, WEIGHTS.explanation, None, |ui| {
        let text = match &form.weights {
            WeightsSource::Imagenet => "ImageNet",
            WeightsSource::Random => "Random",
            WeightsSource::File(_) => "From a file",
        };
        let combo = ComboBox::from_id_salt("weights")
            .width(ui.available_width())
            .selected_text(text);
        combo
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut form.weights, WeightsSource::Imagenet, "ImageNet");
                let is_file = matches!(form.weights, WeightsSource::File(_));
                if ui.selectable_label(is_file, "From a file…").clicked() && !is_file {
                    form.weights = WeightsSource::File(PathBuf::new());
                    actions.push(Action::Pick(Pick::Weights));
                }
                ui.selectable_value(&mut form.weights, WeightsSource::Random, "Random");
            })
            .response
    });
}

fn weights_file_row(
    ui: &mut Ui,
    path: &mut PathBuf,
    problem: Option<&str>,
    facts: Option<&str>,
    actions: &mut Vec<Action>,
) {
    let mut text = path.display().to_string();
    let hint = "A .safetensors or .pth file with torchvision's names";
    field(ui, "File", hint, problem, |ui| {
        let choose_width = 36.0;
        let width = ui.available_width() - choose_width - theme::GAP;
        let edit = path_edit(ui, "weights file", "model.safetensors", &mut text, width);
        let icon = Button::new(theme::icon(icons::OPEN_FOLDER, 15.0));
        let choose = ui.add_sized([choose_width, theme::FIELD_HEIGHT], icon);
        named(&choose, egui::Role::Button, "Choose a file of weights");
        if choose.on_hover_text("Choose a file of weights…").clicked() {
            actions.push(Action::Pick(Pick::Weights));
        }
        match facts {
            Some(facts) => edit.on_hover_text(facts),
            None => edit,
        }
    });
    *path = text.into();
}

fn training_rows(ui: &mut Ui, form: &mut Config) {
    config_field(ui, &STOP, form, |ui, form| {
        let width = ui.available_width();
        choice(
            ui,
            STOP.label,
            &mut form.stop,
            Stop::ALL,
            width,
            |stop| match stop {
                Stop::Epochs => "its epochs are over".into(),
                Stop::Converged => "the loss is least".into(),
            },
        )
    });
    if form.stop == Stop::Converged {
        return;
    }
    config_field(ui, &LR, form, |ui, form| learning_rate(ui, &mut form.lr));
    let problem = EPOCHS.problem(form).or_else(|| BATCH.problem(form));
    field(ui, EPOCHS.label, EPOCHS.explanation, problem.as_deref(), |ui| {
        let size = vec2(46.0, theme::FIELD_HEIGHT);
        let limits = Limits::of(&EPOCHS, EPOCHS.label);
        let epochs = number(ui, &mut form.epochs, limits, |drag| {
            drag.speed(0.05).min_size(size)
        });
        let theme = theme::of(ui);
        let label = ui.label(egui::RichText::new(BATCH.label).color(theme.muted));
        let size = wide(ui);
        // In the same row, which shows what is wrong with either.
        let limits = Limits::of(&BATCH, EPOCHS.label);
        number(ui, &mut form.batch, limits, |drag| drag.speed(0.5).min_size(size))
            .labelled_by(label.id)
            .on_hover_text(BATCH.explanation);
        epochs
    });
}
