//! What a head is trained to make small: a loss of logits and labels, weighted by class. The one place that knows its
//! formula; whoever makes it small (`stacked`, `per_core`, the way to the minimum) knows only its value, its derivatives by
//! the logits and, where it is convex, its curvature.
//!
//! For one image of class y the loss is the cross-entropy -log p_y, its derivatives by the logits are p - onehot(y), and its
//! second derivatives p (1 - p) on the diagonal (Bishop 2006, "Pattern Recognition and Machine Learning", 4.3.4). An image
//! has a share in the batch's loss, its class's weight over the sum of the batch's weights, as in PyTorch's
//! `CrossEntropyLoss(weight=w)`.

use tch::{Device, Kind, Tensor};

use crate::error::Result;

/// One head's loss, for loops over slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    class_weights: Vec<f32>,
}

impl Objective {
    /// `class_weights` has one a class.
    pub fn new(class_weights: &[f64]) -> Self {
        Objective {
            class_weights: class_weights.iter().map(|&w| w as f32).collect(),
        }
    }

    pub fn n_classes(&self) -> usize {
        self.class_weights.len()
    }

    /// The batch's loss from its logits, `[n, n_classes]`, which are used up, and its derivatives by them into `by_logit`,
    /// `[n_classes, n]`. NaN where the batch's images weigh nothing, as in PyTorch.
    #[inline(always)]
    pub fn differentiate(&self, logits: &mut [f32], labels: &[usize], by_logit: &mut Vec<f32>) -> f32 {
        let n_classes = self.n_classes();
        let n_images = labels.len();
        by_logit.resize(n_classes * n_images, 0.0);
        let mut sum_of_weights = 0.0;
        for &label in labels {
            sum_of_weights += self.class_weights[label];
        }
        let mut loss = 0.0f64;
        for (i, (row, &label)) in logits.chunks_mut(n_classes).zip(labels).enumerate() {
            let share = self.class_weights[label] / sum_of_weights;
            let of_label = row[label];
            let mut largest = f32::NEG_INFINITY;
            for &logit in row.iter() {
                largest = largest.max(logit);
            }
            let mut sum = 0.0;
            for logit in row.iter_mut() {
                *logit = (*logit - largest).exp();
                sum += *logit;
            }
            loss -= f64::from(share * (of_label - largest - sum.ln()));
            for (class, exp) in row.iter().enumerate() {
                let target = if class == label { share } else { 0.0 };
                by_logit[class * n_images + i] = share * (exp / sum) - target;
            }
        }
        loss as f32
    }
}

/// The losses of many heads at once, for tensors.
#[derive(Debug)]
pub struct Objectives {
    /// `[n_classes, n_heads]`, f32.
    class_weights: Tensor,
}

impl Objectives {
    /// One of each head.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(of_heads: &[Objective], device: Device) -> Result<Self> {
        let class_weights: Vec<f32> = of_heads.iter().flat_map(|o| &o.class_weights).copied().collect();
        let by_head = Tensor::f_from_slice(&class_weights)?.f_view([of_heads.len() as i64, -1])?;
        let class_weights = by_head.f_transpose(0, 1)?.f_contiguous()?.f_to_device(device)?;
        Ok(Objectives { class_weights })
    }

    /// The batch's from its logits, `[n, n_heads, n_classes]`, and its labels, `[n]` of class indices.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn differentiate(&self, logits: &Tensor, labels: &Tensor) -> Result<Derivatives> {
        let weights = self.class_weights.f_index_select(0, labels)?;
        let shares = weights.f_div(&weights.f_sum_dim_intlist(0i64, true, None::<Kind>)?)?;
        differentiate(logits, labels, &shares)
    }
}

/// What tensors of logits come to: each image's loss times its share, `[n, n_heads]`, and the derivatives of their sums by
/// the logits, `[n, n_heads, n_classes]`.
#[derive(Debug)]
pub struct Derivatives {
    pub losses: Tensor,
    pub by_logit: Tensor,
}

/// The same where each image's share is known. `logits` `[n, n_heads, n_classes]`, `labels` `[n]` of class indices, `shares`
/// `[n, n_heads]`.
///
/// # Errors
/// A libtorch fault.
pub fn differentiate(logits: &Tensor, labels: &Tensor, shares: &Tensor) -> Result<Derivatives> {
    let size = logits.size();
    let log_p = logits.f_log_softmax(-1, None::<Kind>)?;
    let shares = shares.f_unsqueeze(2)?;
    let at = labels
        .f_view([size[0], 1, 1])?
        .f_expand([size[0], size[1], 1], false)?;
    let of_label = log_p.f_gather(2, &at, false)?;
    let losses = of_label.f_mul(&shares)?.f_neg()?.f_squeeze_dim(2)?;
    let mut by_logit = log_p.f_exp()?.f_mul_(&shares)?;
    let _ = by_logit.f_scatter_add_(2, &at, &shares.f_neg()?)?;
    Ok(Derivatives { losses, by_logit })
}

