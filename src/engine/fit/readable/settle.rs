//! What is really trained on and judged, once it is known which images can be read: the others leave the split, and a class
//! that is lost ends the job. Figures over the classes that are left would look better than any that are true.

use std::collections::BTreeMap;

use super::left_out::{in_words, large_losses};
use crate::engine::features::Images;
use crate::engine::fit::setup::Setup;
use crate::error::{Error, Result};
use crate::experiment::{Dataset, Part, Split};

/// The largest share of a class's images that may disappear before a training begins.
const MOST_GONE: f64 = 0.1;

/// A split without the images that cannot be read.
#[derive(Debug)]
pub struct Settled {
    pub split: Split,
    /// One for each reason.
    pub warnings: Vec<String>,
}

/// Takes what cannot be read out of the split; `None` where everything can be.
///
/// # Errors
/// A part of the split has no readable image of a class left, or many of a class's files have gone; the class is named.
pub fn settle(setup: &Setup, images: &Images) -> Result<Option<Settled>> {
    let unreadable = images.unreadable();
    let is_read = |i: &usize| !unreadable.contains_key(i);
    let left_out: BTreeMap<usize, String> = (setup.split.all().into_iter())
        .filter_map(|i| Some((i, unreadable.get(&i)?.clone())))
        .collect();
    if left_out.is_empty() {
        return Ok(None);
    }
    let keep = |part: Part| {
        setup
            .split
            .indices(part)
            .iter()
            .copied()
            .filter(is_read)
            .collect()
    };
    let left = Split {
        train: keep(Part::Train),
        val: keep(Part::Val),
        test: keep(Part::Test),
    };
    are_there(&setup.dataset, &left_out, |i| images.file_of(i).exists())?;
    no_class_is_lost(&setup.dataset, &setup.split, &left, &left_out)?;
    let mut warnings = in_words(&setup.dataset, &left_out);
    let n_lost = setup.dataset.counts_of(left_out.keys().copied());
    let n_images = setup.dataset.counts_of(setup.split.all());
    warnings.extend(large_losses(&setup.dataset.classes, &n_lost, &n_images));
    Ok(Some(Settled {
        split: left,
        warnings,
    }))
}

/// A disk that was pulled is no reason to train on what happened to be read before.
fn are_there(
    dataset: &Dataset,
    left_out: &BTreeMap<usize, String>,
    exists: impl Fn(usize) -> bool,
) -> Result<()> {
    let gone: Vec<usize> = left_out.keys().copied().filter(|&i| !exists(i)).collect();
    let n_gone = dataset.counts_of(gone.iter().copied());
    for (class_idx, n_images) in dataset.counts().into_iter().enumerate() {
        if n_gone[class_idx] as f64 > MOST_GONE * n_images as f64 {
            let message = format!(
                "{} of {n_images} images of class {} have gone since the folder was read; bring them back, or train on \
                 what is left",
                n_gone[class_idx], dataset.classes[class_idx]
            );
            return Err(Error::file(&dataset.root, message));
        }
    }
    Ok(())
}

fn no_class_is_lost(
    dataset: &Dataset,
    before: &Split,
    left: &Split,
    left_out: &BTreeMap<usize, String>,
) -> Result<()> {
    for part in Part::ALL {
        let [before, left] =
            [before, left].map(|split| dataset.counts_of(split.indices(part).iter().copied()));
        for (class_idx, class) in dataset.classes.iter().enumerate() {
            if before[class_idx] == 0 || left[class_idx] > 0 {
                continue;
            }
            let of_class = left_out
                .iter()
                .find(|(i, _)| dataset.images[**i].class_idx == class_idx);
            let example = of_class.map_or_else(String::new, |(&i, why)| {
                format!("; such as {}: {why}", dataset.images[i].path)
            });
            let message = format!(
                "class {class} has no {} image that can be read, of {}{example}",
                part.in_words(),
                before[class_idx],
            );
            return Err(Error::file(&dataset.root, message));
        }
    }
    Ok(())
}

/// Checks that each class which was to be judged was; with batch statistics, files are read again and may have gone.
///
/// # Errors
/// A class has no image left, with its name.
pub fn all_classes_are_there(dataset: &Dataset, wanted: &[usize], judged: &[usize]) -> Result<()> {
    let [wanted, judged] = [wanted, judged].map(|indices| dataset.counts_of(indices.iter().copied()));
    match (0..wanted.len()).find(|&i| wanted[i] > 0 && judged[i] == 0) {
        None => Ok(()),
        Some(i) => {
            let class = &dataset.classes[i];
            let message = format!(
                "none of the {} images of class {class} can be read any more",
                wanted[i]
            );
            Err(Error::file(&dataset.root, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    /// Ten images of each class, of which the first eight are trained on.
    fn halves() -> (Dataset, Split) {
        let image = |i: usize| ImageEntry {
            path: format!("{i}.png"),
            class_idx: i / 10,
            folder: None,
        };
        let dataset = Dataset {
            classes: vec!["ill".into(), "well".into()],
            images: (0..20).map(image).collect(),
            ..Dataset::default()
        };
        let is_train = |i: &usize| i % 10 < 8;
        let split = Split {
            train: (0..20).filter(is_train).collect(),
            val: (0..20).filter(|i| !is_train(i)).collect(),
            test: vec![],
        };
        (dataset, split)
    }

    #[test]
    fn a_class_that_is_lost_from_a_part_is_named() {
        let (dataset, split) = halves();
        let refused = |lost: &[usize]| {
            let left_out: BTreeMap<usize, String> = lost.iter().map(|&i| (i, "torn".to_owned())).collect();
            let keep = |indices: &[usize]| indices.iter().copied().filter(|i| !lost.contains(i)).collect();
            let left = Split {
                train: keep(&split.train),
                val: keep(&split.val),
                test: vec![],
            };
            no_class_is_lost(&dataset, &split, &left, &left_out)
                .err()
                .map(|e| e.to_string())
        };
        assert_eq!(refused(&[0, 1, 2, 3, 4, 5, 6]), None);
        let train = refused(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
        assert!(
            train.contains("class ill has no training image that can be read, of 8"),
            "{train}"
        );
        assert!(train.contains("such as 0.png: torn"), "{train}");
        let val = refused(&[18, 19]).unwrap();
        assert!(
            val.contains("class well has no validation image that can be read, of 2"),
            "{val}"
        );
    }

    #[test]
    fn files_that_have_gone_end_the_job_and_few_do_not() {
        let (dataset, _) = halves();
        let gone = |n: usize| (10..10 + n).map(|i| (i, "no such file".to_owned())).collect();
        assert!(are_there(&dataset, &gone(1), |_| false).is_ok());
        assert!(are_there(&dataset, &gone(9), |_| true).is_ok());
        let message = are_there(&dataset, &gone(2), |_| false).unwrap_err().to_string();
        assert!(
            message.contains("2 of 10 images of class well have gone"),
            "{message}"
        );
    }
}
