//! Where runs lie: the place that new ones are kept in, and other folders of runs that are listed beside it.

use std::path::{Path, PathBuf};

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Offer, ToastKind};
use crate::app::state::AppState;
use crate::protocol::{KeepRunsIn, WatchRuns};
use crate::visible::visible_path;

impl AppState {
    /// What a start does for them.
    pub(in crate::app) fn watch_runs(&mut self, host: &mut dyn Host) {
        self.watch(self.folders.runs_dir.clone(), host);
        for dir in self.settings.more_runs.clone() {
            self.watch(dir, host);
        }
        if let Some(problem) = self.folders.runs_problem.take() {
            self.tell(ToastKind::Warning, problem);
        }
        let place = &self.folders.runs_dir;
        if self.folders.holds_no_runs && self.settings.runs_seen_in.as_ref() == Some(place) {
            let text = format!(
                "{} held runs when the window was last closed, and holds none now. If it is on a disk of its own, that \
                 disk may not be mounted",
                visible_path(place)
            );
            self.tell(ToastKind::Warning, text);
        }
        let earlier = self.folders.earlier_runs.take();
        if let Some(dir) = earlier.filter(|dir| !self.lists_runs_of(dir)) {
            let text = format!(
                "{} holds runs of an earlier version; new ones are kept in {}",
                visible_path(&dir),
                visible_path(&self.folders.runs_dir)
            );
            self.notices.ask(text, Offer::ListRuns(dir));
        }
    }

    fn watch(&mut self, runs_dir: PathBuf, host: &mut dyn Host) {
        let purpose = Purpose::WatchRuns {
            dir: runs_dir.clone(),
        };
        self.jobs.submit(WatchRuns { runs_dir }, purpose, host);
    }

    fn lists_runs_of(&self, dir: &Path) -> bool {
        let more = self.settings.more_runs.iter().map(PathBuf::as_path);
        more.chain([&*self.folders.runs_dir]).any(|listed| listed == dir)
    }

    /// Lists the runs of that folder beside the others, now and at each start.
    pub(in crate::app) fn list_runs_of(&mut self, dir: PathBuf, host: &mut dyn Host) {
        self.notices.withdraw(&Offer::ListRuns(dir.clone()));
        if !self.lists_runs_of(&dir) {
            self.settings.more_runs.push(dir.clone());
            // What trains there is reported by its own job alone.
            for run in self.made_now() {
                let view = &mut self.runs.all[run];
                view.deleted &= view.dir.parent() != Some(&dir);
            }
            self.watch(dir, host);
        }
    }

    fn made_now(&self) -> Vec<usize> {
        let is_made = |run: &usize| self.jobs.all.iter().any(|job| job.makes(*run));
        (0..self.runs.all.len()).filter(is_made).collect()
    }

    /// Its runs stay where they are, and are no longer listed.
    pub(in crate::app) fn leave_runs_of(&mut self, dir: &Path) {
        self.settings.more_runs.retain(|listed| listed != dir);
        self.jobs
            .cancel(|job| matches!(&job.purpose, Purpose::WatchRuns { dir: of } if of == dir));
        let of_dir = |run: &&crate::app::RunView| run.dir.parent() == Some(dir);
        let left: Vec<PathBuf> = self
            .runs
            .all
            .iter()
            .filter(of_dir)
            .map(|run| run.dir.clone())
            .collect();
        self.lose_runs(&left);
    }

    /// Notes whether the place for new runs holds some. One that held none at the start, against what was noted, may still be
    /// away.
    pub(in crate::app) fn note_place_of_runs(&mut self) {
        let place = &self.folders.runs_dir;
        let there: Vec<bool> = (self.runs.all.iter())
            .filter(|run| run.dir.parent() == Some(place))
            .map(|run| !run.deleted)
            .collect();
        match there.iter().any(|is_there| *is_there) {
            true => self.settings.runs_seen_in = Some(place.clone()),
            false if there.is_empty() => {}
            false => self.settings.runs_seen_in = None,
        }
    }

    pub(in crate::app) fn keep_runs_in(&mut self, dir: PathBuf, host: &mut dyn Host) {
        let below_home = dir.strip_prefix("~").ok().zip(self.folders.home.as_ref());
        let dir = below_home.map_or_else(|| dir.clone(), |(below, home)| home.join(below));
        if dir != self.folders.runs_dir && !dir.as_os_str().is_empty() {
            self.jobs.submit(KeepRunsIn { dir }, Purpose::KeepRunsIn, host);
        }
    }

    /// That is the place from now on; the runs of the one before are still listed.
    pub(in crate::app) fn take_runs_dir(&mut self, dir: PathBuf, host: &mut dyn Host) {
        // It was asked for twice.
        if dir == self.folders.runs_dir {
            return;
        }
        let text = format!("New runs are kept in {}", visible_path(&dir));
        let before = std::mem::replace(&mut self.folders.runs_dir, dir.clone());
        let was_listed = self.settings.more_runs.contains(&dir);
        self.settings.more_runs.retain(|listed| *listed != dir);
        self.settings.more_runs.push(before);
        if !was_listed {
            self.watch(dir, host);
        }
        self.tell(ToastKind::Ok, text);
    }
}
