//! Recognises pictures that a run was trained on although they were saved again, without loss, in another file: the network's
//! features of both are the same. Those of the training images are still in the feature store, so no image is decoded twice.

use std::path::PathBuf;

use crate::disk::content::ContentHash;
use crate::disk::feature_store::{Arithmetic, FeatureStore};
use crate::engine::features::Features;
use crate::engine::features::key::space_key;
use crate::error::Result;
use crate::experiment::{Config, Dataset};

/// How far apart the features of one picture may be, as a share of their length: what the order of additions does to
/// them. Pictures that a viewer can tell apart at all are a hundred times as far.
const SAME: f32 = 1e-4;

/// Those of the `new` images, in their order, whose features are those of one of the `trained` files. Files whose features are
/// no longer kept are passed over.
///
/// # Errors
/// An image of `new` has no features.
pub fn seen_in_training(
    new: &[usize],
    trained: &[ContentHash],
    features: &Features,
    of: (&Config, &Dataset, &Arithmetic, &FeatureStore),
) -> Result<Vec<usize>> {
    let (config, dataset, arithmetic, store) = of;
    let new = features.readable(new);
    if new.is_empty() || trained.is_empty() || !features.are_kept() {
        return Ok(vec![]);
    }
    let paths: Vec<PathBuf> = dataset.images.iter().map(|image| (&image.path).into()).collect();
    let Some(key) = space_key(config, &dataset.root, &paths, arithmetic) else {
        return Ok(vec![]);
    };
    let space = store.open(&key);
    let rows = trained.iter().filter_map(|content| space.find(content));
    let known = ByLength::of(rows.map(|at| space.row(at)).collect());
    let rows = features.rows(&new)?;
    let seen = new.iter().zip(rows).filter(|(_, row)| known.has(row));
    Ok(seen.map(|(&i, _)| i).collect())
}

/// Rows sorted by their length, so that only few have to be compared with another.
struct ByLength<'a>(Vec<(f32, &'a [f32])>);

impl<'a> ByLength<'a> {
    fn of(rows: Vec<&'a [f32]>) -> Self {
        let mut rows: Vec<(f32, &[f32])> = rows.into_iter().map(|row| (length(row), row)).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        ByLength(rows)
    }

    fn has(&self, row: &[f32]) -> bool {
        let length = length(row);
        let reach = length * SAME;
        let first = self.0.partition_point(|(known, _)| *known < length - reach);
        let mut near = self.0[first..]
            .iter()
            .take_while(|(known, _)| *known <= length + reach);
        let distance = |other: &[f32]| -> f32 {
            let squares = row.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f32>().sqrt()
        };
        near.any(|(_, other)| distance(other) <= reach)
    }
}

fn length(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum::<f32>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_the_same_are_found_and_near_ones_are_not() {
        let rows = [[3.0, 4.0], [4.0, 3.0], [0.0, 1.0]];
        let known = ByLength::of(rows.iter().map(|row| &row[..]).collect());
        assert!(known.has(&[3.0, 4.0]) && known.has(&[4.000_01, 3.0]) && known.has(&[0.0, 1.0]));
        // As long, and elsewhere; in the same direction, and longer.
        assert!(!known.has(&[5.0, 0.0]) && !known.has(&[3.01, 4.01]));
        assert!(!ByLength::of(vec![]).has(&[1.0, 0.0]));
    }
}
