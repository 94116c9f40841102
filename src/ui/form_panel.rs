//! The hyperparameters: the config struct as a form. A wrong value is marked at its field with the reason.

use std::path::PathBuf;

use egui::{Align, Button, ComboBox, DragValue, Layout, Response, Ui, WidgetInfo, vec2};

pub use super::widgets::named;
use super::widgets::{fine_print, heading_row, log_slider, path_edit, quiet_button};
use super::{icons, theme};
use crate::app::{Action, AppState, Pick};
use crate::experiment::{
    BACKBONES, BatchNorm, Config, DeviceChoice, Normalize, Optimizer, Precision, Problem, Resize,
    WeightsSource, backbone,
};

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
    if form != state.settings.form {
        actions.push(Action::SetForm(Box::new(form)));
    }
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
    weights_rows(ui, state, form, actions);
    if form.resize != Resize::None {
        let hint = "Side of the square that the network sees";
        field(ui, "Image size", hint, problem("image_size").as_ref(), |ui| {
            number(
                ui,
                DragValue::new(&mut form.image_size)
                    .suffix(" px")
                    .speed(1.0)
                    .range(1..=8192),
            )
        });
    }
}

/// Where the network's weights come from, and what is known of them before anything is trained.
fn weights_rows(ui: &mut Ui, state: &AppState, form: &mut Config, actions: &mut Vec<Action>) {
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
    let problem = known
        .and_then(|known| known.as_ref().err())
        .map(|reason| Problem {
            field: "weights",
            message: reason.clone(),
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
    let has_room = ui.ctx().content_rect().height() >= super::dataset_panel::HEIGHT;
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
            let drag = DragValue::new(&mut form.epochs).speed(0.05).range(0..=10_000);
            let epochs = ui.add(drag.min_size(vec2(46.0, theme::FIELD_HEIGHT)));
            let theme = theme::of(ui);
            let label = ui.label(egui::RichText::new("Batch").color(theme.muted));
            let drag = DragValue::new(&mut form.batch).speed(0.5).range(0..=100_000);
            number(ui, drag)
                .labelled_by(label.id)
                .on_hover_text("Images a step");
            epochs
        },
    );
}

/// A slider over the rates that heads are trained with, by their logarithm, and any number beside it.
fn learning_rate(ui: &mut Ui, lr: &mut f64) -> Response {
    let number_width = 58.0;
    let mut slid = *lr;
    let slider = log_slider(
        ui,
        &mut slid,
        1e-5..=1.0,
        ui.available_width() - number_width - theme::GAP,
    );
    slider.widget_info(|| WidgetInfo::slider(true, slid, "Learning rate, slider"));
    if slider.changed() {
        *lr = one_digit(slid);
    }
    let speed = lr.abs().max(1e-9) * 0.02;
    let typed = number(
        ui,
        DragValue::new(lr)
            .speed(speed)
            .custom_formatter(|lr, _| scientific(lr))
            .custom_parser(|text| text.trim().parse().ok()),
    );
    slider.on_hover_text("Step size of the optimizer");
    typed
}

/// One digit is all that a slider can mean: `3e-4`.
fn one_digit(value: f64) -> f64 {
    // Through text, so that it is the number that people would write.
    format!("{value:.0e}").parse().unwrap_or(value)
}

