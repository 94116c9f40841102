//! Under which key the features of a folder's images are kept.

use std::path::{Path, PathBuf};

use crate::disk::feature_store::{Arithmetic, SpaceKey};
use crate::disk::images::loader::common_size;
use crate::experiment::{Config, FrozenTransform};

/// Where the features of such images are kept; `None` where none can be.
pub fn space_key(
    config: &Config,
    root: &Path,
    paths: &[PathBuf],
    arithmetic: &Arithmetic,
) -> Option<SpaceKey> {
    let transform = FrozenTransform::of(config)?;
    let size = common_size(root, paths, config.resize);
    Some(SpaceKey::new(&transform, size, arithmetic))
}
