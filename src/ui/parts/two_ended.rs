//! A line with something at both of its ends. What stands on the right is drawn from the left as well, and last: Tab and screen
//! readers go by the order of drawing.

use egui::{Align, Layout, Rect, Ui, UiBuilder, vec2};

use crate::ui::parts::keyboard::ahead::{Ahead, Side};

/// `left` has the room that `right` leaves. Of two such lines in one place each needs a name of its own.
pub fn two_ended<R>(
    ui: &mut Ui,
    name: &str,
    height: f32,
    left: impl FnOnce(&mut Ui),
    right: impl FnOnce(&mut Ui) -> R,
) -> R {
    let line = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), height));
    let end = Ahead::of(ui, Side::Right, name, 0.0);
    let begins = line.right() - end.before;
    let gap = if end.before > 0.0 {
        ui.spacing().item_spacing.x
    } else {
        0.0
    };
    let layout = Layout::left_to_right(Align::Center);
    let within = |ui: &mut Ui, place: Rect| ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    left(&mut within(ui, line.with_max_x((begins - gap).max(line.left()))));
    let mut place = within(ui, line.with_min_x(begins));
    let given = right(&mut place);
    end.end(ui, place.min_rect());
    ui.advance_cursor_after_rect(line);
    given
}
