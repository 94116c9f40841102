//! What a run says of one image whose class is known.

use crate::metrics::{Threshold, verdict};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneImage {
    pub truth: usize,
    /// By the rule where there is one, else by the largest probability; `None` without a class.
    pub predicted: Option<usize>,
    /// The probability of the predicted class, as it is shown.
    pub confidence: f32,
    /// How far it was from another verdict, 0 to 1: by the largest probability the distance between the two largest; by a
    /// threshold the distance to it, as a share of the largest that is possible on that side.
    pub margin: f32,
    /// Cross-entropy in nats; infinite where the true class got nothing.
    pub loss: f64,
}

impl OneImage {
    pub fn new(truth: usize, probabilities: &[f32], rule: Option<Threshold>) -> Self {
        let said = verdict(probabilities, rule);
        OneImage {
            truth,
            predicted: said.map(|said| said.class_idx),
            confidence: said.map_or(0.0, |said| said.score),
            margin: said.map_or(0.0, |said| 1.0 - said.doubt),
            loss: loss_of(probabilities, truth),
        }
    }

    /// The same with the probabilities that are shown, where they are others than those it is judged by: its verdict, its margin
    /// and its loss stay.
    pub fn shown_as(self, probabilities: &[f32]) -> Self {
        let shown = self.predicted.and_then(|class_idx| probabilities.get(class_idx));
        OneImage {
            confidence: shown.copied().unwrap_or(self.confidence),
            ..self
        }
    }

    pub fn is_right(&self) -> bool {
        self.predicted == Some(self.truth)
    }
}

/// `-ln p` of the true class.
pub fn loss_of(probabilities: &[f32], truth: usize) -> f64 {
    let loss = -f64::from(probabilities.get(truth).copied().unwrap_or(0.0)).ln();
    // Certainty is a loss of zero and not of minus zero.
    if loss == 0.0 { 0.0 } else { loss }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9: log_loss([y], [p], labels=[0, 1, 2]) for the loss.
    #[test]
    fn by_hand() {
        let image = OneImage::new(2, &[0.5, 0.375, 0.125], None);
        assert_eq!((image.predicted, image.is_right()), (Some(0), false));
        assert_eq!((image.confidence, image.margin), (0.5, 0.125));
        assert!((image.loss - 2.079_441_541_679_835_7).abs() < 1e-12);
        let rule = Some(Threshold {
            class_idx: 2,
            at: 0.1,
        });
        let image = OneImage::new(2, &[0.5, 0.375, 0.125], rule);
        assert!(image.is_right());
        assert!((image.margin - 0.025 / 0.9).abs() < 1e-6);
        let shown = image.shown_as(&[0.2, 0.1, 0.7]);
        assert_eq!(
            (shown.predicted, shown.confidence, shown.margin),
            (Some(2), 0.7, image.margin)
        );
        assert_eq!(OneImage::new(0, &[0.0, 1.0], None).loss, f64::INFINITY);
        assert_eq!(OneImage::new(1, &[0.0, 1.0], None).loss.to_string(), "0");
    }
}
