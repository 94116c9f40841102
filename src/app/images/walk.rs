//! Walking among the listed images, and selecting them.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::Stretch;
use crate::app::state::AppState;

impl AppState {
    /// So many images on; to the first where the keyboard is at none.
    pub(super) fn walk(&mut self, step: isize, stretches: bool) {
        let n = self
            .images_behind()
            .map_or(0, |images| images.listed.places.len());
        let Some(last) = n.checked_sub(1) else { return };
        let next = match self.place_in_list() {
            Some(at) => at.saturating_add_signed(step).min(last),
            // The End key leads to the end from wherever.
            None if step > last as isize => last,
            None => 0,
        };
        self.go_to(next, stretches);
    }

    /// To the image at that place of the list.
    pub(super) fn go_to(&mut self, next: usize, stretches: bool) {
        let Some(path) = self.listed_paths(next, next).pop() else {
            return;
        };
        if !stretches {
            self.images.stretch = None;
            self.images.at = Some(path);
            return;
        }
        let stretched_from = self.images.stretch.as_ref().and_then(|stretch| {
            let place = self.place_of(&stretch.from)?;
            self.images_behind().ok()?.listed.position(place)
        });
        let from = stretched_from.or_else(|| self.place_in_list()).unwrap_or(next);
        let range = self.listed_paths(from.min(next), from.max(next));
        // What an earlier stretch from the same image has added goes where this one is shorter.
        let before = match self.images.stretch.take() {
            Some(stretch) if stretched_from.is_some() => stretch.before,
            _ => Arc::clone(&self.images.selected),
        };
        self.images.selected = Arc::new(before.iter().cloned().chain(range).collect());
        let from = self.listed_paths(from, from).pop();
        self.images.stretch = from.map(|from| Stretch { from, before });
        self.images.at = Some(path);
    }

    /// Of the images at these places of the list, and all between.
    fn listed_paths(&self, first: usize, last: usize) -> Vec<PathBuf> {
        let Ok(images) = self.images_behind() else {
            return vec![];
        };
        let places = images.listed.places.get(first..=last).unwrap_or_default();
        places.iter().filter_map(|&place| images.path(place)).collect()
    }

    /// Selects the image, or lets it go.
    pub(super) fn toggle_image(&mut self, path: PathBuf) {
        self.images.stretch = None;
        let selected = Arc::make_mut(&mut self.images.selected);
        if !selected.remove(&path) {
            selected.insert(path);
        }
    }

    /// Selects the images at these places of the list, or all that are listed, beside those that are.
    pub(super) fn select_images(&mut self, only: Option<Vec<usize>>) {
        let Ok(images) = self.images_behind() else { return };
        let all = &images.listed.places;
        let places: Vec<u32> = match only {
            Some(only) => only.into_iter().filter_map(|at| all.get(at).copied()).collect(),
            None => all.clone(),
        };
        let paths: Vec<PathBuf> = places
            .into_iter()
            .filter_map(|place| images.path(place))
            .collect();
        self.images.stretch = None;
        Arc::make_mut(&mut self.images.selected).extend(paths);
    }
}
