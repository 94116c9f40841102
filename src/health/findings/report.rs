//! All findings of a folder together, in the order in which they are worth a look. What decisions about labels have settled is
//! no finding any more: it is counted, and comes back with an undo.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{ImageFindings, LabelFindings};
use crate::experiment::{Dataset, ImageLabel, Part, classes_as_decided};
use crate::health::alike::Components;
use crate::health::folder::{Leak, Quality, Shortcut, leakage};
use crate::health::labels::{LabelIssue, Outlier};

/// Images are named by their place in the dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Files of the same bytes; those whose labels contradict each other first, then the largest groups.
    pub duplicates: Vec<Vec<usize>>,
    /// Images that show the same in different files, with whatever copies they have; in the same order.
    pub near_duplicates: Vec<Vec<usize>>,
    /// Groups of either that have images in more than one part of the split; in the same order.
    pub leakage: Vec<Vec<usize>>,
    /// The same as counts, one for each two parts.
    pub leaks: Vec<Leak>,
    /// Why nothing is known of leakage, where nothing is.
    pub no_split: Option<String>,
    pub quality: Vec<(usize, Quality)>,
    pub shortcuts: Vec<Shortcut>,
    pub unreadable: Vec<(usize, String)>,
    pub label_issues: Vec<LabelIssue>,
    pub outliers: Vec<Outlier>,
    /// Of the head, out of fold; `None` where no features were looked at.
    pub head_balanced_accuracy: Option<f64>,
    /// Classes whose labels were not judged.
    pub unjudged: Vec<usize>,
    /// Findings that decisions have settled.
    pub n_settled: usize,
    /// Of each image, as decided.
    classes: Vec<usize>,
    known_groups: Option<Vec<String>>,
}

impl Report {
    /// Without `labels` it says nothing of what takes features. `decided` is what was decided about these images so far.
    pub fn of(
        dataset: &Dataset,
        images: &ImageFindings,
        labels: Option<&LabelFindings>,
        decided: &BTreeMap<usize, ImageLabel>,
    ) -> Self {
        let copies = labels.map_or(&images.copies, |labels| &labels.copies);
        let mut open = Open {
            decided,
            n_settled: 0,
        };
        let classes = classes_as_decided(dataset, decided);
        let in_order = |mut groups: Vec<Vec<usize>>| {
            let differ = |group: &Vec<usize>| differ(&classes, group);
            groups.sort_by_key(|group| (!differ(group), Reverse(group.len()), group[0]));
            groups
        };
        let is_near = |group: &&Vec<usize>| !dataset.twins.contains(group);
        let parts = images.parts.as_ref();
        let (groups, leaks) = parts.map_or_else(|_| Default::default(), |parts| leakage(copies, parts));
        let (issues, outliers) = labels.map_or((&[][..], &[][..]), |labels| {
            (&labels.label_issues[..], &labels.outliers[..])
        });
        let relabelled = |label: &ImageLabel| label.is_excluded || label.label.is_some();
        let excluded = |label: &ImageLabel| label.is_excluded;
        Report {
            duplicates: in_order(open.groups(dataset.twins.iter())),
            near_duplicates: in_order(open.groups(copies.iter().filter(is_near))),
            leakage: in_order(groups),
            leaks,
            no_split: images.parts.as_ref().err().cloned(),
            quality: open.images(&images.quality, |(image, _)| *image, excluded),
            shortcuts: images.shortcuts.clone(),
            unreadable: images.unreadable.clone(),
            label_issues: open.images(issues, |issue| issue.image, relabelled),
            outliers: open.images(outliers, |outlier| outlier.image, excluded),
            n_settled: open.n_settled,
            head_balanced_accuracy: labels.and_then(|labels| labels.balanced_accuracy),
            unjudged: labels.map_or_else(Vec::new, |labels| labels.unjudged.clone()),
            known_groups: images.groups.clone(),
            classes,
        }
    }

    /// Whether images that show the same are of different classes.
    pub fn contradicts(&self, group: &[usize]) -> bool {
        differ(&self.classes, group)
    }

    /// As decided.
    pub fn class_of(&self, image: usize) -> usize {
        self.classes[image]
    }

    /// Of these groups of copies, the images to leave out so that one of each stays. The one that stays is judged by, if any
    /// is: a part to judge by is the smaller one, and stays as it was. Groups of several classes are left alone, since one of
    /// their labels is wrong.
    pub fn all_but_one(&self, groups: &[Vec<usize>], parts: Option<&[Option<Part>]>) -> Vec<usize> {
        let part = |i: usize| parts.and_then(|parts| parts.get(i).copied().flatten());
        let mut out = Vec::new();
        for group in groups.iter().filter(|group| !self.contradicts(group)) {
            let stays = group.iter().copied().max_by_key(|&i| (part(i), Reverse(i)));
            out.extend(group.iter().copied().filter(|&i| Some(i) != stays));
        }
        out
    }

    /// Whether there is anything to look at.
    pub fn is_clean(&self) -> bool {
        self.duplicates.is_empty()
            && self.near_duplicates.is_empty()
            && self.leakage.is_empty()
            && self.quality.is_empty()
            && self.unreadable.is_empty()
            && self.label_issues.is_empty()
            && self.outliers.is_empty()
            && !self.shortcuts.iter().any(|shortcut| shortcut.tells)
    }

