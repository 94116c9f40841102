//! An image folder's features. With frozen statistics each image passes through the backbone once in its life: rows come
//! from the feature store, and what it lacks is computed and put there. With batch statistics features depend on the
//! batch they were computed in, so there is no store, and every pass goes through the network.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tch::{Device, Kind, Tensor};

use super::key::space_key;
use super::pixels::{batch_features, images_at_once};
use super::{CPU_BATCH, CUDA_BATCH, CUDA_IMAGES, FeatureBatch};
use crate::disk::feature_store::{Arithmetic, FeatureStore, RowRef, Space, content_hashes};
use crate::disk::{Batch, ContentHash, Loader, Plan};
use crate::engine::backbone::{Mode, Network};
use crate::engine::device::slices::floats_mut;
use crate::engine::device::threads::n_decoders;
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset};
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// The dataset's features, computed where they are not known yet.
#[derive(Debug)]
pub struct Features {
    root: PathBuf,
    paths: Arc<[PathBuf]>,
    labels: Vec<i64>,
    config: Config,
    /// `None` with batch statistics.
    kept: Option<Kept>,
    /// Images that could not be read, and why; left out.
    unreadable: BTreeMap<usize, String>,
    /// Seconds that the network waited for pixels, in all passes.
    pub waited_secs: f64,
    /// Images that went through the network, in all passes.
    pub n_computed: usize,
    /// Images whose features were there already.
    pub n_cached: usize,
    /// Seconds from the first to the last image of the passes through the network, waiting included.
    pub computing_secs: f64,
}

/// An image without features, and what its file holds; the latter `None` where it cannot be read.
type Missing = (usize, Option<ContentHash>);

/// Rows of the store.
#[derive(Debug)]
struct Kept {
    store: FeatureStore,
    space: Space,
    n_features: usize,
    /// By image index: where its row is, once that is known.
    rows: Vec<Option<RowRef>>,
}

impl Features {
    pub fn new(dataset: &Dataset, config: &Config, arithmetic: &Arithmetic, store: &FeatureStore) -> Self {
        let paths: Arc<[PathBuf]> = dataset.images.iter().map(|image| (&image.path).into()).collect();
        let kept = space_key(config, &dataset.root, &paths, arithmetic).map(|key| Kept {
            store: store.clone(),
            space: store.open(&key),
            n_features: key.n_features,
            rows: vec![None; paths.len()],
        });
        Features {
            root: dataset.root.clone(),
            labels: dataset
                .images
                .iter()
                .map(|image| image.class_idx as i64)
                .collect(),
            paths,
            config: config.clone(),
            kept,
            unreadable: BTreeMap::new(),
            waited_secs: 0.0,
            n_computed: 0,
            n_cached: 0,
            computing_secs: 0.0,
        }
    }

    /// Of images that are known by their content and whose rows are all in that space; their files need not be there.
    pub fn known(config: &Config, labels: Vec<i64>, contents: &[ContentHash], space: Space) -> Self {
        let rows = contents.iter().map(|content| space.find(content)).collect();
        Features {
            root: config.data.clone(),
            paths: vec![PathBuf::new(); labels.len()].into(),
            labels,
            config: config.clone(),
            kept: Some(Kept {
                store: FeatureStore::in_memory(),
                n_features: space.n_features,
                space,
                rows,
            }),
            unreadable: BTreeMap::new(),
            waited_secs: 0.0,
            n_computed: 0,
            n_cached: 0,
            computing_secs: 0.0,
        }
    }

    /// Finds, among `wanted`, the images whose features are in the store; returns the others, but for those known to
    /// be unreadable. None with batch statistics.
    ///
    /// # Errors
    /// Stopped.
    pub fn look_up(&mut self, wanted: &[usize], progress: &mut Reporter) -> Result<Vec<Missing>> {
        let Some(kept) = &mut self.kept else {
            return Ok(vec![]);
        };
        let unreadable = &self.unreadable;
        let unknown = |i: &usize| kept.rows[*i].is_none() && !unreadable.contains_key(i);
        let unknown: Vec<usize> = wanted.iter().copied().filter(unknown).collect();
        if unknown.is_empty() {
            return Ok(vec![]);
        }
        progress.begin(Phase::Hash, unknown.len());
        let cancel = progress.cancel.clone();
        let mut reach = |n_done: usize| progress.reach(n_done as u64, unknown.len() as u64);
        kept.space.note(kept.store.notice_of(&self.root));
        let contents = content_hashes(
            &kept.store,
            &self.root,
            &self.paths,
            &unknown,
            &cancel,
            &mut reach,
        )?;
        let mut missing = Vec::new();
        for i in unknown {
            kept.rows[i] = contents[i].and_then(|content| kept.space.find(&content));
            if kept.rows[i].is_none() {
                missing.push((i, contents[i]));
            }
        }
        self.leave_out_undecodable(&mut missing);
        Ok(missing)
    }

