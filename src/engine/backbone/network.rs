//! A backbone ready to run: convolutions in channels-last order, in the wanted precision, on the wanted device.
//!
//! With frozen statistics a BatchNorm is an affine map of each channel, so it is folded into the convolution before
//! it: a third fewer layers, the same result up to rounding. With batch statistics it stays a layer.

use std::cell::OnceCell;

use tch::{Device, Kind, Tensor};

use super::kernels::stem::{Pool, Stem};
use super::kernels::winograd::{Winograd, pays};
use super::layout::{self, Stage, stages};
use super::parameters::{NORM_EPS, Parameters};
use crate::engine::device::simd;
use crate::error::Result;
use crate::experiment::{Backbone, BatchNorm};
use crate::protocol::Cancel;

/// Images that go through the network together on a processor, so that the filters of deep layers, which are larger
/// than what they see, are fetched for many of them.
const TOGETHER: i64 = 128;
/// Bytes of pixels that go through the first layers together: what lies between two of those is larger than the filters,
/// and few images' worth of it stays in the processor's cache.
const NEAR_BYTES: i64 = 6 << 20;

/// Share of the batch's statistics in the moved running ones.
const NORM_MOMENTUM: f64 = 0.1;

/// What BatchNorm layers do in one pass; only matters for a network built with batch statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// PyTorch's train(): use the batch's statistics, move the running ones.
    Train,
    /// PyTorch's eval(): use the running ones.
    Eval,
}

#[derive(Debug)]
struct Conv {
    weight: Tensor,
    bias: Option<Tensor>,
    norm: Option<Norm>,
    is_3x3: bool,
    /// The quicker way to the same, where there is one; made when it is first wanted, since features that are known
    /// want none.
    winograd: OnceCell<Option<Winograd>>,
    stride: i64,
    padding: i64,
}

/// A BatchNorm that is not folded; its running statistics share storage with the [`Parameters`].
#[derive(Debug)]
struct Norm {
    weight: Tensor,
    bias: Tensor,
    running_mean: Tensor,
    running_var: Tensor,
}

#[derive(Debug)]
pub struct Network {
    stages: Vec<Stage<Conv>>,
    /// The quicker way to the first two stages' result, where there is one.
    stem: Option<Stem>,
    /// Stages before the first that makes a map smaller again.
    n_first: usize,
    pub device: Device,
    pub kind: Kind,
    pub n_features: usize,
}

impl Network {
    /// Lays the parameters out for running. `kind` is `Float` or `BFloat16`; the parameters' device is used.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn new(
        backbone: &Backbone,
        parameters: &Parameters,
        batch_norm: BatchNorm,
        kind: Kind,
    ) -> Result<Self> {
        let build = |conv: layout::Conv| Conv::new(&conv, parameters, batch_norm, kind);
        let stages: Vec<Stage<Conv>> = stages(backbone.family)
            .into_iter()
            .map(|stage| stage.try_map(build))
            .collect::<Result<_>>()?;
        let device = stages
            .iter()
            .flat_map(Stage::convs)
            .next()
            .map_or(Device::Cpu, |conv| conv.weight.device());
        Ok(Network {
            stem: stem(&stages)?,
            n_first: n_first(&stages),
            stages,
            device,
            kind,
            n_features: backbone.n_features,
        })
    }

    /// The pooled last feature map: `[n, 3, h, w]` normalised pixels to f32 `[n, n_features]`.
    ///
    /// # Errors
    /// [`crate::error::Error::Stopped`] within one stage of a cancel; whatever libtorch objects to.
    pub fn features(&self, pixels: &Tensor, mode: Mode, cancel: &Cancel) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let has_norms = self
            .stages
            .iter()
            .flat_map(Stage::convs)
            .any(|c| c.norm.is_some());
        if has_norms || self.device != Device::Cpu {
            return self.last(&self.first(pixels, mode, cancel)?, mode, cancel);
        }
        // Images that know nothing of each other go a few at a time.
        let bytes_each = 4 * pixels.size()[1..].iter().product::<i64>();
        let n_near = (NEAR_BYTES / bytes_each.max(1)).max(1);
        let of_some = |some: &Tensor| {
            let near = some.f_split(n_near, 0)?;
            let maps = near.iter().map(|near| self.first(near, mode, cancel));
            let maps = Tensor::f_cat(&maps.collect::<Result<Vec<_>>>()?, 0)?;
            self.last(&maps, mode, cancel)
        };
        let features: Result<Vec<Tensor>> = pixels.f_split(TOGETHER, 0)?.iter().map(of_some).collect();
        Ok(Tensor::f_cat(&features?, 0)?)
    }

    /// Pixels to the largest maps.
    fn first(&self, pixels: &Tensor, mode: Mode, cancel: &Cancel) -> Result<Tensor> {
        cancel.check()?;
        let quick = self.stem.as_ref().filter(|_| simd::pays());
        let quick = quick.map(|stem| stem.forward(pixels)).transpose()?.flatten();
        let (x, n_done) = match quick {
            Some(x) => (x, 2),
            None => (pixels.shallow_clone(), 0),
        };
        run_all(&self.stages[n_done..self.n_first], x, mode, cancel)
    }

    /// From there to the features.
    fn last(&self, maps: &Tensor, mode: Mode, cancel: &Cancel) -> Result<Tensor> {
        let x = run_all(&self.stages[self.n_first..], maps.shallow_clone(), mode, cancel)?;
        pooled(&x)
    }

    /// The last feature map as it is before its mean is taken: `[n, 3, h, w]` normalised pixels of a few images to f32
    /// `[n, n_features, h / 32, w / 32]`, with the statistics of eval().
    ///
    /// # Errors
    /// As [`Network::features`].
    pub fn last_map(&self, pixels: &Tensor, cancel: &Cancel) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let first = self.first(pixels, Mode::Eval, cancel)?;
        let map = run_all(&self.stages[self.n_first..], first, Mode::Eval, cancel)?;
        Ok(map.f_to_kind(Kind::Float)?)
    }
}

