//! Everything that touches files: plain bytes and numbers, no tensors.
//!
//! Its rooms are its floors, each on those before it: `files` (how any file is read and written), `images` (what one image
//! is), `weights` (a network's parameters), `feature_store` (what was computed of images once), `runs` (what a training
//! leaves behind) and `dataset` (a folder of images, among which runs may lie).

pub mod dataset;
pub mod feature_store;
pub mod files;
pub mod images;
pub mod runs;
pub mod weights;

pub use dataset::fingerprint::fingerprint;
pub use dataset::groups::divide;
pub use dataset::scan::scan;
pub use feature_store::FeatureStore;
pub use images::content::{ContentHash, content_hash};
pub use images::decode::Pixels;
pub use images::loader::{Batch, Loader, Plan};
pub use images::resize::to_network_size;