    /// Takes those out of `missing` whose content is known to be no image.
    fn leave_out_undecodable(&mut self, missing: &mut Vec<Missing>) {
        let Some(kept) = &self.kept else { return };
        let undecodable = kept.store.undecodable.clone();
        missing.retain(|(i, content)| {
            let Some(why) = content.and_then(|content| undecodable.why(&content)) else {
                return true;
            };
            self.unreadable.entry(*i).or_insert(why);
            false
        });
    }

    /// The images that were looked up or tried and cannot be read, and why.
    pub fn unreadable(&self) -> &BTreeMap<usize, String> {
        &self.unreadable
    }

    /// The file of an image.
    pub fn file_of(&self, image_idx: usize) -> PathBuf {
        self.root.join(&self.paths[image_idx])
    }

    /// Sees to it that all of `wanted` have their features, computing what is missing. Nothing to do with batch
    /// statistics. A stop keeps what was computed. Returns warnings: what was wrong with the store.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; not one of them can be read.
    pub fn complete(
        &mut self,
        network: &Network,
        wanted: &[usize],
        progress: &mut Reporter,
    ) -> Result<Vec<String>> {
        let warnings = self.compute(network, wanted, progress)?;
        if self.are_kept() && self.readable(wanted).is_empty() && !wanted.is_empty() {
            return Err(self.none_readable());
        }
        Ok(warnings)
    }

    /// The same, whatever can be read of them.
    ///
    /// # Errors
    /// Stopped; a libtorch fault.
    pub fn compute(
        &mut self,
        network: &Network,
        wanted: &[usize],
        progress: &mut Reporter,
    ) -> Result<Vec<String>> {
        if self.all_known(wanted) {
            return Ok(vec![]);
        }
        let missing = self.look_up(wanted, progress)?;
        self.n_cached = self.readable(wanted).len().saturating_sub(self.n_computed);
        if !missing.is_empty() {
            self.compute_missing(network, &missing, progress)?;
        }
        let Some(kept) = &mut self.kept else {
            return Ok(vec![]);
        };
        kept.space.tidy_up(wanted.iter().filter_map(|&i| kept.rows[i]));
        kept.store.trim();
        Ok(kept.space.take_problems())
    }

    /// Whether all of these have their rows, or are known to have none; so with batch statistics.
    fn all_known(&self, wanted: &[usize]) -> bool {
        let Some(kept) = &self.kept else { return true };
        wanted
            .iter()
            .all(|i| kept.rows[*i].is_some() || self.unreadable.contains_key(i))
    }

    /// Passes images through the network into the store; those that hold the same only once.
    fn compute_missing(
        &mut self,
        network: &Network,
        missing: &[Missing],
        progress: &mut Reporter,
    ) -> Result<()> {
        let mut by_content: Vec<(Option<ContentHash>, usize)> =
            missing.iter().map(|(i, content)| (*content, *i)).collect();
        by_content.sort_unstable();
        by_content.dedup_by(|a, b| a.0 == b.0 && a.0.is_some());
        let mut order: Vec<usize> = by_content.into_iter().map(|(_, i)| i).collect();
        order.sort_unstable();
        progress.begin(Phase::Features, order.len());
        progress.plan_work(order.len());
        let mut contents: Vec<Missing> = missing.to_vec();
        let result =
            self.pass_through_network(network, Mode::Eval, &order, progress, |features, batch, _| {
                // A file that changed since it was looked up goes by what was decoded.
                for (&i, &content) in batch.indices.iter().zip(&batch.contents) {
                    if let Ok(place) = contents.binary_search_by_key(&i, |(i, _)| *i) {
                        contents[place].1 = Some(content);
                    }
                }
                let rows: Vec<f32> =
                    Vec::try_from(&features.features.f_to_device(Device::Cpu)?.f_view([-1i64])?)?;
                Ok(Some(rows))
            });
        if let Some(kept) = &mut self.kept {
            kept.space.write_out();
            for (i, content) in contents {
                kept.rows[i] = content.and_then(|content| kept.space.find(&content));
            }
        }
        // Of images that hold the same only one was tried; where it is no image, neither are the others.
        self.leave_out_undecodable(&mut missing.to_vec());
        result.map(|_| ())
    }

