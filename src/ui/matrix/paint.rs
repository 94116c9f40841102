//! The matrix on the screen.

use egui::{Align2, Color32, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{Cell, Layout, Model};
use crate::metrics::{percent, thousands};
use crate::ui::theme;

pub fn cell(ui: &Ui, model: &Model, layout: &Layout, cell: Cell) {
    let theme = theme::of(ui);
    let rect = layout.cell(cell);
    let fill = theme.cell(cell.0 == cell.1, model.strength(cell));
    let radius = if rect.width() > 24.0 { 4.0 } else { 0.0 };
    let painter = ui.painter();
    painter.rect_filled(rect, radius, fill);
    let ink = theme.ink_on(fill);
    let count = thousands(model.count(cell));
    let share = model.share(cell).map(|s| percent(Some(s), 1));
    if rect.width() >= 58.0 && rect.height() >= 40.0 {
        let size = if rect.height() >= 64.0 { 18.0 } else { 14.0 };
        let up = if share.is_some() { size * 0.42 } else { 0.0 };
        let centre = rect.center();
        painter.text(
            centre - vec2(0.0, up),
            Align2::CENTER_CENTER,
            count,
            theme::strong_font(size),
            ink,
        );
        if let Some(share) = share {
            let at = centre + vec2(0.0, size * 0.62);
            painter.text(
                at,
                Align2::CENTER_CENTER,
                share,
                theme::font(11.5),
                ink.gamma_multiply(0.85),
            );
        }
        if let Some(points) = model.change(cell).filter(|_| rect.height() >= 76.0) {
            let at = centre + vec2(0.0, size * 1.4);
            let text = format!("{points:+.1}");
            painter.text(at, Align2::CENTER_CENTER, text, theme::font(11.5), ink);
        }
        return;
    }
    // Narrow cells have room for one of the two: the share where it is asked for, short.
    let text = match model.share(cell) {
        Some(share) => format!("{:.0}", share * 100.0),
        None => count,
    };
    let size = (rect.height() * 0.6)
        .min(rect.width() * 1.5 / text.len().max(2) as f32)
        .min(12.0);
    if size >= 7.0 && model.count(cell) > 0 {
        painter.text(rect.center(), Align2::CENTER_CENTER, text, theme::font(size), ink);
    }
}

pub fn outline(ui: &Ui, rect: Rect, colour: Color32, width: f32) {
    let stroke = Stroke::new(width, colour);
    ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Outside);
}

/// Labels on the left and above; recall on the right, precision below, accuracy in the corner.
pub fn margins(ui: &Ui, model: &Model, layout: &Layout) {
    if let Some(size) = layout.label_size {
        for class_idx in 0..model.n_classes() {
            row_label(ui, model, layout, class_idx, size);
            column_label(ui, model, layout, class_idx, size);
        }
    }
    if layout.margins {
        sums(ui, model, layout);
    }
}

fn row_label(ui: &Ui, model: &Model, layout: &Layout, class_idx: usize, size: f32) {
    let theme = theme::of(ui);
    let rect = layout.cell((class_idx, 0));
    let width = rect.left() - ui.max_rect().left() - 8.0;
    let class = &model.classes[class_idx];
    let right = pos2(rect.left() - 8.0, rect.center().y);
    if model.n_classes() <= 3 && rect.height() > 40.0 {
        let at = right - vec2(0.0, 8.0);
        ui.painter()
            .text(at, Align2::RIGHT_CENTER, "true", theme::font(size), theme.muted);
        let galley = cut(ui, class, size, width, theme.text);
        ui.painter()
            .galley(right + vec2(-galley.size().x, 1.0), galley, theme.text);
        return;
    }
    let galley = cut(ui, class, size, width, theme.muted);
    let at = right - vec2(galley.size().x, galley.size().y / 2.0);
    ui.painter().galley(at, galley, theme.muted);
}

fn column_label(ui: &Ui, model: &Model, layout: &Layout, class_idx: usize, size: f32) {
    let theme = theme::of(ui);
    let rect = layout.cell((0, class_idx));
    let class = &model.classes[class_idx];
    if layout.upright {
        let galley = cut(ui, class, size, 76.0, theme.muted);
        let at = pos2(rect.center().x - galley.size().y / 2.0, layout.grid.top() - 4.0);
        let shape = egui::epaint::TextShape::new(at, galley, theme.muted);
        ui.painter().add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
        return;
    }
    let text = if model.n_classes() <= 3 {
        format!("predicted {class}")
    } else {
        class.clone()
    };
    let galley = cut(ui, &text, size, rect.width() + layout.gap, theme.muted);
    let at = pos2(
        rect.center().x - galley.size().x / 2.0,
        layout.grid.top() - 4.0 - galley.size().y,
    );
    ui.painter().galley(at, galley, theme.muted);
}

fn sums(ui: &Ui, model: &Model, layout: &Layout) {
    let theme = theme::of(ui);
    let painter = ui.painter();
    let (small, narrow) = (theme::font(11.0), model.n_classes() > 6);
    for class_idx in 0..model.n_classes() {
        let row = layout.cell((class_idx, model.n_classes() - 1));
        let at = pos2(row.right() + 8.0, row.center().y);
        let recall = percent(model.recall(class_idx), 1);
        if row.height() >= 40.0 {
            painter.text(
                at - vec2(0.0, 8.0),
                Align2::LEFT_CENTER,
                recall,
                theme::font(12.5),
                theme.text,
            );
            painter.text(
                at + vec2(0.0, 8.0),
                Align2::LEFT_CENTER,
                "recall",
                small.clone(),
                theme.muted,
            );
        } else {
            painter.text(at, Align2::LEFT_CENTER, recall, small.clone(), theme.muted);
        }
        let column = layout.cell((model.n_classes() - 1, class_idx));
        let at = pos2(column.center().x, column.bottom() + 6.0);
        let precision = percent(model.precision(class_idx), if narrow { 0 } else { 1 });
        painter.text(at, Align2::CENTER_TOP, precision, theme::font(12.0), theme.text);
        if column.width() > 60.0 {
            painter.text(
                at + vec2(0.0, 15.0),
                Align2::CENTER_TOP,
                "precision",
                small.clone(),
                theme.muted,
            );
        }
    }
    let corner = layout.cell((model.n_classes() - 1, model.n_classes() - 1));
    let at = pos2(corner.right() + 8.0, corner.bottom() + 6.0);
    painter.text(
        at,
        Align2::LEFT_TOP,
        percent(model.accuracy(), 1),
        theme::strong_font(12.5),
        theme.text,
    );
    painter.text(
        at + vec2(0.0, 15.0),
        Align2::LEFT_TOP,
        "accuracy",
        small,
        theme.muted,
    );
}

/// One line, cut where it does not fit.
fn cut(ui: &Ui, text: &str, size: f32, width: f32, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::font(size), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
