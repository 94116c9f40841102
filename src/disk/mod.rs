//! Everything that touches files: scanning, decoding, weight files, run folders. Plain bytes and numbers; no tensors.

mod header;
mod walk;

pub mod decode;
pub mod demo;
pub mod export;
pub mod fingerprint;
pub mod follow;
pub mod groups;
pub mod image_files;
pub mod loader;
pub mod resize;
pub mod run_folder;
pub mod scan;
pub mod thumbnail;
pub mod trash;
pub mod weights;

pub use decode::{Pixels, decode};
pub use fingerprint::fingerprint;
pub use groups::read_groups;
pub use loader::{Batch, Loader, Plan};
pub use resize::to_network_size;
pub use scan::scan;
