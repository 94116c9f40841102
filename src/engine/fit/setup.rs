//! What a run needs before its first step: the data and its split, the weights, the network.

use std::path::{Path, PathBuf};

use super::member::{Member, each_once, members};
use super::readable::folder_warnings::{folder_warnings, no_class_is_unreadable};
use crate::disk::dataset::fingerprint::fingerprint;
use crate::disk::dataset::labels::{Decided, divide_as_decided};
use crate::disk::dataset::scan::scan;
use crate::disk::feature_store::FeatureStore;
use crate::disk::images::loader::sizes;
use crate::disk::runs::folder::Environment;
use crate::engine::backbone::load;
use crate::engine::backbone::{Network, Parameters};
use crate::engine::device;
use crate::engine::device::random;
use crate::engine::device::threads;
use crate::engine::features::Features;
use crate::engine::features::pixels::batch_fits;
use crate::engine::features::precision::{BuildInputs, Extractor, precision_name};
use crate::error::{Error, Result};
use crate::experiment::{
    Applied, Backbone, Caution, Code, Config, Dataset, EVENT_FORMAT, Groups, LabelCounts, MOST_ITERATIONS,
    Resize, RunEvent, Split, Started, Stop, WeightsSource, backbone, leaks,
};
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;
use crate::protocol::advice::NO_WEIGHTS_FILE;

/// What all heads of a job share, and what no training changes. The parity check puts another split and order in.
#[derive(Debug)]
pub struct Setup {
    /// Except for class weights and learning rate, which are a member's own.
    pub config: Config,
    pub backbone: &'static Backbone,
    pub dataset: Dataset,
    pub split: Split,
    /// By image index, where the split keeps groups together.
    pub groups: Option<Vec<String>>,
    pub parameters: Parameters,
    pub network: Network,
    pub order: Order,
    pub environment: Environment,
    /// What was decided about single images, where a config names decisions.
    pub labels: Option<LabelsUsed>,
}

/// Decisions that a training goes by.
#[derive(Debug)]
pub struct LabelsUsed {
    pub counts: LabelCounts,
    /// All of them, of which each run keeps a copy.
    pub decided: Decided,
}

/// A job that is ready to go.
#[derive(Debug)]
pub struct Prepared {
    pub setup: Setup,
    pub features: Features,
    /// At least one; their configs differ only in class weights and learning rates.
    pub members: Vec<Member>,
    /// To be given once the run has begun.
    pub warnings: Vec<String>,
    /// Of each run, likewise.
    pub cautions: Vec<Caution>,
}

/// The order in which training images are seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Shuffled each epoch, from the config's seed.
    Seeded,
    /// As given, epoch by epoch.
    Given(Vec<Vec<usize>>),
}

impl Setup {
    /// The training images of this epoch (from 1), in the order they are seen.
    pub fn epoch_order(&self, epoch: u32) -> Vec<usize> {
        match &self.order {
            Order::Seeded => random::epoch_order(&self.split.train, self.config.seed, epoch),
            Order::Given(epochs) => epochs[epoch as usize - 1].clone(),
        }
    }

    /// The first fact of that member's run, and of which sweep it is.
    pub fn started(&self, member: &Member, run: &str, sweep: Option<String>) -> RunEvent {
        let Member {
            config,
            class_weights,
            ..
        } = member;
        let count = |indices: &[usize]| self.dataset.counts_of(indices.iter().copied());
        RunEvent::Started(Box::new(Started {
            format: EVENT_FORMAT,
            run: run.into(),
            config: config.clone(),
            classes: self.dataset.classes.clone(),
            class_weights: class_weights.clone(),
            n_train: count(&self.split.train),
            n_val: count(&self.split.val),
            n_test: count(&self.split.test),
            iterations_per_epoch: match config.stop {
                Stop::Epochs => self.split.train.len().div_ceil(config.batch),
                Stop::Converged => MOST_ITERATIONS,
            },
            device: self.environment.device.clone(),
            precision: self.environment.precision.clone(),
            sweep,
            labels: self.labels.as_ref().map(|labels| labels.counts),
        }))
    }

    /// Images that a whole run passes through the network, with batch statistics.
    pub fn n_network_images(&self) -> usize {
        let [train, val, test] = [&self.split.train, &self.split.val, &self.split.test].map(Vec::len);
        let config = &self.config;
        let baseline = if config.baseline { val } else { 0 };
        baseline + config.epochs as usize * (train + val) + test
    }
}

