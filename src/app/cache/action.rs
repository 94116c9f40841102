//! What is kept of computed features: looked at, limited, cleared.

use crate::app::action::Outside;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::protocol::{CacheListing, Command, ListCache};

impl AppState {
    pub(in crate::app) fn open_cache(&mut self, open: bool, outside: &mut dyn Outside) {
        self.cache_open = open;
        if open {
            self.submit(ListCache, Purpose::Quiet, outside);
        }
    }

    pub(in crate::app) fn change_cache(&mut self, command: impl Into<Command>, outside: &mut dyn Outside) {
        self.submit(command, Purpose::Quiet, outside);
    }

    /// Where something was removed, what the form needs may be gone.
    pub(in crate::app) fn take_cache(&mut self, listing: CacheListing, outside: &mut dyn Outside) {
        let before = self.cache.as_ref().map_or(0, CacheListing::n_bytes);
        let is_less = listing.n_bytes() < before;
        self.cache = Some(listing);
        if is_less {
            self.ask_features(outside);
        }
    }
}
