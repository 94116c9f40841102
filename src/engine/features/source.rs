//! Where a head gets its features from: a table of rows that are computed once, or the network, again in every pass.

use super::images::{FeatureBatch, Images};
use super::live::Live;
use super::table::Table;
use crate::disk::feature_store::{FeatureStore, Numerics};
use crate::engine::backbone::{Mode, Network};
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset};
use crate::jobs::progress::Reporter;

/// The dataset's features.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a job has one of them")]
pub enum Features {
    /// An image's features depend on the image alone.
    Table(Table),
    /// They depend on the batch.
    Live(Live),
}

impl Features {
    pub fn new(dataset: &Dataset, config: &Config, numerics: &Numerics, store: &FeatureStore) -> Self {
        let images = Images::new(dataset, config);
        match images.set_key(numerics) {
            Some(key) => Features::Table(Table::open(images, store, &key)),
            None => Features::Live(Live { images }),
        }
    }

    /// The rows, for what works on nothing else.
    ///
    /// # Errors
    /// There are none: an internal error.
    pub fn table(&self) -> Result<&Table> {
        match self {
            Features::Table(table) => Ok(table),
            Features::Live(_) => Err(no_table()),
        }
    }

    /// As [`Features::table`].
    ///
    /// # Errors
    /// There are none: an internal error.
    pub fn table_mut(&mut self) -> Result<&mut Table> {
        match self {
            Features::Table(table) => Ok(table),
            Features::Live(_) => Err(no_table()),
        }
    }

    pub fn images(&self) -> &Images {
        match self {
            Features::Table(table) => &table.images,
            Features::Live(live) => &live.images,
        }
    }

    pub fn images_mut(&mut self) -> &mut Images {
        match self {
            Features::Table(table) => &mut table.images,
            Features::Live(live) => &mut live.images,
        }
    }

    /// Images whose features were there already.
    pub fn n_cached(&self) -> usize {
        match self {
            Features::Table(table) => table.n_cached,
            Features::Live(_) => 0,
        }
    }

    /// Hands the features of images to `use_batch`, in order, where the size of batches does not matter to the result: in
    /// such as are quickest. The network is in eval mode. Progress counts images.
    ///
    /// # Errors
    /// Stopped; a libtorch fault; no image of the pass readable; whatever `use_batch` returns.
    pub fn pass_to_evaluate(
        &mut self,
        network: &Network,
        order: &[usize],
        progress: &mut Reporter,
        use_batch: impl FnMut(FeatureBatch, &mut Reporter) -> Result<()>,
    ) -> Result<()> {
        match self {
            Features::Table(table) => table.pass(network.device, order, progress, use_batch),
            Features::Live(live) => live.pass(network, Mode::Eval, order, progress, use_batch),
        }
    }
}

fn no_table() -> Error {
    Error::Job("features that depend on their batch cannot be kept".into())
}
