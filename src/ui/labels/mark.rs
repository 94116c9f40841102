//! What was decided about an image, on its picture: words where there is room for them, else a corner; and the sign of what
//! is selected. Never colour alone.

use egui::{Align2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::experiment::ImageLabel;
use crate::ui::parts::theme::{self, Theme};
use crate::visible::visible;

/// Below that side there is no room for words.
const WORDS: f32 = 60.0;
const PLATE: f32 = 16.0;

/// Such as `labelled REAL, excluded`.
pub fn in_words(label: &ImageLabel) -> String {
    let mut words = Vec::new();
    words.extend(
        label
            .label
            .as_ref()
            .map(|class| format!("labelled {}", visible(class))),
    );
    words.extend(label.is_excluded.then(|| "excluded".to_owned()));
    words.extend(label.group.is_some().then(|| "kept together".to_owned()));
    if !label.note.is_empty() {
        words.push(format!("note: {}", visible(&label.note)));
    }
    words.join(", ")
}

/// Painted over the picture in `rect`.
pub fn mark(ui: &Ui, rect: Rect, label: &ImageLabel) {
    let theme = theme::of(ui);
    if label.is_excluded {
        ui.painter()
            .rect_filled(rect, 3, theme.background.gamma_multiply(0.66));
        let stroke = Stroke::new(1.5, theme.text);
        let inner = Rect::from_center_size(rect.center(), rect.size() * 0.34);
        for ends in [
            [inner.left_top(), inner.right_bottom()],
            [inner.right_top(), inner.left_bottom()],
        ] {
            ui.painter().line_segment(ends, stroke);
        }
    }
    if rect.width() < WORDS {
        return corner(ui, rect, theme);
    }
    let text = match (&label.label, label.is_excluded, &label.group) {
        (Some(class), ..) => visible(class).into_owned(),
        (None, true, _) => "excluded".into(),
        (None, false, Some(_)) => "together".into(),
        (None, false, None) => "note".into(),
    };
    let plate = rect.with_min_y(rect.bottom() - PLATE);
    ui.painter().rect_filled(plate, 3, theme.accent);
    let ink = theme.ink_on(theme.accent);
    // A class that was decided upon is pointed at.
    let text = match label.label {
        Some(_) => format!("→ {text}"),
        None => text,
    };
    let mut job = egui::text::LayoutJob::simple_singleline(text, theme::font(11.0), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(plate.width() - 8.0);
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(plate.left_center() + vec2(4.0, 0.0), galley.size());
    ui.painter().galley(at.min, galley, ink);
}

fn corner(ui: &Ui, rect: Rect, theme: &Theme) {
    let side = (rect.width() * 0.38).max(6.0);
    let corner = rect.right_bottom();
    let points = vec![corner, corner - vec2(side, 0.0), corner - vec2(0.0, side)];
    let edge = Stroke::new(1.0, theme.background);
    ui.painter()
        .add(egui::Shape::convex_polygon(points, theme.accent, edge));
}

/// A frame and a tick; an empty box where it could be selected.
pub fn selection(ui: &Ui, rect: Rect, is_selected: bool, is_near: bool) {
    let theme = theme::of(ui);
    if !is_selected && !is_near {
        return;
    }
    let place = Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(15.0, 15.0));
    let fill = if is_selected {
        theme.accent
    } else {
        theme.background.gamma_multiply(0.8)
    };
    ui.painter()
        .rect(place, 3, fill, Stroke::new(1.0, theme.text), StrokeKind::Inside);
    if is_selected {
        let stroke = Stroke::new(2.0, theme.ink_on(theme.accent));
        let tick =
            [[3.5, 8.0], [6.5, 11.0], [11.5, 4.5]].map(|[x, y]| pos2(place.left() + x, place.top() + y));
        ui.painter().line_segment([tick[0], tick[1]], stroke);
        ui.painter().line_segment([tick[1], tick[2]], stroke);
        ui.painter()
            .rect_stroke(rect, 3, Stroke::new(2.5, theme.accent), StrokeKind::Inside);
    }
}
