//! The matrix on the screen.

use egui::emath::GuiRounding;
use egui::{Align2, Color32, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use super::layout::{Layout, SPELT_OUT};
use super::model::{Cell, Model};
use crate::metrics::{percent, thousands};
use crate::ui::parts::theme;

/// Height of a line beside and below the cells.
const SUM_LINE: f32 = 14.0;

/// Text is never smaller than this.
const LEAST_TEXT: f32 = 7.0;
/// Narrower cells have no round corners.
const ROUNDED: f32 = 24.0;

/// All cells. Where they are small they are one shape, since thousands of single ones would cost a frame of their own.
pub fn cells(ui: &Ui, model: &Model, layout: &Layout) {
    if layout.cell((0, 0)).width() > ROUNDED {
        return model.cells().for_each(|cell| self::cell(ui, model, layout, cell));
    }
    let theme = theme::of(ui);
    let mut mesh = egui::Mesh::default();
    for cell in model.cells() {
        let rect = layout.cell(cell).round_to_pixels(ui.pixels_per_point());
        mesh.add_colored_rect(rect, fill(theme, model, cell));
    }
    ui.painter().add(mesh);
    if text_size(layout.cell((0, 0))) >= LEAST_TEXT {
        model.cells().for_each(|cell| text(ui, model, layout, cell));
    }
}

pub fn cell(ui: &Ui, model: &Model, layout: &Layout, cell: Cell) {
    let rect = layout.cell(cell);
    let radius = if rect.width() > ROUNDED { 4.0 } else { 0.0 };
    ui.painter()
        .rect_filled(rect, radius, fill(theme::of(ui), model, cell));
    text(ui, model, layout, cell);
}

fn fill(theme: &theme::Theme, model: &Model, cell: Cell) -> Color32 {
    theme.cell(cell.0 == cell.1, model.strength(cell))
}

/// Of two digits.
fn text_size(cell: Rect) -> f32 {
    (cell.height() * 0.6).min(cell.width() * 0.75).min(12.0)
}

/// Count, share and change, as far as there is room for them.
fn text(ui: &Ui, model: &Model, layout: &Layout, cell: Cell) {
    let rect = layout.cell(cell);
    let size = text_size(rect);
    if size < LEAST_TEXT {
        return;
    }
    let theme = theme::of(ui);
    let ink = theme.ink_on(fill(theme, model, cell));
    let painter = ui.painter();
    let count = thousands(model.count(cell));
    // Narrow cells have room for one of the two.
    if rect.width() < 58.0 || rect.height() < 40.0 {
        let text = model
            .share(cell)
            .map_or(count, |share| format!("{:.0}", share * 100.0));
        let size = size.min(rect.width() * 1.5 / text.len() as f32);
        if size >= LEAST_TEXT && model.count(cell) > 0 {
            painter.text(rect.center(), Align2::CENTER_CENTER, text, theme::font(size), ink);
        }
        return;
    }
    let share = model.share(cell).map(|s| percent(Some(s), 1));
    let size = if rect.height() >= 64.0 { 18.0 } else { 14.0 };
    let up = if share.is_some() { size * 0.42 } else { 0.0 };
    let centre = rect.center();
    let line = |down: f32, text: String, font, ink| {
        painter.text(centre + vec2(0.0, down), Align2::CENTER_CENTER, text, font, ink);
    };
    line(-up, count, theme::strong_font(size), ink);
    if let Some(share) = share {
        line(size * 0.62, share, theme::font(11.5), ink);
    }
    if let Some(points) = model.change(cell).filter(|_| rect.height() >= 76.0) {
        line(size * 1.4, format!("{points:+.1}"), theme::font(11.5), ink);
    }
}

pub fn outline(ui: &Ui, rect: Rect, colour: Color32, width: f32) {
    let stroke = Stroke::new(width, colour);
    ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Outside);
}

/// Labels on the left and above; recall on the right, precision below, accuracy in the corner.
pub fn margins(ui: &Ui, model: &Model, layout: &Layout) {
    let [rows, columns] = layout.labelled;
    if layout.label_width > 0.0 {
        (0..model.n_classes())
            .step_by(rows)
            .for_each(|class_idx| row_label(ui, model, layout, class_idx));
    }
    (0..model.n_classes())
        .step_by(columns)
        .for_each(|class_idx| column_label(ui, model, layout, class_idx));
    if layout.two_lines && !has_room_each(layout) {
        predicted(ui, layout.grid.center().x, layout);
    }
    if layout.recalls {
        sums(ui, model, layout);
    }
}

