//! The list of runs as it was last asked for, and the figures that it stands by. Found again by what it was made of: a matrix
//! of three hundred classes is not summed up for every run in every frame.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::order::RunSort;
use super::rows::RunList;
use crate::app::runs::run::RunView;

#[derive(Debug, Default)]
pub struct RunListCache {
    list: RefCell<Option<(u64, Arc<RunList>)>>,
    figures: RefCell<Figures>,
}

/// Of each run by its index, with what of the run it was computed from.
#[derive(Debug, Default)]
struct Figures {
    by: RunSort,
    of_runs: BTreeMap<usize, (FigureKey, Option<f64>)>,
}

/// How often it was judged, and the figure that was kept with a threshold.
type FigureKey = (usize, Option<u64>);

impl RunListCache {
    /// `made_of` stands for everything that the list follows from.
    pub fn list(&self, made_of: u64, make: impl FnOnce() -> RunList) -> Arc<RunList> {
        if let Some((known, list)) = &*self.list.borrow()
            && *known == made_of
        {
            return Arc::clone(list);
        }
        let list = Arc::new(make());
        *self.list.borrow_mut() = Some((made_of, Arc::clone(&list)));
        list
    }

    pub fn figure(&self, index: usize, run: &RunView, by: &RunSort) -> Option<f64> {
        let mut figures = self.figures.borrow_mut();
        if figures.by != *by {
            *figures = Figures {
                by: by.clone(),
                of_runs: BTreeMap::new(),
            };
        }
        let kept = run.decision.as_ref().and_then(|d| d.balanced_accuracy);
        let key = (run.record.evaluations.len(), kept.map(f64::to_bits));
        match figures.of_runs.get(&index) {
            Some((known, figure)) if *known == key => *figure,
            _ => {
                let figure = by.measure().of(run);
                figures.of_runs.insert(index, (key, figure));
                figure
            }
        }
    }
}
