//! Where images stand: among the predictions by name, and in the list by their place among the predictions. Made once for each.

use std::path::Path;

use crate::app::latest::{Latest, Same};
use crate::experiment::Predictions;
use crate::metrics::Scores;

/// The list, and the way back into it.
#[derive(Debug, Default)]
pub struct Listed {
    /// The listed images by their place among the predictions.
    pub places: Vec<u32>,
    /// Where each of the predictions' images is in the list.
    in_list: Vec<Option<u32>>,
}

impl Listed {
    pub fn new(places: Vec<u32>, n_images: usize) -> Self {
        let mut in_list = vec![None; n_images];
        for (at, &place) in places.iter().enumerate() {
            in_list[place as usize] = Some(at as u32);
        }
        Listed { places, in_list }
    }

    /// Where in the list the image is that stands there among the predictions.
    pub fn position(&self, place: u32) -> Option<usize> {
        let at = *self.in_list.get(place as usize)?;
        at.map(|at| at as usize)
    }
}

/// The predictions' images by name.
#[derive(Debug, Default)]
pub struct ByName(Latest<Same<Scores>, Vec<u32>>);

impl ByName {
    /// The place of the image of that name.
    pub fn place(&self, name: &Path, predictions: &Predictions) -> Option<u32> {
        let images = predictions.images();
        // As bytes: taking a hundred thousand paths apart would be seen.
        let bytes = |place: u32| images[place as usize].as_os_str().as_encoded_bytes();
        let sorted = self.0.get(Same::of(predictions.scores()), || {
            let mut sorted: Vec<u32> = (0..images.len() as u32).collect();
            sorted.sort_unstable_by(|&a, &b| bytes(a).cmp(bytes(b)));
            sorted
        });
        let name = name.as_os_str().as_encoded_bytes();
        let at = sorted.binary_search_by(|&place| bytes(place).cmp(name)).ok()?;
        sorted.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_by_name_and_in_the_list() {
        let names = ["b/2", "a/1", "c/3"];
        let of = |names: &[&str]| {
            let images = names.iter().map(Into::into).collect();
            Predictions::new(images, 2, vec![0; names.len()], [0.5, 0.5].repeat(names.len())).unwrap()
        };
        let by_name = ByName::default();
        let predictions = of(&names);
        let place = |name: &str| by_name.place(Path::new(name), &predictions);
        assert_eq!(names.map(place), [Some(0), Some(1), Some(2)]);
        assert_eq!(place("d/4"), None);
        // Others under the same names.
        assert_eq!(by_name.place(Path::new("c/3"), &of(&["c/3"])), Some(0));
        let listed = Listed::new(vec![2, 0], 3);
        assert_eq!(
            [0, 1, 2, 3].map(|place| listed.position(place)),
            [Some(1), None, Some(0), None]
        );
    }
}
