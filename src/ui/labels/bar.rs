//! What can be decided about the selected images, each with its key.

use egui::{Button, Role, Ui};

use crate::app::{Action, AppState, LabelsAction};
use crate::experiment::LabelChange;
use crate::metrics::thousands;
use crate::short_name::{Shared, shortened};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;
use crate::visible::visible;

/// Classes that get a button each; those of more are in a list.
const BUTTONS: usize = 4;

/// The note that is being written; it is the user's until it is kept.
#[derive(Default)]
pub struct LabelBar {
    note: String,
    was_noting: bool,
}

impl LabelBar {
    /// Nothing where no image of the open folder is selected.
    /// In a place that says by itself how many are selected, that is not said again.
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, is_said: bool, actions: &mut Vec<Action>) {
        let n = state.n_decidable();
        if n == 0 {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if !is_said {
                ui.label(theme::strong(format!("{} selected", thousands(n as u64))));
            }
            class_buttons(ui, state.dataset.classes(), actions);
            let lets_go = |action: &LabelsAction| matches!(action, LabelsAction::Select(_));
            let offered = offered(state, n).into_iter();
            for (text, tip, action, enabled) in
                offered.filter(|(_, _, action, _)| !is_said || !lets_go(action))
            {
                let button = ui.add_enabled(enabled, Button::new(text));
                named(&button, Role::Button, text);
                if button.on_hover_text(tip).clicked() {
                    actions.push(Action::Labels(action));
                }
            }
        });
        self.note(ui, state, actions);
    }

    fn note(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        let begins = state.labels.is_noting && !self.was_noting;
        self.was_noting = state.labels.is_noting;
        if !state.labels.is_noting {
            return;
        }
        if begins {
            let first = state.selected_labels().and_then(|mut all| all.next());
            self.note = first.map_or_else(String::new, |label| label.note.clone());
        }
        let field = egui::TextEdit::singleline(&mut self.note)
            .hint_text("A note; Enter keeps it, Esc leaves it")
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        named(&response, Role::TextInput, "Note on the selected images");
        if begins {
            response.request_focus();
        }
        if response.lost_focus() {
            let keeps = ui.input(|i| i.key_pressed(egui::Key::Enter));
            let action = match keeps {
                true => LabelsAction::Decide(LabelChange::Note(self.note.trim().to_owned())),
                false => LabelsAction::WriteNote(false),
            };
            actions.push(Action::Labels(action));
        }
    }
}

/// Beside the classes: what stands on the button, what it does, and whether it can be done.
fn offered(state: &AppState, n: usize) -> Vec<(&'static str, &'static str, LabelsAction, bool)> {
    let decide = LabelsAction::Decide;
    let is_decided = state.selected_labels().is_some();
    let all_excluded = is_decided
        && state
            .selected_labels()
            .is_some_and(|labels| labels.filter(|label| label.is_excluded).count() >= n);
    let exclude = match all_excluded {
        true => (
            "Take in again",
            "Train on these images again, and evaluate by them",
            decide(LabelChange::Exclude(false)),
            true,
        ),
        false => (
            "Exclude",
            "Leave these images out: neither trained on nor evaluated (X)",
            decide(LabelChange::Exclude(true)),
            true,
        ),
    };
    vec![
        exclude,
        (
            "Keep together",
            "Never train on one of these images and evaluate another (G)",
            LabelsAction::KeepTogether,
            n > 1,
        ),
        (
            "Note…",
            "Write a note (N)",
            LabelsAction::WriteNote(true),
            !state.labels.is_noting,
        ),
        (
            "Clear",
            "As if nothing had been decided about these images",
            decide(LabelChange::Clear),
            is_decided,
        ),
        (
            "Select none",
            "Let go of these images (Esc)",
            LabelsAction::Select(Default::default()),
            true,
        ),
    ]
}

/// A class each, with its key, or a list of them.
fn class_buttons(ui: &mut Ui, classes: &[String], actions: &mut Vec<Action>) {
    let mut label = |class: &String| {
        let change = LabelChange::Label(Some(class.clone()));
        actions.push(Action::Labels(LabelsAction::Decide(change)));
    };
    if classes.len() <= BUTTONS {
        let shared = Shared::of(classes);
        for (i, class) in classes.iter().enumerate() {
            let key = i + 1;
            let name = shortened(class, shared, |name| name.chars().count() <= 18);
            let button = ui.add(Button::new(format!("{key}  {}", visible(&name))));
            named(&button, Role::Button, &format!("Label as {}", visible(class)));
            let tip = format!("These images are {} ({key})", visible(class));
            if button.on_hover_text(tip).clicked() {
                label(class);
            }
        }
        return;
    }
    let combo = egui::ComboBox::from_id_salt("label as")
        .selected_text("Label as…")
        .height(360.0);
    let combo = combo.show_ui(ui, |ui| {
        for (i, class) in classes.iter().enumerate() {
            let text = match i {
                0..9 => format!("{}  {}", i + 1, visible(class)),
                _ => visible(class).into_owned(),
            };
            if ui.selectable_label(false, text).clicked() {
                label(class);
            }
        }
    });
    named(&combo.response, Role::ComboBox, "Label as");
}
