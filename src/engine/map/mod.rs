//! A folder laid out by its images' features: the principal components, the nearest of each image, and UMAP over them.

mod principal;
mod similar;

use self::principal::principal;
pub use self::similar::find_similar;
use crate::disk::feature_store::{FeatureStore, MapPlace};
use crate::engine::features::neighbours::nearest;
use crate::engine::fit::precompute::{WholeFolder, whole_folder};
use crate::error::{Error, Result};
use crate::experiment::RunEvent;
use crate::jobs::Tell;
use crate::jobs::progress::Reporter;
use crate::map::{FeatureMap, Go, Nearest, umap};
use crate::protocol::{FitEvent, MapEvent, MapFeatures, Phase};

/// With the image itself the 15 of umap-learn's default.
const NEIGHBOURS: usize = 14;

/// The map as it is kept, else a new one, of which the principal components are told at once. Missing features are computed,
/// and kept.
///
/// # Errors
/// The config is wrong, the weights are not there, or not one image can be read; stopped; a libtorch fault.
pub fn map_features(
    request: &MapFeatures,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<Box<FeatureMap>> {
    let _guard = tch::no_grad_guard();
    let WholeFolder {
        config,
        network,
        features,
        readable: shown,
        mut warnings,
    } = whole_folder(&request.config, &request.dataset, store, progress)?;
    let table = features.table()?;
    progress.begin(Phase::Lay, 0);
    let place = MapPlace::new(store, &shown, &table.rows(&shown)?, config.seed);
    if let Some(kept) = place.read() {
        warn(warnings, tell);
        return Ok(Box::new(kept));
    }
    let rows = table.gather(&shown, network.device)?;
    let (pca, variance) = principal(&rows)?;
    progress.cancel.check()?;
    let mut map = FeatureMap {
        images: shown.iter().map(|&image| image as u32).collect(),
        pca,
        variance,
        ..FeatureMap::default()
    };
    tell(MapEvent::Begun(Box::new(map.clone())).into());
    progress.begin(Phase::Compare, shown.len());
    let found = nearest(&rows, NEIGHBOURS, progress)?;
    drop(rows);
    map.nearest = Nearest {
        k: NEIGHBOURS.min(shown.len().saturating_sub(1)),
        places: each(&found.of_row, |(place, _)| place as u32),
        cosines: each(&found.of_row, |(_, cosine)| cosine as f32),
    };
    let laid = lay(&map, config.seed, progress);
    map.umap = laid.ok_or(Error::Stopped)?;
    if let Err(e) = place.write(&map) {
        warnings.push(format!("{e}; the map is made again the next time"));
    }
    warn(warnings, tell);
    Ok(Box::new(map))
}

fn warn(warnings: Vec<String>, tell: Tell) {
    for message in warnings {
        tell(FitEvent::Run(RunEvent::Warning { message }).into());
    }
}

fn each<T>(rows: &[Vec<(usize, f64)>], of: impl Fn((usize, f64)) -> T) -> Vec<T> {
    rows.iter().flatten().map(|&near| of(near)).collect()
}

/// `None` where it was stopped.
fn lay(map: &FeatureMap, seed: u64, progress: &mut Reporter) -> Option<Vec<[f32; 2]>> {
    umap(&map.nearest, &map.pca, seed, |round, n_rounds| {
        if round == 0 {
            progress.begin(Phase::Lay, n_rounds);
        }
        progress.reach(round as u64, n_rounds as u64);
        match progress.cancel.is_cancelled() {
            true => Go::Stop,
            false => Go::On,
        }
    })
}

#[cfg(test)]
mod tests;
