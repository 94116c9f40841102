//! Training until converged: the minimum of a convex loss, which is the same however it is reached.
//!
//! The loss is scikit-learn's `LogisticRegression(C=1)`, divided by the sum of the images' weights:
//! Σ w_y CE / Σ w_y + |W|² / (2 C Σ w_y), biases not penalised. With two classes scikit-learn has one row of weights,
//! the difference of our two, so that |W|² counts twice here.
//!
//! The way is L-BFGS (Nocedal and Wright 2006, algorithm 7.5) over all images at once. Features of a network are
//! strongly correlated, which costs plain L-BFGS hundreds of iterations. The curvature at the start is known, though:
//! with all classes equally likely the Hessian is X'SX / k for every class. Its Cholesky factor as the first guess of
//! the inverse Hessian leaves some twenty iterations, each two products with the features. Where few images are
//! separated almost perfectly, the curvature at the end is far from that at the start, so it is looked at again where
//! the way gets long: X' S p(1 - p) X of each class, the diagonal blocks of the Hessian.

use std::collections::VecDeque;

use tch::{Device, Kind, Tensor};

use super::member::unless_all_failed;
use super::setup::Setup;
use super::training::Training;
use crate::engine::backbone::Network;
use crate::engine::features::Table;
use crate::engine::head::Head;
use crate::engine::head::objective::{Derivatives, curvature, curvature_at_the_start, differentiate};
use crate::error::{Error, Result};
use crate::experiment::{Caution, Code, MOST_ITERATIONS, RunEvent};
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, Phase, StepBatch};

/// scikit-learn's default inverse strength of the penalty.
const C: f64 = 1.0;
/// Largest component of the gradient at which a head counts as converged; scikit-learn's default is ten times this.
pub const GRADIENT_TOLERANCE: f64 = 1e-5;
/// Iterations after which the curvature is looked at again: more than a head takes whose start is like its end.
const LONG_WAY: usize = 40;
/// The same once it was.
const REFRESH_EVERY: usize = 8;
/// Numbers of features up to which all is computed in 64 bits, which then costs nothing that is noticed. In 32 the loss of
/// large features stops changing long before its minimum.
const EXACT: usize = 1 << 21;
/// Steps that the inverse Hessian is made of.
const HISTORY: usize = 20;
/// Armijo's constant c1: the least share of the promised decrease (Nocedal and Wright 2006, eq. 3.4).
const SUFFICIENT_DECREASE: f64 = 1e-4;
const MOST_HALVINGS: usize = 25;
/// Images whose features are multiplied at a time.
const CHUNK: usize = 8192;
/// Features are gathered once if they take no more than this, else in every iteration.
const HELD_BYTES: usize = 1 << 30;
/// Images that the first guess of the curvature is made of, at most.
const CURVATURE_IMAGES: usize = 16_384;

/// Trains every head to its minimum, one after the other, reporting each iteration's loss as a step.
///
/// # Errors
/// Stopped; a libtorch fault; every head's loss stopped being a number.
pub fn train(
    setup: &Setup,
    training: &mut Training,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let _guard = tch::no_grad_guard();
    let Training {
        features,
        members,
        heads,
        n_images,
        ..
    } = training;
    let table = features.table()?;
    let order = table.readable(&setup.split.train);
    progress.begin(Phase::Train, 0);
    let chunks = Chunks::new(table, &order, setup.network.device, setup.network.n_features)?;
    for (i, member) in members.iter_mut().enumerate() {
        let problem = Problem::new(&chunks, &member.class_weights)?;
        let mut steps = StepBatch::starting_at(progress.elapsed_secs());
        let fitted = problem.minimum(&progress.cancel.clone(), &mut |iteration, loss| {
            *n_images += order.len();
            progress.advance(order.len());
            match steps.push(1, iteration, loss as f32, progress.elapsed_secs()) {
                Some(due) => journal.facts(vec![(i, RunEvent::Steps(due))]),
                None => Ok(()),
            }
        });
        if let Some(rest) = steps.flush(progress.elapsed_secs()) {
            journal.facts(vec![(i, RunEvent::Steps(rest))])?;
        }
        let Some(minimum) = fitted? else {
            let message =
                "the loss is not a number: the features are not, or the class weights are too large";
            member.failure = Some(message.into());
            continue;
        };
        if minimum.gradient > GRADIENT_TOLERANCE && !progress.cancel.is_cancelled() {
            let message = format!(
                "not converged after {} iterations (gradient {:.1e} where {GRADIENT_TOLERANCE:.0e} was wanted)",
                minimum.n_iterations, minimum.gradient
            );
            journal.facts(vec![(
                i,
                RunEvent::Caution(Caution::new(Code::StillFalling, message)),
            )])?;
        }
        // What a stop left of it is kept, as where heads are trained for a number of epochs.
        heads.set(i, &minimum.head)?;
        progress.cancel.check()?;
    }
    unless_all_failed(members)
}

