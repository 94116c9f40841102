//! What the window asks before anything is trained: which devices there are, and what a weights file holds.

use std::path::Path;

use crate::disk::weights::{Places, StateDict, kept_weights, read_state_dict};
use crate::engine::backbone::Parameters;
use crate::engine::device;
use crate::error::{Error, Result};
use crate::experiment::{BACKBONES, Backbone, WeightsSource, backbone};
use crate::metrics::thousands;
use crate::protocol::{Cancel, DescribeWeights, Devices, WeightsFacts};

pub fn devices() -> Devices {
    let no_cuda = device::load_cuda().map(str::to_owned);
    Devices {
        n_cuda: device::all().len() - 1,
        no_cuda,
    }
}

/// # Errors
/// There is no such architecture; stopped. What is wrong with the weights is among the facts.
pub fn weights(request: &DescribeWeights, cancel: &Cancel) -> Result<WeightsFacts> {
    let DescribeWeights { arch, weights } = request;
    let backbone = backbone(arch).ok_or_else(|| Error::input(format!("unknown architecture {arch}")))?;
    let mut fits = None;
    let facts = match weights {
        WeightsSource::Random => Ok("drawn from the seed; nothing is known before training".into()),
        WeightsSource::Imagenet => published(backbone),
        WeightsSource::File(path) => read_state_dict(path).and_then(|state| {
            let is_of = |other: &&Backbone| Parameters::check(other, path, &state).is_ok();
            fits = BACKBONES.iter().find(is_of).map(|other| other.name.to_owned());
            of_file(backbone, path, &state)
        }),
    };
    cancel.check()?;
    Ok(WeightsFacts {
        arch: arch.clone(),
        weights: weights.clone(),
        facts: facts.map_err(|e| e.to_string()),
        fits,
    })
}

fn published(backbone: &Backbone) -> Result<String> {
    let mut troubles = Vec::new();
    let Some(path) = kept_weights(backbone, &Places::from_env(), &mut troubles) else {
        troubles.push("downloaded once, at the first training".into());
        return Ok(troubles.join("; "));
    };
    Ok(format!(
        "on this machine, {}: {}",
        megabytes(&path)?,
        path.display()
    ))
}

fn of_file(backbone: &Backbone, path: &Path, state: &StateDict) -> Result<String> {
    Parameters::check(backbone, path, state)?;
    let n_numbers: usize = state
        .tensors
        .iter()
        .map(|t| t.shape.iter().product::<usize>())
        .sum();
    let mut facts = vec![
        format!("fits {}", backbone.title),
        megabytes(path)?,
        format!("{} numbers", thousands(n_numbers as u64)),
    ];
    if let Some(n_classes) = n_classes(state, backbone) {
        facts.push(format!(
            "its head of {} classes is replaced",
            thousands(n_classes as u64)
        ));
    }
    Ok(facts.join(", "))
}

/// Of the classifier that the new head replaces, where the file holds one.
fn n_classes(state: &StateDict, backbone: &Backbone) -> Option<usize> {
    let names = [format!("{}.weight", backbone.head), "classifier.1.weight".into()];
    let head = names.iter().find_map(|name| state.get(name))?;
    head.shape.first().copied()
}

fn megabytes(path: &Path) -> Result<String> {
    let n_bytes = std::fs::metadata(path).map_err(Error::io("read", path))?.len();
    Ok(format!("{:.1} MB", n_bytes as f64 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_cuda_device_there_is_a_reason() {
        let devices = devices();
        assert_eq!(devices.n_cuda == 0, devices.no_cuda.is_some());
    }
}
