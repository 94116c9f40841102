//! The keys that decide about the selected images.

use std::path::Path;

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

/// What the pressed keys decide about the selected images; nothing while something is written.
pub fn pressed(ctx: &Context, state: &AppState) -> Option<Action> {
    if state.n_decidable() == 0 {
        return None;
    }
    decided(ctx, state).map(Action::Labels)
}

/// The same about the one image that is seen large, which is then the selected one.
pub fn pressed_on(ctx: &Context, state: &AppState, image: &Path) -> Vec<Action> {
    if !state.is_decidable(image) {
        return Vec::new();
    }
    let select = LabelsAction::Select([image.to_path_buf()].into());
    match decided(ctx, state) {
        Some(action) => vec![Action::Labels(select), Action::Labels(action)],
        None => Vec::new(),
    }
}

fn decided(ctx: &Context, state: &AppState) -> Option<LabelsAction> {
    if ctx.text_edit_focused() {
        return None;
    }
    let pressed = |key: Key| ctx.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let classes = state.dataset.classes();
    if let Some(class_idx) = (0..DIGITS.len().min(classes.len())).find(|&i| pressed(DIGITS[i])) {
        let class = classes[class_idx].clone();
        return Some(LabelsAction::Decide(LabelChange::Label(Some(class))));
    }
    if pressed(Key::X) || pressed(Key::Delete) {
        Some(LabelsAction::Decide(LabelChange::Exclude(true)))
    } else if pressed(Key::G) {
        Some(LabelsAction::KeepTogether)
    } else if pressed(Key::N) {
        Some(LabelsAction::WriteNote(true))
    } else {
        None
    }
}
