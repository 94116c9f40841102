//! What is known of the open folder's health.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::finding::{Finding, FindingRow};
use crate::app::picture_cache::PictureCache;
use crate::experiment::{Config, Dataset, ImageLabel};
use crate::health::findings::{FolderParts, ImageFindings, LabelFindings, Report};

#[derive(Debug, Default)]
pub struct Health {
    /// Whether its window is open.
    pub open: bool,
    /// What was found.
    pub examined: Option<Examined>,
    /// What is examined now, or was last.
    pub(in crate::app) asked: Option<(Arc<Dataset>, Box<Config>)>,
    /// Why the images, or the labels, could not be examined.
    pub images_problem: Option<String>,
    pub labels_problem: Option<String>,
    /// The finding that is looked at, and its rows.
    pub chosen: Option<(Finding, Vec<FindingRow>)>,
    pub pictures: PictureCache,
}

/// A folder's findings, by the backbone that the form had when they were asked for.
#[derive(Debug)]
pub struct Examined {
    pub dataset: Arc<Dataset>,
    /// Its split is the one that is looked at now.
    pub config: Box<Config>,
    pub(in crate::app) images: ImageFindings,
    pub labels: Option<LabelFindings>,
    pub report: Report,
}

impl Health {
    /// Another folder is open.
    pub(in crate::app) fn forget(&mut self) {
        *self = Health {
            open: self.open,
            ..Health::default()
        };
    }

    pub(in crate::app) fn take_images(&mut self, images: ImageFindings) {
        let Some((dataset, config)) = self.asked.clone() else {
            return;
        };
        self.images_problem = None;
        self.examined = Some(Examined {
            report: Report::of(&dataset, &images, None, &BTreeMap::new()),
            dataset,
            config,
            images,
            labels: None,
        });
    }

    /// The split is another one, or other decisions are put upon it.
    pub(in crate::app) fn take_split(&mut self, config: Box<Config>, split: FolderParts) {
        if let Some(examined) = &mut self.examined {
            examined.config = config;
            (examined.images.parts, examined.images.groups) = (split.parts, split.groups);
        }
    }

    pub(in crate::app) fn take_labels(&mut self, labels: LabelFindings) {
        let Some(examined) = &mut self.examined else {
            return;
        };
        self.labels_problem = None;
        examined.labels = Some(labels);
    }

    /// Reports what is found and not settled by what was decided about these images.
    pub(in crate::app) fn report(&mut self, decided: &BTreeMap<usize, ImageLabel>) {
        if let Some(examined) = &mut self.examined {
            let Examined {
                dataset,
                images,
                labels,
                ..
            } = &*examined;
            examined.report = Report::of(dataset, images, labels.as_ref(), decided);
        }
        self.choose(self.chosen.as_ref().map(|(finding, _)| *finding));
    }

    /// Looks at that one; where none is named, at the first that there is.
    pub(in crate::app) fn choose(&mut self, finding: Option<Finding>) {
        let Some(Examined {
            dataset,
            images,
            report,
            ..
        }) = &self.examined
        else {
            self.chosen = None;
            return;
        };
        let there = |finding: &Finding| finding.count(report) > 0;
        let chosen = finding.filter(there).or_else(|| Finding::all().find(there));
        let parts = images.parts.as_deref().ok();
        self.chosen = chosen.map(|finding| (finding, finding.rows(dataset, report, parts)));
    }

    /// Those of the finding that is looked at, by their whole paths.
    pub(in crate::app) fn images_in_sight(&self) -> BTreeSet<PathBuf> {
        let (Some(examined), Some((_, rows))) = (&self.examined, &self.chosen) else {
            return BTreeSet::new();
        };
        let dataset = &examined.dataset;
        let images = rows.iter().flat_map(|row| &row.images);
        images
            .map(|&i| dataset.root.join(&dataset.images[i].path))
            .collect()
    }

    /// The groups of copies that are looked at.
    pub(in crate::app) fn groups_in_sight(&self) -> Vec<Vec<usize>> {
        let chosen = self
            .chosen
            .as_ref()
            .filter(|(finding, _)| finding.counts_groups());
        let rows = chosen.into_iter().flat_map(|(_, rows)| rows);
        rows.map(|row| row.images.clone()).collect()
    }

    /// Of them, the images that would be left out so that one of each stays.
    pub fn all_but_one(&self) -> Vec<usize> {
        let Some(examined) = &self.examined else {
            return Vec::new();
        };
        let parts = examined.images.parts.as_deref().ok();
        examined.report.all_but_one(&self.groups_in_sight(), parts)
    }
}
