//! What runs come to with the labels as they were decided last, and those that are still to be tried.

use std::collections::{BTreeMap, VecDeque};

use crate::experiment::{Config, Evaluation};

/// A run's weights on the validation images, with other labels than it was trained with.
#[derive(Debug, Clone)]
pub struct TriedAgain {
    pub config: Config,
    pub evaluation: Evaluation,
}

#[derive(Debug, Default)]
pub struct Again {
    /// By run.
    tried: BTreeMap<usize, TriedAgain>,
    waiting: VecDeque<usize>,
    /// How many there were to try.
    n_runs: usize,
    /// Another one after each change, so that what follows from them is computed again.
    version: u64,
}

impl Again {
    pub fn of(&self, run: usize) -> Option<&TriedAgain> {
        self.tried.get(&run)
    }

    pub(in crate::app) fn version(&self) -> u64 {
        self.version
    }

    pub(in crate::app) fn begin(&mut self, runs: VecDeque<usize>) {
        *self = Again {
            n_runs: runs.len(),
            waiting: runs,
            tried: BTreeMap::new(),
            version: self.version + 1,
        };
    }

    /// What was tried is of labels that are no longer those of the folder.
    pub(in crate::app) fn forget(&mut self) {
        self.begin(VecDeque::new());
    }

    pub(in crate::app) fn next(&mut self) -> Option<usize> {
        self.waiting.pop_front()
    }

    pub(in crate::app) fn is_done(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(in crate::app) fn n_runs(&self) -> usize {
        self.n_runs
    }

    /// A slider's trial came before it.
    pub(in crate::app) fn put_back(&mut self, run: usize) {
        if self.n_runs > 0 {
            self.waiting.push_front(run);
        }
    }

    pub(in crate::app) fn take(&mut self, run: usize, tried: TriedAgain) {
        self.tried.insert(run, tried);
        self.version += 1;
    }

    pub(in crate::app) fn n_done(&self, is_trying: bool) -> usize {
        self.n_runs - (self.waiting.len() + usize::from(is_trying)).min(self.n_runs)
    }
}
