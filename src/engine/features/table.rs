//! Features that depend on the image alone: each image passes through the backbone once in its life. Rows come from the
//! feature store, and what it lacks is computed and put there.

use tch::{Device, Kind, Tensor};

use super::contents::contents_of;
use super::images::{FeatureBatch, Images};
use super::pixels::images_at_once;
use crate::disk::ContentHash;
use crate::disk::feature_store::{FeatureSet, FeatureSetKey, FeatureStore, RowRef};
use crate::engine::backbone::{Mode, Network};
use crate::engine::device::slices::floats_mut;
use crate::error::{Error, Result};
use crate::experiment::Config;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// Images evaluated at a time: on a processor as many as its caches hold (half a megabyte of ResNet-18's features), on a
/// card as keep it busy.
pub const CPU_BATCH: usize = 256;
const CUDA_BATCH: usize = 8192;
/// Images through the network at a time, which does not matter to their features: a card is busier with more, and has
/// them by halves where its memory does not do.
const CUDA_IMAGES: usize = 512;

/// An image without features, and what its file holds; the latter `None` where it cannot be read.
type Missing = (usize, Option<ContentHash>);

/// Rows of the store.
#[derive(Debug)]
pub struct Table {
    pub images: Images,
    store: FeatureStore,
    set: FeatureSet,
    n_features: usize,
    /// By image index: where its row is, once that is known.
    rows: Vec<Option<RowRef>>,
    /// Images whose features were there already.
    pub n_cached: usize,
}

impl Table {
    /// The rows under that key. None is looked up yet.
    pub fn open(images: Images, store: &FeatureStore, key: &FeatureSetKey) -> Self {
        Table {
            store: store.clone(),
            set: store.open(key),
            n_features: key.n_features,
            rows: vec![None; images.paths.len()],
            n_cached: 0,
            images,
        }
    }

    /// Of images that are known by their content and whose rows are all in that set; their files need not be there.
    pub fn known(config: &Config, labels: Vec<i64>, contents: &[ContentHash], set: FeatureSet) -> Self {
        Table {
            images: Images::without_files(config, labels),
            store: FeatureStore::in_memory(),
            n_features: set.n_features,
            rows: contents.iter().map(|content| set.find(content)).collect(),
            set,
            n_cached: 0,
        }
    }

    /// Finds, among `wanted`, the images whose features are in the store; returns the others, except those known to
    /// be unreadable.
    ///
    /// # Errors
    /// Stopped.
    pub fn look_up(&mut self, wanted: &[usize], progress: &mut Reporter) -> Result<Vec<Missing>> {
        let unknown = |i: &usize| !self.is_known(*i);
        let unknown: Vec<usize> = wanted.iter().copied().filter(unknown).collect();
        if unknown.is_empty() {
            return Ok(vec![]);
        }
        let (root, paths) = (&self.images.root, &self.images.paths);
        self.set.note(self.store.notice_of(root));
        let contents = contents_of(paths, root, &unknown, &self.store, progress)?;
        let mut missing = Vec::new();
        for i in unknown {
            self.rows[i] = contents[i].and_then(|content| self.set.find(&content));
            if self.rows[i].is_none() {
                missing.push((i, contents[i]));
            }
        }
        self.leave_out_undecodable(&mut missing);
        Ok(missing)
    }

    /// Takes those out of `missing` whose content is known to be no image.
    fn leave_out_undecodable(&mut self, missing: &mut Vec<Missing>) {
        let undecodable = &self.store.undecodable;
        missing.retain(|(i, content)| {
            let Some(why) = content.and_then(|content| undecodable.why(&content)) else {
                return true;
            };
            self.images.unreadable.entry(*i).or_insert(why);
            false
        });
    }

    /// Sees to it that all of `wanted` have their features, computing what is missing. A stop keeps what was computed. Returns warnings: what was wrong with the store.
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
        if self.readable(wanted).is_empty() && !wanted.is_empty() {
            return Err(self.images.none_readable());
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
        if wanted.iter().all(|&i| self.is_known(i)) {
            return Ok(vec![]);
        }
        let missing = self.look_up(wanted, progress)?;
        self.n_cached = self.readable(wanted).len().saturating_sub(self.images.n_computed);
        if !missing.is_empty() {
            self.compute_missing(network, &missing, progress)?;
        }
        self.set.tidy_up(wanted.iter().filter_map(|&i| self.rows[i]));
        self.store.trim();
        Ok(self.set.take_problems())
    }

    /// Whether it has its row, or is known to have none.
    fn is_known(&self, image_idx: usize) -> bool {
        self.rows[image_idx].is_some() || self.images.unreadable.contains_key(&image_idx)
    }

