//! What the pixels of a folder's images say: copies, quality, shortcuts, and which part of the split each image is in.

use crate::disk::dataset::labels::divide_as_decided;
use crate::disk::dataset::properties::{FolderProperties, Step, properties};
use crate::disk::feature_store::FeatureStore;
use crate::error::{Error, Result};
use crate::experiment::split::folds;
use crate::experiment::{Config, Dataset, Part};
use crate::health::FOLDS;
use crate::health::alike::{Components, copies_by_hash};
use crate::health::findings::{FolderParts, ImageFindings};
use crate::health::folder::{quality, shortcuts};
use crate::jobs::progress::Reporter;
use crate::jobs::{Tell, answer};
use crate::protocol::{Cancel, ExamineImages, ExamineSplit, Phase};

/// Answers with what was found.
///
/// # Errors
/// Stopped; the system gives no thread.
pub fn examine_images(
    request: &ExamineImages,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    answer(request, examine(request, store, progress).map(Box::new), tell)
}

/// Answers with each image's part.
///
/// # Errors
/// Stopped.
pub fn examine_split(
    request: &ExamineSplit,
    store: &FeatureStore,
    progress: &mut Reporter,
    tell: Tell,
) -> Result<()> {
    let ExamineSplit { dataset, config } = request;
    let parts = parts(dataset, config, store, &progress.cancel);
    answer(request, parts.map(Box::new), tell)
}

fn examine(request: &ExamineImages, store: &FeatureStore, progress: &mut Reporter) -> Result<ImageFindings> {
    let ExamineImages { dataset, config } = request;
    let FolderProperties {
        images, unreadable, ..
    } = read(dataset, store, progress)?;
    progress.begin(Phase::Compare, 0);
    let mut components = Components::new(dataset.images.len());
    dataset.twins.iter().for_each(|twins| components.join_all(twins));
    copies_by_hash(&images, &mut components);
    progress.cancel.check()?;
    let classes: Vec<usize> = dataset.images.iter().map(|image| image.class_idx).collect();
    let groups: Vec<usize> = (0..classes.len()).map(|i| components.root(i)).collect();
    let folds = folds(&classes, dataset.n_classes(), &groups, FOLDS);
    let shortcuts = shortcuts(&images, &classes, dataset.n_classes(), &folds.of_image);
    progress.cancel.check()?;
    let FolderParts { parts, groups } = parts(dataset, config, store, &progress.cancel)?;
    Ok(ImageFindings {
        copies: components.groups(),
        quality: quality(&images),
        shortcuts,
        unreadable: unreadable.into_iter().collect(),
        parts,
        groups,
    })
}

/// What the pixels of all images come to, as far as they can be read.
///
/// # Errors
/// Stopped; the system gives no thread.
pub(super) fn read(
    dataset: &Dataset,
    store: &FeatureStore,
    progress: &mut Reporter,
) -> Result<FolderProperties> {
    progress.begin(Phase::Hash, dataset.images.len());
    let cancel = progress.cancel.clone();
    let mut is_decoding = false;
    properties(dataset, store, &cancel, &mut |step| match step {
        Step::LookedUp(done, total) => progress.reach(done as u64, total as u64),
        Step::Decoded(done, total) => {
            if !std::mem::replace(&mut is_decoding, true) {
                progress.begin(Phase::Check, total);
            }
            progress.reach(done as u64, total as u64);
        }
    })
}

/// Each image's part, and its group where the split goes by groups; why there is no such split is in the answer.
fn parts(dataset: &Dataset, config: &Config, store: &FeatureStore, cancel: &Cancel) -> Result<FolderParts> {
    let divided = divided(dataset, config, store, cancel);
    cancel.check()?;
    Ok(match divided {
        Ok((parts, groups)) => FolderParts {
            parts: Ok(parts),
            groups,
        },
        Err(e) => FolderParts {
            parts: Err(e.to_string()),
            groups: None,
        },
    })
}

type Divided = (Vec<Option<Part>>, Option<Vec<String>>);

fn divided(dataset: &Dataset, config: &Config, store: &FeatureStore, cancel: &Cancel) -> Result<Divided> {
    let problems: Vec<String> = config.problems().map(|problem| problem.message).collect();
    if !problems.is_empty() {
        return Err(Error::Input(problems.join("; ")));
    }
    let divided = divide_as_decided(config, &mut dataset.clone(), store, cancel)?;
    let (split, groups) = (divided.split, divided.groups);
    let mut parts = vec![None; dataset.images.len()];
    for part in Part::ALL {
        split.indices(part).iter().for_each(|&i| parts[i] = Some(part));
    }
    Ok((parts, groups))
}
