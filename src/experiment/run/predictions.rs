//! What a model says of images whose class is known: the one shape of predictions, from the engine to a plot. An image is
//! never dropped, so that a figure can always be traced to its files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::metrics::Scores;

/// One row an image. Clones share the numbers: of 50,000 images and 300 classes they are 60 MB.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Predictions {
    /// Relative to the data folder where they are of one; shared by the predictions of one job.
    #[serde(with = "crate::any_path::list")]
    images: Arc<[PathBuf]>,
    scores: Arc<Scores>,
    /// The group of each image, by number from 0, where the split was by groups.
    groups: Option<Arc<[u32]>>,
    /// The split was by groups, and which image is of which is not known any more.
    has_lost_groups: bool,
}

impl Predictions {
    /// `truth` is each image's class, `probabilities` `[images.len(), n_classes]`, row-major; `None` where they do not fit
    /// each other.
    pub fn new(
        images: Arc<[PathBuf]>,
        n_classes: usize,
        truth: Vec<usize>,
        probabilities: Vec<f32>,
    ) -> Option<Self> {
        let fits = images.len() == truth.len();
        let scores = Scores::new(n_classes, truth, probabilities).filter(|_| fits)?;
        Some(Predictions {
            images,
            scores: Arc::new(scores),
            groups: None,
            has_lost_groups: false,
        })
    }

    /// The same with the group of each image by its name; as it is where there are not as many.
    pub fn in_groups(mut self, names: &[String]) -> Self {
        if names.len() == self.images.len() {
            let mut numbers = BTreeMap::new();
            let number = |name| {
                let next = numbers.len() as u32;
                *numbers.entry(name).or_insert(next)
            };
            self.groups = Some(names.iter().map(number).collect());
        }
        self
    }

    /// The same where images come in groups, and nobody knows in which.
    pub fn with_lost_groups(mut self) -> Self {
        self.has_lost_groups = true;
        self
    }

    pub fn has_lost_groups(&self) -> bool {
        self.has_lost_groups
    }

    /// The group of each image, by number from 0; `None` where each stands for itself, or that is not known.
    pub fn groups(&self) -> Option<&[u32]> {
        self.groups.as_deref()
    }

    pub fn images(&self) -> &[PathBuf] {
        &self.images
    }

    /// What figures and curves are made of.
    pub fn scores(&self) -> &Arc<Scores> {
        &self.scores
    }

    /// Image, true class and probabilities of the image at that place.
    pub fn row(&self, place: usize) -> Option<(&Path, usize, &[f32])> {
        let (truth, probabilities) = self.scores.row(place)?;
        Some((self.images.get(place)?, truth, probabilities))
    }

    /// Image, true class and probabilities, image by image.
    pub fn rows(&self) -> impl Iterator<Item = (&PathBuf, usize, &[f32])> {
        let rows = self.images.iter().zip(self.scores.rows());
        rows.map(|(image, (truth, probabilities))| (image, truth, probabilities))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_do_not_fit_each_other_are_no_predictions() {
        let images = |n: usize| (0..n).map(|i| PathBuf::from(i.to_string())).collect();
        let of = |n_images: usize, n_rows: usize| {
            Predictions::new(images(n_images), 2, vec![1; n_rows], vec![0.5; 2 * n_rows])
        };
        assert!(of(3, 2).is_none() && of(2, 3).is_none());
        assert!(Predictions::new(images(1), 2, vec![2], vec![0.5, 0.5]).is_none());
        let predictions = of(2, 2).unwrap();
        let rows: Vec<_> = predictions.rows().collect();
        assert_eq!(rows[1], (&PathBuf::from("1"), 1, &[0.5, 0.5][..]));
        let names = ["ann", "bob", "ann"].map(str::to_owned);
        let of_three = of(3, 3).unwrap();
        assert_eq!(of_three.groups(), None);
        assert_eq!(of_three.clone().in_groups(&names[..2]).groups(), None);
        assert_eq!(of_three.in_groups(&names).groups(), Some(&[0, 1, 0][..]));
    }
}
