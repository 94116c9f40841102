//! Decisions put upon a folder's images once its split is drawn. The split goes by the folder's own labels, so that every
//! image that stays is in the part it was in: figures before and after a decision are of the same images, except for
//! those that it is about.

use std::collections::{BTreeMap, BTreeSet};

use super::counts::LabelCounts;
use super::image_label::ImageLabel;
use crate::experiment::config::SplitMethod;
use crate::experiment::dataset::{Dataset, Part, normal_form};
use crate::experiment::split::Split;
use crate::metrics::{named, thousands};

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Decisions that took effect, without notes.
    pub counts: LabelCounts,
    /// Images that went to another part, so that what is kept together is in one.
    pub n_moved: usize,
    /// Images that left training, and validation, since an image they are kept together with is judged by.
    pub n_dropped: [usize; 2],
    /// Classes that images were said to be of, and that the folder does not have.
    pub unknown_classes: BTreeSet<String>,
}

impl Applied {
    /// What did not come out as one might think, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let unknown: Vec<&String> = self.unknown_classes.iter().collect();
        let named = named(&unknown, 5);
        let images = |n: usize| match n {
            1 => "1 image".to_owned(),
            n => format!("{} images", thousands(n as u64)),
        };
        let went =
            |n: usize, one: &str, more: &str| format!("{} {}", images(n), if n == 1 { one } else { more });
        let moved = (self.n_moved > 0).then(|| {
            let went = went(self.n_moved, "is", "are");
            format!("{went} in another part of the split than by chance, so that what is kept together is in one part")
        });
        let [from_train, from_val] = self.n_dropped;
        let from_train = (from_train > 0).then(|| {
            let went = went(from_train, "is", "are");
            format!(
                "{went} not trained on, being kept together with images of val/ or test/, which stay as the folder has them"
            )
        });
        let from_val = (from_val > 0).then(|| {
            let went = went(from_val, "is", "are");
            format!("{went} not validated on, being kept together with images of test/, which stay as the folder has them")
        });
        let of_unknown = (!unknown.is_empty()).then(|| {
            format!(
                "some images are labelled as of a class that the folder does not have ({named}), and count as what they \
                 lie in"
            )
        });
        [of_unknown, moved, from_train, from_val]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The index of the class of that name; names that look alike are one.
///
/// # Errors
/// There is none; in a sentence that names those there are.
pub fn known_class(classes: &[String], name: &str) -> Result<usize, String> {
    let exact = classes.iter().position(|class| class == name);
    let alike = || {
        let form = normal_form(name);
        classes.iter().position(|class| normal_form(class) == form)
    };
    let known = exact.or_else(alike);
    known.ok_or_else(|| {
        format!(
            "there is no class {name:?}; the folder has {}",
            named(classes, 10)
        )
    })
}

/// The class of each image as decided, of one that is left out, too. A class that the folder does not have counts for nothing.
pub fn classes_as_decided(dataset: &Dataset, decided: &BTreeMap<usize, ImageLabel>) -> Vec<usize> {
    let mut classes: Vec<usize> = dataset.images.iter().map(|image| image.class_idx).collect();
    for (&i, label) in decided {
        let class_idx = (label.label.as_ref()).and_then(|label| known_class(&dataset.classes, label).ok());
        if let (Some(class_idx), Some(class)) = (class_idx, classes.get_mut(i)) {
            *class = class_idx;
        }
    }
    classes
}

/// Images of each class, as decided: without those that are left out. A class that the folder does not have counts for
/// nothing.
pub fn counts_as_decided(dataset: &Dataset, decided: &BTreeMap<usize, ImageLabel>) -> Vec<usize> {
    let mut counts = dataset.counts();
    for (&i, image) in decided {
        let Some(own) = dataset.images.get(i).map(|image| image.class_idx) else {
            continue;
        };
        let label = image.label.as_ref();
        let now = label.and_then(|label| known_class(&dataset.classes, label).ok());
        counts[own] -= 1;
        if !image.is_excluded {
            counts[now.unwrap_or(own)] += 1;
        }
    }
    counts
}

/// Relabels and leaves out what was decided about these images (by index), and sees to it that what is kept together is in
/// one part. Parts that were drawn give way: it goes to the one that has most of it already. Parts that are the folder's own
/// stay: what is judged by stays, and what would be trained on beside it is left out. `groups` are those that the split was
/// made by.
///
/// # Errors
/// A class has no image left to train on, or to validate on; in a sentence for people.
pub fn apply(
    decided: &BTreeMap<usize, ImageLabel>,
    dataset: &mut Dataset,
    split: &mut Split,
    (method, groups): (SplitMethod, Option<&[String]>),
) -> Result<Applied, String> {
    let mut applied = Applied::default();
    // First, so that an image which nobody sees takes no other to its part.
    let stays = |i: &usize| !decided.get(i).is_some_and(|image| image.is_excluded);
    for part in [&mut split.train, &mut split.val, &mut split.test] {
        let n_before = part.len();
        part.retain(stays);
        applied.counts.excluded += n_before - part.len();
    }
    let is_own = method == SplitMethod::Folders;
    if !is_own {
        applied.n_moved = keep_together(decided, split, groups);
    }
    applied.counts.kept_together = decided.values().filter(|image| image.group.is_some()).count();
    for (&i, image) in decided {
        let Some(label) = &image.label else { continue };
        match known_class(&dataset.classes, label) {
            Ok(class_idx) => {
                applied.counts.relabelled += usize::from(dataset.images[i].class_idx != class_idx);
                dataset.images[i].class_idx = class_idx;
            }
            Err(_) => drop(applied.unknown_classes.insert(label.clone())),
        }
    }
    if is_own {
        applied.n_dropped = drop_beside_judged(decided, split);
    }
    for (part, purpose) in [(Part::Train, "train"), (Part::Val, "validate")] {
        let counts = dataset.counts_of(split.indices(part).iter().copied());
        if let Some(class_idx) = counts.iter().position(|&n| n == 0) {
            return Err(format!(
                "with the labels as they were decided, class {} has no image to {purpose} on; undo some, or train without \
                 them",
                dataset.classes[class_idx]
            ));
        }
    }
    Ok(applied)
}

/// Moves images, and returns how many.
fn keep_together(
    decided: &BTreeMap<usize, ImageLabel>,
    split: &mut Split,
    groups: Option<&[String]>,
) -> usize {
    let mut part_of: BTreeMap<usize, Part> = BTreeMap::new();
    let mut n_moved = 0;
    for mut members in families(decided, groups) {
        members.retain(|i| match split.part_of(*i) {
            Some(part) => part_of.insert(*i, part).is_none(),
            None => false,
        });
        let n_in = |part: Part| members.iter().filter(|i| part_of[i] == part).count();
        // The first of those with most.
        let mut home = Part::Train;
        for part in Part::ALL {
            home = if n_in(part) > n_in(home) { part } else { home };
        }
        for i in members {
            n_moved += usize::from(part_of[&i] != home);
            part_of.insert(i, home);
        }
    }
    if n_moved > 0 {
        for part in Part::ALL {
            let indices = match part {
                Part::Train => &mut split.train,
                Part::Val => &mut split.val,
                Part::Test => &mut split.test,
            };
            indices.retain(|i| part_of.get(i).is_none_or(|home| *home == part));
            let here = part_of.iter().filter(|(_, home)| **home == part).map(|(&i, _)| i);
            indices.extend(here.collect::<Vec<_>>());
            indices.sort_unstable();
            indices.dedup();
        }
    }
    n_moved
}

/// Leaves out of each part what belongs together with images of a later one, and returns how many left training and
/// validation.
fn drop_beside_judged(decided: &BTreeMap<usize, ImageLabel>, split: &mut Split) -> [usize; 2] {
    let mut dropped = BTreeSet::new();
    for members in families(decided, None) {
        let parts = members
            .iter()
            .filter_map(|&i| split.part_of(i).map(|part| (i, part)));
        let parts: Vec<(usize, Part)> = parts.collect();
        let last = parts.iter().map(|(_, part)| *part).max();
        dropped.extend(
            parts
                .iter()
                .filter(|(_, part)| Some(*part) < last)
                .map(|(i, _)| *i),
        );
    }
    [&mut split.train, &mut split.val].map(|part| {
        let n_before = part.len();
        part.retain(|i| !dropped.contains(i));
        n_before - part.len()
    })
}

/// Images that belong together by decision, with all that belong to one of them by the split's own groups.
fn families(decided: &BTreeMap<usize, ImageLabel>, groups: Option<&[String]>) -> Vec<Vec<usize>> {
    let mut members: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (&i, image) in decided {
        if let Some(group) = &image.group {
            members.entry(group).or_default().insert(i);
        }
    }
    let Some(groups) = groups else {
        return members.into_values().map(|m| m.into_iter().collect()).collect();
    };
    // By own group, the family that took it in; two families that share one become one.
    let mut family_of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut families: Vec<Vec<&str>> = Vec::new();
    for images in members.values() {
        let own: BTreeSet<&str> = images.iter().map(|&i| groups[i].as_str()).collect();
        let joined: BTreeSet<usize> = own
            .iter()
            .filter_map(|group| family_of.get(group).copied())
            .collect();
        let mut all: BTreeSet<&str> = own;
        for family in joined {
            all.extend(std::mem::take(&mut families[family]));
        }
        for group in &all {
            family_of.insert(group, families.len());
        }
        families.push(all.into_iter().collect());
    }
    let mut images = vec![Vec::new(); families.len()];
    for (i, group) in groups.iter().enumerate() {
        if let Some(&family) = family_of.get(group.as_str()) {
            images[family].push(i);
        }
    }
    images.retain(|members| !members.is_empty());
    images
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    /// Five images of A, five of B; the first three of each are trained on, the fourth validates, the fifth tests.
    fn folder() -> (Dataset, Split) {
        let image = |i: usize| ImageEntry {
            path: format!("{i}.png"),
            class_idx: i / 5,
            folder: None,
        };
        let dataset = Dataset {
            classes: vec!["A".into(), "B".into()],
            images: (0..10).map(image).collect(),
            ..Dataset::default()
        };
        let split = Split {
            train: vec![0, 1, 2, 5, 6, 7],
            val: vec![3, 8],
            test: vec![4, 9],
        };
        (dataset, split)
    }

    fn label(label: Option<&str>, is_excluded: bool, group: Option<&str>) -> ImageLabel {
        ImageLabel {
            label: label.map(str::to_owned),
            is_excluded,
            group: group.map(str::to_owned),
            ..ImageLabel::default()
        }
    }

    fn applied(
        decided: Vec<(usize, ImageLabel)>,
        groups: Option<&[String]>,
    ) -> Result<(Dataset, Split, Applied), String> {
        let (mut dataset, mut split) = folder();
        let by = (SplitMethod::Stratified, groups);
        let applied = apply(&decided.into_iter().collect(), &mut dataset, &mut split, by)?;
        Ok((dataset, split, applied))
    }

    #[test]
    fn an_image_that_stays_is_in_the_part_it_was_in() {
        let decided = vec![
            (0, label(Some("B"), false, None)),
            (1, label(None, true, None)),
            (4, label(Some("B"), false, None)),
            (5, label(Some("C"), false, None)),
            (6, label(Some("B"), false, None)),
        ];
        let as_decided = decided.iter().cloned().collect();
        let (dataset, split, applied) = applied(decided, None).unwrap();
        assert_eq!(
            (&split.train[..], &split.test[..]),
            (&[0, 2, 5, 6, 7][..], &[4, 9][..])
        );
        let of_folder = folder().0;
        assert_eq!(counts_as_decided(&of_folder, &as_decided), [2, 7]);
        assert_eq!(dataset.counts_of(split.train.clone()), [1, 4]);
        assert_eq!(dataset.counts_of(split.test.clone()), [0, 2]);
        assert_eq!(applied.counts.to_string(), "2 relabelled, 1 excluded");
        let said = applied.warnings();
        assert!(said.len() == 1 && said[0].contains("(C)"), "{said:?}");
    }

    #[test]
    fn a_class_that_would_be_lost_is_named() {
        let message = applied(vec![(3, label(None, true, None))], None).unwrap_err();
        assert!(
            message.contains("class A has no image to validate on"),
            "{message}"
        );
        let all_b = (5..8).map(|i| (i, label(Some("A"), false, None))).collect();
        let message = applied(all_b, None).unwrap_err();
        assert!(message.contains("class B has no image to train on"), "{message}");
    }

    #[test]
    fn what_is_kept_together_goes_where_most_of_it_is() {
        let of = |group: &str| label(None, false, Some(group));
        // Of g, two are trained on and one tests; of h, one of each: train comes first.
        let decided = vec![
            (0, of("g")),
            (4, of("g")),
            (1, of("g")),
            (7, of("h")),
            (9, of("h")),
        ];
        let (_, split, found) = applied(decided, None).unwrap();
        assert_eq!(split.train, [0, 1, 2, 4, 5, 6, 7, 9]);
        assert_eq!((&split.val[..], split.test.len()), (&[3, 8][..], 0));
        assert_eq!((found.n_moved, found.counts.kept_together), (2, 5));

        // Two excluded ones have no say in where the image that stays is.
        let gone = |group: &str| label(None, true, Some(group));
        let decided = vec![(0, gone("g")), (1, gone("g")), (9, of("g"))];
        let (_, split, after) = applied(decided, None).unwrap();
        assert_eq!(
            (&split.train[..], &split.test[..]),
            (&[2, 5, 6, 7][..], &[4, 9][..])
        );
        assert_eq!((after.n_moved, after.counts.excluded), (0, 2));
    }

    #[test]
    fn what_the_folder_judges_by_stays_and_what_belongs_to_it_is_not_trained_on() {
        let of = |group: &str, is_excluded: bool| label(None, is_excluded, Some(group));
        // g is trained on and tested, h validated and tested, k trained on and, but for an excluded image, not judged by.
        let decided = BTreeMap::from([
            (0, of("g", false)),
            (4, of("g", false)),
            (8, of("h", false)),
            (9, of("h", false)),
            (6, of("k", false)),
        ]);
        let by_folder = |decided: &BTreeMap<usize, ImageLabel>| {
            let (mut dataset, mut split) = folder();
            split.train.retain(|&i| i != 2);
            split.val = vec![2, 3, 8];
            let by = (SplitMethod::Folders, None);
            let applied = apply(decided, &mut dataset, &mut split, by);
            applied.map(|applied| (split, applied))
        };
        let lost = by_folder(&decided).unwrap_err();
        assert!(lost.contains("class B has no image to validate on"), "{lost}");
        let without_h = decided
            .iter()
            .filter(|(i, _)| **i != 8)
            .map(|(&i, label)| (i, label.clone()));
        let (split, applied) = by_folder(&without_h.collect()).unwrap();
        assert_eq!(
            (&split.train[..], &split.test[..]),
            (&[1, 5, 6, 7][..], &[4, 9][..])
        );
        assert_eq!((applied.n_moved, applied.n_dropped), (0, [1, 0]));
        let said = applied.warnings();
        assert!(said[0].starts_with("1 image is not trained on"), "{said:?}");
        // A copy that nobody judges by takes nothing out of training.
        let mut excluded: BTreeMap<usize, ImageLabel> = decided.clone();
        excluded.insert(4, of("g", true));
        excluded.remove(&8);
        let (split, _) = by_folder(&excluded).unwrap();
        assert_eq!(split.train, [0, 1, 5, 6, 7]);
    }

    #[test]
    fn the_splits_own_groups_stay_whole() {
        // 2 and 3 would lie in two parts, which no split by groups makes: the family of 0 takes all of x and y in.
        let mut groups: Vec<String> = (0..10).map(|i| format!("own {i}")).collect();
        (groups[1], groups[2]) = ("x".into(), "x".into());
        (groups[4], groups[9]) = ("y".into(), "y".into());
        let of = |group: &str| label(None, false, Some(group));
        let decided = vec![(1, of("g")), (4, of("g"))];
        let (_, split, applied) = applied(decided, Some(&groups)).unwrap();
        assert_eq!(split.train, [0, 1, 2, 4, 5, 6, 7, 9]);
        assert_eq!(applied.n_moved, 2);
        // Two families that share a group are one.
        let mut groups: Vec<String> = (0..10).map(|i| format!("own {i}")).collect();
        (groups[1], groups[2]) = ("x".into(), "x".into());
        let decided = BTreeMap::from([(1, of("g")), (4, of("g")), (2, of("h")), (9, of("h"))]);
        assert_eq!(families(&decided, Some(&groups)), [vec![1, 2, 4, 9]]);
    }
}
