//! Runs to the trash and back: however many, it is one job, one notice and one undo.

use std::path::PathBuf;

use super::run::RunState;
use super::state::RowId;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Offer, ToastKind};
use crate::app::state::AppState;
use crate::protocol::{RestoreRuns, TrashRuns};

impl AppState {
    pub(in crate::app) fn delete_runs(&mut self, runs: Vec<usize>, host: &mut dyn Host) {
        let is_training = |run: &usize| self.runs.all[*run].state() == RunState::Training;
        let there = runs
            .into_iter()
            .filter(|&run| self.runs.all.get(run).is_some_and(|run| !run.deleted))
            .filter(|run| !self.is_on_its_way_out(*run));
        let (training, runs): (Vec<usize>, Vec<usize>) = there.partition(is_training);
        match &training[..] {
            [] => {}
            [run] => {
                let label = self.runs.all[*run].label();
                let text = format!("{label} is still training; stop it before deleting it");
                self.tell(ToastKind::Warning, text);
            }
            more => {
                let text = format!(
                    "{} runs are still training; stop them before deleting them",
                    more.len()
                );
                self.tell(ToastKind::Warning, text);
            }
        }
        if runs.is_empty() {
            return;
        }
        let dirs = self.dirs_of(&runs);
        self.jobs
            .submit(TrashRuns { dirs }, Purpose::TrashRuns { runs }, host);
    }

    /// The key was pressed twice.
    fn is_on_its_way_out(&self, run: usize) -> bool {
        self.jobs
            .any(|purpose| matches!(purpose, Purpose::TrashRuns { runs } if runs.contains(&run)))
    }

    /// What of them is in the trash.
    pub(in crate::app) fn end_deleting(&mut self, runs: &[usize]) {
        let gone: Vec<usize> = runs
            .iter()
            .copied()
            .filter(|&run| self.runs.all[run].deleted)
            .collect();
        let text = match &gone[..] {
            [] => return,
            [run] => format!("{} is in the trash", self.runs.all[*run].label()),
            more => format!("{} runs are in the trash", more.len()),
        };
        self.runs.trashed.push(gone.clone());
        self.notices.tell_undoable(text, Offer::RestoreRuns(gone));
    }

    pub(in crate::app) fn restore_runs(&mut self, runs: Vec<usize>, host: &mut dyn Host) {
        self.notices.withdraw(&Offer::RestoreRuns(runs.clone()));
        let dirs = self.dirs_of(&runs);
        self.jobs
            .submit(RestoreRuns { dirs }, Purpose::RestoreRuns { runs }, host);
    }

    /// They are gone, into the trash or otherwise. Where one looked at one of them, the one below takes its place, or the
    /// one above.
    pub(in crate::app) fn lose_runs(&mut self, dirs: &[PathBuf]) {
        let order = self.run_list().runs();
        let lost: Vec<usize> = dirs.iter().filter_map(|dir| self.runs.of_dir(dir)).collect();
        for &run in &lost {
            self.runs.all[run].deleted = true;
            self.runs.chosen.runs.remove(&run);
        }
        let is_lost = |row: &RowId| matches!(row, RowId::Run(run) if lost.contains(run));
        let chosen = &mut self.runs.chosen;
        chosen.at = chosen.at.take().filter(|row| !is_lost(row));
        chosen.anchor = chosen.anchor.take().filter(|row| !is_lost(row));
        self.runs.editing = self.runs.editing.filter(|run| !lost.contains(run));
        let Some(looked_at) = self.looking.run.filter(|run| lost.contains(run)) else {
            return;
        };
        let position = order.iter().position(|&run| run == looked_at).unwrap_or(0);
        let (above, below) = order.split_at(position);
        let mut neighbours = below.iter().chain(above.iter().rev());
        let next = neighbours.find(|&&run| !self.runs.all[run].deleted && self.is_of_folder(run));
        self.looking.clear();
        if let Some(&next) = next {
            self.select_run(next);
        }
    }

    pub(in crate::app) fn dirs_of(&self, runs: &[usize]) -> Vec<PathBuf> {
        let views = runs.iter().filter_map(|&run| self.runs.all.get(run));
        views.map(|run| run.dir.clone()).collect()
    }
}