    /// Hands each batch's features to `use_batch`, in order. Progress counts images. Only with batch statistics does
    /// `mode` matter. `batch` is how many images at a time.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; no image of the pass readable; whatever `use_batch` returns.
    pub fn pass(
        &mut self,
        network: &Network,
        mode: Mode,
        order: &[usize],
        progress: &mut Reporter,
        mut use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        if self.kept.is_some() {
            return self.pass_over_kept(network.device, order, self.config.batch, progress, use_batch);
        }
        let order: Vec<usize> = self.readable(order);
        let n_read =
            self.pass_through_network(network, mode, &order, progress, |features, _, progress| {
                use_batch(features, progress)?;
                Ok(None)
            })?;
        if n_read == 0 && !order.is_empty() {
            return Err(self.none_readable());
        }
        Ok(())
    }

    /// Whether they are computed once and read from then on.
    pub fn are_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// As [`Features::pass`] where the size of batches does not matter to the result, in such as are quickest.
    pub fn pass_to_judge(
        &mut self,
        network: &Network,
        order: &[usize],
        progress: &mut Reporter,
        use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        if self.kept.is_some() {
            let batch = if network.device == Device::Cpu {
                CPU_BATCH
            } else {
                CUDA_BATCH
            };
            return self.pass_over_kept(network.device, order, batch, progress, use_batch);
        }
        self.pass(network, Mode::Eval, order, progress, use_batch)
    }

    fn pass_over_kept(
        &self,
        device: Device,
        order: &[usize],
        batch: usize,
        progress: &mut Reporter,
        mut use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        let order = self.readable(order);
        for indices in order.chunks(batch) {
            progress.cancel.check()?;
            let features = self.gather(indices, device)?;
            let labels = self.labels_of(indices, device)?;
            use_batch(
                FeatureBatch {
                    indices: indices.to_vec(),
                    features,
                    labels,
                },
                progress,
            )?;
            progress.advance(indices.len());
        }
        Ok(())
    }

    /// Those of `order` that have features or, with batch statistics, may have.
    pub fn readable(&self, order: &[usize]) -> Vec<usize> {
        let is_readable = |i: &usize| match &self.kept {
            Some(kept) => kept.rows[*i].is_some(),
            None => !self.unreadable.contains_key(i),
        };
        order.iter().copied().filter(is_readable).collect()
    }

    /// Rows of the store, `[n_features]` each; all of them must be there.
    pub fn rows(&self, indices: &[usize]) -> Result<Vec<&[f32]>> {
        let kept = self.kept()?;
        let row = |&i: &usize| {
            let at = kept.rows[i].ok_or_else(|| Error::file(&self.paths[i], "has no features"))?;
            Ok(kept.space.row(at))
        };
        indices.iter().map(row).collect()
    }

    /// The same in one piece, `[indices.len(), n_features]`.
    pub fn gather(&self, indices: &[usize], device: Device) -> Result<Tensor> {
        let rows = self.rows(indices)?;
        let n_features = self.kept()?.n_features;
        let size = [rows.len() as i64, n_features as i64];
        let mut features = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
        let places = floats_mut(&mut features)?.chunks_exact_mut(n_features);
        places
            .zip(rows)
            .for_each(|(place, row)| place.copy_from_slice(row));
        Ok(features.f_to_device(device)?)
    }

    fn kept(&self) -> Result<&Kept> {
        let why = "features that depend on their batch cannot be kept";
        self.kept.as_ref().ok_or_else(|| Error::Job(why.into()))
    }

    /// The class of each, by index.
    pub fn classes_of(&self, indices: &[usize]) -> Vec<usize> {
        indices.iter().map(|&i| self.labels[i] as usize).collect()
    }

    pub fn labels_of(&self, indices: &[usize], device: Device) -> Result<Tensor> {
        let labels: Vec<i64> = indices.iter().map(|&i| self.labels[i]).collect();
        Ok(Tensor::f_from_slice(&labels)?.f_to_device(device)?)
    }

