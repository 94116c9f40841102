//! Training stacked heads step by step, by tensor operations.
//!
//! Written out, the gradient needs no graph: about twenty-five tensor operations a step for any number of heads, which is
//! what bounds a step of few heads; the two products with the batch's features are what bounds one of many.

use tch::{Kind, Tensor};

use super::objective::{Derivatives, Objective, Objectives};
use super::optimizer::ByTensors;
use super::{Heads, views};
use crate::error::{Error, Result};
use crate::experiment::Optimizer;

/// One step at a time, each head with its own objective, learning rate and optimizer state.
#[derive(Debug)]
pub struct StackTrainer {
    optimizer: ByTensors,
    objectives: Objectives,
    gradient: Tensor,
    /// The gradient's views.
    gradient_weight: Tensor,
    gradient_bias: Tensor,
}

impl StackTrainer {
    /// `lrs` and `objectives` have one a head.
    ///
    /// # Errors
    /// They have more or fewer than that; a libtorch fault.
    pub fn new(heads: &Heads, optimizer: Optimizer, lrs: &[f64], objectives: &[Objective]) -> Result<Self> {
        if [lrs.len(), objectives.len()] != [heads.n_heads; 2] {
            let message = "each head needs its own learning rate and objective";
            return Err(Error::Job(message.into()));
        }
        let gradient = heads.flat.f_zeros_like()?;
        let (gradient_weight, gradient_bias) = views(&gradient, heads.n_heads * heads.n_classes)?;
        Ok(StackTrainer {
            optimizer: ByTensors::new(optimizer, minus_lr(heads, lrs)?, &heads.flat)?,
            objectives: Objectives::new(objectives, heads.flat.device())?,
            gradient_weight,
            gradient_bias,
            gradient,
        })
    }

    /// Moves every head one step down its loss of this batch and returns those losses, as they were before the step:
    /// PyTorch's weighted mean, divided by the sum of the batch's weights. `features` `[n, n_features]`, `labels` `[n]`
    /// of class indices.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn step(&mut self, heads: &mut Heads, features: &Tensor, labels: &Tensor) -> Result<Vec<f32>> {
        let _guard = tch::no_grad_guard();
        let losses = self.differentiate(heads, features, labels)?;
        self.optimizer.step(&mut heads.flat, &self.gradient)?;
        Ok(Vec::try_from(&losses.f_to_device(tch::Device::Cpu)?)?)
    }

    /// Fills `gradient`; returns the losses, `[n_heads]`.
    fn differentiate(&mut self, heads: &Heads, features: &Tensor, labels: &Tensor) -> Result<Tensor> {
        let n_rows = (heads.n_heads * heads.n_classes) as i64;
        let logits = heads.logits(features)?;
        let Derivatives { losses, by_logit } = self.objectives.differentiate(&logits, labels)?;
        let by_logit = by_logit.f_view([features.size()[0], n_rows])?;
        let _ = by_logit
            .f_transpose(0, 1)?
            .f_mm_out(&self.gradient_weight, features)?;
        let _ = by_logit.f_sum_intlist_out(&self.gradient_bias, 0i64, false, None::<Kind>)?;
        Ok(losses.f_sum_dim_intlist(0i64, false, None::<Kind>)?)
    }
}

fn minus_lr(heads: &Heads, lrs: &[f64]) -> Result<Tensor> {
    let device = heads.flat.device();
    let lrs: Vec<f32> = lrs.iter().map(|&lr| -lr as f32).collect();
    if lrs.iter().all(|lr| *lr == lrs[0]) {
        return Ok(Tensor::f_from_slice(&lrs[..1])?.f_to_device(device)?);
    }
    let each = Tensor::f_from_slice(&lrs)?.f_to_device(device)?;
    let of_rows = each.f_repeat_interleave_self_int(heads.n_classes as i64, 0i64, None)?;
    let all = heads.flat.f_zeros_like()?;
    let (mut weight, mut bias) = views(&all, heads.n_heads * heads.n_classes)?;
    weight.f_copy_(&of_rows.f_unsqueeze(1)?)?;
    bias.f_copy_(&of_rows)?;
    Ok(all)
}

#[cfg(test)]
mod tests {
    use tch::nn::{self, OptimizerConfig};
    use tch::{Device, Reduction};

    use super::*;
    use crate::engine::device::random::{Purpose, rng, uniform};
    use crate::engine::head::Head;

    const N_FEATURES: i64 = 7;
    const N_CLASSES: usize = 3;

    fn batches(n: usize) -> Vec<(Tensor, Tensor)> {
        let mut rng = rng(3, Purpose::Head);
        (0..n)
            .map(|_| {
                let features = uniform(&mut rng, 20 * N_FEATURES as usize, 2.0);
                let classes = uniform(&mut rng, 20, 1.5).into_iter().map(|x| (x + 1.5) as i64);
                let labels: Vec<i64> = classes.map(|c| c.min(2)).collect();
                (
                    Tensor::from_slice(&features).view([20, N_FEATURES]),
                    Tensor::from_slice(&labels),
                )
            })
            .collect()
    }

