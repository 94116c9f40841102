//! A table that is larger than its place: the names on the left and the headings above stay in sight, whichever way it is
//! scrolled, and rows and columns that are not seen cost nothing.

use egui::{Align, Layout, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::ui::parts::heading::sorted::{Order, SortedHeading};
use crate::ui::parts::theme;

/// Of the headings, and of a scroll bar below them.
const HEADINGS: f32 = 18.0;
const BAR: f32 = 6.0;
/// The scroll bar of the rows has room of its own.
const SIDE: f32 = 14.0;
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
        let ends = self.ends(room);
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

    /// Where each column ends. Where not all of them fit, those that do take all the room, so that none is cut.
    fn ends(&self, room: f32) -> Vec<f32> {
        let widths = self.columns.iter().map(|column| column.width);
        let ends: Vec<f32> = widths
            .scan(0.0, |x, width| {
                *x += width;
                Some(*x)
            })
            .collect();
        let n_fitting = ends.partition_point(|&end| end <= room).max(1);
        let fitting = ends.get(n_fitting - 1).copied().unwrap_or(room);
        let grown = (room / fitting.max(1.0)).min(GROWS);
        ends.into_iter().map(|end| end * grown).collect()
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
        let before: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(0.0);
        let turned = self.more(ui, place, ends, before);
        let rolled = (sideways != 0.0 && ui.rect_contains_pointer(over)).then_some(before - sideways);
        if let Some(to) = turned.or(rolled).filter(|_| is_scrolled) {
            area = area.horizontal_scroll_offset(to.clamp(0.0, whole - room));
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

    /// Beside the headings, on each side where there are more, a triangle that a click follows. Gives where to.
    fn more(&self, ui: &Ui, place: Rect, ends: &[f32], offset: f32) -> Option<f32> {
        let start = |i: usize| if i == 0 { 0.0 } else { ends[i - 1] };
        let end = offset + place.width();
        let before = (0..ends.len()).take_while(|&i| start(i) < offset - 0.5).count();
        let after = ends.iter().take_while(|&&x| x <= end + 0.5).count();
        let names = |columns: std::ops::Range<usize>| {
            let names = self.columns.get(columns).unwrap_or_default().iter();
            names.map(|column| column.name).collect::<Vec<_>>().join(", ")
        };
        // To the first that is cut, or back by as much as is seen.
        let back = (0..before)
            .map(start)
            .find(|&x| x >= offset - place.width() - 0.5);
        let sides = [
            (before > 0, false, names(0..before), back.unwrap_or(0.0)),
            (after < ends.len(), true, names(after..ends.len()), start(after)),
        ];
        let mut turned = None;
        for (_, is_right, names, to) in sides.into_iter().filter(|(is_there, ..)| *is_there) {
            let x = if is_right {
                place.right() + SIDE / 2.0 + 1.0
            } else {
                place.left() - 5.0
            };
            let centre = pos2(x, place.top() + HEADINGS / 2.0);
            let (side, way) = if is_right { ("right", 1.0) } else { ("left", -1.0) };
            let rect = Rect::from_center_size(centre, vec2(SIDE, HEADINGS));
            // The keyboard goes through the headings, which come into sight by themselves.
            let response = ui.interact(rect, ui.scope_id().with((self.salt, side)), Sense::CLICK);
            let theme = theme::of(ui);
            let ink = if response.hovered() {
                theme.text
            } else {
                theme.muted
            };
            let corners = [vec2(-2.0, -4.0), vec2(-2.0, 4.0), vec2(3.0, 0.0)];
            let corners = corners
                .map(|corner| centre + vec2(corner.x * way, corner.y))
                .to_vec();
            let shape = egui::Shape::convex_polygon(corners, ink, egui::Stroke::NONE);
            ui.painter().add(shape);
            let name = format!("More columns on the {side}: {names}");
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.on_hover_text(&name).clicked() {
                turned = Some(to);
            }
        }
        turned
    }

    fn heading(&self, ui: &mut Ui, place: Rect, i: usize, column: &Column) -> bool {
        let order = self.order.filter(|(by, _)| *by == i);
        let heading = SortedHeading {
            name: column.name,
            spoken: &column.spoken,
            explanation: column.explanation,
            order: order.map_or(Order::Not, |(_, descending)| Order::of(descending)),
            on_right: true,
        };
        let response = heading.show(ui, place, (self.salt, i));
        if response.gained_focus() {
            ui.scroll_to_rect(place, None);
        }
        response.clicked()
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