    /// Decodes and computes batch by batch. Rows that `use_batch` returns are kept. Returns how many images could be
    /// read.
    fn pass_through_network(
        &mut self,
        network: &Network,
        mode: Mode,
        order: &[usize],
        progress: &mut Reporter,
        mut use_batch: impl FnMut(FeatureBatch, &Batch, &mut Reporter) -> Result<Option<Vec<f32>>>,
    ) -> Result<usize> {
        let batch = match (network.device, &self.kept) {
            (Device::Cuda(_), Some(_)) => images_at_once(&self.config, self.config.batch.max(CUDA_IMAGES)),
            (_, Some(_)) => images_at_once(&self.config, self.config.batch),
            (_, None) => self.config.batch,
        };
        let batches: Vec<Vec<usize>> = order.chunks(batch).map(<[usize]>::to_vec).collect();
        let began = Instant::now();
        let mut loader = Loader::start(self.plan(batches), progress.cancel.clone())?;
        let mut n_read = 0;
        let mut result = Ok(());
        for batch in &mut loader {
            result = batch.and_then(|batch| {
                n_read += batch.indices.len();
                self.take_batch(network, mode, batch, progress, &mut use_batch)
            });
            if result.is_err() {
                break;
            }
        }
        self.waited_secs += loader.waited().as_secs_f64();
        self.computing_secs += began.elapsed().as_secs_f64();
        result.map(|()| n_read)
    }

    fn take_batch(
        &mut self,
        network: &Network,
        mode: Mode,
        batch: Batch,
        progress: &mut Reporter,
        use_batch: &mut impl FnMut(FeatureBatch, &Batch, &mut Reporter) -> Result<Option<Vec<f32>>>,
    ) -> Result<()> {
        progress.cancel.check()?;
        let n_asked = batch.indices.len() + batch.failures.len();
        for failure in &batch.failures {
            if let (Some(content), Some(kept)) = (failure.content, &self.kept) {
                kept.store.undecodable.note(content, &failure.message);
            }
            let why = failure.message.clone();
            self.unreadable.entry(failure.image_idx).or_insert(why);
        }
        if !batch.indices.is_empty() {
            let features = FeatureBatch {
                features: batch_features(network, mode, &batch, self.config.normalize, &progress.cancel)?,
                labels: self.labels_of(&batch.indices, network.device)?,
                indices: batch.indices.clone(),
            };
            self.n_computed += batch.indices.len();
            if let (Some(rows), Some(kept)) = (use_batch(features, &batch, progress)?, &mut self.kept) {
                let rows = rows.chunks(kept.n_features);
                batch
                    .contents
                    .iter()
                    .zip(rows)
                    .for_each(|(content, row)| kept.space.add(*content, row));
            }
        }
        progress.work_done(n_asked);
        progress.advance(n_asked);
        Ok(())
    }

    /// Tries to read all of `wanted`, so that it is known which of them can be. Only with batch statistics, where
    /// no features are computed ahead.
    ///
    /// # Errors
    /// Stopped; the system gives no thread; not one of them can be read.
    pub fn try_reading(&mut self, wanted: &[usize], progress: &mut Reporter) -> Result<()> {
        progress.begin(Phase::Check, wanted.len());
        let batch = images_at_once(&self.config, self.config.batch);
        let batches = wanted.chunks(batch).map(<[usize]>::to_vec).collect();
        for batch in &mut Loader::start(self.plan(batches), progress.cancel.clone())? {
            let batch = batch?;
            progress.advance(batch.indices.len() + batch.failures.len());
            let failures = batch.failures.into_iter();
            self.unreadable
                .extend(failures.map(|failure| (failure.image_idx, failure.message)));
        }
        match self.readable(wanted).is_empty() && !wanted.is_empty() {
            true => Err(self.none_readable()),
            false => Ok(()),
        }
    }

    fn none_readable(&self) -> Error {
        let why = self.unreadable.iter().next();
        let why = why.map_or_else(String::new, |(&i, why)| {
            format!("; such as {}: {why}", self.paths[i].display())
        });
        Error::file(&self.root, format!("not one of the images could be read{why}"))
    }

    fn plan(&self, batches: Vec<Vec<usize>>) -> Plan {
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
