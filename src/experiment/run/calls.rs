//! What a model predicted for each image: what is left of its predictions where many runs are compared, whose
//! probabilities would not all fit into memory.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Predictions;
use crate::metrics::{Pairs, Threshold, predicted_class};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// Of the images' names, so that calls of other images, or in another order, are not taken for calls of these.
    images: u64,
    /// True class and predicted class, image by image.
    of_each: Vec<[u32; 2]>,
}

impl Predictions {
    /// By the rule where there is one, else by the largest probability.
    pub fn calls(&self, rule: Option<Threshold>) -> Calls {
        let mut images = DefaultHasher::new();
        self.images().hash(&mut images);
        let call = |(_, truth, probabilities): (_, usize, &[f32])| {
            // Without a probability no class is predicted.
            let called = predicted_class(probabilities, rule).map_or(u32::MAX, |class| class as u32);
            [truth as u32, called]
        };
        Calls {
            images: images.finish(),
            of_each: self.rows().map(call).collect(),
        }
    }
}

impl Calls {
    /// What these and others said of the same images; `None` where the images are not the same.
    pub fn pairs(&self, others: &Calls, n_classes: usize) -> Option<Pairs> {
        if self.images != others.images || self.of_each.len() != others.of_each.len() {
            return None;
        }
        let pairs = self.of_each.iter().zip(&others.of_each);
        let image =
            |([truth, one], [_, two]): (&[u32; 2], &[u32; 2])| [*truth, *one, *two].map(|c| c as usize);
        Some(Pairs::count(n_classes, pairs.map(image)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_the_same_images_are_pairs_and_of_others_are_not() {
        let of = |name: &str, rows: &[f32]| {
            let images = (0..rows.len()).map(|i| format!("{name}{i}").into()).collect();
            let truth = (0..rows.len()).map(|i| i % 2).collect();
            let probabilities = rows.iter().flat_map(|p| [1.0 - p, *p]).collect();
            Predictions::new(images, 2, truth, probabilities).unwrap()
        };
        let one = of("a", &[0.2, 0.6, 0.7, 0.4]);
        let two = of("a", &[0.1, 0.3, 0.2, 0.4]);
        let expected = Pairs::count(2, [[0, 0, 0], [1, 1, 0], [0, 1, 0], [1, 0, 0]].into_iter());
        assert_eq!(one.calls(None).pairs(&two.calls(None), 2), Some(expected));
        // From a score of 0.3 on, two more images are predicted class 1.
        let rule = Some(Threshold {
            class_idx: 1,
            at: 0.3,
        });
        let at_rule = Pairs::count(2, [[0, 0, 0], [1, 1, 1], [0, 1, 0], [1, 0, 1]].into_iter());
        assert_eq!(one.calls(None).pairs(&two.calls(rule), 2), Some(at_rule));
        let other = of("b", &[0.2, 0.6, 0.7, 0.4]);
        assert_eq!(one.calls(None).pairs(&other.calls(None), 2), None);
    }
}