/// One head on those images of a table; `None` where the loss is not a number. After a stop as far as it has come.
///
/// # Errors
/// A libtorch fault.
pub fn minimum_on(
    table: &Table,
    order: &[usize],
    network: &Network,
    class_weights: &[f64],
    cancel: &Cancel,
) -> Result<Option<Head>> {
    let _guard = tch::no_grad_guard();
    let chunks = Chunks::new(table, order, network.device, network.n_features)?;
    let minimum = Problem::new(&chunks, class_weights)?.minimum(cancel, &mut |_, _| Ok(()))?;
    Ok(minimum.map(|minimum| minimum.head))
}

/// Where a head came to rest.
#[derive(Debug)]
struct Minimum {
    head: Head,
    /// Largest component of the gradient there.
    gradient: f64,
    n_iterations: usize,
}

/// The training images' features, some thousand at a time.
struct Chunks<'a> {
    table: &'a Table,
    order: &'a [usize],
    device: Device,
    /// In which numbers the loss is computed.
    kind: Kind,
    n_features: usize,
    held: Vec<(Tensor, Tensor)>,
}

impl<'a> Chunks<'a> {
    fn new(table: &'a Table, order: &'a [usize], device: Device, n_features: usize) -> Result<Self> {
        let mut chunks = Chunks {
            table,
            order,
            device,
            kind: match order.len() * n_features <= EXACT {
                true => Kind::Double,
                false => Kind::Float,
            },
            n_features,
            held: Vec::new(),
        };
        if order.len() * n_features * 4 <= HELD_BYTES {
            let held = order.chunks(CHUNK).map(|indices| chunks.gather(indices));
            chunks.held = held.collect::<Result<_>>()?;
        }
        Ok(chunks)
    }

    fn gather(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        Ok((
            self.table.gather(indices, self.device)?.f_to_kind(self.kind)?,
            self.table.images.labels_of(indices, self.device)?,
        ))
    }

    /// Hands every chunk, `[n, n_features]` and `[n]`, to `take`.
    fn each(&self, mut take: impl FnMut(&Tensor, &Tensor) -> Result<()>) -> Result<()> {
        if !self.held.is_empty() {
            return self
                .held
                .iter()
                .try_for_each(|(features, labels)| take(features, labels));
        }
        self.gather_each(self.order, take)
    }

    /// The same of every n-th image.
    fn each_of(&self, every: usize, take: impl FnMut(&Tensor, &Tensor) -> Result<()>) -> Result<()> {
        match every {
            1 => self.each(take),
            _ => {
                let sample: Vec<usize> = self.order.iter().copied().step_by(every).collect();
                self.gather_each(&sample, take)
            }
        }
    }

    fn gather_each(
        &self,
        indices: &[usize],
        mut take: impl FnMut(&Tensor, &Tensor) -> Result<()>,
    ) -> Result<()> {
        indices.chunks(CHUNK).try_for_each(|indices| {
            let (features, labels) = self.gather(indices)?;
            take(&features, &labels)
        })
    }
}

