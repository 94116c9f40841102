//! What is known of the map, and what of it is shown.

use std::path::PathBuf;
use std::sync::Arc;

use super::derived::DerivedMap;
use crate::app::picture_cache::PictureCache;
use crate::app::windows::state::Showing;
use crate::experiment::{Config, Dataset, Part};
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

/// What decides where an image lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapLayout {
    #[default]
    Umap,
    Pca,
}

impl MapLayout {
    pub const ALL: [MapLayout; 2] = [MapLayout::Umap, MapLayout::Pca];

    pub fn name(self) -> &'static str {
        match self {
            MapLayout::Umap => "UMAP",
            MapLayout::Pca => "PCA",
        }
    }

    pub fn explanation(self) -> &'static str {
        match self {
            MapLayout::Umap => {
                "UMAP: what is near in the features is near on the map. How far apart groups lie, and how large they are, says \
                 little"
            }
            MapLayout::Pca => {
                "PCA: the two directions in which the features differ most. Distances are true, and most of what tells images \
                 apart may lie in other directions"
            }
        }
    }
}

/// What tells the points apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapColour {
    #[default]
    Class,
    Verdict,
    Confidence,
}

impl MapColour {
    pub const ALL: [MapColour; 3] = [MapColour::Class, MapColour::Verdict, MapColour::Confidence];

    pub fn name(self) -> &'static str {
        match self {
            MapColour::Class => "By class",
            MapColour::Verdict => "By verdict",
            MapColour::Confidence => "By confidence",
        }
    }
}

/// Which images are on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapPart {
    #[default]
    All,
    Judged(Part),
    /// Those that the run has judged in no part: most were trained on.
    Rest,
}

impl MapPart {
    pub const ALL: [MapPart; 5] = [
        MapPart::All,
        MapPart::Judged(Part::Val),
        MapPart::Judged(Part::Test),
        MapPart::Judged(Part::Train),
        MapPart::Rest,
    ];

    pub fn name(self) -> &'static str {
        match self {
            MapPart::All => "All images",
            MapPart::Judged(Part::Train) => "Training images",
            MapPart::Judged(Part::Val) => "Validation images",
            MapPart::Judged(Part::Test) => "Test images",
            MapPart::Rest => "Images without a verdict",
        }
    }

    pub fn has(self, part: Option<Part>) -> bool {
        match self {
            MapPart::All => true,
            MapPart::Judged(judged) => part == Some(judged),
            MapPart::Rest => part.is_none(),
        }
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
