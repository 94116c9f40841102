//! The slices that were read last, and what was computed of them.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::latest::{Latest, Same};
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
    pub(super) ranked: Latest<RankedFrom, Ranked>,
    /// The places of the images of the slice that was asked for last, by its property and itself.
    pub(super) places: Latest<SliceOf, Option<Arc<Vec<u32>>>>,
}

/// A slice by its property and itself.
pub(super) type SliceOf = (Same<RunSlices>, [String; 2]);

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
#[derive(Debug, PartialEq)]
pub(super) struct RankedFrom {
    pub(super) slices: Same<RunSlices>,
    pub(super) scores: Same<Scores>,
    pub(super) rule: Option<Threshold>,
    pub(super) class_idx: usize,
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
