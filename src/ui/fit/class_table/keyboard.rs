//! The keyboard in the list of classes, which is one stop for Tab. In it the arrows up and down go from class to class, left
//! and right change the weight, Enter types it, and Space shows the images of the class.

use egui::{Id, Key, Modifiers, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::slider::Weighed;

/// Read aloud at every slider.
const KEYS: &str = "Enter types the weight, Space shows the images of the class";

fn wanted_id() -> Id {
    Id::unique("class that the keyboard goes to")
}

fn last_id() -> Id {
    Id::unique("class that the keyboard was at")
}

/// The class whose row must come into sight, since the keyboard goes to its slider.
pub fn wanted(ui: &Ui) -> Option<usize> {
    ui.data(|data| data.get_temp(wanted_id())).flatten()
}

fn want(ui: &Ui, class_idx: Option<usize>) {
    ui.data_mut(|data| data.insert_temp(wanted_id(), class_idx));
    ui.ctx().request_repaint();
}

/// An end of the list, where Tab comes in and goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    First,
    Last,
}

impl End {
    fn id(self) -> Id {
        Id::unique(("end of the list of classes", self == End::First))
    }

    /// Nothing to be seen. Who comes here goes on to the class that the keyboard was at last, else to the first.
    pub fn show(self, ui: &Ui, place: Rect, listed: &[usize]) {
        let corner = match self {
            End::First => place.left_top(),
            End::Last => place.right_bottom() - vec2(1.0, 1.0),
        };
        let place = Rect::from_min_size(corner, vec2(1.0, 1.0));
        let response = ui.interact(place, self.id(), Sense::FOCUSABLE);
        let name = match self {
            End::First => format!("List of {} classes, arrow keys choose one", listed.len()),
            End::Last => "End of the list of classes".into(),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
        let goes_back = ui.input(|i| i.modifiers.shift && i.key_pressed(Key::Tab));
        if response.has_focus() && !(self == End::First && goes_back) {
            let last: Option<usize> = ui.data(|data| data.get_temp(last_id()));
            let last = last.filter(|class_idx| listed.contains(class_idx));
            want(ui, last.or(listed.first().copied()));
        }
    }
}

/// Before anything of the list is drawn: where the keyboard is in it, Tab leads past all that is left of it.
pub fn leave(ui: &Ui) {
    let (is_pressed, goes_back) = ui.input(|i| (i.key_pressed(Key::Tab), i.modifiers.shift));
    if is_pressed {
        let end = if goes_back { End::First } else { End::Last };
        ui.memory_mut(|memory| memory.request_focus(end.id()));
    }
}

/// Moves the keyboard as its keys say, and brings the row that gets it into sight whole. Whether the images of the class are
/// asked for.
pub fn follow(ui: &Ui, class_idx: usize, [above, below]: [Option<usize>; 2], weighed: &Weighed) -> bool {
    let Weighed { slider, field, .. } = weighed;
    ui.ctx()
        .accesskit_node_builder(slider.id, |node| node.set_description(KEYS));
    if wanted(ui) == Some(class_idx) {
        want(ui, None);
        slider.request_focus();
    } else if slider.gained_focus() {
        want(ui, Some(class_idx));
    }
    // Taken, so that the row that gets the keyboard does not pass it on.
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if field.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        pressed(Key::Enter);
        slider.request_focus();
        return false;
    }
    if !slider.has_focus() {
        return false;
    }
    ui.data_mut(|data| data.insert_temp(last_id(), class_idx));
    let next = match (pressed(Key::ArrowUp), pressed(Key::ArrowDown)) {
        (true, _) => above,
        (_, true) => below,
        _ => None,
    };
    if next.is_some() {
        want(ui, next);
    }
    if pressed(Key::Enter) {
        field.request_focus();
    }
    pressed(Key::Space)
}
