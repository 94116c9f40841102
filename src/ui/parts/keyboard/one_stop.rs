//! Several things in a line as one stop of Tab: the arrows go through them, left and right or up and down.

use egui::{EventFilter, Id, Key, Response, Sense, Ui};

pub struct OneStop {
    id: Id,
    n: usize,
    /// The one that Tab comes to.
    at: usize,
    is_column: bool,
}

impl OneStop {
    pub fn of(ui: &Ui, name: impl egui::AsIdSalt, n: usize) -> Self {
        let id = ui.make_persistent_id(name);
        let at: usize = ui.data(|data| data.get_temp(id)).unwrap_or_default();
        let at = at.min(n.saturating_sub(1));
        OneStop {
            id,
            n,
            at,
            is_column: false,
        }
    }

    /// Of things below each other.
    pub fn down(ui: &Ui, name: impl egui::AsIdSalt, n: usize) -> Self {
        let is_column = true;
        OneStop {
            is_column,
            ..OneStop::of(ui, name, n)
        }
    }

    pub fn sense(&self, i: usize) -> Sense {
        if i == self.at {
            Sense::click()
        } else {
            Sense::CLICK
        }
    }

    /// Once that one is drawn.
    pub fn drawn(&self, ui: &Ui, i: usize, response: &Response) {
        if i != self.at {
            return;
        }
        let came = self.id.with("came by an arrow");
        if ui.data_mut(|data| data.remove_temp::<bool>(came)).is_some() {
            response.request_focus();
        }
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter {
            horizontal_arrows: !self.is_column,
            vertical_arrows: self.is_column,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        let [back, on] = match self.is_column {
            true => [Key::ArrowUp, Key::ArrowDown],
            false => [Key::ArrowLeft, Key::ArrowRight],
        };
        let next = match (pressed(back), pressed(on)) {
            (true, _) => i.saturating_sub(1),
            (_, true) => (i + 1).min(self.n - 1),
            _ => i,
        };
        if next != i {
            ui.data_mut(|data| {
                data.insert_temp(self.id, next);
                data.insert_temp(came, true);
            });
            ui.ctx().request_repaint();
        }
    }
}
