//! The borders between tiles: dragged, moved by arrow keys, and put in the middle by a double click. Those of the tiles' own
//! library have no name and know no keys.

use egui::{CursorIcon, EventFilter, Id, Key, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use egui_tiles::{Container, Linear, LinearDir, Tile, TileId, Tiles, Tree};

use crate::ui::parts::theme;

/// How far an arrow key moves one.
const STEP: f32 = 24.0;

/// Between two tiles beside or above each other.
struct Border {
    container: TileId,
    dir: LinearDir,
    tiles: [TileId; 2],
    /// Of the two tiles.
    places: [Rect; 2],
}

/// After the tiles are drawn, whose places they follow. No tile becomes smaller than `least`.
pub fn splitters<Pane>(ui: &Ui, tree: &mut Tree<Pane>, least: f32, name: impl Fn(&Pane) -> String) {
    for border in borders(&tree.tiles) {
        let names = border.tiles.map(|tile| names(&tree.tiles, tile, &name));
        let response = border.show(ui, &names);
        let Some(by) = border.moved(ui, &response) else {
            continue;
        };
        if let Some(Tile::Container(Container::Linear(linear))) = tree.tiles.get_mut(border.container) {
            border.give(linear, by, least);
            ui.ctx().request_repaint();
        }
    }
}

/// In the order in which they are read.
fn borders<Pane>(tiles: &Tiles<Pane>) -> Vec<Border> {
    let mut borders = Vec::new();
    for (&container, tile) in tiles.iter() {
        let Tile::Container(Container::Linear(linear)) = tile else {
            continue;
        };
        let shown = linear
            .children
            .iter()
            .copied()
            .filter(|&child| tiles.is_visible(child));
        let shown: Vec<TileId> = shown.collect();
        for pair in shown.windows(2) {
            let tiles_of = [pair[0], pair[1]];
            if let [Some(first), Some(second)] = tiles_of.map(|tile| tiles.rect(tile)) {
                borders.push(Border {
                    container,
                    dir: linear.dir,
                    tiles: tiles_of,
                    places: [first, second],
                });
            }
        }
    }
    borders.sort_by(|a, b| {
        let at = |border: &Border| border.places[0].right_bottom();
        (at(a).y.total_cmp(&at(b).y)).then(at(a).x.total_cmp(&at(b).x))
    });
    borders
}

impl Border {
    fn show(&self, ui: &Ui, [before, after]: &[String; 2]) -> Response {
        let [first, second] = self.places;
        let reach = ui.style().interaction.resize_grab_radius_side;
        let place = match self.dir {
            LinearDir::Horizontal => {
                let x = (first.right() + second.left()) / 2.0;
                Rect::from_center_size(pos2(x, first.center().y), vec2(2.0 * reach, first.height()))
            }
            LinearDir::Vertical => {
                let y = (first.bottom() + second.top()) / 2.0;
                Rect::from_center_size(pos2(first.center().x, y), vec2(first.width(), 2.0 * reach))
            }
        };
        let id = Id::unique(("border between tiles", self.container, self.tiles));
        let response = ui.interact(place, id, Sense::click_and_drag());
        let (cursor, keys) = match self.dir {
            LinearDir::Horizontal => (CursorIcon::ResizeHorizontal, "left and right"),
            LinearDir::Vertical => (CursorIcon::ResizeVertical, "up and down"),
        };
        let name = format!("Border between {before} and {after}, arrow keys {keys} move it");
        response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, &name));
        if response.hovered() || response.dragged() || response.has_focus() {
            let ink = match response.hovered() && !response.dragged() {
                true => theme::of(ui).muted,
                false => theme::of(ui).accent,
            };
            let line = match self.dir {
                LinearDir::Horizontal => Rect::from_center_size(place.center(), vec2(2.0, place.height())),
                LinearDir::Vertical => Rect::from_center_size(place.center(), vec2(place.width(), 2.0)),
            };
            ui.painter().rect_filled(line, 1, ink);
        }
        response.on_hover_and_drag_cursor(cursor)
    }

    /// How far it was moved to the right, or down.
    fn moved(&self, ui: &Ui, response: &Response) -> Option<f32> {
        let [first, second] = self.places.map(|place| self.length(place));
        if response.double_clicked() {
            return Some((second - first) / 2.0);
        }
        if response.dragged() {
            let at = response.interact_pointer_pos()?;
            let [before, after] = self.places;
            return Some(match self.dir {
                LinearDir::Horizontal => at.x - (before.right() + after.left()) / 2.0,
                LinearDir::Vertical => at.y - (before.bottom() + after.top()) / 2.0,
            });
        }
        if !response.has_focus() {
            return None;
        }
        let filter = EventFilter {
            horizontal_arrows: self.dir == LinearDir::Horizontal,
            vertical_arrows: self.dir == LinearDir::Vertical,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let [back, on] = match self.dir {
            LinearDir::Horizontal => [Key::ArrowLeft, Key::ArrowRight],
            LinearDir::Vertical => [Key::ArrowUp, Key::ArrowDown],
        };
        let pressed = |key| ui.input(|i| i.key_pressed(key));
        match (pressed(back), pressed(on)) {
            (true, _) => Some(-STEP),
            (_, true) => Some(STEP),
            _ => None,
        }
    }

    /// One tile gets what the other loses, and neither becomes too small.
    fn give(&self, linear: &mut Linear, by: f32, least: f32) {
        let [first, second] = self.places.map(|place| self.length(place));
        let (back, on) = (least - first, second - least);
        if back > on {
            return;
        }
        let share = (first + by.clamp(back, on)) / (first + second);
        let both = linear.shares[self.tiles[0]] + linear.shares[self.tiles[1]];
        linear.shares.set_share(self.tiles[0], both * share);
        linear.shares.set_share(self.tiles[1], both * (1.0 - share));
    }

    fn length(&self, place: Rect) -> f32 {
        match self.dir {
            LinearDir::Horizontal => place.width(),
            LinearDir::Vertical => place.height(),
        }
    }
}

/// Of all that is in it.
fn names<Pane>(tiles: &Tiles<Pane>, tile: TileId, name: &impl Fn(&Pane) -> String) -> String {
    match tiles.get(tile) {
        Some(Tile::Pane(pane)) => name(pane),
        Some(Tile::Container(container)) => {
            let inside = container.children().filter(|&&child| tiles.is_visible(child));
            let inside: Vec<String> = inside.map(|&child| names(tiles, child, name)).collect();
            inside.join(", ")
        }
        None => String::new(),
    }
}
