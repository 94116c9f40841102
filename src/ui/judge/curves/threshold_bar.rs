//! The threshold of what is looked at: a slider, a search for the best one, and keeping it with the run.

use std::borrow::Cow;

use egui::{Button, Grid, Popup, PopupCloseBehavior, Role, Slider, Ui};

use crate::app::{Action, AppState, JudgeAction, Model};
use crate::metrics::Goal;
use crate::ui::parts::numbers::{Limits, number, range_message};
use crate::ui::parts::room;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;
use crate::ui::parts::widgets::{fine_print, quiet_button, quiet_menu};
use crate::visible::{visible, visible_names};

/// Costs are typed in for at most this many classes.
const MOST_COSTS: usize = 6;

/// The row that says that a number is out of range.
const FIND: &str = "Find";
/// Height of the buttons' own line.
const BUTTONS: f32 = 24.0;
/// Lines of text; the rest is in the tooltip.
const MOST_LINES: usize = 3;

/// What the user has typed into "Find for me".
pub struct ThresholdBar {
    least_recall: f64,
    /// `[true class][predicted class]`.
    costs: Vec<Vec<f64>>,
}

impl Default for ThresholdBar {
    fn default() -> Self {
        ThresholdBar {
            least_recall: 0.9,
            costs: Vec::new(),
        }
    }
}

impl ThresholdBar {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let class = called_class(state);
        ui.spacing_mut().item_spacing.y = 2.0;
        // The buttons stand beside the slider where there is room for both, else in a line of their own.
        let beside = ui.available_width() >= room::THRESHOLD_LINE;
        self.line(ui, beside, state, actions, |ui, actions| {
            slider(ui, state, &class, actions);
        });
        if !beside {
            self.line(ui, true, state, actions, |_, _| {});
        }
        let line = ui.add(egui::Label::new(lines(ui, state)));
        line.on_hover_text(said(state));
    }

    /// Of the text about the threshold, in that width.
    pub fn height(&self, ui: &Ui, state: &AppState) -> f32 {
        let buttons = if ui.available_width() >= room::THRESHOLD_LINE {
            0.0
        } else {
            BUTTONS
        };
        ui.painter().layout_job(lines(ui, state)).size().y + buttons
    }

    /// A line of the bar, with the buttons at its end or without them.
    fn line(
        &mut self,
        ui: &mut Ui,
        with_buttons: bool,
        state: &AppState,
        actions: &mut Vec<Action>,
        rest: impl FnOnce(&mut Ui, &mut Vec<Action>),
    ) {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = if with_buttons { 22.0 } else { 16.0 };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if with_buttons {
                    ui.spacing_mut().item_spacing.x = 12.0;
                    keep(ui, state, actions);
                    self.find(ui, state, actions);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    rest(ui, actions);
                });
            });
        });
    }

    /// "Find for me": a goal, and what meets it.
    fn find(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let class = called_class(state);
        let button = quiet_menu(ui, "Find", "Find for me");
        let popup = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(300.0);
            if let Some(subject) = state.subject() {
                let of_test = if state.looking.on_test {
                    ", on its validation images"
                } else {
                    ""
                };
                let text = format!("Threshold of {}{of_test}", subject.label);
                ui.label(theme::heading(&text, theme::of(ui)));
            }
            // In a menu, values and buttons would look like words.
            theme::as_fields(ui);
            ui.horizontal(|ui| {
                ui.label(format!("Recall of {class} at least"));
                let mut percent = self.least_recall * 100.0;
                let limits = Limits {
                    row: FIND,
                    what: "the recall",
                    range: 0.0..=100.0,
                    unit: " %",
                };
                let value = number(ui, &mut percent, limits, |drag| drag.max_decimals(1));
                named(&value, Role::SpinButton, "Least recall");
                self.least_recall = percent / 100.0;
            });
            range_message(ui, FIND);
            ui.horizontal(|ui| {
                if ui.button("Highest threshold").clicked() {
                    actions.push(Action::Judge(JudgeAction::Find(Goal::RecallAtLeast(
                        self.least_recall,
                    ))));
                }
                if ui.button("Smallest weight").clicked() {
                    actions.push(Action::Judge(JudgeAction::FindWeight(self.least_recall)));
                }
            });
            ui.separator();
            for (text, goal) in [
                ("Best balanced accuracy", Goal::BalancedAccuracy),
                (&*format!("Best F1 of {class}"), Goal::F1),
                ("Best MCC", Goal::Mcc),
            ] {
                if ui.button(text).clicked() {
                    actions.push(Action::Judge(JudgeAction::Find(goal)));
                }
            }
            ui.separator();
            self.costs(ui, &visible_names(state.looked_at_classes()), actions);
        });
    }

    fn costs(&mut self, ui: &mut Ui, classes: &[String], actions: &mut Vec<Action>) {
        let n = classes.len();
        if n > MOST_COSTS {
            fine_print(ui, "Costs can be given for up to six classes", theme::of(ui));
            return;
        }
        if self.costs.len() != n {
            let cost = |t, p| f64::from(u8::from(t != p));
            self.costs = (0..n).map(|t| (0..n).map(|p| cost(t, p)).collect()).collect();
        }
        ui.label("What a call costs, true class by rows");
        Grid::new("costs").spacing([8.0, 4.0]).show(ui, |ui| {
            ui.label("");
            for class in classes {
                ui.label(theme::small(format!("as {class}")));
            }
            ui.end_row();
            for (true_idx, class) in classes.iter().enumerate() {
                ui.label(theme::small(class));
                for (predicted_idx, predicted) in classes.iter().enumerate() {
                    let limits = Limits {
                        row: FIND,
                        what: "a cost",
                        range: 0.0..=1e6,
                        unit: "",
                    };
                    let cost = &mut self.costs[true_idx][predicted_idx];
                    let value = number(ui, cost, limits, |drag| drag.speed(0.1));
                    named(
                        &value,
                        Role::SpinButton,
                        &format!("Cost of {class} as {predicted}"),
                    );
                }
                ui.end_row();
            }
        });
        if ui.button("Least cost").clicked() {
            actions.push(Action::Judge(JudgeAction::Find(Goal::LeastCost(
                self.costs.clone(),
            ))));
        }
    }
}

