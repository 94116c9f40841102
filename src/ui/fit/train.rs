//! The primary action, its stop, and what waits in line.

use egui::{Button, Ui, vec2};

use crate::app::{Action, AppState, FitAction, Preset};
use crate::ui::commands::hint;
use crate::ui::fit::class_table::preset_name;
use crate::ui::parts::icons;
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{chip, named, primary_button, quiet_button};

/// With its icon.
const STOP_WIDTH: f32 = 76.0;

pub fn train_panel(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let problem = state.train_problem();
    buttons(ui, state, problem.as_deref(), actions);
    if let Some(problem) = &problem {
        if state.dataset.view.is_some() {
            ui.label(theme::small(problem).color(theme::of(ui).warning));
        }
        return;
    }
    if left_over(ui, state, actions) {
        return;
    }
    // In a low window there is no room for both under the class weights.
    if queue_row(ui, state, actions) {
        return;
    }
    let has_room = room::window_height(ui) >= room::SECOND_BUTTON;
    if let Some(text) = three(state).filter(|_| has_room) {
        let button = ui.add_sized([ui.available_width(), theme::FIELD_HEIGHT], Button::new(&text));
        let tip = hint(
            "Line up three trainings, to compare their matrices",
            "Ctrl+Shift+Enter",
        );
        if button.on_hover_text(tip).clicked() {
            actions.push(Action::Fit(FitAction::TrainThree));
        }
    }
}

/// Train, and Stop beside it while something trains.
fn buttons(ui: &mut Ui, state: &AppState, problem: Option<&str>, actions: &mut Vec<Action>) {
    let busy = state.jobs.all.iter().any(|j| j.is_training());
    ui.horizontal(|ui| {
        let stop_width = if busy { STOP_WIDTH + theme::GAP } else { 0.0 };
        let label = state.form_label();
        let verb = if busy { "Queue" } else { "Train" };
        let text = if state.dataset.view.is_some() {
            format!("{verb} {label}")
        } else {
            verb.to_owned()
        };
        let button = primary_button(
            ui,
            icons::TRAIN,
            &text,
            ui.available_width() - stop_width,
            problem.is_none(),
        );
        let button = match problem {
            Some(problem) => button.on_disabled_hover_text(problem),
            None => button.on_hover_text(hint("Start a training with these settings", "Ctrl+Enter")),
        };
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, problem.is_none(), verb));
        if button.clicked() {
            actions.push(Action::Fit(FitAction::Train));
        }
        if busy {
            let stop = Button::new((theme::icon(icons::STOP, 16.0), "Stop"));
            let stop = ui.add_sized([STOP_WIDTH, 30.0], stop);
            stop.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Stop"));
            let stop = stop.on_hover_text(hint("Stop the training; what it has is kept", "Ctrl+."));
            if stop.clicked() {
                actions.push(Action::Stop);
            }
        }
    });
}

/// "Train equal, 1 : 3, 1 : 8", in the order of the classes.
pub fn three(state: &AppState) -> Option<String> {
    let counts = &state.dataset.view.as_ref()?.counts;
    let names = [3.0, 8.0]
        .map(Preset::Rare)
        .map(|p| preset_name(p, &p.weights(counts)));
    Preset::Rare(3.0)
        .fits(counts.len())
        .then(|| format!("Train equal, {}, {}", names[0], names[1]))
}

/// What waited when the window was closed. False where nothing did.
fn left_over(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) -> bool {
    let n = state.fit.left_over.len();
    if n == 0 {
        return false;
    }
    let text = match n {
        1 => "One training waited when the window was closed".to_owned(),
        n => format!("{n} trainings waited when the window was closed"),
    };
    ui.label(theme::small(text).color(theme::of(ui).muted));
    ui.horizontal(|ui| {
        for (text, name, takes) in [
            ("Train now", "Train what waited", true),
            ("Forget", "Forget what waited", false),
        ] {
            let button = ui.button(text);
            named(&button, egui::Role::Button, name);
            if button.clicked() {
                actions.push(Action::Fit(FitAction::TakeLeftOver(takes)));
            }
        }
    });
    true
}

/// What waits, in its order; a click takes one out. False where nothing does.
fn queue_row(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) -> bool {
    let waiting: Vec<(u64, String)> = state
        .jobs
        .queue()
        .filter(|j| !j.job.cancel.is_cancelled())
        .filter_map(|j| Some((j.job.id, state.queued_name(j)?)))
        .collect();
    if waiting.is_empty() {
        return false;
    }
    let rows = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal_wrapped(|ui| {
            let text = theme::small(format!("Waiting · {}", waiting.len()));
            ui.label(text.color(theme::of(ui).muted));
            for (job_id, label) in &waiting {
                let entry = chip(ui, &format!("{label}  ×"), false);
                named(
                    &entry,
                    egui::Role::Button,
                    &format!("Take {label} out of the queue"),
                );
                if entry
                    .on_hover_text("Waits its turn; a click takes it out")
                    .clicked()
                {
                    actions.push(Action::StopJob(*job_id));
                }
            }
            if quiet_button(ui, "Clear", "Clear the queue").clicked() {
                actions.push(Action::ClearQueue);
            }
        });
    };
    egui::ScrollArea::vertical()
        .id_salt("queue")
        .max_height(52.0)
        .show(ui, rows);
    true
}