/// The mean of each channel of a feature map: `[n, n_features, h, w]` to f32 `[n, n_features]`.
///
/// # Errors
/// A libtorch fault.
pub fn pooled(map: &Tensor) -> Result<Tensor> {
    let means = map.f_adaptive_avg_pool2d([1, 1])?.f_flatten(1, -1)?;
    Ok(means.f_to_kind(Kind::Float)?.f_contiguous()?)
}

/// How many stages come before the first that makes a map smaller again; the convolution and the maximum at the
/// beginning both do.
fn n_first(stages: &[Stage<Conv>]) -> usize {
    let shrinks = |stage: &Stage<Conv>| {
        matches!(stage, Stage::MaxPool { .. }) || stage.convs().iter().any(|conv| conv.stride > 1)
    };
    let again = stages.iter().skip(2).position(shrinks);
    again.map_or(stages.len(), |place| place + 2)
}

/// Of a convolution and the maximum after it.
fn stem(stages: &[Stage<Conv>]) -> Result<Option<Stem>> {
    let [Stage::Conv(conv), Stage::MaxPool { padding, ceil }, ..] = stages else {
        return Ok(None);
    };
    let pool = Pool {
        padding: *padding as usize,
        ceil: *ceil,
    };
    match &conv.bias {
        Some(bias) if conv.stride == 2 => Stem::new(&conv.weight, bias, conv.padding as usize, pool),
        _ => Ok(None),
    }
}

fn run_all(stages: &[Stage<Conv>], x: Tensor, mode: Mode, cancel: &Cancel) -> Result<Tensor> {
    stages.iter().try_fold(x, |x, stage| {
        cancel.check()?;
        run(stage, &x, mode)
    })
}

fn run(stage: &Stage<Conv>, x: &Tensor, mode: Mode) -> Result<Tensor> {
    Ok(match stage {
        Stage::Conv(conv) => conv.forward(x, mode, After::Relu)?,
        Stage::MaxPool { padding, ceil } => {
            x.f_max_pool2d([3, 3], [2, 2], [*padding, *padding], [1, 1], *ceil)?
        }
        Stage::Residual { convs, shortcut } => {
            let through = match shortcut {
                Some(conv) => conv.forward(x, mode, After::Nothing)?,
                None => x.shallow_clone(),
            };
            let mut y = x.shallow_clone();
            for (i, conv) in convs.iter().enumerate() {
                let is_last = i + 1 == convs.len();
                let after = if is_last {
                    After::AddRelu(&through)
                } else {
                    After::Relu
                };
                y = conv.forward(&y, mode, after)?;
            }
            y
        }
        Stage::Fire { squeeze, expand } => {
            let squeezed = squeeze.forward(x, mode, After::Relu)?;
            let [left, right] = expand;
            let sides = [
                left.forward(&squeezed, mode, After::Relu)?,
                right.forward(&squeezed, mode, After::Relu)?,
            ];
            Tensor::f_cat(&sides, 1)?
        }
    })
}

