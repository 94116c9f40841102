//! The threshold of what is looked at: a slider, the goal's best, and keeping it with the run.

use std::borrow::Cow;

use egui::{Button, Role, Slider, Ui};

use super::calibration::EXPLAINED;
use crate::app::{Action, AppState, ClassPlot, GoalAction, JudgeAction, Model};
use crate::metrics::Undo;
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{named, quiet_button};
use crate::visible::visible;

/// Height of the buttons' own line.
const BUTTONS: f32 = 24.0;
/// In less height the plot needs all but one line.
const LOW: f32 = 190.0;

pub fn threshold_bar(ui: &mut Ui, state: &AppState, (said, rows): (&str, usize), actions: &mut Vec<Action>) {
    let class = called_class(state);
    ui.spacing_mut().item_spacing.y = 2.0;
    // The buttons stand beside the slider where there is room for both, else in a line of their own.
    let beside = ui.available_width() >= room::THRESHOLD_LINE;
    line(ui, beside, state, actions, |ui, actions| {
        slider(ui, state, &class, actions);
    });
    if !beside {
        line(ui, true, state, actions, |_, _| {});
    }
    let line = ui.add(egui::Label::new(lines(ui, said, rows)));
    let is_calibration = state.judge.plot == ClassPlot::Calibration;
    let explained = if is_calibration { EXPLAINED } else { "" };
    line.on_hover_text(format!("{said}\n{explained}").trim_end());
}

/// Lines of text in a tile so high; the rest is in the tooltip.
pub fn rows(height: f32) -> usize {
    match height < LOW {
        true => 1,
        false => 3,
    }
}

/// Of the text about the threshold, in that width.
pub fn height(ui: &Ui, (said, rows): (&str, usize)) -> f32 {
    let buttons = if ui.available_width() >= room::THRESHOLD_LINE {
        0.0
    } else {
        BUTTONS
    };
    ui.painter().layout_job(lines(ui, said, rows)).size().y + buttons
}

/// A line of the bar, with the buttons at its end or without them.
fn line(
    ui: &mut Ui,
    with_buttons: bool,
    state: &AppState,
    actions: &mut Vec<Action>,
    rest: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    let height = if with_buttons { 22.0 } else { 16.0 };
    let name = if with_buttons {
        "threshold, buttons"
    } else {
        "threshold"
    };
    let mut asked = Vec::new();
    let rest = |ui: &mut Ui| {
        ui.spacing_mut().interact_size.y = height;
        rest(ui, &mut asked);
    };
    two_ended(ui, name, height, rest, |ui| {
        ui.spacing_mut().interact_size.y = height;
        if with_buttons {
            find(ui, state, actions);
            keep(ui, state, actions);
        }
    });
    actions.extend(asked);
}

/// The goal's best threshold for what is looked at; its weights stay.
fn find(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let why = match state.goal() {
        None => Some("Set a goal first, above the tiles"),
        Some(_) if !state.looking.is_on_validation() => Some("A threshold is chosen on validation images"),
        Some(_) if state.curve().is_empty() => Some("Thresholds need a run that has ended"),
        Some(_) => None,
    };
    let button = Button::new(theme::small("For the goal")).min_size(egui::vec2(0.0, 22.0));
    let button = ui.add_enabled(why.is_none(), button);
    named(&button, Role::Button, "Find the threshold for the goal");
    let label = state.subject().map_or_else(String::new, |subject| subject.label);
    let tip = format!("The threshold of {label} that serves the goal best; its weights stay");
    let response = button
        .on_hover_text(tip)
        .on_disabled_hover_text(why.unwrap_or_default());
    if response.clicked() {
        actions.push(Action::Goal(GoalAction::FindThreshold));
    }
}

/// What is said, in the lines that it has.
fn lines(ui: &Ui, said: &str, rows: usize) -> egui::text::LayoutJob {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let width = ui.available_width().max(40.0);
    let mut job = egui::text::LayoutJob::simple(said.to_owned(), font, theme::of(ui).muted, width);
    job.wrap.max_rows = rows;
    job
}

