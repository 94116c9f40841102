//! All listed images: only the tiles in sight are drawn, and their pictures asked for before those that come next.

use egui::style::ScrollAnimation;
use egui::{CornerRadius, Pos2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::tile::{self, Tile};
use super::{ImagesPane, keys};
use crate::app::{Action, AppState, ImagesAction, ImagesBehind};
use crate::short_name::Shared;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::empty;

/// Side of a picture, about.
const SIDE: f32 = 104.0;
const GAP: f32 = 8.0;

/// How the tiles are laid out.
struct Layout {
    n_columns: usize,
    side: f32,
}

impl Layout {
    /// As many columns as fit; the pictures fill the width.
    fn new(width: f32) -> Self {
        let n = ((width + GAP) / (SIDE + GAP)).round().max(1.0);
        Layout {
            n_columns: n as usize,
            side: ((width + GAP) / n - GAP).max(24.0),
        }
    }

    fn row_height(&self) -> f32 {
        self.side + tile::TEXT + GAP
    }

    fn height(&self, n: usize) -> f32 {
        self.row_height() * n.div_ceil(self.n_columns) as f32
    }

    /// The tile at that place, beside the first row that is seen so that the last of many is as sharp as the first.
    fn tile(&self, at: usize, first_row: usize, origin: Pos2) -> Rect {
        let (row, column) = (at / self.n_columns, at % self.n_columns);
        let x = origin.x + column as f32 * (self.side + GAP);
        let y = origin.y + (row - first_row) as f32 * self.row_height();
        Rect::from_min_size(pos2(x, y), vec2(self.side, self.side + tile::TEXT))
    }

    /// The places of the tiles that a band touches; both in the content's own points.
    fn touched(&self, band: Rect, n: usize) -> Vec<usize> {
        let rows = |y: f32| (y / self.row_height()).floor().max(0.0) as usize;
        let columns = |x: f32| (x / (self.side + GAP)).floor().max(0.0) as usize;
        let last_column = columns(band.right()).min(self.n_columns - 1);
        let rows = rows(band.top())..=rows(band.bottom());
        let each = rows.flat_map(|row| (columns(band.left())..=last_column).map(move |column| (row, column)));
        each.map(|(row, column)| row * self.n_columns + column)
            .filter(|&at| at < n)
            .collect()
    }
}

/// What a frame draws.
struct View<'a> {
    state: &'a AppState,
    images: &'a ImagesBehind<'a>,
    pane: &'a Response,
    layout: Layout,
}

impl ImagesPane {
    pub(super) fn grid(
        &mut self,
        ui: &mut Ui,
        state: &AppState,
        images: &ImagesBehind,
        pane: &Response,
        actions: &mut Vec<Action>,
    ) {
        let n = images.listed.places.len();
        if n == 0 {
            return empty(ui, "No image is listed; choose others above, or show all");
        }
        // The scroll bar has room of its own.
        let bar = ui.spacing().scroll.bar_width + 4.0;
        let layout = Layout::new(ui.available_width() - bar);
        let n_rows = (ui.available_height() / layout.row_height()).floor() as usize;
        keys::of_grid(ui, state, pane, (layout.n_columns, n_rows), actions);
        let view = View {
            state,
            images,
            pane,
            layout,
        };
        let follows = state.images.at != self.followed;
        self.followed.clone_from(&state.images.at);
        ScrollArea::vertical()
            .id_salt("images")
            .auto_shrink(false)
            .show_viewport(ui, |ui, viewport| {
                let size = vec2(ui.available_width(), view.layout.height(n).max(viewport.height()));
                let (content, _) = ui.allocate_exact_size(size, Sense::hover());
                if follows && let Some(at) = state.place_in_list() {
                    let tile = view.layout.tile(at, 0, content.min);
                    // At once: on the way to the last of many, a thousand pictures would be asked for.
                    ui.scroll_to_rect_animation(tile.expand(GAP / 2.0), None, ScrollAnimation::none());
                }
                self.tiles(ui, &view, (content.min, viewport), actions);
                self.rubber_band(ui, &view, content.min, actions);
            });
    }

