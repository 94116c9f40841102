//! Passing images through the backbone: decoded ahead on all cores, batch by batch, in the order asked for.
//!
//! With frozen statistics an image's features never change, so they are kept in memory and every later epoch trains
//! on a matrix. With batch statistics they depend on the batch they were computed in and are never kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use tch::{Device, Kind, Tensor};

use super::backbone::{Mode, Network};
use super::pixels::to_input;
use super::report::Report;
use crate::disk::loader::{Batch, Loader, Plan};
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset};

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

/// Threads that decode: one per core. They mostly sleep, since decoding is far cheaper than the network.
pub fn n_decoders() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The dataset's features, computed where they are not known yet.
#[derive(Debug)]
pub struct Features {
    root: std::path::PathBuf,
    paths: Arc<[String]>,
    labels: Vec<i64>,
    config: Config,
    kept: Option<Kept>,
    /// Images that could not be decoded; told once, then left out.
    unreadable: BTreeSet<usize>,
    /// Seconds that the network waited for pixels, in all passes.
    pub waited_secs: f64,
    /// Images that went through the network, in all passes.
    pub n_computed: usize,
    /// Seconds from the first to the last image of the passes through the network, waiting included.
    pub computing_secs: f64,
}

/// Feature rows by image index; memory is touched only where a row was written.
#[derive(Debug)]
struct Kept {
    /// `[n_images, n_features]`, f32, on the CPU.
    rows: Tensor,
    has: Vec<bool>,
}

impl Features {
    pub fn new(dataset: &Dataset, config: &Config, network: &Network) -> Result<Self> {
        let n_images = dataset.images.len();
        let kept = if config.uses_batch_statistics() {
            None
        } else {
            let size = [n_images as i64, network.n_features as i64];
            let rows = Tensor::f_empty(size, (Kind::Float, Device::Cpu))?;
            Some(Kept {
                rows,
                has: vec![false; n_images],
            })
        };
        Ok(Features {
            root: dataset.root.clone(),
            paths: dataset.images.iter().map(|image| image.path.clone()).collect(),
            labels: dataset
                .images
                .iter()
                .map(|image| image.class_idx as i64)
                .collect(),
            config: config.clone(),
            kept,
            unreadable: BTreeSet::new(),
            waited_secs: 0.0,
            n_computed: 0,
            computing_secs: 0.0,
        })
    }

    /// Hands each batch's features to `use_batch`, in order. Progress counts images.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; no image of the pass readable; whatever `use_batch` returns.
    pub fn pass(
        &mut self,
        network: &Network,
        mode: Mode,
        order: &[usize],
        report: &mut Report,
        use_batch: impl FnMut(FeatureBatch, &mut Report) -> Result<()>,
    ) -> Result<()> {
        let order: Vec<usize> = order
            .iter()
            .copied()
            .filter(|i| !self.unreadable.contains(i))
            .collect();
        if let Some(kept) = &self.kept
            && order.iter().all(|&i| kept.has[i])
        {
            return self.pass_over_kept(network.device, &order, report, use_batch);
        }
        let batches: Vec<Vec<usize>> = order.chunks(self.config.batch).map(<[usize]>::to_vec).collect();
        let began = Instant::now();
        let mut loader = self.loader(batches, report)?;
        let result = self.pass_through_network(&mut loader, network, mode, report, use_batch);
        self.waited_secs += loader.waited().as_secs_f64();
        self.computing_secs += began.elapsed().as_secs_f64();
        if result? == 0 && !order.is_empty() {
            let message = "not one of the images could be read; the warnings name them";
            return Err(Error::file(&self.root, message));
        }
        Ok(())
    }

    /// Returns how many images could be read.
    fn pass_through_network(
        &mut self,
        loader: &mut Loader,
        network: &Network,
        mode: Mode,
        report: &mut Report,
        mut use_batch: impl FnMut(FeatureBatch, &mut Report) -> Result<()>,
    ) -> Result<usize> {
        let mut n_read = 0;
        for batch in loader {
            let batch = batch?;
            report.cancel.check()?;
            let n_asked = batch.indices.len() + batch.failures.len();
            self.note_failures(&batch, report)?;
            if !batch.indices.is_empty() {
                n_read += batch.indices.len();
                let features = self.compute(network, mode, &batch, report)?;
                let labels = self.labels_of(&batch.indices, network.device)?;
                let indices = batch.indices;
                use_batch(
                    FeatureBatch {
                        indices,
                        features,
                        labels,
                    },
                    report,
                )?;
            }
            report.work_done(n_asked);
            report.advance(n_asked);
        }
        Ok(n_read)
    }

    fn pass_over_kept(
        &mut self,
        device: Device,
        order: &[usize],
        report: &mut Report,
        mut use_batch: impl FnMut(FeatureBatch, &mut Report) -> Result<()>,
    ) -> Result<()> {
        let Some(kept) = &self.kept else { return Ok(()) };
        for indices in order.chunks(self.config.batch) {
            report.cancel.check()?;
            let rows: Vec<i64> = indices.iter().map(|&i| i as i64).collect();
            let features = kept
                .rows
                .f_index_select(0, &Tensor::f_from_slice(&rows)?)?
                .f_to_device(device)?;
            let labels = self.labels_of(indices, device)?;
            use_batch(
                FeatureBatch {
                    indices: indices.to_vec(),
                    features,
                    labels,
                },
                report,
            )?;
            report.advance(indices.len());
        }
        Ok(())
    }

    fn loader(&self, batches: Vec<Vec<usize>>, report: &Report) -> Result<Loader> {
        Loader::start(
            Plan {
                root: self.root.clone(),
                paths: Arc::clone(&self.paths),
                batches,
                resize: self.config.resize,
                image_size: self.config.image_size,
                n_threads: n_decoders(),
            },
            report.cancel.clone(),
        )
    }

    fn compute(&mut self, network: &Network, mode: Mode, batch: &Batch, report: &Report) -> Result<Tensor> {
        let size = [batch.indices.len(), batch.height as usize, batch.width as usize];
        let input = to_input(
            &batch.pixels,
            size,
            self.config.normalize,
            network.device,
            network.kind,
        )?;
        let features = network.features(&input, mode, &report.cancel)?;
        self.n_computed += batch.indices.len();
        if let Some(kept) = &mut self.kept {
            let rows: Vec<i64> = batch.indices.iter().map(|&i| i as i64).collect();
            let on_cpu = features.f_to_device(Device::Cpu)?;
            let _same_tensor = kept
                .rows
                .f_index_copy_(0, &Tensor::f_from_slice(&rows)?, &on_cpu)?;
            for &i in &batch.indices {
                kept.has[i] = true;
            }
        }
        Ok(features)
    }

    fn labels_of(&self, indices: &[usize], device: Device) -> Result<Tensor> {
        let labels: Vec<i64> = indices.iter().map(|&i| self.labels[i]).collect();
        Ok(Tensor::f_from_slice(&labels)?.f_to_device(device)?)
    }

    fn note_failures(&mut self, batch: &Batch, report: &mut Report) -> Result<()> {
        for (i, message) in &batch.failures {
            if self.unreadable.insert(*i) {
                report.warn(format!("{}: {message}; left out", self.paths[*i]))?;
            }
        }
        Ok(())
    }
}
