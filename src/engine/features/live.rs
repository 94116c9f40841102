//! Features that depend on the batch they are computed in, as batch statistics make them: nothing can be kept, and every
//! pass goes through the network.

use super::images::{FeatureBatch, Images};
use super::pixels::images_at_once;
use crate::disk::Loader;
use crate::engine::backbone::{Mode, Network};
use crate::error::Result;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

#[derive(Debug)]
pub struct Live {
    pub images: Images,
}

impl Live {
    /// Tries to read all of `wanted`, so that it is known which of them can be.
    ///
    /// # Errors
    /// Stopped; the system gives no thread; not one of them can be read.
    pub fn try_reading(&mut self, wanted: &[usize], progress: &mut Reporter) -> Result<()> {
        let Images { config, .. } = &self.images;
        progress.begin(Phase::Check, wanted.len());
        let n_at_once = images_at_once(config, config.batch);
        let batches = wanted.chunks(n_at_once).map(<[usize]>::to_vec).collect();
        for batch in &mut Loader::start(self.images.plan(batches), progress.cancel.clone())? {
            let batch = batch?;
            progress.advance(batch.indices.len() + batch.failures.len());
            let failures = batch.failures.into_iter();
            self.images
                .unreadable
                .extend(failures.map(|failure| (failure.image_idx, failure.message)));
        }
        match self.readable(wanted).is_empty() && !wanted.is_empty() {
            true => Err(self.images.none_readable()),
            false => Ok(()),
        }
    }

    /// Those of `order` that can be read, as far as is known.
    pub fn readable(&self, order: &[usize]) -> Vec<usize> {
        let is_readable = |i: &usize| !self.images.unreadable.contains_key(i);
        order.iter().copied().filter(is_readable).collect()
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
        progress: &mut Reporter,
        mut use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        let order = self.readable(order);
        // The batch determines the features, so it is the one that was asked for.
        let n_at_once = self.images.config.batch;
        let n_read = (self.images).pass(
            (network, mode),
            &order,
            n_at_once,
            progress,
            |_, features, progress| match features {
                Some(features) => use_batch(features, progress),
                None => Ok(()),
            },
        )?;
        if n_read == 0 && !order.is_empty() {
            return Err(self.images.none_readable());
        }
        Ok(())
    }
}
