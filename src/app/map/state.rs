//! What is known of the map, and what of it is shown.

use std::path::PathBuf;
use std::sync::Arc;

use super::choices::{MapColour, MapLayout, MapPart};
use super::derived::DerivedMap;
use crate::app::picture_cache::PictureCache;
use crate::app::windows::state::Showing;
use crate::experiment::{Config, Dataset};
use crate::map::FeatureMap;

#[derive(Debug, Default)]
pub struct MapState {
    pub made: Option<Made>,
    /// What is laid out now, or was last.
    pub(in crate::app) asked: Option<(Arc<Dataset>, Box<Config>)>,
    /// Why there is no map, or only a part of it.
    pub problem: Option<String>,
    pub layout: MapLayout,
    pub colour: MapColour,
    pub part: MapPart,
    /// Whether dragging draws around images, and does not move the map.
    pub lasso: bool,
    /// Places on the map, rising.
    pub chosen: Arc<Vec<u32>>,
    /// What is under the pointer.
    pub pictures: PictureCache,
    /// What was shown before, to come back to.
    pub(in crate::app) back: Showing,
    pub(in crate::app) derived: DerivedMap,
}

/// A map, and what it was made of.
#[derive(Debug)]
pub struct Made {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
    pub map: Arc<FeatureMap>,
}

impl Made {
    /// The image at that place of the map, by its whole path.
    pub fn path(&self, place: usize) -> Option<PathBuf> {
        Some(self.dataset.root.join(self.name(place)?))
    }

    /// The same below the folder.
    pub fn name(&self, place: usize) -> Option<&str> {
        let image = *self.map.images.get(place)? as usize;
        Some(self.dataset.images.get(image)?.path.as_str())
    }
}

impl MapState {
    /// Another folder is open, or the same with other images.
    pub(in crate::app) fn forget(&mut self) {
        *self = MapState {
            layout: self.layout,
            colour: self.colour,
            back: self.back,
            ..MapState::default()
        };
    }
}
