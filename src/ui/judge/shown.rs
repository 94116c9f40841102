//! Whether probabilities have the class weights undone or are the raw scores: the switch, and what is said beside it.

use egui::Ui;

use crate::app::{Action, AppState, ShownProbabilities, WindowAction};
use crate::ui::parts::widgets::quiet_toggle;

/// A heading of less room leaves the words to its title.
const NARROW: f32 = 300.0;
const NAME: &str = "Raw scores in place of probabilities";
const TIP: &str = "Probabilities are for the mix of the training images: what the class weights did to them is undone. Raw scores are as \
                   the weighted head says them; verdicts and thresholds go by these in either case";

/// Changes it, in a heading.
pub fn switch(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let now = state.settings.probabilities;
    let is_raw = now == ShownProbabilities::Raw;
    let text = match ui.available_width() < NARROW {
        true => "Raw",
        false => "Raw scores",
    };
    let toggle = quiet_toggle(ui, text, NAME, is_raw);
    if toggle.on_hover_text(TIP).clicked() {
        actions.push(Action::Window(WindowAction::SetProbabilities(now.other())));
    }
}

/// The same in a menu.
pub fn in_menu(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let now = state.settings.probabilities;
    let mut is_raw = now == ShownProbabilities::Raw;
    if ui.checkbox(&mut is_raw, NAME).on_hover_text(TIP).changed() {
        actions.push(Action::Window(WindowAction::SetProbabilities(now.other())));
    }
}

/// What the numbers of a class are called.
pub fn noun(is_undone: bool) -> &'static str {
    match is_undone {
        true => "probability",
        false => "score",
    }
}
