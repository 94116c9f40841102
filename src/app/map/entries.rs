//! The entries of the map's legend, counted.

use std::sync::Arc;

use super::entry::{Counted, Entry};
use crate::app::latest::Same;
use crate::app::state::AppState;

impl AppState {
    /// The entries that some shown image is.
    pub fn map_entries(&self) -> Arc<Vec<Counted>> {
        let (points, shown, chosen) = (self.map_points(), self.shown_on_map(), &self.map.chosen);
        let by = self.map.colour;
        let from = (Same::of(&points), Same::of(&shown), Same::of(chosen), by);
        let n_classes = self.map.made.as_ref().map_or(0, |made| made.dataset.n_classes());
        self.map.derived.entries.get(from, || {
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
