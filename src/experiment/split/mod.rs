//! Dividing images into train, validation and test. Whatever the method, every class ends with an image to train on
//! and one to validate on, or the split is refused: without them the run could not answer for that class.

mod by_class;
mod by_group;
mod by_name;
mod folds;
#[cfg(test)]
mod tests;

pub use by_name::{NameGroups, groups_from_names};
pub use folds::{Folds, folds, shuffled_folds};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::config::SplitMethod;
use super::dataset::{Dataset, Issue, IssueKind, Part};

/// What always helps.
const ANOTHER_SPLIT: &str = "choose another split, such as stratified";

/// Keeps the split's random numbers apart from those that other purposes draw from the same seed.
const SPLIT_STREAM: u64 = u64::from_be_bytes(*b"\0\0\0split");

/// Indices into `Dataset::images` of each part; ascending, disjoint, together all images.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub val: Vec<usize>,
    pub test: Vec<usize>,
}

impl Split {
    /// The images of all parts, ascending.
    pub fn all(&self) -> Vec<usize> {
        let mut all: Vec<usize> = Part::ALL
            .iter()
            .flat_map(|&part| self.indices(part))
            .copied()
            .collect();
        all.sort_unstable();
        all
    }

    pub fn indices(&self, part: Part) -> &[usize] {
        match part {
            Part::Train => &self.train,
            Part::Val => &self.val,
            Part::Test => &self.test,
        }
    }

    /// The part an image is in; `None` if the split was made of fewer images.
    pub fn part_of(&self, image_idx: usize) -> Option<Part> {
        let is_in = |part: &Part| self.indices(*part).binary_search(&image_idx).is_ok();
        Part::ALL.into_iter().find(is_in)
    }

    fn from_parts(part_of_image: &[Part]) -> Self {
        let of = |part| {
            (0..part_of_image.len())
                .filter(|&i| part_of_image[i] == part)
                .collect()
        };
        Split {
            train: of(Part::Train),
            val: of(Part::Val),
            test: of(Part::Test),
        }
    }
}

/// Shares of the images in train and test; validation gets the rest, which `Config::problems` keeps above 0.
#[derive(Debug, Clone, Copy)]
struct Shares {
    train: f64,
    test: f64,
}

