//! What keys do among the images.

use egui::{EventFilter, Key, Response, Ui};

use crate::app::{Action, AppState, ImagesAction};

/// The grid has the keyboard.
pub fn of_grid(
    ui: &Ui,
    state: &AppState,
    pane: &Response,
    (n_columns, n_rows): (usize, usize),
    actions: &mut Vec<Action>,
) {
    if !holds_keys(ui, pane) {
        return;
    }
    let row = n_columns as isize;
    let page = row * (n_rows.saturating_sub(1).max(1)) as isize;
    let far = isize::MAX / 2;
    let steps = [
        (Key::ArrowRight, 1),
        (Key::ArrowLeft, -1),
        (Key::ArrowDown, row),
        (Key::ArrowUp, -row),
        (Key::PageDown, page),
        (Key::PageUp, -page),
        (Key::End, far),
        (Key::Home, -far),
    ];
    ui.input(|i| {
        let stretches = i.modifiers.shift_only();
        let may_walk = i.modifiers.is_none() || stretches;
        if let Some((_, step)) = steps.into_iter().find(|(key, _)| may_walk && i.key_pressed(*key)) {
            actions.push(Action::Images(ImagesAction::Walk(step, stretches)));
        }
        let pressed = |key| i.modifiers.is_none() && i.key_pressed(key);
        if pressed(Key::Space) {
            actions.push(Action::Images(match state.place_in_list() {
                Some(_) => ImagesAction::Toggle,
                None => ImagesAction::ToggleAt(0),
            }));
        }
        if pressed(Key::Enter) {
            actions.push(Action::Images(ImagesAction::Enlarge(true)));
        }
        if pressed(Key::Escape) {
            actions.push(Action::Images(ImagesAction::Close));
        }
        if i.modifiers.command_only() && i.key_pressed(Key::A) {
            actions.push(Action::Images(ImagesAction::SelectAll));
        }
    });
}

/// One image is seen large.
pub fn of_large(ui: &Ui, pane: &Response, actions: &mut Vec<Action>) {
    if !holds_keys(ui, pane) {
        return;
    }
    let keys = [
        (Key::ArrowRight, ImagesAction::Walk(1, false)),
        (Key::ArrowDown, ImagesAction::Walk(1, false)),
        (Key::ArrowLeft, ImagesAction::Walk(-1, false)),
        (Key::ArrowUp, ImagesAction::Walk(-1, false)),
        (Key::Space, ImagesAction::Toggle),
        (Key::Enter, ImagesAction::Enlarge(false)),
        (Key::Escape, ImagesAction::Enlarge(false)),
    ];
    let pressed = |key: &Key| ui.input(|i| i.modifiers.is_none() && i.key_pressed(*key));
    let asked = keys.into_iter().find(|(key, _)| pressed(key));
    actions.extend(asked.map(|(_, action)| Action::Images(action)));
}

/// Keys that would move the focus are kept for the images while they have it.
fn holds_keys(ui: &Ui, pane: &Response) -> bool {
    if !pane.has_focus() {
        return false;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        escape: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(pane.id, filter));
    true
}