    /// Passes images through the network into the store.
    fn compute_missing(
        &mut self,
        network: &Network,
        missing: &[Missing],
        progress: &mut Reporter,
    ) -> Result<()> {
        let order = once_each(missing);
        tracing::info!("features of {} images are computed", order.len());
        progress.begin(Phase::Features, order.len());
        progress.plan_work(order.len());
        let n_at_once = self.n_at_once(network.device);
        let mut contents: Vec<Missing> = missing.to_vec();
        let (set, undecodable) = (&mut self.set, &self.store.undecodable);
        let result = self.images.pass(
            (network, Mode::Eval),
            &order,
            n_at_once,
            progress,
            |batch, computed, _| {
                for failure in &batch.failures {
                    if let Some(content) = failure.content {
                        undecodable.note(content, &failure.message);
                    }
                }
                let Some(computed) = computed else { return Ok(()) };
                let rows: Vec<f32> =
                    Vec::try_from(&computed.features.f_to_device(Device::Cpu)?.f_view([-1i64])?)?;
                let rows = rows.chunks(set.n_features);
                for ((&i, &content), row) in batch.indices.iter().zip(&batch.contents).zip(rows) {
                    // A file that changed since it was looked up goes by what was decoded.
                    if let Ok(place) = contents.binary_search_by_key(&i, |(i, _)| *i) {
                        contents[place].1 = Some(content);
                    }
                    set.add(content, row);
                }
                Ok(())
            },
        );
        self.set.write_out();
        for (i, content) in contents {
            self.rows[i] = content.and_then(|content| self.set.find(&content));
        }
        // Of images with the same content only one was tried; where it is not an image, neither are the others.
        self.leave_out_undecodable(&mut missing.to_vec());
        result.map(|_| ())
    }

    /// Images through the network at a time.
    fn n_at_once(&self, device: Device) -> usize {
        let config = &self.images.config;
        match device {
            Device::Cuda(_) => images_at_once(config, config.batch.max(CUDA_IMAGES)),
            _ => images_at_once(config, config.batch),
        }
    }

    /// Hands the rows of those of `order` that have any to `use_batch`, in order, as many at a time as is quickest.
    /// Progress counts images.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; whatever `use_batch` returns.
    pub fn pass(
        &self,
        device: Device,
        order: &[usize],
        progress: &mut Reporter,
        mut use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        let n_at_once = if device == Device::Cpu {
            CPU_BATCH
        } else {
            CUDA_BATCH
        };
        for indices in self.readable(order).chunks(n_at_once) {
            progress.cancel.check()?;
            let batch = FeatureBatch {
                indices: indices.to_vec(),
                features: self.gather(indices, device)?,
                labels: self.images.labels_of(indices, device)?,
            };
            use_batch(batch, progress)?;
            progress.advance(indices.len());
        }
        Ok(())
    }

    /// Those of `order` that have features.
    pub fn readable(&self, order: &[usize]) -> Vec<usize> {
        order
            .iter()
            .copied()
            .filter(|&i| self.rows[i].is_some())
            .collect()
    }

    /// Rows of the store, `[n_features]` each.
    ///
    /// # Errors
    /// An image has none.
    pub fn rows(&self, indices: &[usize]) -> Result<Vec<&[f32]>> {
        let row = |&i: &usize| {
            let at = self.rows[i].ok_or_else(|| Error::file(&self.images.paths[i], "has no features"))?;
            Ok(self.set.row(at))
        };
        indices.iter().map(row).collect()
    }

    /// The row of what holds that, whether it is among the images or not.
    pub fn row_of(&self, content: &ContentHash) -> Option<&[f32]> {
        self.set.find(content).map(|at| self.set.row(at))
    }

    /// The same as [`Table::rows`] in one piece, `[indices.len(), n_features]`.
    ///
    /// # Errors
    /// An image has none; a libtorch fault.
    pub fn gather(&self, indices: &[usize], device: Device) -> Result<Tensor> {
        let rows = self.rows(indices)?;
        let size = [rows.len() as i64, self.n_features as i64];
        let mut features = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
        let places = floats_mut(&mut features)?.chunks_exact_mut(self.n_features);
        places
            .zip(rows)
            .for_each(|(place, row)| place.copy_from_slice(row));
        Ok(features.f_to_device(device)?)
    }
}

/// In rising order; of those with the same content only the first.
fn once_each(missing: &[Missing]) -> Vec<usize> {
    let mut by_content: Vec<(Option<ContentHash>, usize)> =
        missing.iter().map(|(i, content)| (*content, *i)).collect();
    by_content.sort_unstable();
    by_content.dedup_by(|a, b| a.0 == b.0 && a.0.is_some());
    let mut order: Vec<usize> = by_content.into_iter().map(|(_, i)| i).collect();
    order.sort_unstable();
    order
}
