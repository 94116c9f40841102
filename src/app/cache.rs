//! What is kept of computed features: looked at, limited, cleared.

use super::action::Outside;
use super::jobs::Purpose;
use super::state::AppState;
use crate::protocol::{CacheListing, Command, ListCache};

impl AppState {
    pub(super) fn open_cache(&mut self, open: bool, outside: &mut dyn Outside) {
        self.cache_open = open;
        if open {
            self.submit(ListCache, Purpose::Quiet, outside);
        }
    }

    pub(super) fn change_cache(&mut self, command: impl Into<Command>, outside: &mut dyn Outside) {
        self.submit(command, Purpose::Quiet, outside);
    }

    /// Where something was removed, what the form needs may be gone.
    pub(super) fn take_cache(&mut self, listing: CacheListing, outside: &mut dyn Outside) {
        let before = self.cache.as_ref().map_or(0, CacheListing::n_bytes);
        let is_less = listing.n_bytes() < before;
        self.cache = Some(listing);
        if is_less {
            self.ask_features(outside);
        }
    }
}