/// Reads, checks and builds all of it, for configs that differ in class weights and learning rate alone. Nothing is
/// written; what is wrong with the request is found here. `on_scanned` hears of the folder before the network is built.
///
/// # Errors
/// The request is wrong, in what way; stopped; a libtorch fault.
pub fn prepare(
    configs: &[Config],
    store: &FeatureStore,
    progress: &mut Reporter,
    on_scanned: impl FnOnce(&Dataset),
) -> Result<Prepared> {
    let mut configs: Vec<Config> = configs.iter().map(checked).collect::<Result<_>>()?;
    let config = configs.first().ok_or_else(|| Error::input("nothing to train"))?;
    let backbone = backbone(&config.arch).ok_or_else(|| Error::input("unknown architecture"))?;
    let device = device::choose(config.device)?;
    let mut dataset = read_dataset(config, progress, on_scanned)?;
    // As it was read: decisions about labels are the config's, and make no other dataset of it.
    let (of_folder, of_files) = (folder_warnings(&dataset), fingerprint(&dataset)?);
    let divided = divide_as_decided(config, &mut dataset, store, &progress.cancel)?;
    let (split, labels) = (divided.split, divided.decided.map(used));
    configs
        .iter_mut()
        .for_each(|config| name_labels(config, labels.as_ref()));
    let config = &configs[0];
    let all = members(&configs, &dataset, &split)?;
    let (members, same) = each_once(all, &dataset.classes, config.stop);
    no_batch_of_one(config, backbone, split.train.len())?;
    batch_fits(config)?;
    if config.resize == Resize::None {
        one_size(&dataset)?;
    }
    progress.begin(Phase::Prepare, 0);
    let loaded = load::load(config, backbone, device, progress)?;
    progress.cancel.check()?;
    progress.begin(Phase::Prepare, 0);
    let inputs = BuildInputs {
        config,
        backbone,
        loaded: &loaded,
        dataset: &dataset,
        store,
    };
    let Extractor {
        network,
        features,
        warnings,
    } = inputs.build(&progress.cancel)?;
    let environment = environment(&network, loaded.from, of_files);
    let leak = leaks(&dataset, &split).map(|message| Caution::new(Code::Leak, message));
    Ok(Prepared {
        warnings: [same, of_folder, divided.warnings, warnings].concat(),
        cautions: leak.into_iter().collect(),
        features,
        members,
        setup: Setup {
            config: config.clone(),
            backbone,
            dataset,
            split,
            groups: divided.groups,
            parameters: loaded.parameters,
            network,
            order: Order::Seeded,
            environment,
            labels,
        },
    })
}

fn used((decided, applied): (Decided, Applied)) -> LabelsUsed {
    LabelsUsed {
        counts: applied.counts,
        decided,
    }
}

/// A run's config names the decisions that it was trained with, and not only the file that they were in then.
fn name_labels(config: &mut Config, labels: Option<&LabelsUsed>) {
    if let (Some(overlay), Some(labels)) = (&mut config.labels_overlay, labels) {
        overlay.version = labels.decided.version();
    }
}

/// A layer that normalises by its batch needs more than one number a channel, as PyTorch says ("Expected more than 1 value
/// per channel when training"): of one image that has come down to one pixel there is no other.
///
/// # Errors
/// There would be such a batch; the message says what to choose instead.
pub fn no_batch_of_one(config: &Config, backbone: &Backbone, n_train: usize) -> Result<()> {
    /// By how much the last stage of a ResNet is smaller than the image.
    const STRIDE: u32 = 32;
    let has_norm = backbone.name.starts_with("resnet");
    let comes_to_a_pixel = config.resize != Resize::None && config.image_size <= STRIDE;
    let n_last = match n_train % config.batch {
        0 => config.batch,
        rest => rest,
    };
    if !config.uses_batch_statistics() || !has_norm || !comes_to_a_pixel || n_last != 1 {
        return Ok(());
    }
    Err(Error::input(format!(
        "the last batch of an epoch would be 1 image ({n_train} in batches of {}), and at {} px batch statistics need 2; \
         choose another batch size, or larger images",
        config.batch, config.image_size
    )))
}

