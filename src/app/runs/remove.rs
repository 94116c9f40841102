//! Runs to the trash and back: however many, it is one job, one notice and one undo.

use std::path::{Path, PathBuf};

use super::run::RunState;
use super::state::RowId;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Offer, ToastKind};
use crate::app::state::AppState;
use crate::protocol::{ListTrash, RestoreRuns, TrashRuns};

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
        self.restore_dirs(dirs, host);
    }

    /// Also such as were deleted before this start.
    pub(in crate::app) fn restore_dirs(&mut self, dirs: Vec<PathBuf>, host: &mut dyn Host) {
        let purpose = Purpose::RestoreRuns { dirs: dirs.clone() };
        self.jobs.submit(RestoreRuns { dirs }, purpose, host);
    }

    /// Whether the run that lay there is being brought back.
    pub fn is_coming_back(&self, dir: &Path) -> bool {
        self.jobs.any(
            |purpose| matches!(purpose, Purpose::RestoreRuns { dirs } if dirs.iter().any(|of| of == dir)),
        )
    }

    /// They are back, or were never seen to be gone.
    pub(in crate::app) fn end_restoring(&mut self, dirs: &[PathBuf]) {
        let runs: Vec<usize> = dirs.iter().filter_map(|dir| self.runs.of_dir(dir)).collect();
        runs.into_iter().for_each(|run| self.leave_trash(run));
    }

    /// It is back, by whichever way: nothing offers it any longer.
    pub(in crate::app) fn leave_trash(&mut self, run: usize) {
        self.runs.leave_trash(run);
        self.notices.forget_trashed(run);
    }

    /// They could not be brought back: the turn of those that were trashed before them comes first.
    pub(in crate::app) fn fail_restoring(&mut self, dirs: &[PathBuf]) {
        let runs: Vec<usize> = dirs.iter().filter_map(|dir| self.runs.of_dir(dir)).collect();
        self.runs.restore_last(&runs);
    }

    /// Runs that were deleted, also before this start, in a window of their own.
    pub(in crate::app) fn open_deleted(&mut self, open: bool, host: &mut dyn Host) {
        self.windows.deleted_runs = open;
        self.look_into_trash(host);
    }

    /// While somebody looks at it.
    pub(in crate::app) fn look_into_trash(&mut self, host: &mut dyn Host) {
        let is_asked = self.jobs.any(|purpose| matches!(purpose, Purpose::ListTrash));
        if self.windows.deleted_runs && !is_asked {
            let places = [&self.folders.runs_dir]
                .into_iter()
                .chain(&self.settings.more_runs);
            let runs_dirs = places.cloned().collect();
            self.jobs
                .submit(ListTrash { runs_dirs }, Purpose::ListTrash, host);
        }
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
