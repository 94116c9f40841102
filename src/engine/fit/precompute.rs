//! Features computed ahead of any training, and how many of them there are.

use tch::Kind;

use super::readable::settle::settle;
use super::setup::{Prepared, checked, prepare, read_dataset};
use crate::disk::feature_store::FeatureStore;
use crate::engine::backbone::Network;
use crate::engine::backbone::load::load_without_download;
use crate::engine::device;
use crate::engine::features::precision::{Extractor, extractor, numerics};
use crate::engine::features::{Features, Images, Table};
use crate::error::{Error, Result};
use crate::experiment::{Backbone, BatchNorm, Config, Dataset, Precision, RunEvent, backbone};
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
    if !config.features_are_fixed() {
        return Err(Error::input(
            "features depend on their batch with batch statistics, so there is nothing to compute ahead",
        ));
    }
    let configs = std::slice::from_ref(config);
    let Prepared {
        setup, mut features, ..
    } = prepare(configs, store, progress, |_| ())?;
    let table = features.table_mut()?;
    let everything = setup.split.all();
    let problems = table.complete(&setup.network, &everything, progress)?;
    let status = FeaturesStatus {
        n_images: everything.len(),
        n_ready: table.readable(&everything).len(),
        n_unreadable: table.images.unreadable().len(),
    };
    let left_out = settle(&setup, &table.images)?.map_or_else(Vec::new, |settled| settled.warnings);
    for message in problems.into_iter().chain(left_out) {
        tell(FitEvent::Run(RunEvent::Warning { message }).into());
    }
    Ok(status)
}

/// A whole folder's features, for what looks at all of its images whatever their part.
#[derive(Debug)]
pub struct WholeFolder {
    /// As it was asked for, but for statistics that are frozen: an image's features may depend on the image alone.
    pub config: Config,
    pub network: Network,
    pub features: Features,
    /// The images that have features.
    pub readable: Vec<usize>,
    pub warnings: Vec<String>,
}

/// Computes what is missing of them, and keeps it.
///
/// # Errors
/// The config is wrong, the weights are not there, or not one image can be read; stopped; a libtorch fault.
pub fn whole_folder(
    config: &Config,
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<WholeFolder> {
    let config = checked(&Config {
        batch_norm: BatchNorm::Frozen,
        ..config.clone()
    })?;
    let Extractor {
        network,
        mut features,
        mut warnings,
    } = extractor(&config, dataset, store, progress)?;
    let table = features.table_mut()?;
    let all: Vec<usize> = (0..dataset.images.len()).collect();
    warnings.extend(table.complete(&network, &all, progress)?);
    let readable = table.readable(&all);
    Ok(WholeFolder {
        config,
        network,
        features,
        readable,
        warnings,
    })
}

/// Reports how many images have their features. Downloads and computes nothing.
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
    if !config.features_are_fixed() {
        return Ok(status);
    }
    for mut table in tables(&config, backbone, &dataset, store, progress)? {
        let everything: Vec<usize> = (0..dataset.images.len()).collect();
        let missing = table.look_up(&everything, progress)?;
        let n_unopened = missing.iter().filter(|(_, content)| content.is_none()).count();
        status.n_ready = status.n_ready.max(table.readable(&everything).len());
        status.n_unreadable = status
            .n_unreadable
            .max(table.images.unreadable().len() + n_unopened);
    }
    Ok(status)
}

/// The rows in each precision that the config may come to, where there are any. Which one `auto` takes is known
/// only after it has looked at images.
fn tables(
    config: &Config,
    backbone: &Backbone,
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Vec<Table>> {
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
    let mut found = Vec::new();
    for &kind in kinds {
        let network = Network::new(backbone, &loaded.parameters, config.batch_norm, kind)?;
        let numerics = numerics(&loaded, &network);
        let images = Images::new(dataset, config);
        let key = images.set_key(&numerics).filter(|key| store.has_rows(key));
        found.extend(key.map(|key| Table::open(images, store, &key)));
    }
    Ok(found)
}
