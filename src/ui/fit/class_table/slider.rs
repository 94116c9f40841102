//! One class's weight: a slider by its logarithm, and the number in a field. The arrows left and right change it, up and down
//! go to the next class.

use egui::{EventFilter, Key, Rect, Response, Role, Ui, WidgetInfo, vec2};

use super::{WEIGHTS, place};
use crate::ui::parts::numbers::{Limits, number};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, log_slider};

/// What a slider goes to; a field takes more.
const LEAST: f64 = 0.1;
const MOST: f64 = 100.0;

/// What became of a weight in this frame.
pub struct Weighed {
    /// The new one, if one was chosen.
    pub weight: Option<f64>,
    pub slider: Response,
    pub field: Response,
    /// The keyboard or the pointer is at it.
    pub is_used: bool,
}

impl Weighed {
    pub fn has_focus(&self) -> bool {
        self.slider.has_focus() || self.field.has_focus()
    }
}

pub fn slider_and_field(ui: &mut Ui, class: &str, weight: f64, [slider, field]: [Rect; 2]) -> Weighed {
    let mut value = weight;
    let slider = place(ui, slider, "slider", |ui| {
        let slid = log_slider(ui, &mut value, LEAST..=MOST.max(weight), slider.width());
        slid.widget_info(|| WidgetInfo::slider(true, value, format!("Weight of {class}")));
        focus_ring(ui, &slid);
        slid
    });
    let slid = slider.changed().then(|| snapped(value));
    let keyed = steps(ui, &slider).map(|up| stepped(weight, up));
    let mut typed = weight;
    let field = place(ui, field, "field", |ui| {
        theme::as_fields(ui);
        ui.spacing_mut().button_padding = vec2(3.0, 0.0);
        ui.spacing_mut().interact_size.y = field.height();
        let limits = Limits {
            row: WEIGHTS,
            what: "a class weight",
            range: 0.0..=1e6,
            unit: "",
        };
        let field = number(ui, &mut typed, limits, |drag| {
            drag.speed(0.05).max_decimals(3).min_size(field.size())
        });
        let name = format!("Weight of {class}, number");
        field.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, &name));
        field
    });
    let typed = field.changed().then_some(typed);
    Weighed {
        weight: keyed.or(slid).or(typed).filter(|new| *new != weight),
        is_used: [&slider, &field]
            .iter()
            .any(|part| part.has_focus() || part.is_pointer_button_down_on()),
        slider,
        field,
    }
}

/// Whether the keyboard asks for more, or for less. The slider keeps the arrows for itself.
fn steps(ui: &Ui, slider: &Response) -> Option<bool> {
    if !slider.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|m| m.set_focus_lock_filter(slider.id, filter));
    let pressed = |key| ui.input(|i| i.key_pressed(key));
    pressed(Key::ArrowRight)
        .then_some(true)
        .or(pressed(Key::ArrowLeft).then_some(false))
}

/// One up or one down of what a slider can mean.
fn stepped(weight: f64, up: bool) -> f64 {
    // From 1 down go steps of what is below it.
    let step = grid(if up { weight } else { weight * (1.0 - 1e-9) });
    let next = if up { weight + step } else { weight - step };
    snapped(next).clamp(LEAST.min(weight), MOST.max(weight))
}

/// Two digits are all that a slider can mean.
fn snapped(weight: f64) -> f64 {
    let step = grid(weight);
    // Tenths and hundredths are no binary numbers; what is shown is what is meant.
    ((weight / step).round() * step * 100.0).round() / 100.0
}

fn grid(weight: f64) -> f64 {
    match weight {
        ..1.0 => 0.05,
        ..10.0 => 0.1,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_where_the_pointer_can_go() {
        let mut weight = 0.9;
        let mut seen = vec![];
        for _ in 0..4 {
            weight = stepped(weight, true);
            seen.push(weight);
        }
        assert_eq!(seen, [0.95, 1.0, 1.1, 1.2]);
        assert_eq!(stepped(1.0, false), 0.95);
        assert_eq!((stepped(9.9, true), stepped(10.0, true)), (10.0, 11.0));
        assert_eq!((stepped(10.0, false), stepped(9.879, false)), (9.9, 9.8));
        // From the ends there is no way on, and what was typed beyond them may stay.
        assert_eq!((stepped(0.1, false), stepped(100.0, true)), (0.1, 100.0));
        assert_eq!((stepped(0.0, false), stepped(0.0, true)), (0.0, 0.05));
        assert_eq!(stepped(250.0, true), 250.0);
        assert_eq!((snapped(0.52), snapped(7.33), snapped(31.4)), (0.5, 7.3, 31.0));
    }
}