    fn head() -> Head {
        Head::new(N_FEATURES as usize, N_CLASSES, 1, Device::Cpu).unwrap()
    }

    /// libtorch's own loss, gradients and optimizer, and the weights after it.
    fn by_autograd(optimizer: Optimizer, lr: f64, class_weights: &[f64]) -> (Vec<f32>, Tensor) {
        let store = nn::VarStore::new(Device::Cpu);
        let weight = store.root().var_copy("weight", &head().weight);
        let bias = store.root().var_copy("bias", &head().bias);
        let mut stepper = match optimizer {
            Optimizer::Adam => nn::Adam::default().build(&store, lr),
            Optimizer::AdamW => nn::AdamW::default().build(&store, lr),
            Optimizer::Sgd => nn::Sgd {
                momentum: 0.9,
                ..Default::default()
            }
            .build(&store, lr),
        }
        .unwrap();
        let class_weights = Tensor::from_slice(class_weights).to_kind(Kind::Float);
        let losses = batches(60)
            .iter()
            .map(|(features, labels)| {
                let logits = features.linear(&weight, Some(&bias));
                let loss =
                    logits.cross_entropy_loss(labels, Some(&class_weights), Reduction::Mean, -100, 0.0);
                stepper.backward_step(&loss);
                f32::try_from(&loss).unwrap()
            })
            .collect();
        (losses, weight.detach())
    }

    fn stacked(optimizer: Optimizer, lrs: &[f64], class_weights: &[&[f64]]) -> (Vec<Vec<f32>>, Heads) {
        let mut heads = Heads::starting_at(&head(), lrs.len()).unwrap();
        let objectives: Vec<Objective> = class_weights.iter().map(|w| Objective::new(w)).collect();
        let mut trainer = StackTrainer::new(&heads, optimizer, lrs, &objectives).unwrap();
        let losses = batches(60)
            .iter()
            .map(|(features, labels)| trainer.step(&mut heads, features, labels).unwrap())
            .collect();
        (losses, heads)
    }

    const WEIGHTS: [&[f64]; 3] = [&[1.0, 1.0, 1.0], &[1.0, 8.0, 0.5], &[2.0, 0.0, 3.0]];
    const LRS: [f64; 3] = [1e-3, 1e-2, 0.1];

    #[test]
    fn every_head_is_what_autograd_and_libtorchs_optimizer_make_of_it_alone() {
        for &optimizer in Optimizer::ALL {
            let (losses, heads) = stacked(optimizer, &LRS, &WEIGHTS);
            for (h, (lr, class_weights)) in LRS.iter().zip(WEIGHTS).enumerate() {
                let (expected, weight) = by_autograd(optimizer, *lr, class_weights);
                for (step, losses) in losses.iter().enumerate() {
                    let difference = (losses[h] - expected[step]).abs();
                    assert!(
                        difference < 1e-5,
                        "{optimizer}, head {h}, step {step}: {difference}"
                    );
                }
                let difference = (&heads.head(h).unwrap().weight - weight).abs().max();
                assert!(f64::try_from(difference).unwrap() < 1e-4, "{optimizer}, head {h}");
            }
        }
    }

    #[test]
    fn a_head_in_a_stack_is_the_head_alone() {
        let (together, heads) = stacked(Optimizer::Adam, &LRS, &WEIGHTS);
        for h in 0..3 {
            let (alone, head) = stacked(Optimizer::Adam, &LRS[h..=h], &WEIGHTS[h..=h]);
            for (a, b) in together.iter().zip(&alone) {
                assert!((a[h] - b[0]).abs() < 1e-6, "head {h}: {a:?} {b:?}");
            }
            let difference = (heads.head(h).unwrap().weight - head.weight).abs().max();
            assert!(f64::try_from(difference).unwrap() < 1e-6, "head {h}");
        }
    }

    #[test]
    fn each_head_needs_a_learning_rate_and_an_objective() {
        let heads = Heads::starting_at(&head(), 2).unwrap();
        let objectives = vec![Objective::new(WEIGHTS[0]); 3];
        for (n_lrs, n_objectives) in [(0, 2), (1, 2), (3, 2), (2, 1), (2, 3)] {
            let (lrs, objectives) = (&LRS[..n_lrs], &objectives[..n_objectives]);
            let made = StackTrainer::new(&heads, Optimizer::Adam, lrs, objectives);
            assert!(made.is_err(), "{n_lrs} rates, {n_objectives} objectives");
        }
    }

    #[test]
    fn a_head_that_diverges_leaves_the_others_alone() {
        let (together, _) = stacked(Optimizer::Sgd, &[1e38, 1e-2], &WEIGHTS[..2]);
        let (alone, _) = stacked(Optimizer::Sgd, &[1e-2], &WEIGHTS[1..2]);
        assert!(!together[59][0].is_finite());
        assert!((together[59][1] - alone[59][0]).abs() < 1e-6);
    }
}
