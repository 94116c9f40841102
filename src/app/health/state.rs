//! What is known of the open folder's health.

use std::sync::Arc;

use super::finding::{Finding, FindingRow};
use crate::app::picture_cache::PictureCache;
use crate::experiment::{Config, Dataset};
use crate::health::findings::{ImageFindings, LabelFindings, Report};

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

/// A folder's findings, by the split and the backbone that the form had when they were asked for.
#[derive(Debug)]
pub struct Examined {
    pub dataset: Arc<Dataset>,
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
            report: Report::of(&dataset, &images, None),
            dataset,
            config,
            images,
            labels: None,
        });
        self.choose(self.chosen.as_ref().map(|(finding, _)| *finding));
    }

    pub(in crate::app) fn take_labels(&mut self, labels: LabelFindings) {
        let Some(examined) = &mut self.examined else {
            return;
        };
        self.labels_problem = None;
        examined.report = Report::of(&examined.dataset, &examined.images, Some(&labels));
        examined.labels = Some(labels);
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
}
