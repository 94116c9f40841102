//! A run is evaluated with the labels that it was trained with: what was decided about an image then holds for that image
//! here, too, whatever was decided since.

use std::collections::BTreeSet;

use super::saved_model::SavedModel;
use crate::disk::dataset::labels::decided_by;
use crate::disk::feature_store::FeatureStore;
use crate::disk::runs::folder::LABELS_FILE;
use crate::error::Result;
use crate::experiment::{Dataset, LabelCounts, known_class};
use crate::protocol::Cancel;

/// What a run's decisions come to on the images of a folder.
#[derive(Debug, Default)]
pub struct AsTrained {
    /// Images that were left out then, by index.
    pub excluded: BTreeSet<usize>,
    /// In a sentence, where there is something to say.
    pub said: Option<String>,
}

/// Relabels the dataset, whose classes are the run's.
///
/// # Errors
/// The run's copy of its decisions cannot be read; stopped.
pub fn label_as_trained(
    model: &SavedModel,
    dataset: &mut Dataset,
    store: &FeatureStore,
    cancel: &Cancel,
) -> Result<AsTrained> {
    if model.run.config.labels_overlay.is_none() {
        return Ok(AsTrained::default());
    }
    let file = model.run.dir.join(LABELS_FILE);
    if !file.exists() {
        return Ok(AsTrained {
            said: Some(format!(
                "the run was trained with decisions about labels, and {LABELS_FILE} is not in its folder: it is evaluated \
                 with the folder's own labels"
            )),
            ..AsTrained::default()
        });
    }
    let decided = decided_by(&file, dataset, store, cancel)?;
    let mut excluded = BTreeSet::new();
    for (&i, image) in &decided.images {
        let label = image.label.as_deref();
        if let Some(Ok(class_idx)) = label.map(|label| known_class(&dataset.classes, label)) {
            dataset.images[i].class_idx = class_idx;
        }
        if image.is_excluded {
            excluded.insert(i);
        }
    }
    let counts = LabelCounts::of(decided.images.values()).of_training();
    Ok(AsTrained {
        excluded,
        said: (!counts.is_nothing())
            .then(|| format!("evaluated with the labels that the run was trained with ({counts})")),
    })
}
