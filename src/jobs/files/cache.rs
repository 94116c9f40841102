//! The features that are kept: listed, cleared, limited. Each answer is what is kept then.

use crate::disk::feature_store::FeatureStore;
use crate::error::Result;
use crate::jobs::{Tell, answer};
use crate::protocol::{CacheCommand, CacheListing};

/// Answers what is asked of the cache.
///
/// # Errors
/// There is no such set; a file cannot be removed or written.
pub fn run(command: &CacheCommand, store: &FeatureStore, tell: Tell) -> Result<()> {
    match command {
        CacheCommand::ListCache(request) => answer(request, Ok(store.listing()), tell),
        CacheCommand::ClearCache(request) => answer(request, clear(store, request.set.as_deref()), tell),
        CacheCommand::LimitCache(request) => answer(request, limit(store, request.n_bytes), tell),
    }
}

fn clear(store: &FeatureStore, set: Option<&str>) -> Result<CacheListing> {
    store.clear(set)?;
    Ok(store.listing())
}

fn limit(store: &FeatureStore, n_bytes: u64) -> Result<CacheListing> {
    store.set_limit(n_bytes)?;
    Ok(store.listing())
}
