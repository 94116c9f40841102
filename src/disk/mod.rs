//! Everything that touches files: scanning, decoding, weight files, run folders. Plain bytes and numbers; no tensors.

mod header;
mod walk;

pub mod decode;
pub mod fingerprint;
pub mod groups;
pub mod loader;
pub mod resize;
pub mod scan;
pub mod weights;

pub use scan::scan;