/// Fields that few trainings change.
fn rare_rows(ui: &mut Ui, state: &AppState, form: &mut Config, problem: ProblemOf) {
    let width = |ui: &Ui| ui.available_width();
    field(
        ui,
        "Optimizer",
        "With PyTorch's defaults beside the learning rate",
        None,
        |ui| {
            let width = width(ui);
            choice(ui, "optimizer", &mut form.optimizer, Optimizer::ALL, width, |o| {
                match o {
                    Optimizer::Adam => "Adam",
                    Optimizer::AdamW => "AdamW",
                    Optimizer::Sgd => "SGD, momentum 0.9",
                }
                .into()
            })
        },
    );
    let hint = "Frozen keeps the statistics that came with the weights; batch is PyTorch's train() mode";
    field(ui, "BatchNorm", hint, None, |ui| {
        let width = width(ui);
        choice(
            ui,
            "batch norm",
            &mut form.batch_norm,
            BatchNorm::ALL,
            width,
            |b| {
                match b {
                    BatchNorm::Frozen => "Frozen statistics",
                    BatchNorm::Batch => "Batch statistics (as in the notebook)",
                }
                .into()
            },
        )
    });
    field(
        ui,
        "Normalise",
        "What is done to pixels from 0 to 1",
        None,
        |ui| {
            let width = width(ui);
            choice(ui, "normalise", &mut form.normalize, Normalize::ALL, width, |n| {
                match n {
                    Normalize::Imagenet => "ImageNet mean and deviation",
                    Normalize::None => "None (as in the notebook)",
                }
                .into()
            })
        },
    );
    field(ui, "Resize", "How an image becomes a square", None, |ui| {
        let width = width(ui);
        choice(ui, "resize", &mut form.resize, Resize::ALL, width, |r| {
            match r {
                Resize::Square => "To the square",
                Resize::Crop => "Shorter side, then centre",
                Resize::None => "None, all have one size",
            }
            .into()
        })
    });
    field(
        ui,
        "Precision",
        "Number format of the network; the head is always f32",
        None,
        |ui| {
            let width = width(ui);
            choice(ui, "precision", &mut form.precision, Precision::ALL, width, |p| {
                match p {
                    Precision::Auto => "Automatic",
                    Precision::F32 => "f32",
                    Precision::Bf16 => "bf16",
                }
                .into()
            })
        },
    );
    field(ui, "Device", "Where to compute", None, |ui| {
        let width = width(ui);
        let all = devices(state, form.device);
        choice(ui, "device", &mut form.device, &all, width, |d| match d {
            DeviceChoice::Auto => "Automatic".into(),
            DeviceChoice::Cpu => "CPU".into(),
            DeviceChoice::Cuda(n) => format!("CUDA {n}"),
        })
    });
    if let Some(reason) = state.devices.as_ref().and_then(|d| d.no_cuda.as_ref()) {
        let text = format!("CPU only: {reason}");
        fine_print(ui, &text, theme::of(ui)).on_hover_text(&text);
    }
    field(ui, "Seed", "Decides every random choice", None, |ui| {
        number(ui, DragValue::new(&mut form.seed).speed(0.1))
    });
    field(
        ui,
        "Test share",
        "Share of the images kept for a last test",
        problem("test_share").as_ref(),
        |ui| {
            let mut percent = form.test_share * 100.0;
            let drag = DragValue::new(&mut percent)
                .range(0.0..=99.0)
                .fixed_decimals(0)
                .suffix(" %");
            let response = number(ui, drag);
            if response.changed() {
                form.test_share = (percent * 100.0).round() / 1e4;
            }
            response
        },
    );
    ui.checkbox(&mut form.raw, "Evaluate the untouched model first");
}

/// What there is, and what was asked for though it is not there.
fn devices(state: &AppState, asked: DeviceChoice) -> Vec<DeviceChoice> {
    let n_cuda = state.devices.as_ref().map_or(0, |d| d.n_cuda);
    let mut all = vec![DeviceChoice::Auto, DeviceChoice::Cpu];
    all.extend((0..n_cuda).map(DeviceChoice::Cuda));
    if !all.contains(&asked) {
        all.push(asked);
    }
    all
}

/// A label and its field in one row, the field named by the label; the problem under it, if there is one.
pub fn field(
    ui: &mut Ui,
    label: &str,
    hint: &str,
    problem: Option<&Problem>,
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
    if let Some(problem) = problem {
        ui.label(theme::small(crate::app::sentence_case(&problem.message)).color(theme.warning));
    }
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
    combo
        .show_ui(ui, |ui| {
            for &option in all {
                ui.selectable_value(value, option, name(option));
            }
        })
        .response
}

fn number(ui: &mut Ui, drag: DragValue) -> Response {
    ui.add(drag.min_size(vec2(ui.available_width(), theme::FIELD_HEIGHT)))
}

/// `1e-3` rather than `0.001`; ordinary numbers stay ordinary.
fn scientific(value: f64) -> String {
    if value == 0.0 || (0.01..1000.0).contains(&value.abs()) || !value.is_finite() {
        return format!("{}", (value * 1e6).round() / 1e6);
    }
    let exponent = value.abs().log10().floor();
    let mantissa = (value / 10f64.powf(exponent) * 100.0).round() / 100.0;
    format!("{mantissa}e{exponent}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn learning_rates_are_written_short() {
        for (value, text) in [
            (1e-3, "1e-3"),
            (3.2e-4, "3.2e-4"),
            (0.01, "0.01"),
            (0.1, "0.1"),
            (0.0, "0"),
            (5e4, "5e4"),
        ] {
            assert_eq!(super::scientific(value), text);
        }
    }

    #[test]
    fn a_slider_gives_numbers_that_people_write() {
        for (slid, lr) in [(0.000_987, 1e-3), (0.000_312, 3e-4), (0.999, 1.0)] {
            assert_eq!(super::one_digit(slid), lr);
        }
    }
}
