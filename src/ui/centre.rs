//! The centre of the window: tiles that the user can drag by their headings, resize, and put behind each other.
//! What each view shows first is laid out here; how the user left it comes back at the next start.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, vec2};
use egui_tiles::{Behavior, Container, Linear, LinearDir, TileId, Tiles, Tree, UiResponse};
use serde::{Deserialize, Serialize};

use crate::app::Showing;
use crate::ui::parts::theme::{self, GAP, Theme};
use crate::ui::splitters::splitters;

/// Height of a tile's heading, by which it is dragged.
const HANDLE: f32 = 24.0;
/// No tile becomes smaller than this.
const LEAST: f32 = 140.0;

/// What a tile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pane {
    Loss,
    Matrix,
    Metrics,
    /// The trade-off between two recalls.
    Weigh,
    Compare,
    /// The images behind the matrix.
    Images,
    /// Where a class is found less.
    Slices,
    /// Images of unknown classes.
    Predictions,
    /// The run on a folder of known classes.
    Evaluated,
    /// Where images lie by their features.
    Map,
    /// The images that are chosen on the map, in figures.
    Chosen,
}

impl Pane {
    fn name(self) -> &'static str {
        match self {
            Pane::Loss => "Loss",
            Pane::Matrix => "Confusion matrix",
            Pane::Metrics => "Metrics",
            Pane::Weigh => "Trade-off",
            Pane::Compare => "Compare",
            Pane::Images => "Images",
            Pane::Slices => "Slices",
            Pane::Predictions => "Predictions",
            Pane::Evaluated => "Evaluated folder",
            Pane::Map => "Map",
            Pane::Chosen => "Chosen on the map",
        }
    }
}

/// The tiles of each view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Centre {
    one_run: Tree<Pane>,
    compare: Tree<Pane>,
    /// Earlier versions had none.
    #[serde(default = "predictions")]
    predictions: Tree<Pane>,
    #[serde(default = "images")]
    images: Tree<Pane>,
    #[serde(default = "slices")]
    slices: Tree<Pane>,
    #[serde(default = "map")]
    map: Tree<Pane>,
}

impl Default for Centre {
    fn default() -> Self {
        Centre {
            one_run: one_run(),
            compare: compare(),
            predictions: predictions(),
            images: images(),
            slices: slices(),
            map: map(),
        }
    }
}

impl Centre {
    /// As it was stored; as it is first where that is of another version.
    pub fn restored(stored: Option<&str>) -> Self {
        let stored: Option<Centre> = stored.and_then(|text| serde_json::from_str(text).ok());
        stored.filter(Centre::is_whole).unwrap_or_default()
    }

    pub fn stored(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Shows the tiles of that view, all of them or without those that are `empty`; `draw` fills one of them.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        showing: Showing,
        is_empty: impl Fn(Pane) -> bool,
        draw: impl FnMut(&mut Ui, Pane),
    ) {
        let tree = match showing {
            Showing::OneRun => &mut self.one_run,
            Showing::Compare => &mut self.compare,
            Showing::Predictions => &mut self.predictions,
            Showing::Images => &mut self.images,
            Showing::Slices => &mut self.slices,
            Showing::Map => &mut self.map,
        };
        let panes = tree.tiles.iter().filter_map(|(id, tile)| match tile {
            egui_tiles::Tile::Pane(pane) => Some((*id, !is_empty(*pane))),
            egui_tiles::Tile::Container(_) => None,
        });
        for (id, is_visible) in panes.collect::<Vec<_>>() {
            tree.set_visible(id, is_visible);
        }
        tree.ui(&mut Drawing { draw }, ui);
        splitters(ui, tree, LEAST, |pane| pane.name().to_lowercase());
    }

    /// A stored layout must show what this version has to show.
    fn is_whole(&self) -> bool {
        let same = |stored: &Tree<Pane>, first: &Tree<Pane>| {
            let has = |pane: &Pane| stored.tiles.find_pane(pane).is_some();
            let mut panes = first.tiles.tiles().filter_map(|tile| match tile {
                egui_tiles::Tile::Pane(pane) => Some(pane),
                egui_tiles::Tile::Container(_) => None,
            });
            panes.all(has)
        };
        same(&self.one_run, &one_run())
            && same(&self.compare, &compare())
            && same(&self.predictions, &predictions())
            && same(&self.images, &images())
            && same(&self.slices, &slices())
            && same(&self.map, &map())
    }
}

/// The losses and the trade-off above, the matrix and what it says in figures below.
fn one_run() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let panes = [Pane::Loss, Pane::Weigh, Pane::Matrix, Pane::Metrics];
    let [loss, weigh, matrix, metrics] = panes.map(|p| tiles.insert_pane(p));
    let above = split(&mut tiles, LinearDir::Horizontal, loss, weigh, 0.5);
    let below = split(&mut tiles, LinearDir::Horizontal, matrix, metrics, 0.5);
    let root = split(&mut tiles, LinearDir::Vertical, above, below, 0.45);
    Tree::new(Id::unique("one run"), root, tiles)
}

fn compare() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [loss, table] = [Pane::Loss, Pane::Compare].map(|p| tiles.insert_pane(p));
    let root = split(&mut tiles, LinearDir::Vertical, loss, table, 0.30);
    Tree::new(Id::unique("compare"), root, tiles)
}