/// One head's loss as a function of its parameters: f64, on the CPU, flat from `[n_classes, n_features + 1]`, the bias
/// last in each row.
struct Problem<'a> {
    chunks: &'a Chunks<'a>,
    n_classes: i64,
    /// `[n_classes]`: each image's share in the loss, by its class; on the features' device.
    shares: Tensor,
    penalty: f64,
}

/// The loss at a point: with the penalty, without it, and the gradient.
struct Slope {
    objective: f64,
    loss: f64,
    gradient: Tensor,
}

impl<'a> Problem<'a> {
    fn new(chunks: &'a Chunks<'a>, class_weights: &[f64]) -> Result<Self> {
        let mut total = 0.0;
        let weights = Tensor::f_from_slice(class_weights)?.f_to_device(chunks.device)?;
        chunks.each(|_, labels| {
            total += number(&weights.f_index_select(0, labels)?.f_sum(Kind::Double)?)?;
            Ok(())
        })?;
        let doubling = if class_weights.len() == 2 { 2.0 } else { 1.0 };
        Ok(Problem {
            chunks,
            n_classes: class_weights.len() as i64,
            shares: weights.f_div_scalar(total)?.f_to_kind(chunks.kind)?,
            penalty: doubling / (C * total),
        })
    }

    /// `None` where the loss is not a number; after a stop as far as it has come. `tell` gets each iteration, from 1, and its loss without the penalty.
    fn minimum(
        &self,
        cancel: &Cancel,
        tell: &mut dyn FnMut(usize, f64) -> Result<()>,
    ) -> Result<Option<Minimum>> {
        let curvature = self.curvature(None)?;
        let mut at = Tensor::f_zeros(
            [self.n_classes * (self.chunks.n_features as i64 + 1)],
            (Kind::Double, Device::Cpu),
        )?;
        let mut slope = self.slope(&at)?;
        let Some(curvature) = curvature.filter(|_| slope.objective.is_finite()) else {
            return Ok(None);
        };
        let mut history = History::new(self.n_classes, curvature);
        let (mut n_iterations, mut refresh_at) = (0, LONG_WAY);
        while n_iterations < MOST_ITERATIONS && largest(&slope.gradient)? > GRADIENT_TOLERANCE {
            let direction = history.direction(&slope.gradient)?;
            let Some((next, next_slope)) = self.line_search(&at, &slope, &direction, cancel)? else {
                // No lower loss can be distinguished, or a stop is asked for.
                break;
            };
            history.push(next.f_sub(&at)?, next_slope.gradient.f_sub(&slope.gradient)?)?;
            (at, slope) = (next, next_slope);
            n_iterations += 1;
            tell(n_iterations, slope.loss)?;
            if n_iterations >= refresh_at
                && let Some(curvature) = self.curvature(Some(&at))?
            {
                history = History::new(self.n_classes, curvature);
                refresh_at = n_iterations + REFRESH_EVERY;
            }
        }
        Ok(Some(Minimum {
            gradient: largest(&slope.gradient)?,
            head: self.head(&at)?,
            n_iterations,
        }))
    }

