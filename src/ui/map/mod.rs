//! The map of the folder's features: images as points that lie close where the network takes them as alike (`canvas`), what
//! tells them apart (`look`, `legend`), and what is chosen of them (`chosen`).

mod camera;
mod canvas;
pub mod chosen;
mod dots;
mod head;
mod hover;
mod keys;
mod lasso;
mod legend;
mod look;
mod scene;
mod status;

use std::path::PathBuf;

use egui::{Rect, Ui, UiBuilder};

use self::canvas::Canvas;
use crate::app::{Action, AppState, MapAction, MapState};
use crate::ui::parts::textures::Textures;

/// Between the points and the legend.
const GAP: f32 = 8.0;
/// A legend of more entries stands beside the points, and scrolls.
const FEW_ENTRIES: usize = 6;
/// What it takes of the pane's width there.
const BESIDE: f32 = 0.34;
const BESIDE_WIDTHS: [f32; 2] = [112.0, 200.0];

/// What drawing remembers: the picture of the points, which part of it is seen, and what is under the pointer.
#[derive(Default)]
pub struct MapPane {
    canvas: Canvas,
    textures: Textures,
    in_sight: Vec<PathBuf>,
}

impl MapPane {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        head::heading(ui, state, actions);
        let Some(made) = &state.map.made else {
            return status::not_made(ui, state, actions);
        };
        head::controls(ui, state, actions);
        status::lines(ui, state, made, actions);
        let entries = state.map_entries();
        ui.add_space(GAP / 2.0);
        let place = ui.available_rect_before_wrap();
        let (points, beside) = divided(place, entries.len());
        let mut child = ui.new_child(UiBuilder::new().max_rect(points));
        let hovered = self.canvas.show(&mut child, state, made, points, actions);
        let mut child = ui.new_child(UiBuilder::new().max_rect(beside));
        legend::legend(
            &mut child,
            state,
            &entries,
            beside.left() > points.left(),
            actions,
        );
        if let Some((response, place)) = hovered {
            let in_sight = hover::card(response, &mut self.textures, state, made, place);
            self.in_sight.extend(in_sight);
        }
    }

    /// Asks for pictures that are in sight and not known.
    pub fn end_frame(&mut self, map: &MapState, actions: &mut Vec<Action>) {
        let in_sight = std::mem::take(&mut self.in_sight);
        self.textures.forget_dropped();
        let missing = in_sight.iter().any(|path| map.pictures.get(path).is_none());
        if missing && in_sight != map.pictures.wanted() {
            actions.push(Action::Map(MapAction::WantPictures(in_sight)));
        }
    }
}

/// The points' place, and the legend's: below for a few entries, beside for more.
fn divided(place: Rect, n_entries: usize) -> (Rect, Rect) {
    if n_entries > FEW_ENTRIES {
        let width = (place.width() * BESIDE).clamp(BESIDE_WIDTHS[0], BESIDE_WIDTHS[1]);
        let x = place.right() - width;
        return (place.with_max_x(x - GAP), place.with_min_x(x));
    }
    let y = place.bottom() - legend::height_below(place.width(), n_entries);
    (place.with_max_y(y - GAP), place.with_min_y(y))
}
