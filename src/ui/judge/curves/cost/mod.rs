//! What each rule costs over what a miss costs, and which costs least at what is at stake.

mod bar;
mod plot;

use egui::{Rect, Ui, UiBuilder, pos2};

use crate::app::{Action, AppState, Dot};
use crate::ui::parts::keyboard::ahead::{Ahead, Side};

/// Of fields and text, for the first frame.
const FOOT: f32 = 80.0;

pub fn cost(ui: &mut Ui, state: &AppState, dots: &[Dot], actions: &mut Vec<Action>) {
    let area = ui.available_rect_before_wrap();
    let foot = Ahead::of(ui, Side::Foot, "stakes", FOOT);
    plot::plot(&mut foot.room(ui), state, dots, actions);
    let top = pos2(area.left(), (area.bottom() - foot.before).max(area.top()));
    let mut child = ui.new_child(UiBuilder::new().max_rect(Rect::from_min_max(top, area.max)));
    bar::bar(&mut child, state, actions);
    foot.end(ui, child.min_rect());
}
