//! Whether something meets the goal, as a sign: a tick, a question mark or a cross. Its shape says it, its colour repeats it.

use egui::{Align2, Color32, Painter, Pos2, Stroke, vec2};

use crate::metrics::Met;
use crate::ui::parts::theme::{self, Theme};

/// Width and height.
pub const SIGN: f32 = 10.0;

pub fn sign(painter: &Painter, centre: Pos2, met: Met, ink: Color32) {
    let stroke = Stroke::new(1.8, ink);
    match met {
        Met::Surely => {
            let corners = [vec2(-4.0, 0.0), vec2(-1.2, 3.2), vec2(4.2, -3.4)];
            painter.line(corners.map(|corner| centre + corner).to_vec(), stroke);
        }
        Met::Perhaps => {
            painter.text(centre, Align2::CENTER_CENTER, "?", theme::strong_font(12.5), ink);
        }
        Met::Not => {
            for slope in [1.0, -1.0] {
                let end = vec2(3.2, 3.2 * slope);
                painter.line_segment([centre - end, centre + end], stroke);
            }
        }
    }
}

pub fn ink(met: Met, theme: &Theme) -> Color32 {
    match met {
        Met::Surely => theme.ok,
        Met::Perhaps => theme.text,
        Met::Not => theme.muted,
    }
}

/// For those who hear it: `surely meets the goal`.
pub fn spoken(met: Met) -> &'static str {
    match met {
        Met::Surely => "surely meets the goal",
        Met::Perhaps => "perhaps meets the goal",
        Met::Not => "does not meet the goal",
    }
}
