//! All findings of a folder together, in the order in which they are worth a look.

use std::cmp::Reverse;

use super::{ImageFindings, LabelFindings};
use crate::experiment::{Dataset, Part};
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
    known_groups: Option<Vec<String>>,
}

impl Report {
    /// Without `labels` it says nothing of what takes features.
    pub fn of(dataset: &Dataset, images: &ImageFindings, labels: Option<&LabelFindings>) -> Self {
        let copies = labels.map_or(&images.copies, |labels| &labels.copies);
        let in_order = |mut groups: Vec<Vec<usize>>| {
            groups.sort_by_key(|group| (!contradicts(dataset, group), Reverse(group.len()), group[0]));
            groups
        };
        let is_near = |group: &&Vec<usize>| !dataset.twins.contains(group);
        let parts = images.parts.as_ref();
        let (groups, leaks) = parts.map_or_else(|_| Default::default(), |parts| leakage(copies, parts));
        Report {
            duplicates: in_order(dataset.twins.clone()),
            near_duplicates: in_order(copies.iter().filter(is_near).cloned().collect()),
            leakage: in_order(groups),
            leaks,
            no_split: images.parts.as_ref().err().cloned(),
            quality: images.quality.clone(),
            shortcuts: images.shortcuts.clone(),
            unreadable: images.unreadable.clone(),
            label_issues: labels.map_or_else(Vec::new, |labels| labels.label_issues.clone()),
            outliers: labels.map_or_else(Vec::new, |labels| labels.outliers.clone()),
            head_balanced_accuracy: labels.and_then(|labels| labels.balanced_accuracy),
            unjudged: labels.map_or_else(Vec::new, |labels| labels.unjudged.clone()),
            known_groups: images.groups.clone(),
        }
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

/// Whether images that show the same are of different classes.
pub fn contradicts(dataset: &Dataset, group: &[usize]) -> bool {
    let mut classes = group.iter().map(|&i| dataset.images[i].class_idx);
    let first = classes.next();
    classes.any(|class| Some(class) != first)
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
        let report = Report::of(&dataset, &images, None);
        assert_eq!(report.duplicates, [[2, 7], [0, 1]]);
        assert_eq!(report.near_duplicates, [vec![0, 1, 4], vec![5, 9], vec![6, 8]]);
        assert_eq!(report.leakage, [vec![2, 7], vec![0, 1, 4]]);
        let leak = &report.leaks[..];
        assert_eq!((leak.len(), leak[0].n_groups, leak[0].n_images), (1, 2, [3, 2]));
        let groups = report.groups(&dataset);
        let expected = ["0", "0", "2", "3", "0", "3", "6", "2", "6", "3"].map(|i| format!("{i}.png"));
        assert_eq!(groups, expected);
        assert!(!report.is_clean());
    }
}
