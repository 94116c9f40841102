//! One head trained in plain loops, for a processor: what `stacked` does with tensors, without their cost. A tensor
//! operation takes a few microseconds to begin, and a step of one head is twenty-five of them; here all of it takes
//! about as long as three.
//!
//! For each two classes the batch's features pass through the processor twice, once for the logits and once for the
//! gradient, each time with the sums kept in registers; with many classes tensors are quicker (`fit::shards`). As in
//! `backbone::kernels`, all of it is inlined into a function that is compiled for wide registers.

#![allow(unsafe_code, reason = "the loop that is compiled for wide registers")]

use tch::Device;

use super::Head;
use super::objective::Objective;
use super::optimizer::InLoops;
use crate::engine::device::simd;
#[cfg(target_arch = "x86_64")]
use crate::engine::device::simd::Sums;
use crate::error::Result;
use crate::experiment::Optimizer;

/// Numbers that go through a sum side by side, a cache line of them.
const LANES: usize = 16;
/// Images, and classes, that are summed up together: with more the compiler runs out of registers.
const ROWS: usize = 2;
const CLASSES: usize = 2;
/// Numbers of one class's gradient that are summed up together.
const SPAN: usize = 32;

/// A head, what it makes small and its optimizer.
#[derive(Debug)]
pub struct LinearTrainer {
    objective: Objective,
    optimizer: InLoops,
    n_features: usize,
    /// `[n_classes * n_features]`, row-major, then `[n_classes]`: weight and bias, as `Heads::flat` has them.
    flat: Vec<f32>,
    gradient: Vec<f32>,
    /// Of the batch, `[n, n_classes]`.
    logits: Vec<f32>,
    /// The loss's derivatives by the logits, `[n_classes, n]`.
    by_logit: Vec<f32>,
}

impl LinearTrainer {
    /// From a head's weight and bias, one after the other.
    pub fn new(flat: Vec<f32>, optimizer: Optimizer, lr: f64, objective: Objective) -> Self {
        LinearTrainer {
            optimizer: InLoops::new(optimizer, lr, flat.len()),
            n_features: flat.len() / objective.n_classes() - 1,
            objective,
            gradient: vec![0.0; flat.len()],
            flat,
            logits: Vec::new(),
            by_logit: Vec::new(),
        }
    }

    pub fn n_parameters(&self) -> usize {
        self.flat.len()
    }

    /// # Errors
    /// A libtorch fault.
    pub fn head(&self) -> Result<Head> {
        let (weight, bias) = self.flat.split_at(self.objective.n_classes() * self.n_features);
        Head::from_values(weight, bias, Device::Cpu)
    }

