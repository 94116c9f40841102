//! The features, the maps and the small pictures that are kept: listed, cleared, limited. Each answer is what is kept then.

use crate::disk::feature_store::FeatureStore;
use crate::disk::images::thumbnail_store::ThumbnailStore;
use crate::error::Result;
use crate::jobs::{Tell, answer};
use crate::protocol::{CacheCommand, CacheListing};

/// Answers what is asked of the cache.
///
/// # Errors
/// There is no such set; a file cannot be removed or written.
pub fn run(
    command: &CacheCommand,
    store: &FeatureStore,
    thumbnails: &ThumbnailStore,
    tell: Tell,
) -> Result<()> {
    let kept = |changed: Result<()>| changed.map(|()| listing(store, thumbnails));
    match command {
        CacheCommand::ListCache(request) => answer(request, kept(Ok(())), tell),
        CacheCommand::ClearCache(request) => answer(
            request,
            kept(clear(store, thumbnails, request.set.as_deref())),
            tell,
        ),
        CacheCommand::LimitCache(request) => answer(request, kept(store.set_limit(request.n_bytes)), tell),
    }
}

/// All, or one set of features.
fn clear(store: &FeatureStore, thumbnails: &ThumbnailStore, set: Option<&str>) -> Result<()> {
    store.clear(set)?;
    match set {
        Some(_) => Ok(()),
        None => store.clear_maps().and_then(|()| thumbnails.clear()),
    }
}

fn listing(store: &FeatureStore, thumbnails: &ThumbnailStore) -> CacheListing {
    CacheListing {
        thumbnail_bytes: thumbnails.n_kept(),
        map_bytes: store.n_bytes_of_maps(),
        ..store.listing()
    }
}