/// What is said, in the lines that it has.
fn lines(ui: &Ui, state: &AppState) -> egui::text::LayoutJob {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let width = ui.available_width().max(40.0);
    let mut job = egui::text::LayoutJob::simple(said(state), font, theme::of(ui).muted, width);
    job.wrap.max_rows = MOST_LINES;
    job
}

/// What was found, or what the threshold does.
fn said(state: &AppState) -> String {
    let class = called_class(state);
    let found = state.looking.found.clone();
    found.unwrap_or_else(|| match state.looking.threshold {
        Some(t) if state.looking.on_test => {
            format!("Called {class} from a score of {t:.3} on, which was chosen on validation images")
        }
        None if state.looking.on_test => {
            "The largest score decides; a threshold is chosen on validation images".into()
        }
        Some(t) => format!("Called {class} from a score of {t:.3} on"),
        None if state.curve().is_empty() => "Thresholds need a run that has ended".into(),
        None => "The largest score decides; slide to set a threshold".into(),
    })
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
    let may_slide = !state.curve().is_empty() && !state.looking.on_test;
    ui.add_enabled_ui(may_slide, |ui| {
        let slider = ui.add(Slider::new(&mut value, 0.0..=1.0).show_value(false));
        slider.widget_info(|| egui::WidgetInfo::slider(true, f64::from(value), "Threshold"));
        if slider.changed() {
            actions.push(Action::Judge(JudgeAction::SetThreshold(Some(value))));
        }
    });
    ui.label(theme::small(format!("{value:.3}")));
    if clear && !state.looking.on_test && quiet_button(ui, "Clear", "Clear the threshold").clicked() {
        actions.push(Action::Judge(JudgeAction::SetThreshold(None)));
    }
}

/// The threshold becomes the run's own; predictions and the command line follow it.
fn keep(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let run = state
        .selected_run()
        .filter(|_| state.looking.model == Model::Trained);
    let kept = run.and_then(|r| r.decision.as_ref()).map(|d| d.threshold);
    let may =
        run.is_some_and(|r| r.scores.is_some()) && kept != state.looking.threshold && !state.looking.on_test;
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
