//! Groups that file names tell of: `clip07_0001.jpg` and `clip07_0002.jpg` are of one clip, and look alike as only images of one
//! clip do. Proposed, and never taken unasked: a name may mean anything.

use std::collections::{BTreeMap, BTreeSet};

use crate::experiment::dataset::Dataset;

/// What comes before a counter, which letters may lead, as in `clip07_frame0001.jpg`.
const COUNTED: &str = r"^(.+?)[-_. ]+[A-Za-z]*[0-9]+\.[^.]+$";
/// Other names are groups of their own.
const OR_WHOLE: &str = "|^.+$";
const SEPARATORS: [char; 4] = ['-', '_', '.', ' '];
/// Groups that are named to show what is meant.
const EXAMPLES: usize = 3;

/// Groups as file names tell them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameGroups {
    /// On the file name, as [`Groups::Pattern`](crate::experiment::Groups) takes it.
    pub pattern: String,
    pub n_groups: usize,
    /// Some of those with several images, each with how many.
    pub examples: Vec<(String, usize)>,
}

/// The groups that the file names tell of. `None` where most images would stand alone, one group would hold most of them, or
/// a class would have a single one and could not be divided.
pub fn groups_from_names(dataset: &Dataset) -> Option<NameGroups> {
    // A whole name is no group of its own making: numbers that begin anew in every class folder make the same names.
    let mut sizes: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    let mut of_class = vec![BTreeSet::new(); dataset.n_classes()];
    let mut is_any_whole = false;
    for image in &dataset.images {
        let name = image.path.rsplit('/').next().unwrap_or_default();
        let group = before_counter(name);
        let is_counted = group.is_some();
        is_any_whole |= !is_counted;
        let group = group.unwrap_or(name);
        *sizes.entry((group, is_counted)).or_default() += 1;
        // Two say enough.
        if let Some(groups) = of_class
            .get_mut(image.class_idx)
            .filter(|groups| groups.len() < 2)
        {
            groups.insert(group);
        }
    }
    let n = dataset.images.len();
    let together = || sizes.iter().filter(|((_, is_counted), n)| *is_counted && **n > 1);
    let n_together: usize = together().map(|(_, n)| n).sum();
    let largest = sizes.values().max().copied().unwrap_or_default();
    let is_divisible = of_class.iter().all(|groups| groups.len() != 1);
    if n == 0 || n_together * 5 < n * 4 || largest * 2 > n || !is_divisible {
        return None;
    }
    let examples = together().take(EXAMPLES);
    Some(NameGroups {
        pattern: format!("{COUNTED}{}", if is_any_whole { OR_WHOLE } else { "" }),
        n_groups: sizes.len(),
        examples: examples
            .map(|((group, _), n)| ((*group).to_owned(), *n))
            .collect(),
    })
}

impl NameGroups {
    /// Such as `clip07 (31 images), clip08 (12) and 22 more`.
    pub fn in_words(&self) -> String {
        let named = self.examples.iter().enumerate().map(|(i, (group, n))| {
            let images = if i == 0 { " images" } else { "" };
            format!("{group} ({n}{images})")
        });
        let named = named.collect::<Vec<_>>().join(", ");
        match self.n_groups.saturating_sub(self.examples.len()) {
            0 => named,
            n => format!("{named} and {n} more"),
        }
    }
}

/// As [`COUNTED`] finds it.
fn before_counter(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let before = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_counted = before.len() < stem.len() && !ending.is_empty();
    let before = before.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let group = before.trim_end_matches(SEPARATORS);
    (is_counted && group.len() < before.len() && !group.is_empty()).then_some(group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    fn dataset(classes: &[&[&str]]) -> Dataset {
        let images = classes.iter().enumerate().flat_map(|(class_idx, names)| {
            names.iter().map(move |name| ImageEntry {
                path: format!("{class_idx}/deep/{name}"),
                class_idx,
                folder: None,
            })
        });
        Dataset {
            classes: (0..classes.len()).map(|i| i.to_string()).collect(),
            images: images.collect(),
            ..Dataset::default()
        }
    }

    #[test]
    fn what_stands_before_a_counter_is_the_group() {
        for (name, group) in [
            ("clip07_0001.jpg", Some("clip07")),
            ("clip07_frame0001.jpg", Some("clip07")),
            ("2024-01-15 - 3.png", Some("2024-01-15")),
            ("a.b-2.x.10.jpeg", Some("a.b-2.x")),
            ("anna_left.jpg", None),
            ("0001.jpg", None),
            ("clip0001.jpg", None),
            ("_1.jpg", None),
            ("a_1", None),
        ] {
            assert_eq!(before_counter(name), group, "{name}");
        }
    }

    #[test]
    fn groups_are_proposed_where_several_images_share_a_name() {
        let fake = ["a_1.png", "a_2.png", "b_1.png", "b_2.png", "b_3.png"];
        let real = ["b_4.png", "c_1.png", "c_2.png", "c_3.png"];
        let proposed = groups_from_names(&dataset(&[&fake, &real])).unwrap();
        assert_eq!(proposed.pattern, COUNTED);
        assert_eq!(proposed.n_groups, 3);
        assert_eq!(proposed.in_words(), "a (2 images), b (4), c (3)");
        // One that is named otherwise stands alone.
        let real = ["b_4.png", "c_1.png", "c_2.png", "c_3.png", "portrait.png"];
        let proposed = groups_from_names(&dataset(&[&fake, &real])).unwrap();
        assert!(proposed.pattern.ends_with("|^.+$"));
        assert_eq!(proposed.in_words(), "a (2 images), b (4), c (3) and 1 more");
    }

    #[test]
    fn nothing_is_proposed_where_names_tell_no_groups() {
        let none =
            |classes: &[&[&str]]| assert_eq!(groups_from_names(&dataset(classes)), None, "{classes:?}");
        none(&[]);
        none(&[&["1.png", "2.png"], &["3.png", "4.png"]]);
        // Numbers that begin anew in every class folder.
        none(&[&["0.png", "1.png", "2.png"], &["0.png", "1.png", "2.png"]]);
        // The name of the class, and a counter.
        none(&[&["cat_1.png", "cat_2.png"], &["dog_1.png", "dog_2.png"]]);
        // As a camera names them: nearly all would be one group.
        none(&[
            &["IMG_1.png", "IMG_2.png", "x_1.png"],
            &["IMG_3.png", "IMG_4.png", "x_2.png"],
        ]);
        // Nearly all alone.
        none(&[
            &["a_1.png", "b_1.png", "c_1.png"],
            &["d_1.png", "e_1.png", "e_2.png"],
        ]);
    }
}
