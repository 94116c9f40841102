//! The images that are chosen on the map: their figures, and where they stand among the predictions.

use std::sync::Arc;

use super::entry::ChosenFigures;
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::metrics::Confusion;

impl AppState {
    pub fn chosen_figures(&self) -> Arc<ChosenFigures> {
        let (points, chosen) = (self.map_points(), &self.map.chosen);
        let from = (Same::of(&points), Same::of(chosen));
        let n_classes = self.map.made.as_ref().map_or(0, |made| made.dataset.n_classes());
        self.map.derived.figures.get(from, || {
            let mut figures = ChosenFigures {
                n_chosen: chosen.len(),
                n_of_class: vec![0; n_classes],
                confusion: None,
            };
            for point in chosen.iter().filter_map(|&place| points.get(place as usize)) {
                if let Some(n) = figures.n_of_class.get_mut(point.class_idx) {
                    *n += 1;
                }
                let Some(said) = point.said else { continue };
                let confusion = figures.confusion.get_or_insert_with(|| Confusion::new(n_classes));
                if let Some(predicted) = said.predicted {
                    confusion.add(said.truth, predicted);
                }
            }
            figures
        })
    }

    /// The chosen images' places among the predictions of the part that is looked at, rising.
    pub(in crate::app) fn chosen_behind(&self) -> Arc<Vec<u32>> {
        let Some(made) = &self.map.made else {
            return Arc::default();
        };
        let (judged, chosen, part) = (self.judged_on_map(made), &self.map.chosen, self.looking.part);
        let from = (Same::of(&judged), Same::of(chosen), part);
        self.map.derived.behind.get(from, || {
            let of_part = chosen.iter().filter_map(|&place| {
                let (of, row) = (*judged.get(place as usize)?)?;
                (of == part).then_some(row)
            });
            let mut places: Vec<u32> = of_part.collect();
            places.sort_unstable();
            places
        })
    }

    /// How many of the chosen images the run has judged in the part that is looked at.
    pub fn n_chosen_behind(&self) -> usize {
        self.chosen_behind().len()
    }

    /// The chosen images that are one cell of their matrix.
    pub(super) fn chosen_in_cell(&self, (truth, predicted): (usize, usize)) -> Vec<u32> {
        let points = self.map_points();
        let is_there = |place: &u32| {
            let said = points.get(*place as usize).and_then(|point| point.said);
            said.is_some_and(|said| (said.truth, said.predicted) == (truth, Some(predicted)))
        };
        self.map.chosen.iter().copied().filter(is_there).collect()
    }
}
