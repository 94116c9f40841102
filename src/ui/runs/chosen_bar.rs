//! What can be done with the runs that are chosen, under their list.

use egui::{Ui, vec2};

use crate::app::{Action, AppState, ListAction, RunsAction};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::quiet_button;
use crate::ui::runs::menu::several;

/// Height of one of its lines, and of all of them in a panel of the usual width.
const LINE: f32 = 18.0;
pub const HEIGHT: f32 = 3.0 * LINE + 8.0;

/// Whether several runs are chosen.
pub fn is_needed(state: &AppState) -> bool {
    state.runs.chosen.runs.len() > 1
}

pub fn chosen_bar(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    if !is_needed(state) {
        return;
    }
    let these: Vec<usize> = state.runs.chosen.runs.iter().copied().collect();
    let theme = theme::of(ui);
    ui.spacing_mut().interact_size.y = LINE;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        ui.label(theme::small(format!("{} chosen", these.len())).color(theme.text));
        for (text, action) in several(&state.runs, &these).into_iter().flatten() {
            let name = format!("{} the {} chosen runs", text.trim_end_matches('…'), these.len());
            if quiet_button(ui, text, &name).clicked() {
                actions.push(action);
            }
        }
        let none = quiet_button(ui, "None", "Choose none");
        if none.on_hover_text("Choose none (Esc)").clicked() {
            actions.push(Action::Runs(RunsAction::List(ListAction::ChooseNone)));
        }
    });
}
