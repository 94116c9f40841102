//! What the backbone makes of images: the hash that an image is known by (`contents`), the key under which its row is kept
//! (`key`), images as tensors (`pixels`), the rows themselves (`table`), and how exactly they are computed (`precision`).

pub mod contents;
pub mod key;
pub mod pixels;
pub mod precision;
mod table;

pub use table::Features;

use tch::Tensor;

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

/// Images judged at a time where their features are there: on a processor as many as its caches hold (half a megabyte
/// of ResNet-18's features), on a card as keep it busy.
pub const CPU_BATCH: usize = 256;
const CUDA_BATCH: usize = 8192;
/// Images through the network at a time where their features are kept, so that it does not matter: a card is busier with
/// more, and has them by halves where its memory does not do.
const CUDA_IMAGES: usize = 512;
