//! Kinds of findings, each a list of images to look at.

use crate::experiment::{Dataset, Part};
use crate::health::findings::Report;
use crate::health::folder::Quality;
use crate::metrics::percent;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    Leakage,
    Duplicates,
    NearDuplicates,
    Labels,
    Outliers,
    Quality(Quality),
    Unreadable,
}

/// Images that are shown side by side, and what is said of them.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingRow {
    pub images: Vec<usize>,
    pub says: String,
}

impl Finding {
    /// In the order in which they are worth a look.
    pub fn all() -> impl Iterator<Item = Finding> {
        let first = [
            Finding::Leakage,
            Finding::Duplicates,
            Finding::NearDuplicates,
            Finding::Labels,
            Finding::Outliers,
        ];
        let of_quality = Quality::ALL.into_iter().map(Finding::Quality);
        first.into_iter().chain(of_quality).chain([Finding::Unreadable])
    }

    pub fn name(self) -> &'static str {
        match self {
            Finding::Leakage => "Copies across the split",
            Finding::Duplicates => "Exact duplicates",
            Finding::NearDuplicates => "Near duplicates",
            Finding::Labels => "Suspect labels",
            Finding::Outliers => "Outliers",
            Finding::Quality(Quality::LowInformation) => "Blank",
            Finding::Quality(Quality::Dark) => "Very dark",
            Finding::Quality(Quality::Bright) => "Very bright",
            Finding::Quality(Quality::Blurred) => "Blurred",
            Finding::Quality(Quality::OddSize) => "Odd size",
            Finding::Quality(Quality::OddAspect) => "Odd aspect ratio",
            Finding::Quality(Quality::Turned) => "Turned by EXIF",
            Finding::Quality(Quality::Grey) => "Grey among colours",
            Finding::Unreadable => "Not readable",
        }
    }

    /// What it means, in one sentence without its full stop.
    pub fn explanation(self) -> &'static str {
        match self {
            Finding::Leakage => {
                "The same picture lies in two parts of the split: what is judged was trained on, and figures are not of new \
                 images"
            }
            Finding::Duplicates => "Files that hold the same bytes",
            Finding::NearDuplicates => {
                "Pictures that were saved again: at another quality, size or format, or cropped"
            }
            Finding::Labels => {
                "Heads that have not seen these images are surer of another class than they are on average of its own \
                 images (confident learning)"
            }
            Finding::Outliers => "Far from all other images in the backbone's features",
            Finding::Quality(Quality::LowInformation) => {
                "One colour, or nearly: nothing can be learnt from it"
            }
            Finding::Quality(Quality::Dark) => "99 of 100 pixels are dark",
            Finding::Quality(Quality::Bright) => "95 of 100 pixels are nearly white",
            Finding::Quality(Quality::Blurred) => "Far less sharp than the folder's other images",
            Finding::Quality(Quality::OddSize) => "Far larger or smaller than the folder's other images",
            Finding::Quality(Quality::OddAspect) => "Far wider or taller than the folder's other images",
            Finding::Quality(Quality::Turned) => {
                "An EXIF tag asks for a turn, which is not obeyed, as with PyTorch's ImageFolder; save them turned"
            }
            Finding::Quality(Quality::Grey) => "A few grey images among coloured ones",
            Finding::Unreadable => "These cannot be decoded, and are left out of every training",
        }
    }

    /// What a count of its rows counts.
    pub fn counts_groups(self) -> bool {
        matches!(
            self,
            Finding::Leakage | Finding::Duplicates | Finding::NearDuplicates
        )
    }

    /// Whether it takes features to be found.
    pub fn takes_features(self) -> bool {
        matches!(self, Finding::Labels | Finding::Outliers)
    }

    pub fn count(self, report: &Report) -> usize {
        match self {
            Finding::Leakage => report.leakage.len(),
            Finding::Duplicates => report.duplicates.len(),
            Finding::NearDuplicates => report.near_duplicates.len(),
            Finding::Labels => report.label_issues.len(),
            Finding::Outliers => report.outliers.len(),
            Finding::Quality(kind) => report
                .quality
                .iter()
                .filter(|(_, quality)| *quality == kind)
                .count(),
            Finding::Unreadable => report.unreadable.len(),
        }
    }

    /// `parts` are each image's, where the folder can be divided.
    pub fn rows(self, dataset: &Dataset, report: &Report, parts: Option<&[Option<Part>]>) -> Vec<FindingRow> {
        let single = |image: usize, says: String| FindingRow {
            images: vec![image],
            says,
        };
        let class_of = |image: usize| dataset.classes[dataset.images[image].class_idx].clone();
        let groups = |groups: &[Vec<usize>]| {
            let row = |images: &Vec<usize>| FindingRow {
                says: about_group(dataset, report, images, parts),
                images: images.clone(),
            };
            groups.iter().map(row).collect()
        };
        match self {
            Finding::Leakage => groups(&report.leakage),
            Finding::Duplicates => groups(&report.duplicates),
            Finding::NearDuplicates => groups(&report.near_duplicates),
            Finding::Labels => (report.label_issues.iter())
                .map(|issue| {
                    let label = percent(Some(issue.score), 1);
                    let suggested = &dataset.classes[issue.suggested];
                    let says = format!(
                        "{}, probably {suggested}: its label has {label}",
                        class_of(issue.image)
                    );
                    single(issue.image, says)
                })
                .collect(),
            Finding::Outliers => (report.outliers.iter())
                .map(|outlier| single(outlier.image, class_of(outlier.image)))
                .collect(),
            Finding::Quality(kind) => (report.quality.iter())
                .filter(|(_, quality)| *quality == kind)
                .map(|(image, _)| single(*image, class_of(*image)))
                .collect(),
            Finding::Unreadable => (report.unreadable.iter())
                .map(|(image, why)| single(*image, why.clone()))
                .collect(),
        }
    }
}

/// Such as `3 images: 2 train, 1 val; labels differ: cat, dog`.
fn about_group(
    dataset: &Dataset,
    report: &Report,
    images: &[usize],
    parts: Option<&[Option<Part>]>,
) -> String {
    let mut says = format!("{} images", images.len());
    let of_part = |part: Part| {
        let parts = parts?;
        let n = images
            .iter()
            .filter(|&&image| parts.get(image) == Some(&Some(part)))
            .count();
        (n > 0).then(|| format!("{n} {}", part.name()))
    };
    let by_part: Vec<String> = Part::ALL.into_iter().filter_map(of_part).collect();
    if by_part.len() > 1 {
        says = format!("{says}: {}", by_part.join(", "));
    }
    if report.contradicts(images) {
        let mut classes: Vec<usize> = images.iter().map(|&image| report.class_of(image)).collect();
        classes.sort_unstable();
        classes.dedup();
        let names: Vec<&str> = classes
            .iter()
            .map(|&class| dataset.classes[class].as_str())
            .collect();
        says = format!("{says}; labels differ: {}", crate::metrics::named(&names, 4));
    }
    says
}