fn row_label(ui: &Ui, model: &Model, layout: &Layout, class_idx: usize) {
    let (theme, size) = (theme::of(ui), layout.label_size);
    let rect = layout.cell((class_idx, 0));
    let width = layout.label_width - 8.0;
    let class = &model.classes[class_idx];
    let right = pos2(rect.left() - 8.0, rect.center().y);
    if model.n_classes() <= SPELT_OUT && rect.height() > 40.0 {
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

fn column_label(ui: &Ui, model: &Model, layout: &Layout, class_idx: usize) {
    let (theme, size) = (theme::of(ui), layout.label_size);
    let rect = layout.cell((0, class_idx));
    let class = &model.classes[class_idx];
    if layout.upright {
        let galley = match shares_beginning(model.classes) {
            true => cut_beginning(ui, class, size, layout.label_height, theme.muted),
            false => cut(ui, class, size, layout.label_height, theme.muted),
        };
        let at = pos2(rect.center().x - galley.size().y / 2.0, layout.grid.top() - 4.0);
        let shape = egui::epaint::TextShape::new(at, galley, theme.muted);
        ui.painter().add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
        return;
    }
    let (text, ink) = match layout.two_lines {
        false if model.n_classes() <= SPELT_OUT => (format!("predicted {class}"), theme.muted),
        false => (class.clone(), theme.muted),
        true => (class.clone(), theme.text),
    };
    let bottom = pos2(rect.center().x, layout.grid.top() - 4.0);
    let galley = cut(ui, &text, size, rect.width() + layout.gap, ink);
    let at = bottom - vec2(galley.size().x / 2.0, galley.size().y);
    if layout.two_lines && has_room_each(layout) {
        predicted(ui, bottom.x, layout);
    }
    ui.painter().galley(at, galley, ink);
}

/// Whether the word stands over each column; in narrow ones it would run into itself, and stands once over all.
fn has_room_each(layout: &Layout) -> bool {
    layout.cell((0, 0)).width() >= layout.label_size * 5.5
}

fn predicted(ui: &Ui, x: f32, layout: &Layout) {
    let theme = theme::of(ui);
    let font = theme::font(layout.label_size);
    let above = pos2(x, layout.grid.top() - 4.0 - layout.label_size * 1.3);
    ui.painter()
        .text(above, Align2::CENTER_BOTTOM, "predicted", font, theme.muted);
}

/// Recall of each row, precision of each column, accuracy in the corner, each with what it is of.
fn sums(ui: &Ui, model: &Model, layout: &Layout) {
    let last = model.n_classes() - 1;
    for class_idx in 0..=last {
        let row = layout.cell((class_idx, last));
        let recall = percent(model.recall(class_idx), 1);
        let lines = [recall, "recall".into(), of(model.row_totals[class_idx])];
        let n_lines = ((row.height() - 4.0) / SUM_LINE).clamp(1.0, 3.0) as usize;
        let top = row.center().y - SUM_LINE * n_lines as f32 / 2.0;
        sum(
            ui,
            pos2(row.right() + 8.0, top),
            Align2::LEFT_TOP,
            &lines[..n_lines],
        );

        if !layout.precisions {
            continue;
        }
        let column = layout.cell((last, class_idx));
        let precision = precision(model, class_idx, column.width());
        let lines = [precision, "precision".into(), of(model.col_totals[class_idx])];
        let n_lines = if column.width() > 60.0 { 3 } else { 1 };
        let at = pos2(column.center().x, column.bottom() + 6.0);
        sum(ui, at, Align2::CENTER_TOP, &lines[..n_lines]);
    }
    if !layout.precisions {
        return;
    }
    let corner = layout.cell((last, last));
    let accuracy = percent(model.accuracy(), 1);
    let lines = [accuracy, "accuracy".into(), of(model.confusion.total())];
    sum(
        ui,
        corner.right_bottom() + vec2(8.0, 6.0),
        Align2::LEFT_TOP,
        &lines,
    );
}

/// As many digits as stand beside the next column's.
fn precision(model: &Model, class_idx: usize, width: f32) -> String {
    let precision = model.precision(class_idx);
    match width {
        ..38.0 => precision.map_or_else(|| "–".into(), |share| format!("{:.0}", share * 100.0)),
        38.0..52.0 => percent(precision, 0),
        _ => percent(precision, 1),
    }
}

fn of(images: u64) -> String {
    format!("of {}", thousands(images))
}

/// A figure, and under it quietly what it is.
fn sum(ui: &Ui, at: egui::Pos2, align: Align2, lines: &[String]) {
    let theme = theme::of(ui);
    for (i, line) in lines.iter().enumerate() {
        let (font, ink) = match i {
            0 => (theme::font(12.5), theme.text),
            _ => (theme::font(11.0), theme.muted),
        };
        let at = at + vec2(0.0, SUM_LINE * i as f32);
        ui.painter().text(at, align, line, font, ink);
    }
}

/// Whether the names begin alike, as `species 00` and `species 01`, so that their ends tell them apart.
fn shares_beginning(classes: &[String]) -> bool {
    let first: Option<String> = classes.first().map(|class| class.chars().take(4).collect());
    classes.len() > 1 && first.is_some_and(|first| classes.iter().all(|class| class.starts_with(&first)))
}

/// One line with as much of its end as fits.
fn cut_beginning(ui: &Ui, text: &str, size: f32, width: f32, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let whole = |text: String| ui.painter().layout_no_wrap(text, theme::font(size), ink);
    let ends = text
        .char_indices()
        .skip(1)
        .map(|(i, _)| format!("…{}", &text[i..]));
    let mut cuts = std::iter::once(text.to_owned()).chain(ends).map(whole);
    let fitting = cuts.find(|galley| galley.size().x <= width);
    fitting.unwrap_or_else(|| cut(ui, text, size, width, ink))
}

/// One line, cut where it does not fit.
fn cut(ui: &Ui, text: &str, size: f32, width: f32, ink: Color32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::font(size), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    ui.painter().layout_job(job)
}