/// Images that are not resized must have one size, or what the first happens to have decides which are left out.
fn one_size(dataset: &Dataset) -> Result<()> {
    let sizes = sizes(
        &dataset.root,
        dataset.images.iter().map(|image| Path::new(&image.path)),
    );
    if sizes.len() < 2 {
        return Ok(());
    }
    let mut sizes: Vec<((u32, u32), usize)> = sizes.into_iter().collect();
    sizes.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    let named: Vec<String> = (sizes.iter().take(3))
        .map(|((width, height), n)| format!("{n} of {width} x {height}"))
        .collect();
    let more = match sizes.len().saturating_sub(named.len()) {
        0 => String::new(),
        n => format!(" and {n} sizes more"),
    };
    let message = format!(
        "its images have {} sizes ({}{more}), and without resizing all must have one; choose a resize",
        sizes.len(),
        named.join(", ")
    );
    Err(Error::file(&dataset.root, message))
}

/// The config with absolute paths, so that a run can be run again from anywhere; or all that is wrong with it.
///
/// # Errors
/// What is wrong with it, all at once.
pub fn checked(config: &Config) -> Result<Config> {
    let problems: Vec<String> = config.problems().map(|p| p.message).collect();
    if !problems.is_empty() {
        return Err(Error::Input(problems.join("; ")));
    }
    let mut config = config.clone();
    config.data = absolute(&config.source().folder, "there is no such folder; check the path")?;
    if let Some(path) = &mut config.label_table {
        *path = absolute(path, "there is no such table of labels; check the path")?;
    }
    if let WeightsSource::File(path) = &mut config.weights {
        *path = absolute(path, NO_WEIGHTS_FILE)?;
    }
    if let Some(Groups::Csv(path)) = &mut config.groups {
        *path = absolute(path, "there is no such file of groups; check the path")?;
    }
    if let Some(overlay) = &mut config.labels_overlay {
        overlay.file = absolute(
            &overlay.file,
            "there is no such file of decisions about labels; check the path",
        )?;
    }
    Ok(config)
}

fn absolute(path: &Path, missing: &str) -> Result<PathBuf> {
    path.canonicalize().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::file(path, missing),
        _ => Error::io("find", path)(e),
    })
}

/// Scans the folder. `on_scanned` hears of it even where it then turns out to be of no use.
///
/// # Errors
/// It cannot be read, holds no class, or a class of which nothing can be an image; stopped.
pub fn read_dataset(
    config: &Config,
    progress: &mut Reporter,
    on_scanned: impl FnOnce(&Dataset),
) -> Result<Dataset> {
    progress.begin(Phase::Scan, 0);
    let cancel = progress.cancel.clone();
    let dataset = scan(&config.source(), &cancel, &mut |n| progress.reach(n, 0))?;
    if dataset.classes.is_empty() {
        let message = "holds no class: there must be one sub-folder of images for each class";
        return Err(Error::file(&config.data, message));
    }
    on_scanned(&dataset);
    no_class_is_unreadable(&dataset)?;
    Ok(dataset)
}

fn environment(network: &Network, weights_file: String, data_fingerprint: String) -> Environment {
    Environment {
        program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).into(),
        git_revision: env!("COUNTERWEIGHT_REVISION").into(),
        libtorch: crate::engine::LIBTORCH_VERSION.into(),
        device: device::name(network.device),
        precision: precision_name(network.kind).into(),
        threads: threads::n_threads() as usize,
        weights_file,
        data_fingerprint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::BatchNorm;

    #[test]
    fn a_last_batch_of_one_pixel_is_refused_where_its_batch_is_what_normalises() {
        let config = |batch: usize, image_size: u32, batch_norm: BatchNorm| Config {
            batch,
            image_size,
            batch_norm,
            ..Config::default()
        };
        let refused = |config: Config, arch: &str, n_train: usize| {
            let backbone = backbone(arch).unwrap();
            no_batch_of_one(&config, backbone, n_train)
                .err()
                .map(|e| e.to_string())
        };
        let (frozen, by_batch) = (BatchNorm::Frozen, BatchNorm::Batch);
        let message = refused(config(10, 32, by_batch), "resnet18", 41).unwrap();
        assert!(
            message.contains("the last batch of an epoch would be 1 image (41 in batches of 10)"),
            "{message}"
        );
        for (config, arch, n_train) in [
            (config(10, 32, by_batch), "resnet18", 40),
            (config(10, 32, by_batch), "resnet18", 42),
            // Two by two pixels are enough of one image.
            (config(10, 33, by_batch), "resnet18", 41),
            (config(10, 32, frozen), "resnet18", 41),
            (config(10, 32, by_batch), "squeezenet1_0", 41),
        ] {
            assert_eq!(refused(config, arch, n_train), None);
        }
        // Every batch is of one.
        assert!(refused(config(1, 32, by_batch), "resnet50", 41).is_some());
    }
}
