//! A small form under a button, in which lists open. egui knows one popup at a time, so that an ordinary menu vanishes as
//! soon as a list in it does; this one stays until there is a click beside it, Escape, or its button again.

use egui::{Key, Popup, PopupCloseBehavior, Response, Ui};

/// Whether it is open.
#[derive(Debug, Default)]
pub struct FormPopup {
    open: bool,
}

impl FormPopup {
    pub fn show(&mut self, button: &Response, add: impl FnOnce(&mut Ui)) {
        if button.clicked() {
            self.open = !self.open;
        }
        if !self.open {
            return;
        }
        let ctx = button.ctx.clone();
        // A click or Escape is the list's own while one is open.
        let is_list_open = Popup::is_any_open(&ctx);
        let popup = Popup::menu(button)
            .open_bool(&mut self.open)
            .close_behavior(PopupCloseBehavior::IgnoreClicks);
        let Some(shown) = popup.show(add) else { return };
        if is_list_open && ctx.input(|i| i.key_pressed(Key::Escape)) {
            self.open = true;
        }
        let is_beside = shown.response.clicked_elsewhere() && !button.clicked();
        if is_beside && !is_list_open {
            self.open = false;
        }
    }
}
