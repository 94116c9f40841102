//! The features that were computed and kept: listed, cleared, limited.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum CacheCommand {
    ListCache(ListCache),
    ClearCache(ClearCache),
    LimitCache(LimitCache),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum CacheEvent {
    Listed(CacheListing),
}

/// What the feature cache holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCache;

/// Remove the features of one set ([`CachedSet::id`]), or all; answers with what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearCache {
    pub set: Option<String>,
}

/// Set the most bytes that features may take on disk; what was not used for longest goes first. Answers with what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitCache {
    pub n_bytes: u64,
}

/// What the feature cache holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheListing {
    /// `None` where features are kept in memory alone.
    pub dir: Option<PathBuf>,
    pub limit_bytes: u64,
    /// The last used first.
    pub sets: Vec<CachedSet>,
    /// Small pictures of images that were looked at; they go when all is cleared.
    pub thumbnail_bytes: u64,
    /// Maps of folders; they go with them.
    pub map_bytes: u64,
}

/// The features that one backbone, transform, precision and kind of device made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedSet {
    /// Sixteen hexadecimal digits.
    pub id: String,
    /// What computed them, for people.
    pub about: String,
    /// An image that is held twice counts twice.
    pub n_images: u64,
    pub n_bytes: u64,
    /// Seconds since it was last used.
    pub unused_secs: u64,
}

impl CacheListing {
    pub fn n_bytes(&self) -> u64 {
        self.sets.iter().map(|set| set.n_bytes).sum()
    }
}
