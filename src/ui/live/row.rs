//! Between the weights and the training: whether weights can be tried at once, keeping what was tried, and many
//! weightings in one go.

use egui::{ComboBox, Role, Ui};

use crate::app::{Action, AppState, FitAction, LiveAction, LookAction, SweepChoice};
use crate::metrics::thousands;
use crate::protocol::{Phase, Progress};
use crate::ui::parts::form_popup::FormPopup;
use crate::ui::parts::icons;
use crate::ui::parts::keyboard::drop_down::drop_down;
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{
    duration, fine_print, named, primary_button, quiet_button, quiet_menu, quiet_toggle,
};
use crate::visible::visible;

/// Of the popup; it would otherwise take all the width there is.
const SWEEP_WIDTH: f32 = 236.0;
/// Weights that one sweep may try.
const MOST_WEIGHTS: usize = 64;
/// The row that says that a number is out of range.
const SWEEP: &str = "Sweep";

/// What the user has chosen to sweep.
#[derive(Default)]
pub struct LiveRow {
    sweep: Option<SweepChoice>,
    popup: FormPopup,
}

impl LiveRow {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        if state.dataset.view.is_none() {
            return;
        }
        let mut trying = Vec::new();
        let trial = |ui: &mut Ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            live(ui, state, &mut trying);
        };
        two_ended(ui, "live", 20.0, trial, |ui| {
            ui.spacing_mut().item_spacing.x = 12.0;
            ui.spacing_mut().interact_size.y = 20.0;
            if state.live.features_ready() {
                keep(ui, state, actions);
            }
            self.sweep_menu(ui, state, actions);
        });
        actions.extend(trying);
    }

    fn sweep_menu(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let Some(view) = &state.dataset.view else { return };
        let button = quiet_menu(ui, "Sweep", "Sweep weights");
        let button =
            button.on_hover_text("Train many weights of one class in one go; each becomes a run and a dot");
        let sweep = &mut self.sweep;
        self.popup.show(&button, |ui| {
            ui.set_width(SWEEP_WIDTH);
            theme::as_fields(ui);
            let choice = sweep.get_or_insert(SweepChoice {
                class_idx: state.weighed_class(),
                from: 1.0,
                to: 16.0,
                count: 24,
            });
            let classes = &view.dataset.classes;
            choice.class_idx = choice.class_idx.min(classes.len().saturating_sub(1));
            choose(ui, classes, choice);
            let problem = state.train_problem();
            let text = format!("Train {} weightings", choice.count);
            let start = primary_button(ui, icons::TRAIN, &text, ui.available_width(), problem.is_none());
            named(&start, Role::Button, &text);
            if start
                .on_disabled_hover_text(problem.unwrap_or_default())
                .clicked()
            {
                actions.push(Action::Fit(FitAction::Sweep(*choice)));
                ui.close();
            }
        });
    }
}

fn choose(ui: &mut Ui, classes: &[String], choice: &mut SweepChoice) {
    ui.horizontal(|ui| {
        ui.label("Weight of");
        let combo = ComboBox::from_id_salt("sweep class").selected_text(visible(&classes[choice.class_idx]));
        let shown = drop_down(ui, combo, |ui| {
            for (class_idx, class) in classes.iter().enumerate() {
                ui.selectable_value(&mut choice.class_idx, class_idx, visible(class));
            }
        });
        named(&shown, Role::ComboBox, "Class to weigh");
    });
    ui.horizontal(|ui| {
        ui.label("from");
        let limits = |what, range| Limits {
            row: SWEEP,
            what,
            range,
            unit: "",
        };
        let of_from = limits("the smallest weight", 0.01..=1e4);
        let from = number(ui, &mut choice.from, of_from, |drag| drag.speed(0.05));
        named(&from, Role::SpinButton, "Smallest weight");
        ui.label("to");
        let of_to = limits("the largest weight", 0.02..=1e5);
        let to = number(ui, &mut choice.to, of_to, |drag| drag.speed(0.1));
        named(&to, Role::SpinButton, "Largest weight");
        ui.label("in");
        let limits = Limits {
            row: SWEEP,
            what: "the number of weights",
            range: 2..=MOST_WEIGHTS,
            unit: " steps",
        };
        let count = number(ui, &mut choice.count, limits, |drag| drag);
        named(&count, Role::SpinButton, "Weights to try");
    });
    range_message(ui, SWEEP);
}

/// Whether moving a slider shows its outcome at once, and what is missing where it does not.
fn live(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if !state.settings.form.features_are_fixed() {
        fine_print(ui, "Live needs frozen BatchNorm", theme).on_hover_text(
            "With batch statistics an image's features depend on its batch and cannot be kept",
        );
        return;
    }
    if state.live.features_ready() {
        let secs = state.live.trial.as_ref().map(|t| t.trial.seconds);
        let text = match secs {
            None => "Live".to_owned(),
            Some(secs) if secs < 0.1 => format!("Live · {:.0} ms", secs * 1000.0),
            Some(secs) => format!("Live · {secs:.1} s"),
        };
        let toggle = quiet_toggle(ui, &text, "Live weights", state.watched_trial().is_some());
        let tip =
            "Matrix, figures and trade-off follow the sliders: each change is trained and evaluated at once";
        if toggle.on_hover_text(tip).clicked() {
            actions.push(Action::Look(LookAction::Trial(state.watched_trial().is_none())));
        }
        return;
    }
    if let Some(job) = state.jobs.computing_features() {
        let left = job.progress.and_then(|p| p.left_secs);
        let text = left.map_or_else(
            || "Computing features…".to_owned(),
            |s| format!("Features, {} left", duration(s)),
        );
        fine_print(ui, &text, theme);
        return;
    }
    match &state.live.features {
        // What is wrong stands under Train.
        _ if state.train_problem().is_some() => {}
        None => {
            let job = state.jobs.looking_up_features();
            let text = looking_up(job.and_then(|job| job.progress.as_ref()));
            fine_print(ui, &text, theme).on_hover_text(
                "Features are kept by what is in an image. Where files are new or have changed, each is read once to know it \
                 again, which takes a while in a large folder; training need not wait for it",
            );
        }
        Some(Err(reason)) => {
            fine_print(ui, "Live is not possible", theme).on_hover_text(reason);
        }
        Some(Ok(status)) => {
            let button = quiet_button(ui, "Go live", "Compute features");
            let n = thousands(status.n_missing() as u64);
            let tip = format!(
                "Pass {n} images through the backbone once; from then on moving a weight shows its outcome at once"
            );
            if button.on_hover_text(tip).clicked() {
                actions.push(Action::Live(LiveAction::ComputeFeatures));
            }
            fine_print(ui, &format!("{n} to compute"), theme);
        }
    }
}

/// What the lookup of kept features is at.
fn looking_up(progress: Option<&Progress>) -> String {
    let Some(progress) = progress else {
        return "Looking for kept features…".into();
    };
    let share = match progress.total {
        0 => String::new(),
        total => format!(" {} %", progress.done * 100 / total),
    };
    match progress.phase {
        Phase::Prepare => "Loading the network…".into(),
        Phase::Hash => format!("Recognising images…{share}"),
        _ => format!("Reading the folder…{share}"),
    }
}

/// What was tried becomes a run: with the features there, training it again takes no longer.
fn keep(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if state.watched_trial().is_none() {
        return;
    }
    let button = quiet_button(ui, "Keep", "Keep as a run");
    if button
        .on_hover_text("Make a run of the weights as they stand")
        .clicked()
    {
        actions.push(Action::Fit(FitAction::Train));
    }
}
