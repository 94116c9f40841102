//! The runs that are known, in their orders.

use std::collections::BTreeSet;
use std::path::Path;

use super::run::RunView;
use crate::protocol::TrashedRun;

/// The colours of runs on white, red, green and blue, in the order that runs get them. A theme has as many.
pub const RUN_COLOURS: [[u8; 3]; 6] = [
    [0x2f, 0x6f, 0xe4],
    [0xd9, 0x73, 0x1a],
    [0x12, 0x97, 0x8a],
    [0xc2, 0x40, 0x7e],
    [0x7a, 0x5c, 0xc0],
    [0x7f, 0x9a, 0x1f],
];

/// A row of the list that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowId {
    Run(usize),
    Sweep(String),
}

/// The runs that are chosen for what can be done with several at once, beside the one that is looked at.
#[derive(Debug, Default)]
pub struct Chosen {
    pub runs: BTreeSet<usize>,
    /// Where the keyboard is in the list; at the run that is looked at where it is nowhere else.
    pub at: Option<RowId>,
    /// Where a choice of many began.
    pub(in crate::app) anchor: Option<RowId>,
}

#[derive(Debug, Default)]
pub struct Runs {
    /// In the order they became known; a run keeps its index.
    pub all: Vec<RunView>,
    /// The run whose name and note are edited.
    pub editing: Option<usize>,
    /// In the list; plots and comparison have their own dots.
    pub only_starred: bool,
    /// The words that a listed run must have.
    pub search: String,
    /// The search was asked for, though the list is short.
    pub searching: bool,
    /// How often it was asked for: each time the keyboard goes there.
    pub n_searches: usize,
    /// Sweeps whose runs are listed, by what the runs of a sweep have in common.
    pub open_sweeps: BTreeSet<String>,
    pub chosen: Chosen,
    /// Those that were moved to the trash from here and can be brought back, in the order they went; together what went
    /// together.
    pub trashed: Vec<Vec<usize>>,
    /// What of the listed folders of runs is in the trash, as it was last looked at, or why that is not known.
    pub in_trash: Option<Result<Vec<TrashedRun>, String>>,
    /// The date, which the window sets; it decides how a run says when it began.
    pub today: jiff::civil::Date,
}

impl Runs {
    /// Indices of the runs, newest first; those of one second, as a sweep makes them, by their weights.
    pub fn newest_first(&self) -> Vec<usize> {
        self.newest_first_of(|_| true)
    }

    /// Those of them that are asked for. Chosen before they are ordered: a sweep leaves hundreds, of which few are shown,
    /// and this is asked several times a frame.
    pub(in crate::app) fn newest_first_of(&self, is_such: impl Fn(usize) -> bool) -> Vec<usize> {
        let there = (0..self.all.len()).filter(|&run| !self.all[run].deleted);
        let mut order: Vec<usize> = there.filter(|&run| is_such(run)).collect();
        order.sort_by(|&a, &b| self.all[b].compare_age(&self.all[a]).then(b.cmp(&a)));
        order
    }

    /// Whether something keeps runs out of the list.
    pub fn is_filtered(&self) -> bool {
        self.only_starred || !self.search.trim().is_empty()
    }

    /// It is back, by whichever way.
    pub(in crate::app) fn leave_trash(&mut self, run: usize) {
        for together in &mut self.trashed {
            together.retain(|&trashed| trashed != run);
        }
        self.trashed.retain(|together| !together.is_empty());
    }

    /// They could not be brought back: the turn of those that were trashed before them comes first.
    pub(in crate::app) fn restore_last(&mut self, runs: &[usize]) {
        let position = self.trashed.iter().position(|together| together == runs);
        if let Some(position) = position {
            let together = self.trashed.remove(position);
            self.trashed.insert(0, together);
        }
    }

    pub(in crate::app) fn of_dir(&self, dir: &Path) -> Option<usize> {
        self.all.iter().position(|run| run.dir == dir)
    }

    /// The first colour that no shown run has. The palette is finite: runs beyond it are told apart by their mark
    /// and their line.
    pub(in crate::app) fn free_colour(&self) -> usize {
        let shown = self.all.iter().filter(|run| run.shown && !run.deleted);
        let used: Vec<usize> = shown.map(|run| run.colour).collect();
        (0..=used.len())
            .find(|colour| !used.contains(colour))
            .unwrap_or(0)
    }
}