    fn tiles(
        &mut self,
        ui: &mut Ui,
        view: &View,
        (content, viewport): (Pos2, Rect),
        actions: &mut Vec<Action>,
    ) {
        let View {
            state,
            images,
            pane,
            layout,
        } = view;
        let places = &images.listed.places;
        let first_row = (viewport.top() / layout.row_height()).floor().max(0.0) as usize;
        let n_rows = (viewport.height() / layout.row_height()).ceil() as usize + 1;
        let first = first_row * layout.n_columns;
        let end = (first + n_rows * layout.n_columns).min(places.len());
        let top = content.y + viewport.top();
        let above = viewport.top() - first_row as f32 * layout.row_height();
        let origin = pos2(content.x, top - above);
        let shared = Shared::of(&images.classes);
        for (at, &place) in places.iter().enumerate().take(end).skip(first) {
            let Some(image) = images.image(place) else {
                continue;
            };
            let tile = Tile {
                at,
                image: &image,
                rect: layout.tile(at, first_row, origin),
                is_at: state.images.at.as_ref() == Some(&image.path),
                is_selected: state.images.selected.contains(&image.path),
                shared,
            };
            tile.show(ui, &mut self.textures, state, images, pane, actions);
            self.in_sight.push(image.path);
        }
        // What a scroll by a page would show, once all of this is there.
        let next = places.iter().skip(end).take(end.saturating_sub(first));
        self.in_sight.extend(next.filter_map(|&place| images.path(place)));
    }

    /// Drawn from anywhere among the images; what it touches is selected, too, when it is let go.
    fn rubber_band(&mut self, ui: &Ui, view: &View, content: Pos2, actions: &mut Vec<Action>) {
        let View {
            images, pane, layout, ..
        } = view;
        let pointer = ui.input(|i| i.pointer.latest_pos());
        let Some(pointer) = pointer.map(|at| (at - content).to_pos2()) else {
            return;
        };
        if pane.drag_started() {
            let begun = ui.input(|i| i.pointer.press_origin());
            self.band = begun.map(|at| (at - content).to_pos2());
        }
        let Some(from) = self.band else { return };
        let band = Rect::from_two_pos(from, pointer);
        if pane.drag_stopped() {
            self.band = None;
            pane.request_focus();
            actions.push(Action::Images(ImagesAction::Select(
                layout.touched(band, images.listed.places.len()),
            )));
        } else if pane.dragged() {
            let accent = theme::of(ui).accent;
            let place = band.translate(content.to_vec2());
            ui.painter()
                .rect_filled(place, CornerRadius::ZERO, accent.gamma_multiply(0.15));
            ui.painter().rect_stroke(
                place,
                CornerRadius::ZERO,
                Stroke::new(1.0, accent),
                StrokeKind::Inside,
            );
        } else {
            self.band = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_touches_the_tiles_it_covers() {
        let layout = Layout::new(3.0 * (SIDE + GAP) - GAP);
        assert_eq!((layout.n_columns, layout.side), (3, SIDE));
        let row = layout.row_height();
        let band = |x: f32, y: f32, right: f32, bottom: f32| {
            layout.touched(Rect::from_min_max(pos2(x, y), pos2(right, bottom)), 8)
        };
        assert_eq!(band(5.0, 5.0, 10.0, 10.0), [0]);
        assert_eq!(band(120.0, 5.0, 900.0, row + 5.0), [1, 2, 4, 5]);
        assert_eq!(band(5.0, 2.0 * row + 5.0, 900.0, 9.0 * row), [6, 7]);
        assert_eq!(band(-50.0, -50.0, 5.0, 5.0), [0]);
    }
}
