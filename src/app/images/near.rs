//! How like one image the others are, as it was asked for last.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::experiment::{Config, Dataset};
use crate::protocol::SimilarImages;

/// What was asked for: by which image, among which, by whose features.
pub(in crate::app) type SimilarAsked = (PathBuf, Arc<Dataset>, Box<Config>);

#[derive(Debug, Default)]
pub struct Similar {
    /// The image that the others are ordered by, by its whole path.
    pub to: Option<PathBuf>,
    pub(in crate::app) asked: Option<SimilarAsked>,
    /// By their paths in the folder; `None` until they are known.
    pub(in crate::app) cosines: Option<Arc<BTreeMap<PathBuf, f32>>>,
}

impl Similar {
    pub(in crate::app) fn take(&mut self, found: &SimilarImages) {
        let Some((_, dataset, _)) = &self.asked else {
            return;
        };
        let named = dataset.images.iter().zip(&found.cosines);
        let named = named.filter_map(|(image, cosine)| Some((PathBuf::from(&image.path), (*cosine)?)));
        self.cosines = Some(Arc::new(named.collect()));
    }

    pub(in crate::app) fn cosine(&self, name: &Path) -> Option<f32> {
        self.cosines.as_ref()?.get(name).copied()
    }
}
