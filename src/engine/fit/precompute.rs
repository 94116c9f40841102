//! Features computed ahead of any training, and how many of them there are.

use std::path::PathBuf;

use tch::Kind;

use super::settle::settle;
use super::setup::{checked, prepare, read_dataset};
use crate::disk::feature_store::FeatureStore;
use crate::engine::backbone::Network;
use crate::engine::backbone::load::load_without_download;
use crate::engine::device;
use crate::engine::features::Features;
use crate::engine::features::key::space_key;
use crate::engine::features::precision::arithmetic;
use crate::error::{Error, Result};
use crate::experiment::{Backbone, Config, Dataset, Precision, RunEvent, backbone};
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::protocol::{FeaturesStatus, FitEvent, Phase};

/// Computes what is missing of a config's features, and keeps it.
///
/// # Errors
/// The request is wrong; stopped, which keeps what there is; a libtorch fault.
pub fn compute(
    config: &Config,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<FeaturesStatus> {
    if config.uses_batch_statistics() {
        return Err(Error::input(
            "features depend on their batch with batch statistics, so there is nothing to compute ahead",
        ));
    }
    let mut setup = prepare(std::slice::from_ref(config), store, progress, |_| ())?;
    let everything = setup.split.all();
    let problems = setup.features.complete(&setup.network, &everything, progress)?;
    let status = FeaturesStatus {
        n_images: everything.len(),
        n_ready: setup.features.readable(&everything).len(),
        n_unreadable: setup.features.unreadable().len(),
    };
    for message in problems.into_iter().chain(settle(&mut setup)?) {
        tell(FitEvent::Run(RunEvent::Warning { message }).into());
    }
    Ok(status)
}

/// Tells how many images have their features. Downloads and computes nothing.
///
/// # Errors
/// The folder cannot be read or the config is wrong; stopped.
pub fn ask(config: &Config, store: &FeatureStore, progress: &mut Reporter) -> Result<FeaturesStatus> {
    let config = checked(config)?;
    let backbone = backbone(&config.arch).ok_or_else(|| Error::input("unknown architecture"))?;
    let dataset = read_dataset(&config, progress, |_| ())?;
    let mut status = FeaturesStatus {
        n_images: dataset.images.len(),
        n_ready: 0,
        n_unreadable: 0,
    };
    if config.uses_batch_statistics() {
        return Ok(status);
    }
    for mut features in candidates(&config, backbone, &dataset, store, progress)? {
        let everything: Vec<usize> = (0..dataset.images.len()).collect();
        let missing = features.look_up(&everything, progress)?;
        let n_unopened = missing.iter().filter(|(_, content)| content.is_none()).count();
        status.n_ready = status.n_ready.max(features.readable(&everything).len());
        status.n_unreadable = status.n_unreadable.max(features.unreadable().len() + n_unopened);
    }
    Ok(status)
}

/// The features in each precision that the config may come to, where there are any. Which one `auto` takes is known
/// only after it has looked at images.
fn candidates(
    config: &Config,
    backbone: &Backbone,
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Vec<Features>> {
    let device = device::choose(config.device)?;
    progress.begin(Phase::Prepare, 0);
    // Weights that are not here have computed nothing here.
    let Ok(loaded) = load_without_download(config, backbone, device, progress) else {
        progress.cancel.check()?;
        return Ok(vec![]);
    };
    let kinds: &[Kind] = match config.precision {
        Precision::F32 => &[Kind::Float],
        Precision::Bf16 => &[Kind::BFloat16],
        Precision::Auto if device::has_bf16(device) => &[Kind::Float, Kind::BFloat16],
        Precision::Auto => &[Kind::Float],
    };
    let paths: Vec<PathBuf> = dataset.images.iter().map(|image| (&image.path).into()).collect();
    let mut found = Vec::new();
    for &kind in kinds {
        let network = Network::new(backbone, &loaded.parameters, config.batch_norm, kind)?;
        let arithmetic = arithmetic(&loaded, &network);
        let key = space_key(config, &dataset.root, &paths, &arithmetic);
        if key.is_some_and(|key| store.has_rows(&key)) {
            found.push(Features::new(dataset, config, &arithmetic, store));
        }
    }
    Ok(found)
}
