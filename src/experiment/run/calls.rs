//! What a model predicted for each image: what is left of its predictions where many runs are compared, whose
//! probabilities would not all fit into memory.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Predictions;
use crate::metrics::{Pairs, Threshold, Undo, predicted_class};

#[derive(Debug, Clone, PartialEq)]
pub struct Calls {
    /// Of the images' names and labels, so that calls of others, or in another order, are not taken for calls of these.
    images: u64,
    of_each: Vec<Call>,
}

/// Of one image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Call {
    pub truth: u32,
    /// The predicted class.
    pub called: u32,
    /// The probability of the true class, as it is shown.
    pub of_truth: f32,
}

impl Call {
    pub fn is_right(self) -> bool {
        self.truth == self.called
    }
}

impl Predictions {
    /// By the rule where there is one, else by the largest probability. None of these probabilities is undone.
    pub fn calls(&self, rule: Option<Threshold>) -> Calls {
        self.undone_calls(rule, &Undo::default())
    }

    /// The same verdicts, and of the true class the probability with that undone: what weights alone did is then no change.
    pub fn undone_calls(&self, rule: Option<Threshold>, undo: &Undo) -> Calls {
        let mut images = DefaultHasher::new();
        self.images().hash(&mut images);
        // What is right under one label is wrong under another: images whose labels were decided otherwise are not the same.
        self.rows().for_each(|(_, truth, _)| truth.hash(&mut images));
        let call = |(_, truth, probabilities): (_, usize, &[f32])| {
            // Without a probability no class is predicted.
            Call {
                truth: truth as u32,
                called: predicted_class(probabilities, rule).map_or(u32::MAX, |class| class as u32),
                of_truth: undo.row(probabilities).get(truth).copied().unwrap_or(0.0),
            }
        };
        Calls {
            images: images.finish(),
            of_each: self.rows().map(call).collect(),
        }
    }
}

impl Calls {
    /// What these and others said of the same images; `None` where the images or their labels are not the same.
    pub fn pairs(&self, others: &Calls, n_classes: usize) -> Option<Pairs> {
        let image = |(one, two): (Call, Call)| [one.truth, one.called, two.called].map(|c| c as usize);
        Some(Pairs::count(n_classes, self.beside(others)?.map(image)))
    }

    /// Whether they are of the same images with the same labels.
    pub fn are_of_images_of(&self, others: &Calls) -> bool {
        self.images == others.images && self.of_each.len() == others.of_each.len()
    }

    /// What these and others said of each image; `None` where the images or their labels are not the same.
    pub fn beside(&self, others: &Calls) -> Option<impl Iterator<Item = (Call, Call)>> {
        self.are_of_images_of(others)
            .then(|| self.of_each.iter().copied().zip(others.of_each.iter().copied()))
    }

    /// Of the image at that place.
    pub fn get(&self, place: usize) -> Option<Call> {
        self.of_each.get(place).copied()
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
        let images = one.images().into();
        let probabilities = one.rows().flat_map(|(_, _, of)| of.to_vec()).collect();
        let relabelled = Predictions::new(images, 2, vec![0, 1, 1, 1], probabilities).unwrap();
        assert_eq!(one.calls(None).pairs(&relabelled.calls(None), 2), None);
    }
}
