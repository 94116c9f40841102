//! Choosing runs in their list, by pointer and by keys.

use super::action::{Choice, Move};
use super::rows::ListRow;
use crate::app::runs::state::{Chosen, RowId};
use crate::app::state::AppState;

impl AppState {
    pub(in crate::app) fn choose(&mut self, row: RowId, how: Choice) {
        match how {
            Choice::Only => self.choose_only(row),
            Choice::Toggle => self.toggle(row),
            Choice::Through => self.choose_through(row),
        }
    }

    /// A run is looked at; a sweep stands for all of its runs.
    fn choose_only(&mut self, row: RowId) {
        let runs = self.runs_of_row(&row);
        self.runs.chosen = Chosen::default();
        match row {
            RowId::Run(run) => {
                self.look_at_trial(false);
                self.select_run(run);
            }
            RowId::Sweep(_) => {
                self.runs.chosen = Chosen {
                    runs: runs.into_iter().collect(),
                    at: Some(row.clone()),
                    anchor: Some(row),
                };
            }
        }
    }

    fn toggle(&mut self, row: RowId) {
        let runs = self.runs_of_row(&row);
        let list = self.run_list();
        let chosen = &mut self.runs.chosen;
        // What is looked at was chosen by itself until now, if it can be seen to be.
        let looked_at = self
            .looking
            .run
            .filter(|run| list.position(&RowId::Run(*run)).is_some());
        if chosen.runs.is_empty() {
            chosen.runs.extend(looked_at);
        }
        match runs.iter().all(|run| chosen.runs.contains(run)) {
            true => chosen.runs.retain(|run| !runs.contains(run)),
            false => chosen.runs.extend(runs),
        }
        (chosen.at, chosen.anchor) = (Some(row.clone()), Some(row));
    }

    fn choose_through(&mut self, row: RowId) {
        let list = self.run_list();
        let anchor = self.runs.chosen.anchor.clone().or_else(|| self.list_cursor());
        let anchor = anchor
            .filter(|anchor| list.position(anchor).is_some())
            .unwrap_or_else(|| row.clone());
        let (Some(from), Some(to)) = (list.position(&anchor), list.position(&row)) else {
            return;
        };
        let rows = &list.rows[from.min(to)..=from.max(to)];
        self.runs.chosen = Chosen {
            runs: rows.iter().flat_map(ListRow::runs).copied().collect(),
            at: Some(row),
            anchor: Some(anchor),
        };
    }

    /// Those of this folder; where none of them is listed, all that are.
    pub(in crate::app) fn choose_all(&mut self) {
        let listed = self.run_list().runs();
        let own: Vec<usize> = listed
            .iter()
            .copied()
            .filter(|&run| self.is_of_folder(run))
            .collect();
        let chosen = if own.is_empty() { listed } else { own };
        self.runs.chosen.runs = chosen.into_iter().collect();
    }

    pub(in crate::app) fn move_in_list(&mut self, to: Move, extend: bool) {
        let Some(row) = self.row_at(to) else { return };
        let how = if extend { Choice::Through } else { Choice::Only };
        self.choose(row, how);
    }

    fn row_at(&self, to: Move) -> Option<RowId> {
        let list = self.run_list();
        let rows: Vec<RowId> = list.rows.iter().filter_map(ListRow::id).collect();
        let last = rows.len().checked_sub(1)?;
        let cursor = self.list_cursor();
        let now = cursor.and_then(|cursor| rows.iter().position(|row| *row == cursor));
        let next = match (to, now) {
            (Move::First, _) | (Move::By(_), None) => 0,
            (Move::Last, _) => last,
            (Move::By(step), Some(now)) => now.saturating_add_signed(step).min(last),
        };
        Some(rows[next].clone())
    }

    /// Right: a closed sweep opens, of an open one the first run is next.
    pub(in crate::app) fn go_inwards(&mut self) {
        let list = self.run_list();
        let cursor = self.list_cursor();
        let at = cursor.and_then(|cursor| list.position(&cursor));
        let Some(ListRow::Sweep(row)) = at.and_then(|at| list.rows.get(at)) else {
            return;
        };
        match row.is_open {
            false => drop(self.runs.open_sweeps.insert(row.sweep.clone())),
            true => self.move_in_list(Move::By(1), false),
        }
    }

    /// Left: of an open sweep's run the sweep is next, which then closes.
    pub(in crate::app) fn go_outwards(&mut self) {
        let list = self.run_list();
        let cursor = self.list_cursor();
        let Some(at) = cursor.and_then(|cursor| list.position(&cursor)) else {
            return;
        };
        match &list.rows[at] {
            ListRow::Sweep(row) => drop(self.runs.open_sweeps.remove(&row.sweep)),
            ListRow::Run { is_inside: true, .. } => {
                let above = list.rows[..at].iter().rev();
                let sweep = above.into_iter().find(|row| matches!(row, ListRow::Sweep(_)));
                if let Some(sweep) = sweep.and_then(ListRow::id) {
                    self.choose(sweep, Choice::Only);
                }
            }
            ListRow::Run { .. } | ListRow::Heading { .. } => {}
        }
    }

    /// Shows a run in the plots, and in the list among the other runs of its sweep.
    pub(in crate::app) fn bring_into_sight(&mut self, run: usize) {
        if self.runs.all.get(run).is_some_and(|view| !view.shown) {
            self.show_runs(&[run], true);
        }
        let list = self.run_list();
        let sweep = list.rows.iter().find_map(|row| match row {
            ListRow::Sweep(row) if row.runs.contains(&run) => Some(row.sweep.clone()),
            _ => None,
        });
        self.runs.open_sweeps.extend(sweep);
    }

    fn runs_of_row(&self, id: &RowId) -> Vec<usize> {
        let list = self.run_list();
        let row = list.position(id).map(|at| &list.rows[at]);
        row.map_or_else(Vec::new, |row| row.runs().to_vec())
    }
}
