//! Everything that touches files: scanning, decoding, weight files, run folders. Plain bytes and numbers; no tensors.

pub mod weights;
