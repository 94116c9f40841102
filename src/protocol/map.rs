//! Where a folder's images lie by their features.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::{Config, Dataset};
use crate::map::FeatureMap;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MapCommand {
    MapFeatures(MapFeatures),
    FindSimilar(FindSimilar),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MapEvent {
    /// By principal components alone, which is known long before the rest.
    Begun(Box<FeatureMap>),
    Mapped(Box<FeatureMap>),
    Similar(Box<SimilarImages>),
}

/// Lay out a folder that was scanned by the features of the config's backbone, which are computed where they are missing. What
/// there is to warn of comes before the answer, as facts of a run. The whole map is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapFeatures {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
}

/// How like one image of a folder all others are, by the features of the config's backbone, which are computed where they are
/// missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindSimilar {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
    /// By its place in the dataset.
    pub image: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarImages {
    pub image: usize,
    /// Of each image of the dataset the cosine of its features and those of that image, from -1 to 1; `None` where it cannot be
    /// read.
    pub cosines: Vec<Option<f32>>,
}
