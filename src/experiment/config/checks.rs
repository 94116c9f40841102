//! What one field of a config means beside the others, where that can be wrong. Ranges of numbers are in the table of fields.

use super::Config;
use super::backbone::{BACKBONES, backbone};
use super::choices::{BatchNorm, SplitMethod, Stop, WeightsSource};

pub(super) fn arch(config: &Config) -> Option<String> {
    backbone(&config.arch).is_none().then(|| {
        let known: Vec<&str> = BACKBONES.iter().map(|b| b.name).collect();
        let known = known.join(", ");
        format!("architecture {:?} is not known; there are {known}", config.arch)
    })
}

pub(super) fn weights(config: &Config) -> Option<String> {
    let is_missing = matches!(&config.weights, WeightsSource::File(path) if path.as_os_str().is_empty());
    is_missing.then(|| "choose a file of weights, .safetensors or .pth".into())
}

pub(super) fn batch(config: &Config) -> Option<String> {
    let is_alone = config.batch < 2 && config.batch_norm == BatchNorm::Batch;
    is_alone.then(|| "batch statistics need a batch of at least 2 images".into())
}

pub(super) fn stop(config: &Config) -> Option<String> {
    let is_moving = config.stop == Stop::Converged && config.batch_norm == BatchNorm::Batch;
    is_moving
        .then(|| "training until converged looks at all images at once, so it needs frozen statistics".into())
}

pub(super) fn groups(config: &Config) -> Option<String> {
    let are_missing = config.split == SplitMethod::Groups && config.groups.is_none();
    are_missing
        .then(|| "splitting by groups needs a CSV file (path,group) or a pattern on the file name".into())
}
