//! Fields that few trainings change, folded away.

use egui::Ui;

use crate::app::{AppState, Machine};
use crate::experiment::config::fields::{
    BASELINE, BATCH_NORM, DEVICE, FOLDS, NORMALIZE, OPTIMIZER, PRECISION, REPEATS, RESIZE, SEED,
};
use crate::experiment::{BatchNorm, Config, DeviceChoice, Field, Normalize, Optimizer, Precision, Resize};
use crate::ui::parts::fields::{choice, config_field, wide};
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::fine_print;

pub fn rare_rows(ui: &mut Ui, state: &AppState, form: &mut Config) {
    arithmetic_rows(ui, form);
    device_rows(ui, state, form);
    config_field(ui, &SEED, form, |ui, form| {
        let size = wide(ui);
        number(ui, &mut form.seed, Limits::of(&SEED, SEED.label), |drag| {
            drag.speed(0.1).min_size(size)
        })
    });
    fold_rows(ui, form);
    ui.checkbox(&mut form.baseline, BASELINE.explanation);
}

fn fold_rows(ui: &mut Ui, form: &mut Config) {
    config_field(ui, &FOLDS, form, |ui, form| {
        let (size, limits) = (wide(ui), Limits::of(&FOLDS, FOLDS.label));
        number(ui, &mut form.folds, limits, |drag| {
            drag.speed(0.05).min_size(size).custom_formatter(|n, _| match n {
                0.0 => "none".into(),
                n => n.to_string(),
            })
        })
    });
    if REPEATS.is_used(form) {
        config_field(ui, &REPEATS, form, |ui, form| {
            let (size, limits) = (wide(ui), Limits::of(&REPEATS, REPEATS.label));
            number(ui, &mut form.repeats, limits, |drag| {
                drag.speed(0.05).min_size(size)
            })
        });
    }
}

/// What the numbers depend on.
fn arithmetic_rows(ui: &mut Ui, form: &mut Config) {
    choice_row(
        ui,
        &OPTIMIZER,
        form,
        Optimizer::ALL,
        |c| &mut c.optimizer,
        |o| match o {
            Optimizer::Adam => "Adam",
            Optimizer::AdamW => "AdamW",
            Optimizer::Sgd => "SGD, momentum 0.9",
        },
    );
    choice_row(
        ui,
        &BATCH_NORM,
        form,
        BatchNorm::ALL,
        |c| &mut c.batch_norm,
        |b| match b {
            BatchNorm::Frozen => "Frozen statistics",
            BatchNorm::Batch => "Batch statistics (PyTorch's train mode)",
        },
    );
    choice_row(
        ui,
        &NORMALIZE,
        form,
        Normalize::ALL,
        |c| &mut c.normalize,
        |n| match n {
            Normalize::Imagenet => "ImageNet mean and deviation",
            Normalize::None => "None (pixels from 0 to 1)",
        },
    );
    choice_row(
        ui,
        &RESIZE,
        form,
        Resize::ALL,
        |c| &mut c.resize,
        |r| match r {
            Resize::Square => "To the square",
            Resize::Crop => "Shorter side, then centre",
            Resize::None => "None, all have one size",
        },
    );
    choice_row(
        ui,
        &PRECISION,
        form,
        Precision::ALL,
        |c| &mut c.precision,
        |p| match p {
            Precision::Auto => "Automatic",
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
        },
    );
}

fn choice_row<T: Copy + PartialEq>(
    ui: &mut Ui,
    of: &Field,
    form: &mut Config,
    all: &[T],
    value: impl FnOnce(&mut Config) -> &mut T,
    name: impl Fn(T) -> &'static str,
) {
    config_field(ui, of, form, |ui, form| {
        let width = ui.available_width();
        choice(ui, of.label, value(form), all, width, |option| {
            name(option).into()
        })
    });
}

fn device_rows(ui: &mut Ui, state: &AppState, form: &mut Config) {
    config_field(ui, &DEVICE, form, |ui, form| {
        let width = ui.available_width();
        let all = devices(&state.machine, form.device);
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

/// What there is, and what was asked for though it is missing.
fn devices(machine: &Machine, asked: DeviceChoice) -> Vec<DeviceChoice> {
    let n_cuda = machine.devices.as_ref().map_or(0, |d| d.n_cuda);
    let mut all = vec![DeviceChoice::Auto, DeviceChoice::Cpu];
    all.extend((0..n_cuda).map(DeviceChoice::Cuda));
    if !all.contains(&asked) {
        all.push(asked);
    }
    all
}
