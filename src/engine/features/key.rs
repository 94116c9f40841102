//! Under which key the features of a folder's images are kept.

use super::Images;
use crate::disk::feature_store::{FeatureSetKey, Numerics};
use crate::disk::images::loader::common_size;
use crate::experiment::FrozenTransform;

impl Images {
    /// Where their features are kept; `None` where none can be.
    pub fn set_key(&self, numerics: &Numerics) -> Option<FeatureSetKey> {
        let transform = FrozenTransform::of(&self.config)?;
        let size = common_size(&self.root, &self.paths, self.config.resize);
        Some(FeatureSetKey::new(&transform, size, numerics))
    }
}
