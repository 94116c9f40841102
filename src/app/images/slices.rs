//! Where a class is found less: the slices of the run that is looked at, and the figures of each as it predicts now.

use std::sync::Arc;

use super::read_slices::{Ranked, RankedFrom, SliceRow};
use super::state::Shows;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::latest::Same;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::slices::places_of;
use crate::metrics::{ClassCalls, Scores, Threshold, predicted_class, slice_figures};
use crate::protocol::{ReadSlices, RunSlices};

/// The slices that are shown.
pub struct SlicesShown<'a> {
    pub read: &'a RunSlices,
    pub class_idx: usize,
    pub ranked: Arc<Ranked>,
}

impl SlicesShown<'_> {
    /// Those of the chosen property, or all.
    pub fn rows(&self, by: Option<&str>) -> Vec<&SliceRow> {
        let is_there = |name: &&str| self.read.properties.iter().any(|property| property.name == *name);
        let by = by.filter(is_there);
        let rows = self.ranked.rows.iter();
        rows.filter(|row| by.is_none_or(|by| row.property == by))
            .collect()
    }
}

impl AppState {
    /// Asks for the slices of what is looked at, once they are to be seen. Called after each action and event.
    pub(in crate::app) fn read_slices(&mut self, host: &mut dyn Host) {
        let are_seen = match self.windows.showing {
            Showing::Slices => true,
            Showing::Images => matches!(self.images.shows, Shows::Slice { .. }),
            Showing::OneRun | Showing::Compare | Showing::Predictions | Showing::Map => false,
        };
        let part = self.looking.part;
        let run = self
            .selected_run()
            .filter(|_| are_seen && self.looking.is_trained());
        let Some(run) = run.filter(|_| self.predictions_on(part).is_some()) else {
            return;
        };
        let here = self
            .dataset
            .view
            .as_ref()
            .filter(|_| self.dataset.is_trained_on(run));
        // Its folder may have been opened since where it was moved to.
        let wanted = (run.dir.clone(), part, here.map(|view| view.dataset.source()));
        if self.images.slices.asked.as_ref() == Some(&wanted) {
            return;
        }
        let request = ReadSlices {
            run_dir: run.dir.clone(),
            part,
            source: wanted.2.clone(),
        };
        self.jobs.cancel(|job| matches!(job.purpose, Purpose::ReadSlices));
        let slices = &mut self.images.slices;
        (slices.asked, slices.read, slices.problem) = (Some(wanted), None, None);
        let job = self.jobs.submit(request, Purpose::ReadSlices, host);
        self.images.slices.job = Some(job);
    }

    /// The slices of what is looked at, as it predicts now.
    ///
    /// # Errors
    /// Why there are none to show, for people.
    pub fn slices_shown(&self) -> Result<SlicesShown<'_>, String> {
        if !self.looking.is_trained() {
            return Err("Slices are of trained runs; turn to one".into());
        }
        let part = self.looking.part;
        let predictions = self.predictions_on(part).ok_or_else(|| self.not_listed())?;
        let Some(read) = self.slices_of_run() else {
            return Err(match &self.images.slices.problem {
                Some(problem) => problem.clone(),
                None => "Looking at the images…".into(),
            });
        };
        let (rule, class_idx) = (self.rule(), self.weighed_class());
        let from = RankedFrom {
            slices: Same::of(read),
            scores: Same::of(predictions.scores()),
            rule,
            class_idx,
        };
        let compute = || ranked(read, predictions.scores(), rule, class_idx);
        let ranked = self.images.slices.ranked.get(from, compute);
        Ok(SlicesShown {
            read,
            class_idx,
            ranked,
        })
    }

    /// Of the run and part that are looked at.
    fn slices_of_run(&self) -> Option<&Arc<RunSlices>> {
        let (run, read) = (self.selected_run()?, self.images.slices.read.as_ref()?);
        let is_of = run.dir == read.run_dir && self.looking.part == read.part;
        (is_of && self.looking.is_trained()).then_some(read)
    }

    /// The images of that slice, by their places among the predictions.
    pub(in crate::app) fn places_of_slice(&self, property: &str, slice: &str) -> Option<Arc<Vec<u32>>> {
        let read = self.slices_of_run()?;
        let find = || {
            let of_property = read.properties.iter().find(|known| known.name == property)?;
            let of_slice = of_property.slices.iter().find(|known| known.name == slice)?;
            Some(Arc::new(of_slice.places.clone()))
        };
        let names = [property.to_owned(), slice.to_owned()];
        let places = self.images.slices.places.get((Same::of(read), names), find);
        (*places).clone()
    }

    /// Whether what is looked at has that slice.
    pub fn has_slice(&self, property: &str, slice: &str) -> bool {
        self.places_of_slice(property, slice).is_some()
    }
}

fn ranked(slices: &RunSlices, scores: &Scores, rule: Option<Threshold>, class_idx: usize) -> Ranked {
    let calls: Vec<(usize, Option<usize>)> = scores
        .rows()
        .map(|(truth, probabilities)| (truth, predicted_class(probabilities, rule)))
        .collect();
    let judged = ClassCalls {
        calls: &calls,
        n_classes: scores.n_classes(),
        class_idx,
    };
    let figures = slice_figures(judged, &places_of(&slices.properties));
    let n_compared = crate::metrics::n_compared(&figures);
    let mut rows = Vec::new();
    for (property, figures) in slices.properties.iter().zip(figures) {
        for (slice, figures) in property.slices.iter().zip(figures) {
            rows.push(SliceRow {
                property: property.name.clone(),
                slice: slice.name.clone(),
                figures,
            });
        }
    }
    rows.sort_by(|a, b| a.figures.order().total_cmp(&b.figures.order()));
    Ranked { rows, n_compared }
}
