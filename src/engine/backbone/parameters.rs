//! A backbone's parameters by torchvision's names: from a weight file, or random, and back into a file.

use std::collections::BTreeMap;
use std::path::Path;

use tch::{Device, Kind, Tensor};

use super::layout::{Conv, stages};
use crate::disk::weights::{NamedTensor, StateDict, TensorData, check_fit};
use crate::engine::device::random::{Purpose, normal, rng, uniform};
use crate::error::Result;
use crate::experiment::{Backbone, Family};

/// Added to the variance in every BatchNorm.
pub const NORM_EPS: f64 = 1e-5;

/// The f32 parameters and buffers of a backbone, without its head, on one device.
#[derive(Debug)]
pub struct Parameters {
    tensors: BTreeMap<String, Tensor>,
    /// Training batches that each BatchNorm had seen before, as PyTorch counts them (`num_batches_tracked`).
    n_batches_tracked: i64,
}

impl Parameters {
    /// Takes what the backbone needs out of a weight file's content.
    ///
    /// # Errors
    /// As [`Parameters::check`]; a libtorch fault.
    pub fn from_state_dict(
        backbone: &Backbone,
        path: &Path,
        state: &StateDict,
        device: Device,
    ) -> Result<Self> {
        Self::check(backbone, path, state)?;
        let expected = expected(backbone.family);
        let mut tensors = BTreeMap::new();
        let mut n_batches_tracked = 0;
        for NamedTensor { name, shape, data } in &state.tensors {
            let shape: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
            match data {
                TensorData::F32(values) if expected.iter().any(|(n, _)| n == name) => {
                    let tensor = Tensor::f_from_slice(values)?
                        .f_reshape(shape)?
                        .f_to_device(device)?;
                    tensors.insert(name.clone(), tensor);
                }
                TensorData::I64(values) if name.ends_with("num_batches_tracked") => {
                    n_batches_tracked = values.first().copied().unwrap_or(0);
                }
                _ => {}
            }
        }
        Ok(Parameters {
            tensors,
            n_batches_tracked,
        })
    }

    /// Whether the backbone can be made of a weight file's content.
    ///
    /// # Errors
    /// Where the file does not fit the backbone: which names are missing, unexpected or of another shape.
    pub fn check(backbone: &Backbone, path: &Path, state: &StateDict) -> Result<()> {
        check_fit(path, state, &expected(backbone.family), |name| {
            is_head(backbone, name)
        })
    }

    /// Random parameters as torchvision draws them: convolutions from He's distribution (He et al. 2015; fan-out
    /// normal for ResNets, fan-in uniform for SqueezeNet), norms at one and zero.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn random(backbone: &Backbone, seed: u64, device: Device) -> Result<Self> {
        let mut rng = rng(seed, Purpose::Backbone);
        let squeezenet = backbone.family == Family::SqueezeNet1_0;
        let mut tensors = BTreeMap::new();
        for (name, shape) in expected(backbone.family) {
            let n: usize = shape.iter().product();
            let values = match &shape[..] {
                [_, n_in, h, w] if squeezenet => uniform(&mut rng, n, (6.0 / (n_in * h * w) as f32).sqrt()),
                [n_out, _, h, w] => normal(&mut rng, n, (2.0 / (n_out * h * w) as f32).sqrt()),
                _ if name.ends_with("running_var") => vec![1.0; n],
                _ if name.ends_with(".weight") => vec![1.0; n],
                _ => vec![0.0; n],
            };
            let shape: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
            let tensor = Tensor::f_from_slice(&values)?
                .f_reshape(shape)?
                .f_to_device(device)?;
            tensors.insert(name, tensor);
        }
        Ok(Parameters {
            tensors,
            n_batches_tracked: 0,
        })
    }

    pub fn device(&self) -> Device {
        self.tensors.values().next().map_or(Device::Cpu, Tensor::device)
    }

    /// The parameter of that name; sharing its storage, so that what a BatchNorm moves is moved here.
    pub fn get(&self, name: &str) -> Tensor {
        self.tensors[name].shallow_clone()
    }

    /// BLAKE3 of all of them by name, whatever file they came from.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn content(&self) -> Result<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        for (name, tensor) in &self.tensors {
            hasher.update(name.as_bytes());
            if let TensorData::F32(values) = named(name, tensor)?.data {
                hasher.update(bytemuck::cast_slice(&values));
            }
        }
        Ok(*hasher.finalize().as_bytes())
    }

    /// All parameters and buffers, `num_batches_tracked` included, as PyTorch's `state_dict` holds them after that
    /// many more training batches.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn to_state_dict(&self, n_batches: i64) -> Result<StateDict> {
        let mut tensors = Vec::new();
        for (name, tensor) in &self.tensors {
            tensors.push(named(name, tensor)?);
            if let Some(norm) = name.strip_suffix("running_var") {
                tensors.push(NamedTensor {
                    name: format!("{norm}num_batches_tracked"),
                    shape: vec![],
                    data: TensorData::I64(vec![self.n_batches_tracked + n_batches]),
                });
            }
        }
        Ok(StateDict { tensors })
    }
}

/// torchvision's own classifier, or a head that one of our runs put in its place.
fn is_head(backbone: &Backbone, name: &str) -> bool {
    let classifier = backbone.head.split('.').next().unwrap_or(backbone.head);
    name.split('.').next() == Some(classifier)
}

/// An f32 tensor as plain data under that name.
///
/// # Errors
/// A libtorch fault.
pub fn named(name: &str, tensor: &Tensor) -> Result<NamedTensor> {
    let flat = tensor
        .f_to_device(Device::Cpu)?
        .f_to_kind(Kind::Float)?
        .f_contiguous()?
        .f_view([-1i64])?;
    Ok(NamedTensor {
        name: name.into(),
        shape: tensor.size().iter().map(|&n| n as usize).collect(),
        data: TensorData::F32(Vec::try_from(&flat)?),
    })
}

/// Names and shapes of every float parameter and buffer of a family, in layout order.
fn expected(family: Family) -> Vec<(String, Vec<usize>)> {
    stages(family)
        .iter()
        .flat_map(|stage| stage.convs().into_iter().flat_map(of_conv).collect::<Vec<_>>())
        .collect()
}

fn of_conv(conv: &Conv) -> Vec<(String, Vec<usize>)> {
    let n_out = conv.n_out as usize;
    let shape = vec![
        n_out,
        conv.n_in as usize,
        conv.kernel as usize,
        conv.kernel as usize,
    ];
    let mut parameters = vec![(format!("{}.weight", conv.name), shape)];
    match &conv.norm {
        None => parameters.push((format!("{}.bias", conv.name), vec![n_out])),
        Some(norm) => {
            for part in ["weight", "bias", "running_mean", "running_var"] {
                parameters.push((format!("{norm}.{part}"), vec![n_out]));
            }
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::backbone;

    /// Counts from torchvision: `sum(p.numel() for p in model.parameters())` less the head's.
    #[test]
    fn parameter_counts_are_torchvisions() {
        let table = [
            ("resnet18", 11_176_512),
            ("resnet34", 21_284_672),
            ("resnet50", 23_508_032),
            ("squeezenet1_0", 735_424),
        ];
        for (name, n_expected) in table {
            let family = backbone(name).unwrap().family;
            let trainable = |name: &str| !name.contains("running");
            let parameters = expected(family);
            let n: usize = parameters
                .iter()
                .filter(|p| trainable(&p.0))
                .map(|p| p.1.iter().product::<usize>())
                .sum();
            assert_eq!(n, n_expected, "{name}");
        }
    }
}