/// The second derivatives of an image's loss by each of its logits; both `[n, n_classes]`. The loss is convex: they are
/// nowhere negative.
///
/// # Errors
/// A libtorch fault.
pub fn curvature(logits: &Tensor) -> Result<Tensor> {
    let p = logits.f_softmax(-1, None::<Kind>)?;
    Ok(p.f_mul(&p.f_neg()?.f_add_scalar(1.0)?)?)
}

/// A bound of the same where all classes are equally likely, as where a head of zeros starts: p, which is k / (k - 1) times
/// p (1 - p) and takes the classes' coupling in (Böhning 1992, "Multinomial logistic regression algorithm").
pub fn curvature_at_the_start(n_classes: usize) -> f64 {
    1.0 / n_classes as f64
}

#[cfg(test)]
mod tests {
    use tch::Reduction;

    use super::*;
    use crate::engine::device::random::{Purpose, rng, uniform};

    const N: usize = 12;
    const K: usize = 3;
    const WEIGHTS: [f64; K] = [1.0, 8.0, 0.5];

    fn batch() -> (Vec<f32>, Vec<usize>) {
        let logits = uniform(&mut rng(7, Purpose::Head), N * K, 4.0);
        (logits, (0..N).map(|i| i * i % K).collect())
    }

    /// libtorch's own loss and what its graph makes of it.
    fn by_autograd(logits: &[f32], labels: &[usize]) -> (f32, Vec<f32>) {
        let logits = Tensor::from_slice(logits)
            .view([N as i64, K as i64])
            .set_requires_grad(true);
        let labels: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
        let weights = Tensor::from_slice(&WEIGHTS).to_kind(Kind::Float);
        let loss = logits.cross_entropy_loss(
            &Tensor::from_slice(&labels),
            Some(&weights),
            Reduction::Mean,
            -100,
            0.0,
        );
        loss.backward();
        let by_logit = logits.grad().view([-1i64]);
        (f32::try_from(&loss).unwrap(), Vec::try_from(&by_logit).unwrap())
    }

    #[test]
    fn slices_and_tensors_have_autograds_loss_and_derivatives() {
        let (logits, labels) = batch();
        let (loss, expected) = by_autograd(&logits, &labels);
        let mut by_logit = Vec::new();
        let objective = Objective::new(&WEIGHTS);
        let of_slices = objective.differentiate(&mut logits.clone(), &labels, &mut by_logit);
        assert!((of_slices - loss).abs() < 1e-6);
        for (i, row) in expected.chunks(K).enumerate() {
            for (class, expected) in row.iter().enumerate() {
                assert!((by_logit[class * N + i] - expected).abs() < 1e-6);
            }
        }
        let labels: Vec<i64> = labels.iter().map(|&label| label as i64).collect();
        let labels = Tensor::from_slice(&labels);
        let objectives = Objectives::new(&[objective], Device::Cpu).unwrap();
        let logits = Tensor::from_slice(&logits).view([N as i64, 1, K as i64]);
        let found = objectives.differentiate(&logits, &labels).unwrap();
        assert!((f32::try_from(found.losses.sum(Kind::Float)).unwrap() - loss).abs() < 1e-6);
        let difference = found.by_logit.view([-1i64]) - Tensor::from_slice(&expected);
        assert!(f64::try_from(difference.abs().max()).unwrap() < 1e-6);
    }

    /// Against differences of the first derivatives.
    #[test]
    fn the_curvature_is_the_derivative_of_the_derivative() {
        let (logits, _) = batch();
        let logits: Vec<f64> = logits.iter().map(|&x| f64::from(x)).collect();
        let found = curvature(&Tensor::from_slice(&logits).view([N as i64, K as i64])).unwrap();
        let found: Vec<f64> = Vec::try_from(found.view([-1i64])).unwrap();
        let p = |logits: &[f64], class: usize| {
            let sum: f64 = logits.iter().map(|x| x.exp()).sum();
            logits[class].exp() / sum
        };
        const STEP: f64 = 1e-5;
        for (i, row) in logits.chunks(K).enumerate() {
            for class in 0..K {
                let moved = |by: f64| {
                    let mut row = row.to_vec();
                    row[class] += by;
                    p(&row, class)
                };
                let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                assert!((found[i * K + class] - expected).abs() < 1e-8);
            }
        }
    }
}
