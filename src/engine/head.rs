//! The trainable part: one linear layer on the features, its loss and its optimizer.

use tch::nn::{self, OptimizerConfig};
use tch::{Device, Kind, Reduction, Tensor};

use super::random::{Purpose, rng, uniform};
use crate::error::Result;
use crate::experiment::Optimizer;

/// Logits = features x weightᵀ + bias. Lives in a VarStore of its own, so that an optimizer sees nothing else.
#[derive(Debug)]
pub struct Head {
    store: nn::VarStore,
    /// `[n_classes, n_features]`
    pub weight: Tensor,
    /// `[n_classes]`
    pub bias: Tensor,
}

impl Head {
    /// Initialised as `torch.nn.Linear` is: both uniform over ±1/√n_features.
    pub fn new(n_features: usize, n_classes: usize, seed: u64, device: Device) -> Result<Self> {
        let mut rng = rng(seed, Purpose::Head);
        let bound = 1.0 / (n_features as f32).sqrt();
        let weight = uniform(&mut rng, n_classes * n_features, bound);
        let bias = uniform(&mut rng, n_classes, bound);
        Self::from_values(&weight, &bias, device)
    }

    /// From given values; `weight` row-major `[n_classes, n_features]`, as many rows as `bias` has entries.
    pub fn from_values(weight: &[f32], bias: &[f32], device: Device) -> Result<Self> {
        let n_classes = bias.len() as i64;
        let store = nn::VarStore::new(device);
        let weight = Tensor::f_from_slice(weight)?.f_view([n_classes, -1])?;
        let bias = Tensor::f_from_slice(bias)?;
        let root = store.root();
        Ok(Head {
            weight: root.var_copy("weight", &weight),
            bias: root.var_copy("bias", &bias),
            store,
        })
    }

    /// `[n, n_features]` to `[n, n_classes]`.
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        Ok(features.f_linear(&self.weight, Some(&self.bias))?)
    }

    /// Logits without gradients, as rows of plain numbers `[n, n_classes]`.
    pub fn logit_rows(&self, features: &Tensor) -> Result<Vec<f32>> {
        let _guard = tch::no_grad_guard();
        let logits = self
            .logits(features)?
            .f_to_device(Device::Cpu)?
            .f_contiguous()?
            .f_view([-1i64])?;
        Ok(Vec::try_from(&logits)?)
    }
}

/// One step at a time of weighted cross-entropy on a head.
#[derive(Debug)]
pub struct HeadTrainer {
    optimizer: nn::Optimizer,
    /// `[n_classes]`, f32, on the head's device.
    class_weights: Tensor,
}

impl HeadTrainer {
    pub fn new(head: &Head, optimizer: Optimizer, lr: f64, class_weights: &[f64]) -> Result<Self> {
        let optimizer = match optimizer {
            Optimizer::Adam => nn::Adam::default().build(&head.store, lr)?,
            Optimizer::AdamW => nn::AdamW::default().build(&head.store, lr)?,
            Optimizer::Sgd => nn::Sgd {
                momentum: 0.9,
                ..Default::default()
            }
            .build(&head.store, lr)?,
        };
        let class_weights = Tensor::f_from_slice(class_weights)?.f_to_kind(Kind::Float)?;
        Ok(HeadTrainer {
            optimizer,
            class_weights: class_weights.f_to_device(head.store.device())?,
        })
    }

    /// Moves the head one step down the loss of this batch and returns that loss, as it was before the step:
    /// PyTorch's weighted mean, divided by the sum of the batch's weights. `features` `[n, n_features]`, `labels`
    /// `[n]` of class indices.
    pub fn step(&mut self, head: &Head, features: &Tensor, labels: &Tensor) -> Result<f32> {
        let logits = head.logits(features)?;
        let loss =
            logits.f_cross_entropy_loss(labels, Some(&self.class_weights), Reduction::Mean, -100, 0.0)?;
        self.optimizer.zero_grad();
        loss.f_backward()?;
        self.optimizer.step();
        Ok(f32::try_from(&loss)?)
    }
}
