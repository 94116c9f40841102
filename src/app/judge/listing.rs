//! Which rows of the predictions are listed, and in which order. All of it follows from the table, the runs and their
//! thresholds, and is computed once for each state of them: an order of a hundred thousand rows is not made in every frame.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::class_folders::n_class_folders;
use super::table::{Answer, ImageTable};
use crate::app::latest::Latest;
use crate::metrics::{Threshold, Undo, Verdict, verdict};

/// How the user wants the rows listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    pub sorted_by: SortBy,
    pub ascending: bool,
    pub only: Only,
    /// What the name must hold, whatever the case.
    pub search: String,
}

impl Default for Listing {
    fn default() -> Self {
        Listing {
            sorted_by: SortBy::Doubt,
            ascending: false,
            only: Only::All,
            search: String::new(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    File,
    Class,
    Score,
    Doubt,
    /// The class that another run predicts.
    Run(usize),
}

impl SortBy {
    /// Names rise first; of numbers the largest come first.
    pub fn rises_first(self) -> bool {
        matches!(self, SortBy::File | SortBy::Class | SortBy::Run(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    All,
    /// Predicted as that class.
    Class(usize),
    /// The runs say different classes.
    Disagree,
    Unreadable,
    /// Not predicted yet.
    Waiting,
}

/// The rows that are listed, and how many there are of what.
#[derive(Debug, Default, PartialEq)]
pub struct Listed {
    pub rows: Vec<usize>,
    pub counts: Counts,
}

/// Of all rows, whether they are listed or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    pub n: usize,
    /// Predicted as each class of the run that judges first.
    pub classes: Vec<usize>,
    pub disagree: usize,
    pub unreadable: usize,
    pub waiting: usize,
}

/// A verdict for each row that has one.
pub type Verdicts = Arc<Vec<Option<Verdict>>>;

/// A run, the rule that it judges by, and what is undone in the probabilities that are shown.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::app) struct RunRule {
    pub run: usize,
    pub rule: Option<Threshold>,
    pub undo: Undo,
}

/// What was computed last, and what from.
#[derive(Debug, Default)]
pub struct DerivedListing {
    verdicts: RefCell<BTreeMap<usize, RunVerdicts>>,
    listed: Latest<ListedFrom, Listed>,
    class_folders: Latest<FoldersOf, Option<usize>>,
}

/// A state of the table, and the names that are looked for.
type FoldersOf = (u64, Vec<String>);

#[derive(Debug, Default)]
struct RunVerdicts {
    rule: Option<Threshold>,
    undo: Undo,
    /// As many answers as were judged, and as were taken back by then.
    n_answers: (usize, u64),
    of_table: usize,
    by_row: Verdicts,
}

#[derive(Debug, PartialEq)]
struct ListedFrom {
    version: u64,
    runs: Vec<RunRule>,
    listing: Listing,
}

impl DerivedListing {
    /// What the run says of each row by that rule. Only answers that came since are added.
    pub(in crate::app) fn verdicts(&self, table: &ImageTable, of: &RunRule) -> Verdicts {
        let RunRule { run, rule, undo } = of;
        let (run, rule) = (*run, *rule);
        let mut all = self.verdicts.borrow_mut();
        let known = all.entry(run).or_default();
        let n_answers = table.n_answers(run);
        let is_same = known.rule == rule && known.undo == *undo && known.n_answers.1 == n_answers.1;
        if !is_same || known.n_answers.0 > n_answers.0 {
            *known = RunVerdicts {
                rule,
                undo: undo.clone(),
                ..RunVerdicts::default()
            };
        }
        if known.n_answers != n_answers || known.of_table != table.rows().len() {
            let by_row = Arc::make_mut(&mut known.by_row);
            by_row.resize(table.rows().len(), None);
            for (row, probabilities) in table.answered(run, known.n_answers.0) {
                by_row[row] =
                    verdict(probabilities, rule).map(|said| shown_as(said, &undo.row(probabilities)));
            }
            (known.n_answers, known.of_table) = (n_answers, table.rows().len());
        }
        Arc::clone(&known.by_row)
    }

    pub(in crate::app) fn listed(
        &self,
        table: &ImageTable,
        runs: Vec<RunRule>,
        listing: &Listing,
        n_classes: usize,
    ) -> Arc<Listed> {
        let from = ListedFrom {
            version: table.version(),
            runs: runs.clone(),
            listing: listing.clone(),
        };
        self.listed.get(from, || {
            let verdicts: Vec<Verdicts> = runs.iter().map(|of| self.verdicts(table, of)).collect();
            list(table, (&runs, listing), &verdicts, n_classes)
        })
    }

    /// As [`n_class_folders`] of the table's rows.
    pub(in crate::app) fn n_class_folders(&self, table: &ImageTable, classes: &[String]) -> Option<usize> {
        let of = (table.rows_version(), classes.to_vec());
        *self.class_folders.get(of, || n_class_folders(table, classes))
    }
}

/// The class and its doubt are as the scores have them.
fn shown_as(said: Verdict, probabilities: &[f32]) -> Verdict {
    Verdict {
        score: probabilities.get(said.class_idx).copied().unwrap_or(said.score),
        ..said
    }
}

fn list(
    table: &ImageTable,
    (runs, listing): (&[RunRule], &Listing),
    verdicts: &[Verdicts],
    n_classes: usize,
) -> Listed {
    let mut counts = Counts {
        n: table.rows().len(),
        classes: vec![0; n_classes],
        ..Counts::default()
    };
    let search = listing.search.trim().to_lowercase();
    let mut rows = Vec::new();
    for row in 0..counts.n {
        let state = state(table, runs.first(), verdicts, row);
        match state {
            State::Class(class_idx) => {
                if let Some(count) = counts.classes.get_mut(class_idx) {
                    *count += 1;
                }
            }
            State::Unreadable => counts.unreadable += 1,
            State::Waiting => counts.waiting += 1,
        }
        let disagree = runs_disagree(verdicts, row);
        counts.disagree += usize::from(disagree);
        let is_wanted = match listing.only {
            Only::All => true,
            Only::Class(class_idx) => state == State::Class(class_idx),
            Only::Disagree => disagree,
            Only::Unreadable => state == State::Unreadable,
            Only::Waiting => state == State::Waiting,
        };
        if is_wanted && (search.is_empty() || table.name(row).to_lowercase().contains(&search)) {
            rows.push(row);
        }
    }
    order(table, (runs, listing), verdicts, &mut rows);
    Listed { rows, counts }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Class(usize),
    Unreadable,
    Waiting,
}

fn state(table: &ImageTable, first: Option<&RunRule>, verdicts: &[Verdicts], row: usize) -> State {
    if let Some(verdict) = verdicts.first().and_then(|of_run| of_run[row]) {
        return State::Class(verdict.class_idx);
    }
    let answer = match first {
        Some(first) => table.answer(first.run, row),
        None if table.rows()[row].fault.is_some() => Answer::Failed(""),
        None => Answer::Waiting,
    };
    match answer {
        Answer::Failed(_) => State::Unreadable,
        Answer::Waiting | Answer::Probabilities(_) => State::Waiting,
    }
}

/// Whether the runs that have said something of the row say different classes.
fn runs_disagree(verdicts: &[Verdicts], row: usize) -> bool {
    let mut classes = verdicts.iter().filter_map(|of_run| Some(of_run[row]?.class_idx));
    let first = classes.next();
    classes.any(|class_idx| Some(class_idx) != first)
}

/// Rows without a verdict come last, whichever way the others are sorted; of equals the one that was found first.
fn order(
    table: &ImageTable,
    (runs, listing): (&[RunRule], &Listing),
    verdicts: &[Verdicts],
    rows: &mut [usize],
) {
    let Listing {
        sorted_by, ascending, ..
    } = *listing;
    let turned = |order: Ordering| if ascending { order } else { order.reverse() };
    let by = match sorted_by {
        SortBy::File => {
            // By their bytes: taking a hundred thousand paths apart would be seen.
            let bytes = |row: usize| table.rows()[row].path.as_os_str().as_encoded_bytes();
            return rows.sort_by(|&a, &b| turned(bytes(a).cmp(bytes(b))));
        }
        SortBy::Run(run) => runs.iter().position(|of| of.run == run).unwrap_or(0),
        SortBy::Class | SortBy::Score | SortBy::Doubt => 0,
    };
    let Some(of_run) = verdicts.get(by) else { return };
    let compare = |a: Verdict, b: Verdict| match sorted_by {
        SortBy::Score => a.score.total_cmp(&b.score),
        SortBy::Doubt => a.doubt.total_cmp(&b.doubt),
        SortBy::Class | SortBy::Run(_) | SortBy::File => a.class_idx.cmp(&b.class_idx),
    };
    rows.sort_by(|&a, &b| match (of_run[a], of_run[b]) {
        (Some(a), Some(b)) => turned(compare(a, b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}