/// The table, and the figures of a folder under it once there are some.
fn predictions() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [table, evaluated] = [Pane::Predictions, Pane::Evaluated].map(|p| tiles.insert_pane(p));
    let root = split(&mut tiles, LinearDir::Vertical, table, evaluated, 0.5);
    Tree::new(Id::unique("predictions"), root, tiles)
}

/// The matrix stays where it is, under the curves whose threshold moves images from cell to cell.
fn images() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [weigh, matrix, images] = [Pane::Weigh, Pane::Matrix, Pane::Images].map(|p| tiles.insert_pane(p));
    let left = split(&mut tiles, LinearDir::Vertical, weigh, matrix, 0.45);
    let root = split(&mut tiles, LinearDir::Horizontal, left, images, 0.46);
    Tree::new(Id::unique("images"), root, tiles)
}

/// The map, and beside it what is chosen on it.
fn map() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [map, chosen, images] = [Pane::Map, Pane::Chosen, Pane::Images].map(|p| tiles.insert_pane(p));
    let right = split(&mut tiles, LinearDir::Vertical, chosen, images, 0.4);
    let root = split(&mut tiles, LinearDir::Horizontal, map, right, 0.525);
    Tree::new(Id::unique("map"), root, tiles)
}

/// The slices beside what moves them: the curves with their threshold, and the matrix.
fn slices() -> Tree<Pane> {
    let mut tiles = Tiles::default();
    let [weigh, matrix, slices] = [Pane::Weigh, Pane::Matrix, Pane::Slices].map(|p| tiles.insert_pane(p));
    let left = split(&mut tiles, LinearDir::Vertical, weigh, matrix, 0.45);
    let root = split(&mut tiles, LinearDir::Horizontal, left, slices, 0.4);
    Tree::new(Id::unique("slices"), root, tiles)
}

fn split(tiles: &mut Tiles<Pane>, dir: LinearDir, a: TileId, b: TileId, share: f32) -> TileId {
    tiles.insert_container(Container::Linear(Linear::new_binary(dir, [a, b], share)))
}

/// How tiles look, and what may be done to them.
struct Drawing<F> {
    draw: F,
}

impl<F: FnMut(&mut Ui, Pane)> Behavior<Pane> for Drawing<F> {
    fn pane_ui(&mut self, ui: &mut Ui, tile: TileId, pane: &mut Pane) -> UiResponse {
        let place = ui.max_rect();
        let theme = theme::of(ui);
        let frame = theme.tile();
        let padding = f32::from(theme::TILE_PADDING);
        surround(ui, place, theme);
        ui.painter().add(frame.paint(place.shrink(padding + 1.0)));
        // Before the content, so that the heading's own controls lie above the handle. It senses clicks as well, since
        // only then a press becomes a drag by moving: a press on a control above is none.
        let handle = Rect::from_min_size(place.min, vec2(place.width(), padding + HANDLE));
        let handle = ui.interact(
            handle,
            ui.scope_id().with((tile, "handle")),
            // No stop for Tab.
            Sense::CLICK | Sense::DRAG,
        );
        let handle = handle.on_hover_cursor(CursorIcon::Grab);
        let inside = UiBuilder::new()
            .id_salt(*pane as u8)
            .max_rect(place.shrink(padding));
        let mut child = ui.new_child(inside);
        child.set_clip_rect(place.intersect(ui.clip_rect()));
        (self.draw)(&mut child, *pane);
        match handle.drag_started() {
            true => UiResponse::DragStarted,
            false => UiResponse::None,
        }
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> egui::WidgetText {
        pane.name().into()
    }

    fn gap_width(&self, _: &egui::Style) -> f32 {
        GAP
    }

    fn min_size(&self) -> f32 {
        LEAST
    }

    /// By borders of our own.
    fn is_container_resizable(&self, _: &Tiles<Pane>, _: TileId) -> bool {
        false
    }

    fn tab_bar_color(&self, visuals: &egui::Visuals) -> egui::Color32 {
        visuals.extreme_bg_color
    }
}

/// The background between tiles. Only there it shows, so only there it is drawn: where the processor draws, filling all
/// of the centre twice would be half of a frame's time.
fn surround(ui: &Ui, tile: Rect, theme: &Theme) {
    let mut painter = ui.painter().clone();
    painter.set_clip_rect(ui.ctx().content_rect());
    let gap = Stroke::new(GAP, theme.background);
    // One reaches into the tile's round corners, the other into the gap's own.
    for radius in [theme::TILE_RADIUS, CornerRadius::ZERO] {
        painter.rect_stroke(tile, radius, gap, StrokeKind::Outside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_survives_being_stored_and_a_foreign_one_is_passed_over() {
        let text = Centre::default().stored().unwrap();
        assert_eq!(Centre::restored(Some(&text)), Centre::default());
        let foreign = text.replace("\"metrics\"", "\"loss\"");
        assert_ne!(foreign, text);
        for bad in ["", "{}", &foreign] {
            assert_eq!(Centre::restored(Some(bad)), Centre::default(), "{bad}");
        }
    }
}
