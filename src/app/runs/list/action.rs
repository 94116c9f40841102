//! What a user can do with the list of runs itself: go through it, choose in it, arrange and search it.

use super::order::ListOrder;
use crate::app::runs::state::RowId;
use crate::app::state::AppState;

#[derive(Debug, Clone, PartialEq)]
pub enum ListAction {
    Choose {
        row: RowId,
        how: Choice,
    },
    /// The keyboard goes to another row; `extend`: and chooses all on its way.
    Move {
        to: Move,
        extend: bool,
    },
    ChooseAll,
    /// Only what is looked at.
    ChooseNone,
    /// Opens a sweep, or closes it.
    Open {
        sweep: String,
        open: bool,
    },
    /// The same of the sweep that the keyboard is at: right opens it and goes into it, left goes back to it and closes it.
    Inwards,
    Outwards,
    SetOrder(ListOrder),
    OnlyStarred(bool),
    Search(String),
    /// The keyboard goes to the search.
    Find,
    /// The search ends, and with it what it left out.
    EndSearch,
    /// Nothing is left out any more.
    ListAll,
}

/// What becomes of what was chosen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is chosen no longer.
    Only,
    /// It stays; the row is added, or taken away.
    Toggle,
    /// All rows from where the choice began.
    Through,
}

/// Which row to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// So many rows down, or up.
    By(isize),
    First,
    Last,
}

impl AppState {
    pub(in crate::app) fn apply_list(&mut self, action: ListAction) {
        match action {
            ListAction::Choose { row, how } => self.choose(row, how),
            ListAction::Move { to, extend } => self.move_in_list(to, extend),
            ListAction::ChooseAll => self.choose_all(),
            ListAction::ChooseNone => self.runs.chosen = Default::default(),
            ListAction::Open { sweep, open } => self.open_sweep(&sweep, open),
            ListAction::Inwards => self.go_inwards(),
            ListAction::Outwards => self.go_outwards(),
            ListAction::SetOrder(order) => self.settings.list = order,
            ListAction::OnlyStarred(only) => self.runs.only_starred = only,
            ListAction::Search(text) => self.runs.search = text,
            ListAction::Find => {
                self.runs.searching = true;
                self.runs.n_searches += 1;
            }
            ListAction::EndSearch => self.end_search(),
            ListAction::ListAll => {
                self.end_search();
                self.runs.only_starred = false;
            }
        }
    }

    fn end_search(&mut self) {
        self.runs.search.clear();
        self.runs.searching = false;
    }

    fn open_sweep(&mut self, sweep: &str, open: bool) {
        match open {
            true => drop(self.runs.open_sweeps.insert(sweep.to_owned())),
            false => drop(self.runs.open_sweeps.remove(sweep)),
        }
    }
}
