//! Fields that few trainings change, folded away.

use egui::Ui;

use crate::app::AppState;
use crate::experiment::{BatchNorm, Config, DeviceChoice, Normalize, Optimizer, Precision, Problem, Resize};
use crate::ui::parts::fields::{choice, field, problem_of, wide};
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::fine_print;

/// Beyond it a field that computes in f64 would make another number of it.
const LARGEST_SEED: u64 = 1 << 53;

pub fn rare_rows(ui: &mut Ui, state: &AppState, form: &mut Config, problems: &[Problem]) {
    arithmetic_rows(ui, form);
    device_rows(ui, state, form);
    field(ui, "Seed", "Decides every random choice", None, |ui| {
        let limits = Limits {
            row: "Seed",
            what: "the seed",
            range: 0..=LARGEST_SEED,
            unit: "",
        };
        let size = wide(ui);
        number(ui, &mut form.seed, limits, |drag| drag.speed(0.1).min_size(size))
    });
    test_share_row(ui, form, problems);
    ui.checkbox(&mut form.raw, "Evaluate the untouched model first");
}

/// What the numbers depend on.
fn arithmetic_rows(ui: &mut Ui, form: &mut Config) {
    let hint = "With PyTorch's defaults beside the learning rate";
    choice_row(
        ui,
        "Optimizer",
        hint,
        &mut form.optimizer,
        Optimizer::ALL,
        |o| match o {
            Optimizer::Adam => "Adam",
            Optimizer::AdamW => "AdamW",
            Optimizer::Sgd => "SGD, momentum 0.9",
        },
    );
    let hint = "Frozen keeps the statistics that came with the weights; batch is PyTorch's train() mode";
    choice_row(
        ui,
        "BatchNorm",
        hint,
        &mut form.batch_norm,
        BatchNorm::ALL,
        |b| match b {
            BatchNorm::Frozen => "Frozen statistics",
            BatchNorm::Batch => "Batch statistics (as in the notebook)",
        },
    );
    let hint = "What is done to pixels from 0 to 1";
    choice_row(
        ui,
        "Normalise",
        hint,
        &mut form.normalize,
        Normalize::ALL,
        |n| match n {
            Normalize::Imagenet => "ImageNet mean and deviation",
            Normalize::None => "None (as in the notebook)",
        },
    );
    let hint = "How an image becomes a square";
    choice_row(ui, "Resize", hint, &mut form.resize, Resize::ALL, |r| match r {
        Resize::Square => "To the square",
        Resize::Crop => "Shorter side, then centre",
        Resize::None => "None, all have one size",
    });
    let hint = "Number format of the network; the head is always f32";
    choice_row(
        ui,
        "Precision",
        hint,
        &mut form.precision,
        Precision::ALL,
        |p| match p {
            Precision::Auto => "Automatic",
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
        },
    );
}

fn choice_row<T: Copy + PartialEq>(
    ui: &mut Ui,
    label: &str,
    hint: &str,
    value: &mut T,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) {
    field(ui, label, hint, None, |ui| {
        let width = ui.available_width();
        choice(ui, label, value, all, width, |option| name(option).into())
    });
}

fn device_rows(ui: &mut Ui, state: &AppState, form: &mut Config) {
    field(ui, "Device", "Where to compute", None, |ui| {
        let width = ui.available_width();
        let all = devices(state, form.device);
        choice(ui, "device", &mut form.device, &all, width, |d| match d {
            DeviceChoice::Auto => "Automatic".into(),
            DeviceChoice::Cpu => "CPU".into(),
            DeviceChoice::Cuda(n) => format!("CUDA {n}"),
        })
    });
    if let Some(reason) = state.machine.devices.as_ref().and_then(|d| d.no_cuda.as_ref()) {
        let text = format!("CPU only: {reason}");
        fine_print(ui, &text, theme::of(ui)).on_hover_text(&text);
    }
}

fn test_share_row(ui: &mut Ui, form: &mut Config, problems: &[Problem]) {
    let hint = "Share of the images kept for a last test";
    field(ui, "Test share", hint, problem_of(problems, "test_share"), |ui| {
        let mut percent = form.test_share * 100.0;
        let limits = Limits {
            row: "Test share",
            what: "the test share",
            range: 0.0..=99.0,
            unit: " %",
        };
        let size = wide(ui);
        let response = number(ui, &mut percent, limits, |drag| {
            drag.fixed_decimals(0).min_size(size)
        });
        if response.changed() {
            form.test_share = (percent * 100.0).round() / 1e4;
        }
        response
    });
}

/// What there is, and what was asked for though it is not there.
fn devices(state: &AppState, asked: DeviceChoice) -> Vec<DeviceChoice> {
    let n_cuda = state.machine.devices.as_ref().map_or(0, |d| d.n_cuda);
    let mut all = vec![DeviceChoice::Auto, DeviceChoice::Cpu];
    all.extend((0..n_cuda).map(DeviceChoice::Cuda));
    if !all.contains(&asked) {
        all.push(asked);
    }
    all
}
