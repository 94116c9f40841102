//! The hyperparameters: the config struct as a form. A wrong value is marked at its field with the reason.

mod learning_rate;
mod rare_rows;

use std::path::PathBuf;

use egui::{Button, ComboBox, Ui, vec2};

use self::learning_rate::learning_rate;
use self::rare_rows::rare_rows;
use crate::app::{Action, AppState, Pick};
use crate::experiment::{BACKBONES, Config, Problem, Resize, WeightsSource, backbone};
use crate::ui::parts::fields::{field, wide};
use crate::ui::parts::icons;
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, named, path_edit, quiet_button};

pub fn form_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    heading_row(ui, "Hyperparameters", |ui| {
        if quiet_button(ui, "Reset", "Reset the hyperparameters").clicked() {
            actions.push(Action::ResetForm);
        }
    });
    let mut form = state.settings.form.clone();
    let problem = |name: &str| state.problem_of(name);
    ui.scope(|ui| {
        theme::as_fields(ui);
        network_rows(ui, state, &mut form, &problem, actions);
        training_rows(ui, &mut form, &problem);
        let more = egui::CollapsingHeader::new(
            theme::small("Optimizer, BatchNorm, seed, device…").color(theme::of(ui).muted),
        )
        .id_salt("more");
        more.show_unindented(ui, |ui| rare_rows(ui, state, &mut form, &problem));
    });
    if !is_same(&form, &state.settings.form) {
        actions.push(Action::SetForm(Box::new(form)));
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

type ProblemOf<'a> = &'a dyn Fn(&str) -> Option<Problem>;

fn network_rows(
    ui: &mut Ui,
    state: &AppState,
    form: &mut Config,
    problem: ProblemOf,
    actions: &mut Vec<Action>,
) {
    let title = |name: &str| backbone(name).map_or_else(|| name.to_owned(), |b| b.title.to_owned());
    field(
        ui,
        "Architecture",
        "The frozen network under the new head",
        problem("arch").as_ref(),
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
    weights_rows(ui, state, form, problem("weights"), actions);
    if form.resize != Resize::None {
        let hint = "Side of the square that the network sees";
        field(ui, "Image size", hint, problem("image_size").as_ref(), |ui| {
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
    problem: Option<Problem>,
    actions: &mut Vec<Action>,
) {
    field(
        ui,
        "Weights",
        "Where the network's weights come from",
        None,
        |ui| {
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
        },
    );
    let known = state.weights_known();
    let unfit = known.and_then(|known| known.as_ref().err());
    let problem = problem.or_else(|| {
        unfit.map(|reason| Problem {
            field: "weights",
            message: reason.clone(),
        })
    });
    if let WeightsSource::File(path) = &form.weights {
        let mut text = path.display().to_string();
        let hint = "A .safetensors or .pth file with torchvision's names";
        field(ui, "File", hint, problem.as_ref(), |ui| {
            let choose_width = 36.0;
            let width = ui.available_width() - choose_width - theme::GAP;
            let edit = path_edit(ui, "weights file", "model.safetensors", &mut text, width);
            let icon = Button::new(theme::icon(icons::OPEN_FOLDER, 15.0));
            let choose = ui.add_sized([choose_width, theme::FIELD_HEIGHT], icon);
            named(&choose, egui::Role::Button, "Choose a file of weights");
            if choose.on_hover_text("Choose a file of weights…").clicked() {
                actions.push(Action::Pick(Pick::Weights));
            }
            match known {
                Some(Ok(facts)) => edit.on_hover_text(crate::app::sentence_case(facts)),
                _ => edit,
            }
        });
        form.weights = WeightsSource::File(text.into());
    } else if let Some(problem) = &problem {
        ui.label(theme::small(crate::app::sentence_case(&problem.message)).color(theme::of(ui).warning));
    }
    // In a low window the class weights need the room more; there the field's tooltip tells it.
    let has_room = room::window_height(ui) >= room::WHOLE_INPUTS;
    if let (Some(Ok(facts)), true) = (known, has_room) {
        let facts = crate::app::sentence_case(facts);
        fine_print(ui, &facts, theme::of(ui)).on_hover_text(&facts);
    }
}

fn training_rows(ui: &mut Ui, form: &mut Config, problem: ProblemOf) {
    let hint = "Step size of the optimizer";
    field(ui, "Learning rate", hint, problem("lr").as_ref(), |ui| {
        learning_rate(ui, &mut form.lr)
    });
    let of_either = problem("epochs").or_else(|| problem("batch"));
    field(
        ui,
        "Epochs",
        "Passes over the training images",
        of_either.as_ref(),
        |ui| {
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
        },
    );
}