    /// Images of each kind, the worst kinds first.
    pub fn of_quality(&self) -> Vec<(Quality, Vec<usize>)> {
        let of = |kind: Quality| -> Vec<usize> {
            let images = self.quality.iter().filter(|(_, quality)| *quality == kind);
            images.map(|(image, _)| *image).collect()
        };
        let kinds = Quality::ALL.into_iter().map(|kind| (kind, of(kind)));
        kinds.filter(|(_, images)| !images.is_empty()).collect()
    }

    /// The group of each image by which no copy straddles a split: the first of its copies, or itself. What
    /// the split kept together already stays so.
    pub fn groups(&self, dataset: &Dataset) -> Vec<String> {
        let mut components = Components::new(dataset.images.len());
        for copies in self.duplicates.iter().chain(&self.near_duplicates) {
            components.join_all(copies);
        }
        if let Some(known) = &self.known_groups {
            let mut order: Vec<usize> = (0..known.len()).collect();
            order.sort_by_key(|&i| (&known[i], i));
            for of_group in order.chunk_by(|&a, &b| known[a] == known[b]) {
                components.join_all(of_group);
            }
        }
        let first = |i: usize| dataset.images[components.root(i)].path.clone();
        (0..dataset.images.len()).map(first).collect()
    }
}

fn differ(classes: &[usize], group: &[usize]) -> bool {
    let mut classes = group.iter().map(|&i| classes[i]);
    let first = classes.next();
    classes.any(|class| Some(class) != first)
}

/// Lets through what decisions have not settled, and counts the rest.
struct Open<'a> {
    decided: &'a BTreeMap<usize, ImageLabel>,
    n_settled: usize,
}

impl Open<'_> {
    /// Of groups of copies, those of which two are left.
    fn groups<'b>(&mut self, groups: impl Iterator<Item = &'b Vec<usize>>) -> Vec<Vec<usize>> {
        let is_in = |i: &usize| !self.decided.get(i).is_some_and(|label| label.is_excluded);
        let left = groups.map(|group| group.iter().copied().filter(is_in).collect());
        let (open, settled): (Vec<Vec<usize>>, Vec<_>) = left.partition(|group: &Vec<usize>| group.len() > 1);
        self.n_settled += settled.len();
        open
    }

    fn images<T: Clone>(
        &mut self,
        all: &[T],
        image: impl Fn(&T) -> usize,
        settles: impl Fn(&ImageLabel) -> bool,
    ) -> Vec<T> {
        let is_open = |found: &&T| !self.decided.get(&image(found)).is_some_and(&settles);
        let open: Vec<T> = all.iter().filter(is_open).cloned().collect();
        self.n_settled += all.len() - open.len();
        open
    }
}

impl Leak {
    /// The two parts, in the order of a split.
    pub fn between(&self) -> [&'static str; 2] {
        self.parts.map(Part::name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::ImageEntry;

    #[test]
    fn contradictions_come_first_and_exact_copies_are_no_near_ones() {
        let image = |i: usize| ImageEntry {
            path: format!("{i}.png"),
            class_idx: i / 5,
            folder: None,
        };
        let dataset = Dataset {
            classes: vec!["a".into(), "b".into()],
            images: (0..10).map(image).collect(),
            twins: vec![vec![0, 1], vec![2, 7]],
            ..Dataset::default()
        };
        let train = |i: usize| {
            Some(if i.is_multiple_of(2) {
                Part::Train
            } else {
                Part::Val
            })
        };
        let known = (0..10).map(|i| {
            if i == 3 || i == 9 {
                "x".into()
            } else {
                format!("own {i}")
            }
        });
        let images = ImageFindings {
            copies: vec![vec![0, 1, 4], vec![2, 7], vec![5, 9], vec![6, 8]],
            quality: vec![(3, Quality::Blurred)],
            shortcuts: vec![],
            unreadable: vec![],
            parts: Ok((0..10).map(train).collect()),
            groups: Some(known.collect()),
        };
        let report = Report::of(&dataset, &images, None, &BTreeMap::new());
        assert_eq!(report.duplicates, [[2, 7], [0, 1]]);
        assert_eq!(report.near_duplicates, [vec![0, 1, 4], vec![5, 9], vec![6, 8]]);
        assert_eq!(report.leakage, [vec![2, 7], vec![0, 1, 4]]);
        let leak = &report.leaks[..];
        assert_eq!((leak.len(), leak[0].n_groups, leak[0].n_images), (1, 2, [3, 2]));
        let groups = report.groups(&dataset);
        let expected = ["0", "0", "2", "3", "0", "3", "6", "2", "6", "3"].map(|i| format!("{i}.png"));
        assert_eq!(groups, expected);
        assert!(!report.is_clean());
        // The one that validates stays, and of two labels one is wrong.
        let parts = images.parts.as_deref().ok();
        assert_eq!(report.all_but_one(&report.duplicates, parts), [0]);
        let excluded = ImageLabel {
            is_excluded: true,
            ..ImageLabel::default()
        };
        let relabelled = ImageLabel {
            label: Some("b".into()),
            ..ImageLabel::default()
        };
        let decided = BTreeMap::from([(0, excluded.clone()), (3, excluded), (2, relabelled)]);
        let after = Report::of(&dataset, &images, None, &decided);
        assert_eq!(after.duplicates, [[2, 7]]);
        assert!(report.contradicts(&[2, 7]) && !after.contradicts(&[2, 7]));
        assert_eq!(after.near_duplicates, [[1, 4], [5, 9], [6, 8]]);
        assert_eq!((after.quality.len(), after.n_settled), (0, 2));
    }
}