/// Divides the dataset's images. `folders` looks at neither shares nor seed; `groups` names each image's group, in the
/// order of `Dataset::images`, and is looked at by [`SplitMethod::Groups`] alone. The same arguments give the same split.
///
/// # Errors
/// A sentence for people that names the class and says what to do.
pub fn split(
    dataset: &Dataset,
    method: SplitMethod,
    train_share: f64,
    test_share: f64,
    seed: u64,
    groups: Option<&[String]>,
) -> Result<Split, String> {
    check_dataset(dataset)?;
    let shares = Shares {
        train: train_share,
        test: test_share,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(SPLIT_STREAM);
    match method {
        SplitMethod::Random => {
            let split = Split::from_parts(&random(dataset.images.len(), shares, &mut rng));
            check_parts(dataset, &split, &[Part::Train, Part::Val], |_, _| {
                "another seed may help, and the stratified split leaves no class out".into()
            })?;
            Ok(split)
        }
        SplitMethod::Stratified => Ok(Split::from_parts(&by_class::stratified(
            dataset, shares, &mut rng,
        ))),
        SplitMethod::Groups => {
            let groups = groups.ok_or("splitting by groups needs the group of each image")?;
            let split = Split::from_parts(&by_group::grouped(dataset, groups, shares, &mut rng)?);
            let wanted = if test_share > 0.0 {
                &Part::ALL[..]
            } else {
                &[Part::Train, Part::Val]
            };
            check_parts(dataset, &split, wanted, |class_idx, _| {
                let n_groups = by_group::groups_of_class(dataset, groups, class_idx);
                format!(
                    "its images lie in {n_groups} group{}, and a group is never divided; use finer groups, or the \
                     stratified split",
                    if n_groups == 1 { "" } else { "s" }
                )
            })?;
            Ok(split)
        }
        SplitMethod::Folders => {
            let split = Split::from_parts(&by_folder(dataset)?);
            check_parts(dataset, &split, &[Part::Train, Part::Val], |class_idx, part| {
                let (folder, class) = (part.name(), &dataset.classes[class_idx]);
                match dataset.table {
                    Some(_) => format!("name some in the table, or {ANOTHER_SPLIT}"),
                    None => format!("put some into {folder}/{class}, or {ANOTHER_SPLIT}"),
                }
            })?;
            Ok(split)
        }
    }
}

/// Images of each class in train, validation and test of the stratified split, which follow from the classes' sizes
/// alone: no image is looked at.
///
/// # Errors
/// As [`split`].
pub fn stratified_counts(
    classes: &[String],
    n_of_class: &[usize],
    train_share: f64,
    test_share: f64,
) -> Result<[Vec<usize>; 3], String> {
    check_classes(classes, n_of_class)?;
    let shares = Shares {
        train: train_share,
        test: test_share,
    };
    let (train, test): (Vec<usize>, Vec<usize>) = by_class::train_and_test_counts(n_of_class, shares)
        .into_iter()
        .unzip();
    let placed = train.iter().zip(&test).map(|(train, test)| train + test);
    let val = n_of_class
        .iter()
        .zip(placed)
        .map(|(n, placed)| n - placed)
        .collect();
    Ok([train, val, test])
}

/// What no method can mend.
///
/// # Errors
/// There are not two classes with two images each; it names the one that is at fault, and says what to do.
pub fn check_dataset(dataset: &Dataset) -> Result<(), String> {
    check_classes(&dataset.classes, &dataset.counts())
        .map_err(|message| closed_class(dataset).unwrap_or(message))
}

/// A class without images that is not empty: its folder could not be looked into, or none of its files could be read.
fn closed_class(dataset: &Dataset) -> Option<String> {
    let counts = dataset.counts();
    let mut empty = dataset.classes.iter().zip(counts).filter(|&(_, n)| n == 0);
    empty.find_map(|(class, _)| {
        let lies_in_it = |issue: &&Issue| issue.path.split('/').any(|part| part == class);
        let is_telling = |issue: &&Issue| match dataset.table {
            // No path tells the class.
            Some(_) => issue.kind == IssueKind::EmptyClass,
            None => issue.kind.is_of_an_image(),
        };
        let mut issues = dataset.issues.iter().filter(is_telling);
        let issue = issues.find(lies_in_it)?;
        Some(format!(
            "class {class} has no image that can be read; {}: {}",
            issue.path, issue.message
        ))
    })
}

/// By the number of each class's images alone.
fn check_classes(classes: &[String], n_of_class: &[usize]) -> Result<(), String> {
    match classes {
        [] => {
            return Err(
                "there is no class; the data folder needs a sub-folder of images for each class".into(),
            );
        }
        [only] => {
            return Err(format!(
                "one class only ({only}): there is nothing to tell apart; the data folder needs a sub-folder of \
                 images for each class"
            ));
        }
        _ => {}
    }
    for (class, n_images) in classes.iter().zip(n_of_class) {
        match n_images {
            0 => {
                return Err(format!(
                    "class {class} has no image; remove its folder or add images"
                ));
            }
            1 => {
                return Err(format!(
                    "class {class} has one image, which cannot be both trained on and validated on; add images or \
                     remove its folder"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_parts(
    dataset: &Dataset,
    split: &Split,
    wanted: &[Part],
    advice: impl Fn(usize, Part) -> String,
) -> Result<(), String> {
    for &part in wanted {
        let counts = dataset.counts_of(split.indices(part).iter().copied());
        if let Some(class_idx) = counts.iter().position(|&n| n == 0) {
            let purpose = match part {
                Part::Train => "train",
                Part::Val => "validate",
                Part::Test => "test",
            };
            let (class, advice) = (&dataset.classes[class_idx], advice(class_idx, part));
            return Err(format!("class {class} has no image to {purpose} on; {advice}"));
        }
    }
    Ok(())
}

/// The notebook's: one shuffle, of which the first `int(share * n)` are trained on.
fn random(n_images: usize, shares: Shares, rng: &mut ChaCha8Rng) -> Vec<Part> {
    let mut order: Vec<usize> = (0..n_images).collect();
    order.shuffle(rng);
    let n_train = ((shares.train * n_images as f64) as usize).min(n_images);
    let n_test = ((shares.test * n_images as f64).round() as usize).min(n_images - n_train);
    let mut part_of_image = vec![Part::Val; n_images];
    deal(&order, n_train, n_test, &mut part_of_image);
    part_of_image
}

/// The first go to train, the next to test; the others stay where they are.
fn deal(order: &[usize], n_train: usize, n_test: usize, part_of_image: &mut [Part]) {
    let (train, rest) = order.split_at(n_train);
    for &i in train {
        part_of_image[i] = Part::Train;
    }
    for &i in &rest[..n_test] {
        part_of_image[i] = Part::Test;
    }
}

fn by_folder(dataset: &Dataset) -> Result<Vec<Part>, String> {
    for part in [Part::Train, Part::Val] {
        if !dataset.images.iter().any(|i| i.folder == Some(part)) {
            let part = part.name();
            return Err(match dataset.table {
                Some(_) => {
                    format!("the table puts no image in {part}; fill its column split in, or {ANOTHER_SPLIT}")
                }
                None => {
                    format!("the data folder has no images in a {part}/ folder; make one, or {ANOTHER_SPLIT}")
                }
            });
        }
    }
    let part_of = |image: &super::ImageEntry| {
        image.folder.ok_or_else(|| {
            let path = &image.path;
            match dataset.table {
                Some(_) => {
                    format!("the table puts {path} in no part; fill its column split in, or {ANOTHER_SPLIT}")
                }
                None => format!(
                    "{path} lies in none of train/, val/ and test/; move it into one, or {ANOTHER_SPLIT}"
                ),
            }
        })
    };
    dataset.images.iter().map(part_of).collect()
}
