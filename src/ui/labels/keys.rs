//! The keys that decide about the selected images.

use egui::{Context, Key, Modifiers};

use crate::app::{Action, AppState, LabelsAction};
use crate::experiment::LabelChange;

/// Those of the first nine classes.
const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// What the pressed keys decide; nothing while something is written.
pub fn pressed(ctx: &Context, state: &AppState) -> Option<Action> {
    if state.labels.selected.is_empty() || ctx.text_edit_focused() {
        return None;
    }
    let pressed = |key: Key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let classes = state.dataset.classes();
    let digit = (0..DIGITS.len().min(classes.len())).find(|&i| pressed(DIGITS[i]));
    let action = if let Some(class_idx) = digit {
        LabelsAction::Decide(LabelChange::Label(Some(classes[class_idx].clone())))
    } else if pressed(Key::X) || pressed(Key::Delete) {
        LabelsAction::Decide(LabelChange::Exclude(true))
    } else if pressed(Key::G) {
        LabelsAction::KeepTogether
    } else if pressed(Key::N) {
        LabelsAction::WriteNote(true)
    } else if pressed(Key::Escape) {
        LabelsAction::Select(Default::default())
    } else {
        return None;
    };
    Some(Action::Labels(action))
}