    fn slope(&self, at: &Tensor) -> Result<Slope> {
        let n_features = self.chunks.n_features as i64;
        let table = at.f_view([self.n_classes, n_features + 1])?;
        let weight = table.f_narrow(1, 0, n_features)?;
        let on_device = |t: &Tensor| {
            t.f_to_kind(self.chunks.kind)?
                .f_contiguous()?
                .f_to_device(self.chunks.device)
        };
        let (weight_there, bias_there) = (on_device(&weight)?, on_device(&table.f_select(1, n_features)?)?);
        let mut gradient = Tensor::f_zeros_like(&table)?;
        let mut loss = 0.0;
        self.chunks.each(|features, labels| {
            let logits = features
                .f_linear(&weight_there, Some(&bias_there))?
                .f_unsqueeze(1)?;
            let shares = self.shares.f_index_select(0, labels)?.f_unsqueeze(1)?;
            let Derivatives { losses, by_logit } = differentiate(&logits, labels, &shares)?;
            loss += number(&losses.f_sum(Kind::Double)?)?;
            let by_logit = by_logit.f_squeeze_dim(1)?;
            let of_weight = by_logit.f_transpose(0, 1)?.f_mm(features)?;
            let of_bias = by_logit
                .f_sum_dim_intlist(0i64, false, Kind::Double)?
                .f_unsqueeze(1)?;
            let both = Tensor::f_cat(&[of_weight.f_to_kind(Kind::Double)?, of_bias], 1)?;
            let _ = gradient.f_add_(&both.f_to_device(Device::Cpu)?)?;
            Ok(())
        })?;
        let _ = gradient
            .f_narrow(1, 0, n_features)?
            .f_add_(&weight.f_mul_scalar(self.penalty)?)?;
        let norm = number(&weight.f_square()?.f_sum(Kind::Double)?)?;
        Ok(Slope {
            objective: loss + 0.5 * self.penalty * norm,
            loss,
            gradient: gradient.f_view([-1i64])?,
        })
    }

    /// Backtracking from a whole step, to where the loss falls enough (Armijo's rule).
    /// `None` where it falls nowhere, or a stop is asked for.
    fn line_search(
        &self,
        at: &Tensor,
        slope: &Slope,
        direction: &Tensor,
        cancel: &Cancel,
    ) -> Result<Option<(Tensor, Slope)>> {
        let descent = number(&slope.gradient.f_dot(direction)?)?;
        let mut step = 1.0;
        for _halving in 0..MOST_HALVINGS {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            let next = at.f_add(&direction.f_mul_scalar(step)?)?;
            let next_slope = self.slope(&next)?;
            if next_slope.objective < slope.objective + SUFFICIENT_DECREASE * step * descent {
                return Ok(Some((next, next_slope)));
            }
            step /= 2.0;
        }
        Ok(None)
    }

    /// The lower Cholesky factors of the Hessian's blocks, f64: at the start, where all classes have the same,
    /// `[1, n_features + 1, n_features + 1]`; at another point one for each class.
    /// `None` where there is none, because features are not numbers.
    fn curvature(&self, at: Option<&Tensor>) -> Result<Option<Tensor>> {
        let n_features = self.chunks.n_features as i64;
        let every = self.chunks.order.len().div_ceil(CURVATURE_IMAGES).max(1);
        let n_blocks = if at.is_some() { self.n_classes } else { 1 };
        let options = (self.chunks.kind, self.chunks.device);
        let mut blocks = (0..n_blocks)
            .map(|_| Ok(Tensor::f_zeros([n_features + 1; 2], options)?))
            .collect::<Result<Vec<Tensor>>>()?;
        self.chunks.each_of(every, |features, labels| {
            let ones = Tensor::f_ones([features.size()[0], 1], options)?;
            let with_one = Tensor::f_cat(&[features, &ones], 1)?;
            let shares = self.shares.f_index_select(0, labels)?.f_unsqueeze(1)?;
            let variances = match at {
                Some(at) => self.variances(at, &with_one)?,
                None => Tensor::f_full([1, 1], curvature_at_the_start(self.n_classes as usize), options)?,
            };
            let scales = shares.f_mul(&variances)?.f_sqrt()?;
            for (i, block) in blocks.iter_mut().enumerate() {
                let scaled = with_one.f_mul(&scales.f_narrow(1, i as i64, 1)?)?;
                *block = block.f_addmm(&scaled.f_transpose(0, 1)?, &scaled)?;
            }
            Ok(())
        })?;
        let blocks = Tensor::f_stack(&blocks, 0)?
            .f_to_device(Device::Cpu)?
            .f_to_kind(Kind::Double)?;
        let hessian = blocks.f_mul_scalar(every as f64)?;
        // The bias has no penalty; a trace of one keeps the matrix positive where a class is missing.
        let ridge = Tensor::f_eye(n_features + 1, (Kind::Double, Device::Cpu))?
            .f_mul_scalar(self.penalty.max(1e-9))?;
        Ok(hessian.f_add(&ridge)?.f_linalg_cholesky(false).ok())
    }

