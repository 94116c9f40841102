//! What a run needs before its first step: the data and its split, the weights, the network, a fresh head.

use std::path::{Path, PathBuf};

use tch::Kind;

use super::backbone::{Network, Parameters};
use super::converge::MOST_ITERATIONS;
use super::features::Features;
use super::head::{Head, Heads};
use super::pixels::batch_fits;
use super::precision::{Materials, Sight};
use super::report::Report;
use super::weights::Loaded;
use super::{device, random, threads, weights};
use crate::disk::content::ContentHash;
use crate::disk::feature_store::{Arithmetic, FeatureStore, content_hashes};
use crate::disk::fingerprint::fingerprint;
use crate::disk::groups::divide;
use crate::disk::loader::sizes;
use crate::disk::run_folder::Environment;
use crate::disk::scan::scan;
use crate::error::{Error, Result};
use crate::experiment::{
    Backbone, Config, Dataset, EVENT_FORMAT, Groups, Resize, RunEvent, Split, Started, Stop, WeightsSource,
    backbone, leaks,
};
use crate::protocol::{Event, Phase};

/// Everything that decides a run, ready to go. The parity check puts another split, order and head in.
#[derive(Debug)]
pub struct Setup {
    /// At least one; but for class weights and learning rates their configs are the same.
    pub candidates: Vec<Candidate>,
    pub backbone: &'static Backbone,
    pub dataset: Dataset,
    pub split: Split,
    pub parameters: Parameters,
    pub network: Network,
    pub features: Features,
    /// One for each candidate.
    pub heads: Heads,
    pub order: Order,
    pub environment: Environment,
    /// Images that the head was trained on so far, counted in every epoch.
    pub n_trained: usize,
    /// Things to tell once the run has begun.
    pub warnings: Vec<String>,
}

/// One head's part of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub config: Config,
    /// Resolved on the training images, in class order.
    pub class_weights: Vec<f64>,
    /// Why this head came to nothing, where it did.
    pub failure: Option<String>,
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
    /// What all candidates share is asked of the first.
    pub fn config(&self) -> &Config {
        &self.candidates[0].config
    }

    /// The training images of this epoch (from 1), in the order they are seen.
    pub fn epoch_order(&self, epoch: u32) -> Vec<usize> {
        match &self.order {
            Order::Seeded => random::epoch_order(&self.split.train, self.config().seed, epoch),
            Order::Given(epochs) => epochs[epoch as usize - 1].clone(),
        }
    }

    /// The first fact of that candidate's run.
    pub fn started(&self, candidate: usize, run: &str) -> RunEvent {
        let Candidate {
            config,
            class_weights,
            ..
        } = &self.candidates[candidate];
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
        }))
    }

    /// What the files of the split's images hold, by image index; quick where they were looked at just before.
    ///
    /// # Errors
    /// Stopped; the system gives no thread.
    pub fn contents(&self, store: &FeatureStore, report: &mut Report) -> Result<Vec<Option<ContentHash>>> {
        let paths: Vec<String> = self
            .dataset
            .images
            .iter()
            .map(|image| image.path.clone())
            .collect();
        let all = self.split.all();
        report.begin(Phase::Hash, all.len());
        let cancel = report.cancel.clone();
        let mut progress = |n_done: usize| report.reach(n_done as u64, all.len() as u64);
        content_hashes(store, &self.dataset.root, &paths, &all, &cancel, &mut progress)
    }

    /// Images that a whole run passes through the network, with batch statistics.
    pub fn n_network_images(&self) -> usize {
        let [train, val, test] = [&self.split.train, &self.split.val, &self.split.test].map(Vec::len);
        let config = self.config();
        let raw = if config.raw { val } else { 0 };
        raw + config.epochs as usize * (train + val) + test
    }
}

/// Reads, checks and builds all of it, for configs that differ in class weights and learning rate alone. Nothing is
/// written; what is wrong with the request is found here.
pub fn prepare(configs: &[Config], store: &FeatureStore, report: &mut Report) -> Result<Setup> {
    let configs: Vec<Config> = configs.iter().map(checked).collect::<Result<_>>()?;
    let config = configs.first().ok_or_else(|| Error::input("nothing to train"))?;
    let backbone = backbone(&config.arch).ok_or_else(|| Error::input("unknown architecture"))?;
    let device = device::choose(config.device)?;
    let dataset = read_dataset(config, report)?;
    let (split, _) = divide(config, &dataset)?;
    let candidates = candidates(&configs, &dataset, &split)?;
    no_batch_of_one(config, backbone, split.train.len())?;
    batch_fits(config)?;
    if config.resize == Resize::None {
        one_size(&dataset)?;
    }
    report.begin(Phase::Prepare, 0);
    let loaded = weights::load(config, backbone, device, report)?;
    report.cancel.check()?;
    report.begin(Phase::Prepare, 0);
    let materials = Materials {
        config,
        backbone,
        loaded: &loaded,
        dataset: &dataset,
        store,
    };
    let Sight {
        network,
        features,
        warnings,
    } = materials.build(report)?;
    let head = Head::new(backbone.n_features, dataset.n_classes(), config.seed, device)?;
    let heads = Heads::starting_at(&head, configs.len())?;
    let environment = environment(&network, loaded.from, fingerprint(&dataset)?);
    Ok(Setup {
        candidates,
        backbone,
        warnings: [
            issue_warnings(&dataset),
            leaks(&dataset, &split).into_iter().collect(),
            warnings,
        ]
        .concat(),
        dataset,
        split,
        parameters: loaded.parameters,
        network,
        features,
        heads,
        order: Order::Seeded,
        environment,
        n_trained: 0,
    })
}

