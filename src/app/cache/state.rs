//! What is kept of computed features.

use crate::protocol::CacheListing;

#[derive(Debug, Default)]
pub struct Cache {
    /// As the engine said last.
    pub listing: Option<CacheListing>,
}
