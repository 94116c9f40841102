//! Cross-entropy and softmax of logits, with PyTorch's conventions and in f64. A NaN logit gives NaN.

/// Sums the cross-entropy of images one by one, without and with class weights.
#[derive(Debug, Clone, PartialEq)]
pub struct LossSum {
    class_weights: Vec<f64>,
    n_images: u64,
    sum: f64,
    weighted_sum: f64,
    weight_sum: f64,
}

impl LossSum {
    pub fn new(class_weights: Vec<f64>) -> Self {
        LossSum {
            class_weights,
            n_images: 0,
            sum: 0.0,
            weighted_sum: 0.0,
            weight_sum: 0.0,
        }
    }

    /// Takes in one image. `logits` is `[n_classes]`.
    pub fn add(&mut self, logits: &[f32], true_idx: usize) {
        let loss = cross_entropy(logits, true_idx);
        let weight = self.class_weights[true_idx];
        self.n_images += 1;
        self.sum += loss;
        self.weighted_sum += weight * loss;
        self.weight_sum += weight;
    }

    /// Mean cross-entropy in nats; `None` without images.
    pub fn mean(&self) -> Option<f64> {
        (self.n_images > 0).then(|| self.sum / self.n_images as f64)
    }

    /// PyTorch's `CrossEntropyLoss(weight=w)`: divided by the sum of the images' weights, not by their number. `None`
    /// where that sum is 0.
    pub fn weighted_mean(&self) -> Option<f64> {
        (self.weight_sum > 0.0).then(|| self.weighted_sum / self.weight_sum)
    }
}

/// `-ln softmax(logits)[true_idx]`, in nats.
pub fn cross_entropy(logits: &[f32], true_idx: usize) -> f64 {
    let max = largest(logits);
    let sum: f64 = logits.iter().map(|&l| (f64::from(l) - max).exp()).sum();
    sum.ln() - (f64::from(logits[true_idx]) - max)
}

/// Probabilities of the classes, in class order.
pub fn softmax(logits: &[f32]) -> impl Iterator<Item = f32> {
    let max = largest(logits);
    let exp = move |&logit: &f32| (f64::from(logit) - max).exp();
    let sum: f64 = logits.iter().map(exp).sum();
    logits.iter().map(move |logit| (exp(logit) / sum) as f32)
}

/// Subtracted before `exp`, which then neither overflows nor loses the largest term.
fn largest(logits: &[f32]) -> f64 {
    f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [[f32; 3]; 5] = [
        [2.0, -1.0, 0.5],
        [0.125, 0.25, 0.375],
        [-3.0, 4.0, 1.0],
        [80.0, -90.0, 0.0],
        [1.5, 1.5, -2.0],
    ];

    /// PyTorch 2.11, with the logits above and the class weights below as float64:
    /// torch.nn.CrossEntropyLoss()(logits, true), torch.nn.CrossEntropyLoss(weight=w)(logits, true).
    #[test]
    fn losses_are_pytorch_s() {
        let mut losses = LossSum::new(vec![1.0, 8.0, 2.5]);
        assert_eq!((losses.mean(), losses.weighted_mean()), (None, None));
        for (logits, true_idx) in LOGITS.iter().zip([0, 2, 2, 1, 0]) {
            losses.add(logits, true_idx);
        }
        assert!(
            (losses.mean().unwrap() - 34.99554275669512).abs() < 1e-13,
            "{losses:?}"
        );
        assert!(
            (losses.weighted_mean().unwrap() - 91.40134119875958).abs() < 1e-13,
            "{losses:?}"
        );
    }

    /// torch.softmax(logits, 1), in float64.
    #[test]
    fn probabilities_are_pytorch_s() {
        #[rustfmt::skip]
        let expected: [[f64; 3]; 5] = [
            [0.7855970345892759, 0.039112573270687456, 0.1752903921400367],
            [0.2926394845901778, 0.33160397926963336, 0.37575653614018895],
            [0.0008678812948896053, 0.9517474055557683, 0.04738471314934217],
            [1.0, 1.4788975056432133e-74, 1.804851387845415e-35],
            [0.4925629439607949, 0.4925629439607949, 0.014874112078410105],
        ];
        for (logits, golden) in LOGITS.iter().zip(expected) {
            assert!(softmax(logits).eq(golden.map(|p| p as f32)));
        }
    }

    #[test]
    fn a_weight_of_zero_leaves_a_class_out() {
        let mut losses = LossSum::new(vec![0.0, 1.0]);
        losses.add(&[3.0, 0.0], 0);
        assert_eq!(losses.weighted_mean(), None);
        losses.add(&[0.0, 0.0], 1);
        assert_eq!(losses.weighted_mean(), Some(2f64.ln()));
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        assert!(cross_entropy(&[f32::NAN, 1.0], 1).is_nan());
        assert!(softmax(&[f32::NAN, 1.0]).all(f32::is_nan));
        assert_eq!(cross_entropy(&[1000.0, -1000.0], 0), 0.0);
    }
}
