//! What a frame of the map draws, and where in the window it is.

use std::sync::Arc;

use egui::{Pos2, Rect};

use super::camera::{Bounds, View};
use crate::app::{AppState, Made, MapLayout, MapPoint};

/// How near a point the pointer must be.
const NEAR: f32 = 9.0;

/// What a frame draws.
pub struct Scene<'a> {
    pub state: &'a AppState,
    pub made: &'a Made,
    pub points: Arc<Vec<MapPoint>>,
    /// Places that are shown.
    pub shown: Arc<Vec<u32>>,
    pub places: &'a [[f32; 2]],
    pub bounds: Bounds,
    pub rect: Rect,
    pub view: View,
}

impl Scene<'_> {
    pub fn at(&self, place: usize) -> Pos2 {
        self.places
            .get(place)
            .map_or(self.rect.center(), |point| self.view.at(*point))
    }

    /// The shown point that is nearest to there.
    pub fn nearest(&self, to: Pos2) -> Option<usize> {
        let distance = |place: &u32| self.at(*place as usize).distance_sq(to);
        let near = self.shown.iter().map(|place| (distance(place), *place as usize));
        let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0));
        nearest
            .filter(|(squared, _)| *squared <= NEAR * NEAR)
            .map(|(_, place)| place)
    }
}

/// The layout that can be seen: UMAP comes later than the components.
pub fn layout_of(state: &AppState, made: &Made) -> MapLayout {
    match made.map.umap.is_empty() {
        true => MapLayout::Pca,
        false => state.map.layout,
    }
}
