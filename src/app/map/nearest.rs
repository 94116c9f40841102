//! The nearest of an image by the features, and its copies.

use std::path::{Path, PathBuf};

use super::state::Made;
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::experiment::Part;

/// An image that is near another.
#[derive(Debug, Clone, PartialEq)]
pub struct NearImage {
    /// Below the folder.
    pub name: String,
    pub path: PathBuf,
    /// As decided.
    pub class_idx: usize,
    /// 0 where both features point the same way, 2 at most.
    pub distance: f32,
}

/// An image that shows the same as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyOfImage {
    pub name: String,
    pub class_idx: usize,
    /// Whether it holds the same bytes; else it was saved again, or cropped.
    pub is_exact: bool,
}

impl AppState {
    /// The place on the map of the image where the keyboard is.
    pub fn at_on_map(&self) -> Option<usize> {
        let made = self.map.made.as_ref()?;
        self.on_map(made, self.images.at.as_deref()?)
    }

    fn on_map(&self, made: &Made, path: &Path) -> Option<usize> {
        let name = path.strip_prefix(&made.dataset.root).unwrap_or(path).to_str()?;
        let of = |place: u32| made.name(place as usize).unwrap_or_default();
        let sorted = self.map.derived.by_name.get(Same::of(&made.map), || {
            let mut sorted: Vec<u32> = (0..made.map.images.len() as u32).collect();
            sorted.sort_unstable_by_key(|&place| of(place));
            sorted
        });
        let at = sorted.binary_search_by(|&place| of(place).cmp(name)).ok()?;
        Some(sorted[at] as usize)
    }

    /// The part that an image of the map was judged in by what is looked at.
    pub fn judged_part(&self, path: &Path) -> Option<Part> {
        let made = self.map.made.as_ref()?;
        let (part, _) = (*self.judged_on_map(made).get(self.on_map(made, path)?)?)?;
        Some(part)
    }

    /// The nearest of an image among all of the folder, the nearest first. `None` where they are not known.
    pub fn nearest_of(&self, path: &Path) -> Option<Vec<NearImage>> {
        let made = self.map.made.as_ref()?;
        let place = self.on_map(made, path).filter(|_| made.map.nearest.k > 0)?;
        let classes = self.classes_of(&made.dataset);
        let near = made.map.nearest.of(place).filter_map(|(near, cosine)| {
            let i = *made.map.images.get(near)? as usize;
            let image = made.dataset.images.get(i)?;
            let decided = classes.and_then(|classes| classes.get(i).copied());
            Some(NearImage {
                path: made.dataset.root.join(&image.path),
                name: image.path.clone(),
                class_idx: decided.unwrap_or(image.class_idx),
                distance: (1.0 - cosine).max(0.0),
            })
        });
        Some(near.collect())
    }

    pub(super) fn nearest_on_map(&self) -> Vec<u32> {
        let Some((made, at)) = self.map.made.as_ref().zip(self.at_on_map()) else {
            return vec![];
        };
        let near = made.map.nearest.of(at).map(|(place, _)| place as u32);
        std::iter::once(at as u32).chain(near).collect()
    }

    /// What holds the same bytes as that image of the open folder, and what the folder's examination found to show the same.
    pub fn copies_of(&self, path: &Path) -> Vec<CopyOfImage> {
        let Some(view) = &self.dataset.view else {
            return vec![];
        };
        let dataset = &view.dataset;
        let name = path.strip_prefix(&dataset.root).unwrap_or(path).to_str();
        let found = |group: &&Vec<usize>| {
            let of = |&i: &usize| dataset.images.get(i).map(|image| image.path.as_str());
            name.is_some() && group.iter().any(|i| of(i) == name)
        };
        let exact = dataset.twins.iter().find(found).map_or(&[][..], Vec::as_slice);
        let alike = self.health.examined.as_ref();
        let alike = alike.filter(|examined| examined.dataset.images == dataset.images);
        let alike = alike.and_then(|examined| {
            let report = &examined.report;
            report.near_duplicates.iter().find(found)
        });
        let mut all: Vec<usize> = exact.iter().chain(alike.into_iter().flatten()).copied().collect();
        all.sort_unstable();
        all.dedup();
        let copies = all.into_iter().filter_map(|i| {
            let image = dataset.images.get(i)?;
            (Some(image.path.as_str()) != name).then(|| CopyOfImage {
                name: image.path.clone(),
                class_idx: view.classes.get(i).copied().unwrap_or(image.class_idx),
                is_exact: exact.contains(&i),
            })
        });
        copies.collect()
    }
}
