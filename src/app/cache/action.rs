//! What a user can do with the feature cache.

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::protocol::{CacheListing, ClearCache, LimitCache, ListCache};

#[derive(Debug, Clone, PartialEq)]
pub enum CacheAction {
    /// Remove the kept features of one set, by its id, or all of them.
    Clear(Option<String>),
    /// Keep at most this many bytes of features.
    Limit(u64),
}

impl AppState {
    pub(in crate::app) fn apply_cache(&mut self, action: CacheAction, host: &mut dyn Host) {
        match action {
            CacheAction::Clear(set) => self.jobs.submit(ClearCache { set }, Purpose::Quiet, host),
            CacheAction::Limit(n_bytes) => self.jobs.submit(LimitCache { n_bytes }, Purpose::Quiet, host),
        };
    }

    pub(in crate::app) fn open_cache(&mut self, open: bool, host: &mut dyn Host) {
        self.windows.cache = open;
        if open {
            self.jobs.submit(ListCache, Purpose::Quiet, host);
        }
    }

    /// Where something was removed, what the form needs may be gone.
    pub(in crate::app) fn take_cache(&mut self, listing: CacheListing, host: &mut dyn Host) {
        let before = self.cache.listing.as_ref().map_or(0, CacheListing::n_bytes);
        let is_less = listing.n_bytes() < before;
        self.cache.listing = Some(listing);
        if is_less {
            self.ask_features(host);
        }
    }
}