    /// One step down the batch's loss, which is returned as it was before: PyTorch's weighted mean, as
    /// `StackTrainer::step` has it. `rows` are the images' features, `[n_features]` each, `labels` their classes.
    pub fn step(&mut self, rows: &[&[f32]], labels: &[usize]) -> f32 {
        #[cfg(target_arch = "x86_64")]
        if simd::is_there() {
            // SAFETY: the processor has what is asked for.
            return unsafe { self.step_wide(rows, labels) };
        }
        self.step_in_loops::<false>(rows, labels)
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn step_wide(&mut self, rows: &[&[f32]], labels: &[usize]) -> f32 {
        self.step_in_loops::<true>(rows, labels)
    }

    /// `WIDE`: compiled for wide registers.
    #[inline(always)]
    fn step_in_loops<const WIDE: bool>(&mut self, rows: &[&[f32]], labels: &[usize]) -> f32 {
        let n_classes = self.objective.n_classes();
        self.logits.resize(rows.len() * n_classes, 0.0);
        let (weight, bias) = self.flat.split_at(n_classes * self.n_features);
        logits(rows, weight, bias, &mut self.logits);
        let loss = self
            .objective
            .differentiate(&mut self.logits, labels, &mut self.by_logit);
        let (by_weight, by_bias) = self.gradient.split_at_mut(n_classes * self.n_features);
        gradient::<WIDE>(rows, &self.by_logit, by_weight, by_bias);
        self.optimizer.step(&mut self.flat, &self.gradient);
        loss
    }
}

/// `rows` times the transposed `weight`, `[n_classes, n_features]`, plus `bias`: `[n, n_classes]`.
#[inline(always)]
fn logits(rows: &[&[f32]], weight: &[f32], bias: &[f32], logits: &mut [f32]) {
    let n_classes = bias.len();
    let n_features = weight.len() / n_classes;
    for (rows, logits) in rows.chunks(ROWS).zip(logits.chunks_mut(ROWS * n_classes)) {
        let of_classes = weight.chunks(CLASSES * n_features).zip(bias.chunks(CLASSES));
        for (i, (weight, bias)) in of_classes.enumerate() {
            let logits = &mut logits[i * CLASSES..];
            match (rows, bias.len()) {
                (&[a, b], CLASSES) => dots::<ROWS, CLASSES>([a, b], weight, bias, logits, n_classes),
                (&[a, b], _) => dots::<ROWS, 1>([a, b], weight, bias, logits, n_classes),
                (_, CLASSES) => dots::<1, CLASSES>([rows[0]], weight, bias, logits, n_classes),
                _ => dots::<1, 1>([rows[0]], weight, bias, logits, n_classes),
            }
        }
    }
}

/// `R` rows times `K` classes' weights.
#[inline(always)]
fn dots<const R: usize, const K: usize>(
    rows: [&[f32]; R],
    weight: &[f32],
    bias: &[f32],
    logits: &mut [f32],
    n_classes: usize,
) {
    let n_features = weight.len() / K;
    let n_whole = n_features / LANES;
    let of_class: [&[f32]; K] = std::array::from_fn(|k| &weight[k * n_features..][..n_features]);
    let mut sums = [[[0.0f32; LANES]; K]; R];
    for i in 0..n_whole {
        for k in 0..K {
            let weight = &of_class[k].as_chunks::<LANES>().0[i];
            for r in 0..R {
                let row = &rows[r].as_chunks::<LANES>().0[i];
                for ((sum, x), w) in sums[r][k].iter_mut().zip(row).zip(weight) {
                    *sum = x.mul_add(*w, *sum);
                }
            }
        }
    }
    for r in 0..R {
        for k in 0..K {
            let mut sum = bias[k];
            for lane in sums[r][k] {
                sum += lane;
            }
            for at in n_whole * LANES..n_features {
                sum += rows[r][at] * of_class[k][at];
            }
            logits[r * n_classes + k] = sum;
        }
    }
}

/// The gradient of weight and bias from the derivatives by the logits, `[n_classes, n]`.
#[inline(always)]
fn gradient<const WIDE: bool>(rows: &[&[f32]], by_logit: &[f32], by_weight: &mut [f32], by_bias: &mut [f32]) {
    let n_features = by_weight.len() / by_bias.len();
    for (by_bias, by_logit) in by_bias.iter_mut().zip(by_logit.chunks(rows.len())) {
        *by_bias = 0.0;
        for share in by_logit {
            *by_bias += share;
        }
    }
    let by_classes = by_logit.chunks(CLASSES * rows.len());
    for (by_logit, by_weight) in by_classes.zip(by_weight.chunks_mut(CLASSES * n_features)) {
        if by_weight.len() == CLASSES * n_features {
            sum_by_share::<CLASSES, WIDE>(rows, by_logit, by_weight);
        } else {
            sum_by_share::<1, WIDE>(rows, by_logit, by_weight);
        }
    }
}

/// For `K` classes, the sum of the rows, each by its share; a few registers' width at a time.
#[inline(always)]
fn sum_by_share<const K: usize, const WIDE: bool>(rows: &[&[f32]], shares: &[f32], sums: &mut [f32]) {
    let n_features = sums.len() / K;
    let whole = n_features / SPAN * SPAN;
    for at in (0..whole).step_by(SPAN) {
        #[cfg(target_arch = "x86_64")]
        if WIDE {
            // SAFETY: the processor has what is asked for, or nothing here would be compiled for it.
            unsafe { sum_span_wide::<K>(rows, shares, at, sums) };
            continue;
        }
        let mut acc = [[0.0f32; SPAN]; K];
        for (i, row) in rows.iter().enumerate() {
            let row = &row[at..][..SPAN];
            for k in 0..K {
                let share = shares[k * rows.len() + i];
                for (sum, x) in acc[k].iter_mut().zip(row) {
                    *sum = x.mul_add(share, *sum);
                }
            }
        }
        for k in 0..K {
            sums[k * n_features + at..][..SPAN].copy_from_slice(&acc[k]);
        }
    }
    for k in 0..K {
        for at in whole..n_features {
            let mut sum = 0.0;
            for (i, row) in rows.iter().enumerate() {
                sum += row[at] * shares[k * rows.len() + i];
            }
            sums[k * n_features + at] = sum;
        }
    }
}

/// One span of it. Left to the compiler, the sums stay in registers or not as what stands around the loop changes, and a
/// step takes up to three times as long.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2,fma")]
fn sum_span_wide<const K: usize>(rows: &[&[f32]], shares: &[f32], at: usize, sums: &mut [f32]) {
    let n_features = sums.len() / K;
    let mut acc = [[Sums::new(&[0.0; LANES]); SPAN / LANES]; K];
    for (i, row) in rows.iter().enumerate() {
        let (row, _) = row[at..][..SPAN].as_chunks::<LANES>();
        for k in 0..K {
            let share = shares[k * rows.len() + i];
            for (sums, row) in acc[k].iter_mut().zip(row) {
                sums.add(share, row);
            }
        }
    }
    for k in 0..K {
        let (to, _) = sums[k * n_features + at..][..SPAN].as_chunks_mut::<LANES>();
        for (sums, to) in acc[k].iter().zip(to) {
            sums.store(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::Tensor;

    use super::*;
    use crate::engine::device::random::{Purpose, rng, uniform};
    use crate::engine::head::Heads;
    use crate::engine::head::stacked::StackTrainer;

    /// Largest difference of a loss, and of a parameter after the last step, from what tensors come to.
    fn differences(n_features: usize, n_classes: usize, n_images: usize, optimizer: Optimizer) -> (f64, f64) {
        let head = Head::new(n_features, n_classes, 1, Device::Cpu).unwrap();
        let mut heads = Heads::starting_at(&head, 1).unwrap();
        let class_weights: Vec<f64> = (0..n_classes).map(|class| 0.5 + 2.0 * class as f64).collect();
        let objective = Objective::new(&class_weights);
        let flat: Vec<f32> = Vec::try_from(&heads.flat).unwrap();
        let mut in_loops = LinearTrainer::new(flat, optimizer, 1e-2, objective.clone());
        let mut by_tensors = StackTrainer::new(&heads, optimizer, &[1e-2], &[objective]).unwrap();
        let mut rng = rng(3, Purpose::Head);
        let mut largest = 0.0f64;
        for step in 0..40 {
            // The last batch of an epoch is mostly a smaller one.
            let n_images = if step % 8 == 7 {
                n_images.div_ceil(2)
            } else {
                n_images
            };
            let features = uniform(&mut rng, n_images * n_features, 2.0);
            let labels: Vec<usize> = (0..n_images).map(|i| (i * 5 + step) % n_classes).collect();
            let rows: Vec<&[f32]> = features.chunks(n_features).collect();
            let loss = in_loops.step(&rows, &labels);
            let features = Tensor::from_slice(&features).view([n_images as i64, -1]);
            let indices: Vec<i64> = labels.iter().map(|&l| l as i64).collect();
            let expected = by_tensors.step(&mut heads, &features, &Tensor::from_slice(&indices));
            largest = largest.max(f64::from((loss - expected.unwrap()[0]).abs()));
        }
        let difference = (Tensor::from_slice(&in_loops.flat) - &heads.flat).abs().max();
        (largest, f64::try_from(difference).unwrap())
    }

    #[test]
    fn loops_come_to_what_tensors_come_to_whatever_the_sizes() {
        for (n_features, n_classes, n_images) in [
            (7, 2, 1),
            (8, 3, 3),
            (37, 5, 4),
            (64, 2, 21),
            (96, 4, 126),
            (512, 2, 126),
        ] {
            for &optimizer in Optimizer::ALL {
                let (loss, parameter) = differences(n_features, n_classes, n_images, optimizer);
                let case =
                    format!("{n_features} features, {n_classes} classes, {n_images} images, {optimizer}");
                assert!(loss < 1e-5, "{case}: loss {loss:.1e}");
                assert!(parameter < 1e-4, "{case}: parameter {parameter:.1e}");
            }
        }
    }

    #[test]
    fn a_batch_whose_images_weigh_nothing_has_no_loss_as_in_pytorch() {
        let objective = Objective::new(&[0.0, 1.0]);
        let mut trainer = LinearTrainer::new(vec![0.0; 2 * 9], Optimizer::Adam, 1e-3, objective);
        assert!(trainer.step(&[&[1.0; 8]], &[0]).is_nan());
    }
}
