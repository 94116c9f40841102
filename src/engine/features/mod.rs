//! What the backbone makes of images: the hash that an image is known by (`contents`), the key under which its row is kept
//! (`key`), images as tensors (`pixels`) and on their way through the network (`images`); features as a `table` of rows, or
//! `live` from the network, and either of them as a `source`; how exactly they are computed (`precision`); and which image is
//! near which (`neighbours`).

pub mod contents;
mod images;
mod key;
mod live;
pub mod neighbours;
pub mod pixels;
pub mod precision;
mod source;
mod table;

pub use images::{FeatureBatch, Images};
pub use live::Live;
pub use source::Features;
pub use table::{CPU_BATCH, Table};
