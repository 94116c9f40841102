//! A folder's images on their way through the network: decoded ahead, batch by batch, with what cannot be read and how
//! long it took. Whether the features are kept is for [`super::table`] and [`super::live`] to know.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tch::{Device, Tensor};

use super::pixels::batch_features;
use crate::disk::{Batch, Loader, Plan};
use crate::engine::backbone::{Mode, Network};
use crate::engine::device::threads::n_decoders;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset};
use crate::jobs::progress::Reporter;

/// One batch on its way to the head.
#[derive(Debug)]
pub struct FeatureBatch {
    /// Into the dataset's images; those that could be read.
    pub indices: Vec<usize>,
    /// `[n, n_features]`, f32, on the network's device.
    pub features: Tensor,
    /// `[n]`, i64, on the same device.
    pub labels: Tensor,
}

/// The images, and what passing them through the network has come to so far.
#[derive(Debug)]
pub struct Images {
    pub(super) root: PathBuf,
    pub(super) paths: Arc<[PathBuf]>,
    pub(super) config: Config,
    labels: Vec<i64>,
    /// Images that could not be read, and why; left out.
    pub(super) unreadable: BTreeMap<usize, String>,
    /// Images that went through the network, in all passes.
    pub n_computed: usize,
    /// Seconds that the network waited for pixels, in all passes.
    pub waited_secs: f64,
    /// Seconds from the first to the last image of the passes, waiting included.
    pub computing_secs: f64,
}

impl Images {
    pub fn new(dataset: &Dataset, config: &Config) -> Self {
        let labels = dataset.images.iter().map(|image| image.class_idx as i64);
        let paths = dataset.images.iter().map(|image| (&image.path).into());
        Self::at(dataset.root.clone(), paths.collect(), labels.collect(), config)
    }

    /// Images whose files need not be there.
    pub fn without_files(config: &Config, labels: Vec<i64>) -> Self {
        let paths = vec![PathBuf::new(); labels.len()].into();
        Self::at(config.data.clone(), paths, labels, config)
    }

    fn at(root: PathBuf, paths: Arc<[PathBuf]>, labels: Vec<i64>, config: &Config) -> Self {
        Images {
            root,
            paths,
            config: config.clone(),
            labels,
            unreadable: BTreeMap::new(),
            n_computed: 0,
            waited_secs: 0.0,
            computing_secs: 0.0,
        }
    }

    /// Takes over the classes that the images have in the dataset now.
    pub fn relabel(&mut self, dataset: &Dataset) {
        self.labels = dataset
            .images
            .iter()
            .map(|image| image.class_idx as i64)
            .collect();
    }

    /// The images that were looked up or tried and cannot be read, and why.
    pub fn unreadable(&self) -> &BTreeMap<usize, String> {
        &self.unreadable
    }

    /// The file of an image.
    pub fn file_of(&self, image_idx: usize) -> PathBuf {
        self.root.join(&self.paths[image_idx])
    }

    /// The class of each, by index.
    pub fn classes_of(&self, indices: &[usize]) -> Vec<usize> {
        indices.iter().map(|&i| self.labels[i] as usize).collect()
    }

    /// The same as a tensor, `[indices.len()]`, i64.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn labels_of(&self, indices: &[usize], device: Device) -> Result<Tensor> {
        let labels: Vec<i64> = indices.iter().map(|&i| self.labels[i]).collect();
        Ok(Tensor::f_from_slice(&labels)?.f_to_device(device)?)
    }

    /// Decodes and computes `n_at_once` images at a time. `use_batch` gets each batch in order, with features where
    /// any of its images could be read. Progress counts images. Returns how many could be read.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; the system gives no thread; whatever `use_batch` returns.
    pub(super) fn pass(
        &mut self,
        (network, mode): (&Network, Mode),
        order: &[usize],
        n_at_once: usize,
        progress: &mut Reporter,
        mut use_batch: impl FnMut(&Batch, Option<FeatureBatch>, &mut Reporter) -> Result<()>,
    ) -> Result<usize> {
        let batches = order.chunks(n_at_once).map(<[usize]>::to_vec).collect();
        let began = Instant::now();
        let mut loader = Loader::start(self.plan(batches), progress.cancel.clone())?;
        let mut n_read = 0;
        let mut result = Ok(());
        for batch in &mut loader {
            result = batch.and_then(|batch| {
                progress.cancel.check()?;
                n_read += batch.indices.len();
                let features = self.features_of(network, mode, &batch, progress)?;
                use_batch(&batch, features, progress)?;
                let n_asked = batch.indices.len() + batch.failures.len();
                progress.work_done(n_asked);
                progress.advance(n_asked);
                Ok(())
            });
            if result.is_err() {
                break;
            }
        }
        self.waited_secs += loader.waited().as_secs_f64();
        self.computing_secs += began.elapsed().as_secs_f64();
        result.map(|()| n_read)
    }

    /// `None` where no image of the batch could be read.
    fn features_of(
        &mut self,
        network: &Network,
        mode: Mode,
        batch: &Batch,
        progress: &Reporter,
    ) -> Result<Option<FeatureBatch>> {
        for failure in &batch.failures {
            let why = failure.message.clone();
            self.unreadable.entry(failure.image_idx).or_insert(why);
        }
        if batch.indices.is_empty() {
            return Ok(None);
        }
        let features = batch_features(network, mode, batch, self.config.normalize, &progress.cancel)?;
        self.n_computed += batch.indices.len();
        Ok(Some(FeatureBatch {
            features,
            labels: self.labels_of(&batch.indices, network.device)?,
            indices: batch.indices.clone(),
        }))
    }

    pub(super) fn none_readable(&self) -> Error {
        let why = self.unreadable.iter().next();
        let why = why.map_or_else(String::new, |(&i, why)| {
            format!("; such as {}: {why}", self.paths[i].display())
        });
        Error::file(&self.root, format!("not one of the images could be read{why}"))
    }

    pub(super) fn plan(&self, batches: Vec<Vec<usize>>) -> Plan {
        Plan {
            root: self.root.clone(),
            paths: Arc::clone(&self.paths),
            batches,
            resize: self.config.resize,
            image_size: self.config.image_size,
            n_threads: n_decoders(),
        }
    }
}
