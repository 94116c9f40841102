//! A folder's split with the decisions put upon it: first drawn by the folder's own labels, then relabelled, so that every
//! image that stays is in the part it was in.

use std::path::Path;

use super::decided::{Decided, decided_by};
use crate::disk::dataset::groups::divide;
use crate::disk::feature_store::FeatureStore;
use crate::error::{Error, Result};
use crate::experiment::{Applied, Config, Dataset, LabelsOverlay, Split, SplitMethod, apply};
use crate::protocol::Cancel;

/// What came of a config's split and decisions.
#[derive(Debug)]
pub struct Divided {
    pub split: Split,
    /// By image index, where the split is by groups.
    pub groups: Option<Vec<String>>,
    /// `None` where the config names none.
    pub decided: Option<(Decided, Applied)>,
    /// What should be known of them, a sentence each.
    pub warnings: Vec<String>,
}

/// Divides the dataset, and relabels its images as the config's decisions say.
///
/// # Errors
/// As for a split; the decisions cannot be read, or leave a class without images; stopped.
pub fn divide_as_decided(
    config: &Config,
    dataset: &mut Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<Divided> {
    let (mut split, groups) = divide(config, dataset)?;
    let mut warnings = Vec::new();
    let decided = match &config.labels_overlay {
        None => None,
        Some(LabelsOverlay { file, version }) => {
            let decided = decided_by(file, dataset, store, cancel)?;
            if !version.is_empty() && *version != decided.version() {
                warnings.push(format!(
                    "{}: the decisions about labels are others than those that the config was written with; a run keeps a \
                     copy of its own as labels.jsonl in its folder",
                    file.display()
                ));
            }
            let applied = put_upon(&decided, dataset, &mut split, (config.split, groups.as_deref()))?;
            warnings.extend(about(file, &decided, &applied));
            Some((decided, applied))
        }
    };
    Ok(Divided {
        split,
        groups,
        decided,
        warnings,
    })
}

/// Relabels the images of a dataset that is divided `by` that method, and these groups.
///
/// # Errors
/// A class is left without images.
pub fn put_upon(
    decided: &Decided,
    dataset: &mut Dataset,
    split: &mut Split,
    by: (SplitMethod, Option<&[String]>),
) -> Result<Applied> {
    let applied = apply(&decided.images, dataset, split, by);
    applied.map_err(|message| Error::file(&dataset.root, message))
}

fn about(file: &Path, decided: &Decided, applied: &Applied) -> Vec<String> {
    let mut said: Vec<String> = decided.damage.iter().cloned().collect();
    if decided.n_absent > 0 {
        said.push(format!(
            "{}: {} decisions are about images that are not in the folder",
            file.display(),
            decided.n_absent
        ));
    }
    said.extend(applied.warnings());
    said
}
