//! How like one image all others are, by their features.

use crate::disk::feature_store::FeatureStore;
use crate::engine::fit::precompute::whole_folder;
use crate::error::{Error, Result};
use crate::jobs::progress::Reporter;
use crate::map::cosine;
use crate::protocol::{FindSimilar, SimilarImages};

/// Missing features are computed, and kept.
///
/// # Errors
/// The image cannot be read or is not in the dataset; the config is wrong, or the weights are not there; stopped; a libtorch
/// fault.
pub fn find_similar(
    request: &FindSimilar,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<Box<SimilarImages>> {
    let FindSimilar {
        dataset,
        config,
        image,
    } = request;
    let _guard = tch::no_grad_guard();
    let whole = whole_folder(config, dataset, store, progress)?;
    let rows = whole.features.table()?.rows(&whole.readable)?;
    let of = whole.readable.iter().position(|readable| readable == image);
    let Some(of) = of.and_then(|at| rows.get(at)) else {
        let path = dataset.images.get(*image).map_or("", |image| image.path.as_str());
        return Err(Error::file(
            dataset.root.join(path),
            "cannot be read, so nothing can be said to be like it",
        ));
    };
    let mut cosines = vec![None; dataset.images.len()];
    for (&readable, row) in whole.readable.iter().zip(&rows) {
        cosines[readable] = Some(cosine(of, row));
    }
    Ok(Box::new(SimilarImages {
        image: *image,
        cosines,
    }))
}
