//! A table that is larger than its place: the names on the left and the headings above stay in sight, whichever way it is
//! scrolled, and rows and columns that are not seen cost nothing.

use egui::{Align, Align2, Layout, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::ui::parts::theme;
use crate::ui::parts::widgets::{focus_ring, triangle};

/// Of the headings, and of a scroll bar below them.
const HEADINGS: f32 = 18.0;
const BAR: f32 = 6.0;
/// The scroll bar of the rows has room of its own.
const SIDE: f32 = 10.0;
/// Columns that do not fill their place grow up to so many times.
const GROWS: f32 = 1.6;

pub struct Column<'a> {
    pub name: &'a str,
    pub explanation: &'a str,
    /// What a click does, as it is read aloud: `Order the classes by recall`.
    pub spoken: String,
    pub width: f32,
}

pub struct Sheet<'a> {
    pub salt: &'a str,
    pub name_width: f32,
    pub columns: &'a [Column<'a>],
    pub row_height: f32,
    /// The column that orders the rows, and whether the highest come first.
    pub order: Option<(usize, bool)>,
}

/// A part of the sheet that is to be drawn.
pub enum Part {
    /// The name of that row.
    Name(usize),
    /// A figure: row, column.
    Cell(usize, usize),
}

impl Sheet<'_> {
    /// Fills the place that there is. Gives the column whose heading was clicked.
    pub fn show(&self, ui: &mut Ui, n_rows: usize, mut draw: impl FnMut(&mut Ui, Part)) -> Option<usize> {
        let room = (ui.available_width() - self.name_width - SIDE).max(40.0);
        let wanted: f32 = self.columns.iter().map(|column| column.width).sum();
        let grown = (room / wanted.max(1.0)).clamp(1.0, GROWS);
        let ends: Vec<f32> = self
            .columns
            .iter()
            .scan(0.0, |x, column| {
                *x += column.width * grown;
                Some(*x)
            })
            .collect();
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let over = Rect::from_min_size(ui.cursor().min, ui.available_size());
        let (clicked, offset) = self.headings(ui, &ends, room, over);
        ScrollArea::vertical()
            .id_salt((self.salt, "rows"))
            .auto_shrink(false)
            .show_rows(ui, self.row_height, n_rows, |ui, rows| {
                for row in rows {
                    self.row(ui, row, (&ends, room, offset), &mut draw);
                }
            });
        clicked
    }

    /// Also how far they are scrolled, which the rows follow.
    fn headings(&self, ui: &mut Ui, ends: &[f32], room: f32, over: Rect) -> (Option<usize>, f32) {
        let whole = ends.last().copied().unwrap_or(0.0);
        let is_scrolled = whole > room + 0.5;
        let height = HEADINGS + if is_scrolled { BAR } else { 0.0 };
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
        let place = Rect::from_min_size(line.min + vec2(self.name_width, 0.0), vec2(room, height));
        let mut child = ui.new_child(UiBuilder::new().id_salt((self.salt, "headings")).max_rect(place));
        let mut area = ScrollArea::horizontal().id_salt(self.salt).auto_shrink(false);
        // Over the rows, too, the wheel moves sideways.
        let sideways = ui.input(|i| i.smooth_scroll_delta.x);
        let id = ui.scope_id().with((self.salt, "offset"));
        if is_scrolled && sideways != 0.0 && ui.rect_contains_pointer(over) {
            let before: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
            area = area.horizontal_scroll_offset((before - sideways).clamp(0.0, whole - room));
        }
        let drawn = area.show(&mut child, |ui| {
            let (line, _) = ui.allocate_exact_size(vec2(whole, HEADINGS), Sense::hover());
            let mut clicked = None;
            for (i, column) in self.columns.iter().enumerate() {
                let place = between(line, ends, i);
                if self.heading(ui, place, i, column) {
                    clicked = Some(i);
                }
            }
            clicked
        });
        let offset = drawn.state.clamped_offset().x;
        ui.data_mut(|data| data.insert_temp(id, offset));
        (drawn.inner, offset)
    }

    fn heading(&self, ui: &mut Ui, place: Rect, i: usize, column: &Column) -> bool {
        let theme = theme::of(ui);
        let response = ui.interact(place, ui.scope_id().with((self.salt, i)), Sense::click());
        let order = self.order.filter(|(by, _)| *by == i);
        let is_lit = order.is_some() || response.hovered() || response.has_focus();
        let ink = if is_lit { theme.text } else { theme.muted };
        let at = place.right_center();
        let font = theme::font(theme::SMALL);
        let text = ui
            .painter()
            .text(at, Align2::RIGHT_CENTER, column.name, font, ink);
        if let Some((_, descending)) = order {
            triangle(
                ui,
                pos2(text.left() - 7.0, place.center().y),
                !descending,
                theme.accent,
            );
        }
        focus_ring(ui, &response);
        if response.gained_focus() {
            ui.scroll_to_rect(place, None);
        }
        let spoken = match order {
            None => column.spoken.clone(),
            Some((_, true)) => format!("{}, ordered, highest first", column.spoken),
            Some((_, false)) => format!("{}, ordered, lowest first", column.spoken),
        };
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, order.is_some(), &spoken));
        response.on_hover_text(column.explanation).clicked()
    }

    fn row(
        &self,
        ui: &mut Ui,
        row: usize,
        (ends, room, offset): (&[f32], f32, f32),
        draw: &mut impl FnMut(&mut Ui, Part),
    ) {
        let size = vec2(ui.available_width(), self.row_height);
        let (line, _) = ui.allocate_exact_size(size, Sense::hover());
        let name = line.with_max_x(line.left() + self.name_width - 8.0);
        let left = Layout::left_to_right(Align::Center);
        let place = UiBuilder::new()
            .id_salt((row, "name"))
            .max_rect(name)
            .layout(left);
        draw(&mut ui.new_child(place), Part::Name(row));
        let figures = Rect::from_min_size(line.min + vec2(self.name_width, 0.0), vec2(room, line.height()));
        let moved = figures.translate(vec2(-offset, 0.0));
        for i in 0..self.columns.len() {
            let place = between(moved, ends, i);
            if place.right() <= figures.left() || place.left() >= figures.right() {
                continue;
            }
            let right = Layout::right_to_left(Align::Center);
            let builder = UiBuilder::new().id_salt((row, i)).max_rect(place).layout(right);
            let mut cell = ui.new_child(builder);
            cell.set_clip_rect(figures.intersect(ui.clip_rect()));
            draw(&mut cell, Part::Cell(row, i));
        }
    }
}

fn between(line: Rect, ends: &[f32], i: usize) -> Rect {
    let from = if i == 0 { 0.0 } else { ends[i - 1] };
    line.with_min_x(line.left() + from + 6.0)
        .with_max_x(line.left() + ends[i])
}
