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
use crate::ui::parts::fields::{config_field, field, wide};
use crate::ui::parts::icons;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, named, path_edit, quiet_button};

/// What is behind "Least loss".
const CONVERGED: &str = "To the minimum of the loss with scikit-learn's penalty, over all training images at once: no epochs, \
                         no batches, no learning rate";

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
        drop_down(ui, combo, |ui| {
            for entry in BACKBONES {
                let text = format!("{}   {} features", entry.title, entry.n_features);
                ui.selectable_value(&mut form.arch, entry.name.to_owned(), text);
            }
        })
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
        drop_down(ui, combo, |ui| {
            ui.selectable_value(&mut form.weights, WeightsSource::Imagenet, "ImageNet");
            let is_file = matches!(form.weights, WeightsSource::File(_));
            if ui.selectable_label(is_file, "From a file…").clicked() && !is_file {
                form.weights = WeightsSource::File(PathBuf::new());
                actions.push(Action::Pick(Pick::Weights));
            }
            ui.selectable_value(&mut form.weights, WeightsSource::Random, "Random");
        })
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
    if form.stop == Stop::Epochs {
        config_field(ui, &LR, form, |ui, form| learning_rate(ui, &mut form.lr));
    }
    ui.horizontal(|ui| {
        until(ui, form);
        match form.stop {
            Stop::Epochs => epochs_and_batch(ui, form),
            Stop::Converged => {
                fine_print(ui, "until it stops improving", theme::of(ui)).on_hover_text(CONVERGED);
            }
        }
    });
    range_message(ui, EPOCHS.label);
    if form.stop == Stop::Epochs
        && let Some(problem) = EPOCHS.problem(form).or_else(|| BATCH.problem(form))
    {
        ui.label(theme::small(crate::app::sentence_case(&problem)).color(theme::of(ui).warning));
    }
}

/// When the training ends, chosen where other rows have their label.
fn until(ui: &mut Ui, form: &mut Config) {
    let name = |stop: Stop| match stop {
        Stop::Epochs => "Epochs",
        Stop::Converged => "Least loss",
    };
    let width = theme::LABEL_WIDTH - 2.0 * ui.spacing().button_padding.x;
    let combo = ComboBox::from_id_salt(STOP.key)
        .width(width)
        .selected_text(name(form.stop));
    let combo = drop_down(ui, combo, |ui| {
        for &stop in Stop::ALL {
            ui.selectable_value(&mut form.stop, stop, name(stop));
        }
    });
    named(&combo, egui::Role::ComboBox, STOP.explanation);
    combo.on_hover_text(STOP.explanation);
}

fn epochs_and_batch(ui: &mut Ui, form: &mut Config) {
    let size = vec2(46.0, theme::FIELD_HEIGHT);
    let limits = Limits::of(&EPOCHS, EPOCHS.label);
    let epochs = number(ui, &mut form.epochs, limits, |drag| {
        drag.speed(0.05).min_size(size)
    });
    named(&epochs, egui::Role::SpinButton, EPOCHS.label);
    epochs.on_hover_text(EPOCHS.explanation);
    let label = ui.label(egui::RichText::new(BATCH.label).color(theme::of(ui).muted));
    let size = wide(ui);
    // In the same row, which shows what is wrong with either.
    let limits = Limits::of(&BATCH, EPOCHS.label);
    number(ui, &mut form.batch, limits, |drag| drag.speed(0.5).min_size(size))
        .labelled_by(label.id)
        .on_hover_text(BATCH.explanation);
}
