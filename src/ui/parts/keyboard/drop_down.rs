//! A list that opens under its field. egui closes one at a click of the pointer alone; this one closes as well when an entry is
//! taken by the keyboard.

use egui::{ComboBox, Key, Response, Ui};

use crate::ui::parts::keyboard::tab_place::layer_of;

pub fn drop_down(ui: &mut Ui, combo: ComboBox, entries: impl FnOnce(&mut Ui)) -> Response {
    let shown = combo.show_ui(ui, |ui| {
        entries(ui);
        let is_taken = ui.input(|i| i.key_pressed(Key::Enter) || i.key_pressed(Key::Space));
        if is_taken && has_keyboard(ui) {
            ui.close();
        }
    });
    shown.response
}

/// Not so at the press that opens the list: there the field has it.
fn has_keyboard(ui: &Ui) -> bool {
    let focused = ui.memory(|memory| memory.focused());
    focused.and_then(|id| layer_of(ui.ctx(), id)) == Some(ui.layer_id())
}
