//! The heading of a column by which rows can be ordered: a triangle says whether they are, and which way; a click asks for it.

use egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

use crate::ui::parts::names::elided;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, triangle};

/// Room for the triangle.
const MARK: f32 = 14.0;

/// How the rows stand by a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By something else.
    Not,
    /// As they are by themselves, which is neither up nor down.
    Natural,
    LowestFirst,
    HighestFirst,
}

impl Order {
    pub fn of(descending: bool) -> Self {
        match descending {
            true => Order::HighestFirst,
            false => Order::LowestFirst,
        }
    }

    /// Read aloud after what a click does.
    pub fn in_words(self) -> &'static str {
        match self {
            Order::Not | Order::Natural => "",
            Order::LowestFirst => ", lowest first",
            Order::HighestFirst => ", highest first",
        }
    }

    /// Whether the triangle points up.
    fn points_up(self) -> Option<bool> {
        match self {
            Order::Not | Order::Natural => None,
            Order::LowestFirst => Some(true),
            Order::HighestFirst => Some(false),
        }
    }
}

pub struct SortedHeading<'a> {
    pub name: &'a str,
    /// What a click does, as it is read aloud: `Order the classes by recall`.
    pub spoken: &'a str,
    /// Under the pointer.
    pub explanation: &'a str,
    pub order: Order,
    /// The side of the column that its figures stand on.
    pub on_right: bool,
}

impl SortedHeading<'_> {
    /// In that place; `salt` tells it from the others of the table.
    pub fn show(&self, ui: &Ui, place: Rect, salt: impl egui::AsIdSalt) -> Response {
        let theme = theme::of(ui);
        let response = ui.interact(place, ui.scope_id().with(salt), Sense::click());
        let is_on = self.order != Order::Not;
        let is_lit = is_on || response.hovered() || response.has_focus();
        let ink = if is_lit { theme.text } else { theme.muted };
        let points_up = self.order.points_up();
        let room = place.width() - if points_up.is_some() { MARK } else { 0.0 };
        let text = elided(ui, self.name, theme::font(theme::SMALL), room, ink);
        let (align, step) = match self.on_right {
            true => (Align2::RIGHT_CENTER, -MARK / 2.0),
            false => (Align2::LEFT_CENTER, text.size().x + MARK / 2.0),
        };
        let at = align.anchor_size(align.pos_in_rect(&place), text.size());
        if let Some(up) = points_up {
            let mark = pos2(at.left() + step, place.center().y);
            triangle(ui, mark, up, theme.accent);
        }
        ui.painter().galley(at.min, text, ink);
        focus_ring(ui, &response);
        let spoken = format!("{}{}", self.spoken, self.order.in_words());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_on, &spoken));
        response.on_hover_text(self.explanation)
    }
}