/// What follows a convolution and its norm.
#[derive(Debug, Clone, Copy)]
enum After<'a> {
    Nothing,
    Relu,
    /// Adds that, then cuts off what is below zero.
    AddRelu(&'a Tensor),
}

impl Conv {
    fn new(conv: &layout::Conv, parameters: &Parameters, batch_norm: BatchNorm, kind: Kind) -> Result<Self> {
        let weight = parameters.get(&format!("{}.weight", conv.name));
        let (weight, bias, norm) = match &conv.norm {
            None => (weight, Some(parameters.get(&format!("{}.bias", conv.name))), None),
            Some(name) => {
                let norm = Norm::new(name, parameters);
                match batch_norm {
                    BatchNorm::Batch => (weight, None, Some(norm)),
                    BatchNorm::Frozen => {
                        let (weight, bias) = norm.fold_into(&weight)?;
                        (weight, Some(bias), None)
                    }
                }
            }
        };
        Ok(Conv {
            winograd: OnceCell::new(),
            is_3x3: conv.kernel == 3,
            weight: channels_last(&weight.f_to_kind(kind)?)?,
            bias: bias.map(|b| b.f_to_kind(kind)).transpose()?,
            norm,
            stride: conv.stride,
            padding: conv.padding,
        })
    }

    fn forward(&self, x: &Tensor, mode: Mode, after: After) -> Result<Tensor> {
        if let Some(quick) = self.quick_way(&x.size())? {
            let (residual, relu) = match after {
                After::Nothing => (None, false),
                After::Relu => (None, true),
                After::AddRelu(residual) => (Some(residual), true),
            };
            return quick.forward(x, residual, relu);
        }
        let (stride, padding) = ([self.stride; 2], [self.padding; 2]);
        let mut y = x.f_conv2d(&self.weight, self.bias.as_ref(), stride, padding, [1, 1], 1)?;
        if let Some(norm) = &self.norm {
            y = norm.forward(&y, mode)?;
        }
        Ok(match after {
            After::Nothing => y,
            After::Relu => y.f_relu_()?,
            After::AddRelu(residual) => y.f_add_(residual)?.f_relu_()?,
        })
    }

    fn quick_way(&self, size: &[i64]) -> Result<Option<&Winograd>> {
        let bias = match &self.bias {
            Some(bias) if self.is_3x3 && self.stride == 1 && self.padding == 1 && pays(size) => bias,
            _ => return Ok(None),
        };
        let quick = match self.winograd.get() {
            Some(quick) => quick,
            None => {
                let made = Winograd::new(&self.weight, bias)?;
                self.winograd.get_or_init(|| made)
            }
        };
        Ok(quick.as_ref())
    }
}

impl Norm {
    fn new(name: &str, parameters: &Parameters) -> Self {
        let part = |part: &str| parameters.get(&format!("{name}.{part}"));
        Norm {
            weight: part("weight"),
            bias: part("bias"),
            running_mean: part("running_mean"),
            running_var: part("running_var"),
        }
    }

    /// Weight and bias of the convolution that does both, computed in f64.
    fn fold_into(&self, weight: &Tensor) -> Result<(Tensor, Tensor)> {
        let double = |t: &Tensor| t.f_to_kind(Kind::Double);
        let std = double(&self.running_var)?.f_add_scalar(NORM_EPS)?.f_sqrt()?;
        let scale = double(&self.weight)?.f_div(&std)?;
        let folded = double(weight)?.f_mul(&scale.f_view([-1, 1, 1, 1])?)?;
        let bias = double(&self.bias)?.f_sub(&double(&self.running_mean)?.f_mul(&scale)?)?;
        Ok((folded.f_to_kind(Kind::Float)?, bias.f_to_kind(Kind::Float)?))
    }

    fn forward(&self, x: &Tensor, mode: Mode) -> Result<Tensor> {
        Ok(x.f_batch_norm(
            Some(&self.weight),
            Some(&self.bias),
            Some(&self.running_mean),
            Some(&self.running_var),
            mode == Mode::Train,
            NORM_MOMENTUM,
            NORM_EPS,
            true,
        )?)
    }
}

/// The same tensor with channels innermost in memory, which is what CPU and GPU convolutions run fastest on. tch has
/// no memory-format argument, but an NHWC tensor permuted to NCHW is channels-last.
fn channels_last(weight: &Tensor) -> Result<Tensor> {
    Ok(weight
        .f_permute([0, 2, 3, 1])?
        .f_contiguous()?
        .f_permute([0, 3, 1, 2])?)
}
