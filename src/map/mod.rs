//! Where a folder's images lie by their features: pictures of the folder in two dimensions, in which images that the network
//! sees as alike lie close to each other.

mod cosine;
mod feature_map;
mod umap;

pub use cosine::cosine;
pub use feature_map::{FeatureMap, Nearest};
pub use umap::{Go, umap};
