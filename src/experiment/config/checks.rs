//! What a field must be beside the others. Each check gives the problem in one sentence, or none; ranges of numbers are the
//! table's.

use super::Config;
use super::backbone::{BACKBONES, backbone};
use super::choices::{BatchNorm, SplitMethod, Stop, WeightsSource};

pub fn arch(config: &Config) -> Option<String> {
    backbone(&config.arch).is_none().then(|| {
        let known: Vec<&str> = BACKBONES.iter().map(|b| b.name).collect();
        let known = known.join(", ");
        format!("architecture {:?} is not known; there are {known}", config.arch)
    })
}

pub fn weights(config: &Config) -> Option<String> {
    let is_missing = matches!(&config.weights, WeightsSource::File(path) if path.as_os_str().is_empty());
    is_missing.then(|| "choose a file of weights, .safetensors or .pth".into())
}

pub fn batch(config: &Config) -> Option<String> {
    let is_alone = config.batch < 2 && config.batch_norm == BatchNorm::Batch;
    is_alone.then(|| "batch statistics need a batch of at least 2 images".into())
}

pub fn stop(config: &Config) -> Option<String> {
    let is_moving = config.stop == Stop::Converged && config.batch_norm == BatchNorm::Batch;
    is_moving
        .then(|| "training until converged looks at all images at once, so it needs frozen statistics".into())
}

/// A head of one fold's complement needs features that are kept.
pub fn folds(config: &Config) -> Option<String> {
    match config.folds {
        0 => None,
        1 => Some("one fold leaves nothing to train on; choose 0 for none, or at least 2".into()),
        _ if config.batch_norm == BatchNorm::Batch => {
            Some("folds are judged on kept features, so they need frozen statistics".into())
        }
        _ => None,
    }
}

pub fn groups(config: &Config) -> Option<String> {
    let are_missing = config.split == SplitMethod::Groups && config.groups.is_none();
    are_missing
        .then(|| "splitting by groups needs a CSV file (path,group) or a pattern on the file name".into())
}

/// Together with the train share; where one of them is out of its range, that is said alone.
pub fn test_share(config: &Config) -> Option<String> {
    let (train, test) = (config.train_share, config.test_share);
    let is_share = |share: f64| (0.0..1.0).contains(&share);
    let leaves_none = train + test >= 1.0 - 1e-9;
    (is_share(train) && is_share(test) && leaves_none)
        .then(|| format!("train share {train} and test share {test} leave nothing to validate on"))
}