/// Resolves every config's class weights on the training images.
pub fn candidates(configs: &[Config], dataset: &Dataset, split: &Split) -> Result<Vec<Candidate>> {
    let candidate = |config: &Config| {
        Ok(Candidate {
            config: config.clone(),
            class_weights: resolve(config, dataset, split)?,
            failure: None,
        })
    };
    configs.iter().map(candidate).collect()
}

/// The weight of each class, in class order.
pub fn resolve(config: &Config, dataset: &Dataset, split: &Split) -> Result<Vec<f64>> {
    let n_train = dataset.counts_of(split.train.iter().copied());
    let class_weights = config.class_weights.resolve(&dataset.classes, &n_train);
    class_weights.map_err(Error::Input)
}

/// A layer that normalises by its batch needs more than one number a channel, as PyTorch says ("Expected more than 1 value
/// per channel when training"): of one image that has come down to one pixel there is no other.
pub fn no_batch_of_one(config: &Config, backbone: &Backbone, n_train: usize) -> Result<()> {
    /// By how much the last stage of a ResNet is smaller than the image.
    const STRIDE: u32 = 32;
    let has_norm = backbone.name.starts_with("resnet");
    let comes_to_a_pixel = config.resize != Resize::None && config.image_size <= STRIDE;
    if !config.uses_batch_statistics() || !has_norm || !comes_to_a_pixel || n_train % config.batch != 1 {
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

/// What the features depend on beside images and transform.
pub fn arithmetic(loaded: &Loaded, network: &Network) -> Arithmetic {
    Arithmetic {
        parameters: loaded.content,
        weights: loaded.from.clone(),
        n_features: network.n_features,
        precision: precision_name(network.kind).into(),
        device_kind: device::kind_name(network.device).into(),
        library: super::LIBTORCH_VERSION.into(),
    }
}

/// The config with absolute paths, so that a run can be run again from anywhere; or all that is wrong with it.
pub fn checked(config: &Config) -> Result<Config> {
    let problems: Vec<String> = config.problems().into_iter().map(|p| p.message).collect();
    if !problems.is_empty() {
        return Err(Error::Input(problems.join("; ")));
    }
    let mut config = config.clone();
    config.data = absolute(&config.data, "there is no such folder; check the path")?;
    if let WeightsSource::File(path) = &mut config.weights {
        *path = absolute(path, "there is no such file of weights; check the path")?;
    }
    if let Some(Groups::Csv(path)) = &mut config.groups {
        *path = absolute(path, "there is no such file of groups; check the path")?;
    }
    Ok(config)
}

fn absolute(path: &Path, missing: &str) -> Result<PathBuf> {
    path.canonicalize().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::file(path, missing),
        _ => Error::io("find", path)(e),
    })
}

pub fn read_dataset(config: &Config, report: &mut Report) -> Result<Dataset> {
    report.begin(Phase::Scan, 0);
    let cancel = report.cancel.clone();
    let dataset = scan(&config.data, &cancel, &mut |n| report.reach(n, 0))?;
    if dataset.classes.is_empty() {
        let message = "holds no class: there must be one sub-folder of images for each class";
        return Err(Error::file(&config.data, message));
    }
    report.send(Event::Scanned(Box::new(dataset.clone())));
    Ok(dataset)
}

/// One warning for all issues of the folder.
pub fn issue_warnings(dataset: &Dataset) -> Vec<String> {
    let Some(first) = dataset.issues.first() else {
        return vec![];
    };
    let others = match dataset.issues.len() - 1 {
        0 => String::new(),
        n => format!(" (and {n} more; the list of issues has them)"),
    };
    vec![format!("{}: {}{others}", first.path, first.message)]
}

fn environment(network: &Network, weights_file: String, data_fingerprint: String) -> Environment {
    Environment {
        program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).into(),
        git_revision: env!("COUNTERWEIGHT_REVISION").into(),
        libtorch: super::LIBTORCH_VERSION.into(),
        device: device::name(network.device),
        precision: precision_name(network.kind).into(),
        threads: threads::n_threads() as usize,
        weights_file,
        data_fingerprint,
    }
}

pub fn precision_name(kind: Kind) -> &'static str {
    if kind == Kind::BFloat16 { "bf16" } else { "f32" }
}
