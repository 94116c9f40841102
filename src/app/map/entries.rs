//! The entries of the map's legend, counted.

use std::sync::Arc;

use super::entry::{Counted, Entry, From};
use crate::app::state::AppState;

impl AppState {
    /// The entries that some shown image is.
    pub fn map_entries(&self) -> Arc<Vec<Counted>> {
        let (points, shown, chosen) = (self.map_points(), self.shown_on_map(), &self.map.chosen);
        let by = self.map.colour;
        let from = (
            Arc::downgrade(&points),
            Arc::downgrade(&shown),
            Arc::downgrade(chosen),
            by,
        );
        let is_same = |old: &From, new: &From| {
            old.0.ptr_eq(&new.0) && old.1.ptr_eq(&new.1) && old.2.ptr_eq(&new.2) && old.3 == new.3
        };
        let n_classes = self.map.made.as_ref().map_or(0, |made| made.dataset.n_classes());
        self.map.derived.entries.get_if(from, is_same, || {
            let count = |places: &[u32]| {
                let mut counts = vec![0; n_classes.max(11)];
                for point in places.iter().filter_map(|&place| points.get(place as usize)) {
                    if let Some(n) = counts.get_mut(Entry::of(by, point).place()) {
                        *n += 1;
                    }
                }
                counts
            };
            let (all, chosen) = (count(&shown), count(chosen));
            let counted = |entry: Entry| Counted {
                entry,
                n: all[entry.place()],
                n_chosen: chosen[entry.place()],
            };
            let there = |counted: &Counted| counted.n > 0;
            let entries = Entry::all(by, n_classes);
            entries.into_iter().map(counted).filter(there).collect()
        })
    }
}