/// What the threshold does, and after it who pays for the weights where that is known.
pub fn said(state: &AppState, who_pays: Option<String>) -> String {
    let class = called_class(state);
    let shown = shown(state);
    let threshold = match state.looking.threshold {
        Some(t) if !state.looking.is_on_validation() => {
            format!("{class} from a score of {t:.3} on{shown}, chosen on validation images")
        }
        None if !state.looking.is_on_validation() => {
            format!("The largest score decides{shown}; a threshold is chosen on validation images")
        }
        Some(t) => format!("{class} from a score of {t:.3} on{shown}{}", worth(state, t)),
        None if state.curve().is_empty() => "Thresholds need a run that has ended".into(),
        None => format!("The largest score decides{shown}; slide to set a threshold"),
    };
    match who_pays {
        Some(price) => format!("{threshold}. {price}"),
        None => threshold,
    }
}

/// What that comes to where probabilities are shown in place of scores: `, shown as 0.111`, or without a threshold `, which is REAL
/// from a probability of 0.111 on`.
fn shown(state: &AppState) -> String {
    let Some(rule) = state.shown_rule() else {
        return String::new();
    };
    match (
        state.looking.threshold,
        state.looked_at_classes().get(rule.class_idx),
    ) {
        (Some(_), _) => format!(", shown as {:.3}", rule.at),
        // Beside the other plots there is no probability that this could contradict.
        (None, _) if state.judge.plot != ClassPlot::Calibration => String::new(),
        (None, Some(class)) => format!(
            ", which is {} from a probability of {:.3} on",
            visible(class),
            rule.at
        ),
        (None, None) => String::new(),
    }
}

/// What that score is worth under the run that is looked at, where enough images score like it.
fn worth(state: &AppState, score: f32) -> String {
    let run = state.looking.run.filter(|_| state.watched_trial().is_none());
    let worth = run.and_then(|run| state.worth_of((run, &Undo::default()), state.weighed_class(), score));
    worth.map_or_else(String::new, |worth| format!("; {worth}"))
}

/// The class that the threshold is of.
fn called_class(state: &AppState) -> Cow<'_, str> {
    let class = state.looked_at_classes().get(state.weighed_class());
    class.map_or(Cow::Borrowed(""), |class| visible(class))
}

fn slider(ui: &mut Ui, state: &AppState, class: &str, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let text = ui.label(theme::small("Threshold").color(theme.muted));
    text.on_hover_text(format!("From this score on, an image is predicted {class}"));
    // Without a threshold two classes part at one half.
    let mut value = state
        .looking
        .threshold
        .unwrap_or(1.0 / state.looked_at_classes().len().max(2) as f32);
    let clear = state.looking.threshold.is_some();
    let room = ui.available_width() - 56.0 - if clear { 48.0 } else { 0.0 };
    ui.spacing_mut().slider_width = room.max(40.0);
    ui.spacing_mut().interact_size.y = 16.0;
    let may_slide = !state.curve().is_empty() && state.looking.is_on_validation();
    ui.add_enabled_ui(may_slide, |ui| {
        let slider = ui.add(Slider::new(&mut value, 0.0..=1.0).show_value(false));
        slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(value), "Threshold"));
        if slider.changed() {
            actions.push(Action::Judge(JudgeAction::SetThreshold(Some(value))));
        }
    });
    ui.label(theme::small(format!("{value:.3}")));
    if clear && state.looking.is_on_validation() && quiet_button(ui, "Clear", "Clear the threshold").clicked()
    {
        actions.push(Action::Judge(JudgeAction::SetThreshold(None)));
    }
}

/// The threshold becomes the run's own; predictions and the command line follow it.
fn keep(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let run = state
        .selected_run()
        .filter(|_| state.looking.model == Model::Trained);
    let kept = run.and_then(|r| r.decision.as_ref()).map(|d| d.threshold);
    let may = run.is_some_and(|r| r.scores.is_some())
        && kept != state.looking.threshold
        && state.looking.is_on_validation();
    let button = ui.add_enabled(
        may,
        Button::new(theme::small("Keep")).min_size(egui::vec2(0.0, 22.0)),
    );
    named(&button, Role::Button, "Keep the threshold");
    let tip = "Predictions, exports and the command line call by this run's threshold from now on";
    let why = "A threshold is kept with a run that has ended; move it first";
    if button.on_hover_text(tip).on_disabled_hover_text(why).clicked() {
        actions.push(Action::Judge(JudgeAction::KeepThreshold));
    }
}
