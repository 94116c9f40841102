//! The hyperparameters: the config struct as a form. A wrong value is marked at its field with the reason.

mod learning_rate;
mod rare_rows;

use std::path::PathBuf;

use egui::{Button, ComboBox, Response, Ui, vec2};

use self::learning_rate::learning_rate;
use self::rare_rows::rare_rows;
use crate::app::{Action, AppState, FitAction, Pick, sentence_case};
use crate::experiment::{BACKBONES, Config, Problem, Resize, WeightsSource, backbone};
use crate::ui::parts::fields::{field, problem_of, wide};
use crate::ui::parts::icons;
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, named, path_edit, quiet_button};

pub fn form_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    heading_row(ui, "Hyperparameters", |ui| {
        if quiet_button(ui, "Reset", "Reset the hyperparameters").clicked() {
            actions.push(Action::Fit(FitAction::ResetForm));
        }
    });
    let mut form = state.settings.form.clone();
    let problems: Vec<Problem> = form.problems().collect();
    ui.scope(|ui| {
        theme::as_fields(ui);
        network_rows(ui, state, &mut form, &problems, actions);
        training_rows(ui, &mut form, &problems);
        let more = egui::CollapsingHeader::new(
            theme::small("Optimizer, BatchNorm, seed, device…").color(theme::of(ui).muted),
        )
        .id_salt("more");
        more.show_unindented(ui, |ui| rare_rows(ui, state, &mut form, &problems));
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

fn network_rows(
    ui: &mut Ui,
    state: &AppState,
    form: &mut Config,
    problems: &[Problem],
    actions: &mut Vec<Action>,
) {
    let title = |name: &str| backbone(name).map_or_else(|| name.to_owned(), |b| b.title.to_owned());
    field(
        ui,
        "Architecture",
        "The frozen network under the new head",
        problem_of(problems, "arch"),
        |ui| {
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
        },
    );
    weights_rows(ui, state, form, problems, actions);
    if form.resize != Resize::None {
        let hint = "Side of the square that the network sees";
        field(ui, "Image size", hint, problem_of(problems, "image_size"), |ui| {
            let limits = Limits {
                row: "Image size",
                what: "the image size",
                range: 32..=4096,
                unit: " px",
            };
            let size = wide(ui);
            number(ui, &mut form.image_size, limits, |drag| {
                drag.speed(1.0).min_size(size)
            })
        });
    }
}

/// Where the network's weights come from, and what is known of them before anything is trained.
fn weights_rows(
    ui: &mut Ui,
    state: &AppState,
    form: &mut Config,
    problems: &[Problem],
    actions: &mut Vec<Action>,
) {
    let hint = "Where the network's weights come from";
    field(ui, "Weights", hint, None, |ui| {
        weights_choice(ui, &mut form.weights, actions)
    });
    let known = state.weights_known();
    let unfit = known.and_then(|known| known.as_ref().err());
    let unfit = unfit.map(|reason| Problem {
        field: "weights",
        message: reason.clone(),
    });
    let problem = problem_of(problems, "weights").or(unfit.as_ref());
    let facts = known.and_then(|known| known.as_ref().ok());
    let facts = facts.map(|facts| sentence_case(facts));
    if let WeightsSource::File(path) = &mut form.weights {
        weights_file(ui, path, problem, facts.as_deref(), actions);
    } else if let Some(problem) = problem {
        ui.label(theme::small(sentence_case(&problem.message)).color(theme::of(ui).warning));
    }
    // In a low window the class weights need the room more; there the field's tooltip tells it.
    let has_room = room::window_height(ui) >= room::WHOLE_INPUTS;
    if let Some(facts) = facts.filter(|_| has_room) {
        fine_print(ui, &facts, theme::of(ui)).on_hover_text(&facts);
    }
}

fn weights_choice(ui: &mut Ui, weights: &mut WeightsSource, actions: &mut Vec<Action>) -> Response {
    let text = match weights {
        WeightsSource::Imagenet => "ImageNet",
        WeightsSource::Random => "Random",
        WeightsSource::File(_) => "From a file",
    };
    let combo = ComboBox::from_id_salt("weights")
        .width(ui.available_width())
        .selected_text(text);
    let shown = combo.show_ui(ui, |ui| {
        ui.selectable_value(weights, WeightsSource::Imagenet, "ImageNet");
        let is_file = matches!(weights, WeightsSource::File(_));
        if ui.selectable_label(is_file, "From a file…").clicked() && !is_file {
            *weights = WeightsSource::File(PathBuf::new());
            actions.push(Action::Pick(Pick::Weights));
        }
        ui.selectable_value(weights, WeightsSource::Random, "Random");
    });
    shown.response
}

fn weights_file(
    ui: &mut Ui,
    path: &mut PathBuf,
    problem: Option<&Problem>,
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

fn training_rows(ui: &mut Ui, form: &mut Config, problems: &[Problem]) {
    let hint = "Step size of the optimizer";
    field(ui, "Learning rate", hint, problem_of(problems, "lr"), |ui| {
        learning_rate(ui, &mut form.lr)
    });
    let of_either = problem_of(problems, "epochs").or_else(|| problem_of(problems, "batch"));
    field(ui, "Epochs", "Passes over the training images", of_either, |ui| {
        let limits = Limits {
            row: "Epochs",
            what: "the number of epochs",
            range: 1..=10_000,
            unit: "",
        };
        let size = vec2(46.0, theme::FIELD_HEIGHT);
        let epochs = number(ui, &mut form.epochs, limits, |drag| {
            drag.speed(0.05).min_size(size)
        });
        let theme = theme::of(ui);
        let label = ui.label(egui::RichText::new("Batch").color(theme.muted));
        let limits = Limits {
            row: "Epochs",
            what: "the batch",
            range: 1..=100_000,
            unit: "",
        };
        let size = wide(ui);
        number(ui, &mut form.batch, limits, |drag| drag.speed(0.5).min_size(size))
            .labelled_by(label.id)
            .on_hover_text("Images a step");
        epochs
    });
}
