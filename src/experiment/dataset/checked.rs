//! The result of decoding every image of a folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::class_count::ClassCount;
use super::remark::{Remark, shares};
use super::{Dataset, Issue};
use crate::metrics::thousands;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// What the dataset is known by: two tables may lie in one folder.
    pub place: PathBuf,
    /// Images of each class that were looked at.
    pub n_checked: Vec<usize>,
    /// Those of them that cannot be decoded.
    pub n_failed: Vec<usize>,
    /// One for each of these, with the reason.
    pub issues: Vec<Issue>,
    /// Remarks that only the pixels of the others allow.
    pub remarks: Vec<Remark>,
    /// Whether all images were looked at; false after a stop.
    pub is_whole: bool,
}

/// The remarks on all images by their headers, then those on decoded images by their pixels, a sentence each.
pub fn remarks_in_words(dataset: &Dataset, checked: Option<&Checked>) -> Vec<String> {
    let all = dataset.class_counts();
    let of_headers = dataset.remarks.iter().map(|remark| remark.in_words(&all));
    let of_pixels = checked.into_iter().flat_map(|checked| {
        let seen = checked.classes(&dataset.classes);
        checked.remarks.iter().map(move |remark| remark.in_words(&seen))
    });
    of_headers.chain(of_pixels).collect()
}

impl Checked {
    /// Such as `Every image was decoded; 12 are damaged and will be left out (REAL 8 of 700, 1.1 %; FAKE 4 of 4,300, 0.1 %)`.
    pub fn in_words(&self, dataset: &Dataset) -> String {
        let sum = |counts: &[usize]| thousands(counts.iter().sum::<usize>() as u64);
        let all = match self.is_whole {
            true => "Every image was decoded".into(),
            false => format!(
                "Stopped after {} of {} images",
                sum(&self.n_checked),
                thousands(dataset.images.len() as u64)
            ),
        };
        match self.n_failed.iter().sum() {
            0 if dataset.issues.is_empty() => format!("{all}; none is damaged"),
            // A file whose end is missing is found without that, and is one of them.
            0 => format!("{all}; no damage was found beside the issues listed"),
            n @ 1.. => {
                let of_classes = shares(&self.n_failed, &self.classes(&dataset.classes));
                let are = if n == 1 { "is" } else { "are" };
                format!(
                    "{all}; {} {are} damaged and will be left out ({of_classes})",
                    sum(&self.n_failed)
                )
            }
        }
    }

    /// The classes with their numbers of images that were looked at.
    fn classes(&self, names: &[String]) -> Vec<ClassCount> {
        let counted = names.iter().cloned().zip(self.n_checked.iter().copied());
        counted
            .map(|(name, images)| ClassCount { name, images })
            .collect()
    }
}