    /// The curvature of each image's loss by its logits, `[n, n_classes]`; `with_one` are features with a 1 appended.
    fn variances(&self, at: &Tensor, with_one: &Tensor) -> Result<Tensor> {
        let table = at.f_view([self.n_classes, -1])?;
        let table = table
            .f_to_kind(self.chunks.kind)?
            .f_to_device(self.chunks.device)?;
        curvature(&with_one.f_mm(&table.f_transpose(0, 1)?)?)
    }

    fn head(&self, at: &Tensor) -> Result<Head> {
        let n_features = self.chunks.n_features as i64;
        let table = at
            .f_view([self.n_classes, n_features + 1])?
            .f_to_kind(Kind::Float)?;
        Ok(Head {
            weight: table
                .f_narrow(1, 0, n_features)?
                .f_contiguous()?
                .f_to_device(self.chunks.device)?,
            bias: table
                .f_select(1, n_features)?
                .f_contiguous()?
                .f_to_device(self.chunks.device)?,
        })
    }
}

/// The last steps and what they did to the gradient: together with the curvature at the start, the inverse Hessian.
struct History {
    n_classes: i64,
    /// Cholesky factors, `[1 or n_classes, n, n]`.
    curvature: Tensor,
    /// (step, change of the gradient, 1 / their product)
    pairs: VecDeque<(Tensor, Tensor, f64)>,
}

impl History {
    fn new(n_classes: i64, curvature: Tensor) -> Self {
        History {
            n_classes,
            curvature,
            pairs: VecDeque::new(),
        }
    }

    fn push(&mut self, step: Tensor, change: Tensor) -> Result<()> {
        let product = number(&step.f_dot(&change)?)?;
        // In f32 the last steps may seem to bend the wrong way.
        if product > 0.0 {
            if self.pairs.len() == HISTORY {
                self.pairs.pop_front();
            }
            self.pairs.push_back((step, change, 1.0 / product));
        }
        Ok(())
    }

    /// Minus the inverse Hessian times the gradient.
    fn direction(&self, gradient: &Tensor) -> Result<Tensor> {
        let mut q = gradient.f_mul_scalar(1.0)?;
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for (step, change, rho) in self.pairs.iter().rev() {
            let alpha = rho * number(&step.f_dot(&q)?)?;
            let _ = q.f_sub_(&change.f_mul_scalar(alpha)?)?;
            alphas.push(alpha);
        }
        // One factor for all classes takes them as columns, instead of being copied for each.
        let solved = match self.curvature.size()[0] {
            1 => {
                let by_class = q.f_view([self.n_classes, -1])?.f_transpose(0, 1)?;
                by_class
                    .f_cholesky_solve(&self.curvature.f_squeeze_dim(0)?, false)?
                    .f_transpose(0, 1)?
            }
            _ => q
                .f_view([self.n_classes, -1, 1])?
                .f_cholesky_solve(&self.curvature, false)?,
        };
        let mut r = solved.f_contiguous()?.f_view([-1i64])?;
        for ((step, change, rho), alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = rho * number(&change.f_dot(&r)?)?;
            let _ = r.f_add_(&step.f_mul_scalar(alpha - beta)?)?;
        }
        Ok(r.f_neg()?)
    }
}

fn largest(gradient: &Tensor) -> Result<f64> {
    number(&gradient.f_abs()?.f_max()?)
}

fn number(tensor: &Tensor) -> Result<f64> {
    f64::try_from(&tensor.f_to_device(Device::Cpu)?).map_err(Error::from)
}

#[cfg(test)]
mod tests;
