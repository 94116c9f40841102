//! A share with how far it can be trusted, as a picture: from nothing to all, a band for its 95 % interval, a line for itself,
//! and a ring for what it is held against.

use egui::{Rect, Stroke, Ui, pos2, vec2};

use crate::metrics::Interval;
use crate::ui::parts::theme;

/// Around the band.
const MARGIN: f32 = 4.0;
const RING: f32 = 2.5;

pub fn interval_bar(ui: &Ui, place: Rect, value: f64, interval: Interval, before: Option<f64>) {
    let theme = theme::of(ui);
    let place = place.shrink2(vec2(MARGIN, 0.0));
    let x = |share: f64| place.left() + place.width() * share.clamp(0.0, 1.0) as f32;
    let y = place.center().y;
    let painter = ui.painter();
    let track = [pos2(place.left(), y), pos2(place.right(), y)];
    painter.line_segment(track, Stroke::new(1.0, theme.line));
    let band = Rect::from_min_max(pos2(x(interval.low), y - 2.5), pos2(x(interval.high), y + 2.5));
    painter.rect_filled(band, 1, theme.muted.gamma_multiply(0.55));
    let line = [pos2(x(value), y - 5.0), pos2(x(value), y + 5.0)];
    painter.line_segment(line, Stroke::new(2.0, theme.text));
    if let Some(before) = before {
        let centre = pos2(x(before), y);
        painter.circle_stroke(centre, RING, Stroke::new(1.5, theme.accent));
    }
}

/// Such as `75.2 % (68.0 to 81.2)`.
pub fn with_interval(value: f64, interval: Interval) -> String {
    format!("{:.1} % {}", value * 100.0, in_brackets(interval))
}

/// Such as `(61.0 to 84.2)`, in percent.
pub fn in_brackets(interval: Interval) -> String {
    format!("({:.1} to {:.1})", interval.low * 100.0, interval.high * 100.0)
}
