//! The slices that were read last, and what was computed of them.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use crate::experiment::{Part, Source};
use crate::metrics::{Scores, SliceFigures, Threshold};
use crate::protocol::RunSlices;

#[derive(Debug, Default)]
pub struct Slices {
    /// The run and part that were asked about last, and where its images were to be found.
    pub(super) asked: Option<(PathBuf, Part, Option<Source>)>,
    pub(super) read: Option<Arc<RunSlices>>,
    /// The job that reads them.
    pub(super) job: Option<u64>,
    /// Why they are not known.
    pub(super) problem: Option<String>,
    /// The one property that is shown, by its name; `None`: all.
    pub by: Option<String>,
    pub(super) ranked: RefCell<Option<(RankedFrom, Arc<Ranked>)>>,
    /// The slice whose images were asked for last.
    pub(super) places: RefCell<Option<PlacesOf>>,
}

/// A slice by its property and itself, and the places of its images.
pub(super) type PlacesOf = (Weak<RunSlices>, [String; 2], Arc<Vec<u32>>);

/// Slices in the order in which they are read: the worst first.
#[derive(Debug, Default, PartialEq)]
pub struct Ranked {
    pub rows: Vec<SliceRow>,
    /// Differences that were looked at, which the correction is for.
    pub n_compared: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SliceRow {
    pub property: String,
    pub slice: String,
    pub figures: SliceFigures,
}

/// What the figures follow from.
#[derive(Debug)]
pub(super) struct RankedFrom {
    pub(super) slices: Weak<RunSlices>,
    pub(super) scores: Weak<Scores>,
    pub(super) rule: Option<Threshold>,
    pub(super) class_idx: usize,
}

impl PartialEq for RankedFrom {
    fn eq(&self, other: &Self) -> bool {
        let same_images = self.slices.ptr_eq(&other.slices) && self.scores.ptr_eq(&other.scores);
        same_images && (self.rule, self.class_idx) == (other.rule, other.class_idx)
    }
}

impl Slices {
    pub(in crate::app) fn take(&mut self, slices: RunSlices) {
        let is_asked = |(dir, part, _): &(PathBuf, Part, _)| *dir == slices.run_dir && *part == slices.part;
        if self.asked.as_ref().is_some_and(is_asked) {
            self.read = Some(Arc::new(slices));
        }
    }

    /// They are asked for again once another run was looked at.
    pub(in crate::app) fn fail(&mut self, job: u64, reason: Option<String>) {
        if self.job == Some(job) {
            self.problem =
                Some(reason.unwrap_or_else(|| "Stopped; look at another run and back to go on".into()));
        }
    }
}
