//! Where a folder's images lie by their features.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::experiment::{Config, Dataset};
use crate::map::FeatureMap;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MapCommand {
    MapFeatures(MapFeatures),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum MapEvent {
    /// By principal components alone, which is known long before the rest.
    Begun(Box<FeatureMap>),
    Mapped(Box<FeatureMap>),
}

/// Lay out a folder that was scanned by the features of the config's backbone, which are computed where they are missing. What
/// there is to warn of comes before the answer, as facts of a run. The whole map is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapFeatures {
    pub dataset: Arc<Dataset>,
    pub config: Box<Config>,
}
