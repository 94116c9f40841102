//! Everything that touches files: scanning, decoding, weight files, run folders. Plain bytes and numbers; no tensors.

pub mod company;
mod duplicates;
mod file_checks;
mod header;
mod image_bytes;
mod oddities;
mod on_all_cores;
mod resample;
mod stoppable;
mod walk;

pub mod check_images;
pub mod class_columns;
pub mod content;
pub mod decode;
pub mod demo;
pub mod export;
pub mod feature_store;
pub mod fingerprint;
pub mod follow;
pub mod groups;
mod groups_table;
pub mod image_files;
pub mod loader;
pub mod resize;
pub mod run_folder;
pub mod run_scores;
pub mod saved_run;
pub mod scan;
pub mod stamp;
pub mod thumbnail;
pub mod trash;
pub mod user_file;
pub mod weights;
pub mod whole_file;

pub use content::{ContentHash, content_hash};
pub use decode::Pixels;
pub use feature_store::FeatureStore;
pub use fingerprint::fingerprint;
pub use groups::divide;
pub use loader::{Batch, Loader, Plan};
pub use resize::to_network_size;
pub use scan::scan;
