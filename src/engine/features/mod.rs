//! What the backbone makes of images: the hash that an image is known by (`contents`), the key under which its row is kept
//! (`key`), images as tensors (`pixels`), the rows themselves (`table`), and how exactly they are computed (`precision`).

pub mod contents;
pub mod key;
pub mod pixels;
pub mod precision;
mod table;

pub use table::{CPU_BATCH, FeatureBatch, Features};
