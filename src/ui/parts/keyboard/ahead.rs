//! What is read first is drawn first: Tab and screen readers go by the order of drawing, and a panel at the right or at the
//! foot must otherwise be drawn before what it leaves room for.

use egui::{Id, Rect, Ui, UiBuilder};

/// Where the panel is that is drawn afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Right,
    Foot,
}

/// The room ahead of such a panel: what it left in the frame before.
pub struct Ahead {
    id: Id,
    side: Side,
    /// Width or height that the panel had.
    pub before: f32,
}

impl Ahead {
    /// `guess` is for the very first frame.
    pub fn of(ui: &Ui, side: Side, panel: &str, guess: f32) -> Self {
        let id = ui.scope_id().with(("ahead of", panel));
        let before = ui.data(|data| data.get_temp(id)).unwrap_or(guess);
        Ahead { id, side, before }
    }

    /// To draw in, before the panel is.
    pub fn room(&self, ui: &mut Ui) -> Ui {
        let whole = ui.available_rect_before_wrap();
        let room = match self.side {
            Side::Right => whole.with_max_x((whole.right() - self.before).max(whole.left())),
            Side::Foot => whole.with_max_y((whole.bottom() - self.before).max(whole.top())),
        };
        ui.new_child(UiBuilder::new().max_rect(room).layout(*ui.layout()))
    }

    /// The panel is drawn, and took this.
    pub fn end(self, ui: &Ui, panel: Rect) {
        let now = match self.side {
            Side::Right => panel.width(),
            Side::Foot => panel.height(),
        };
        if now != self.before {
            ui.data_mut(|data| data.insert_temp(self.id, now));
            // What is ahead was drawn as if it had not changed.
            ui.ctx().request_discard("a panel has another size");
        }
    }
}
