//! The runs that this program's own trainings write. Their facts come from the jobs themselves, so whoever watches the
//! folder leaves them alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::experiment::RunEvent;
use crate::protocol::{Event, FitEvent};

#[derive(Debug, Clone, Default)]
pub struct OwnRuns(Arc<Mutex<BTreeMap<PathBuf, OwnRun>>>);

#[derive(Debug)]
struct OwnRun {
    job_id: u64,
    /// Among the runs of its job.
    place: usize,
    /// Whether its end was reported: there is nothing to watch any more.
    has_ended: bool,
}

impl OwnRuns {
    /// For every event that a job of the engine sends.
    pub fn see(&self, job_id: u64, event: &Event) {
        match event {
            Event::Fit(FitEvent::RunCreated { dir }) => self.add(job_id, dir),
            Event::Fit(FitEvent::Run(RunEvent::Ended { .. })) => self.end(job_id, 0),
            Event::Fit(FitEvent::Runs(facts)) => facts
                .iter()
                .filter(|(_, fact)| matches!(fact, RunEvent::Ended { .. }))
                .for_each(|(place, _)| self.end(job_id, *place)),
            // Where the engine crashed, its run's last facts went unreported: from now on it is watched as any other.
            event if event.is_last() => self.lock().retain(|_, run| run.job_id != job_id || run.has_ended),
            _ => {}
        }
    }

    pub fn holds(&self, dir: &Path) -> bool {
        self.lock().contains_key(dir)
    }

    /// Whether its job has more to report of it.
    pub fn writes(&self, dir: &Path) -> bool {
        self.lock().get(dir).is_some_and(|run| !run.has_ended)
    }

    fn add(&self, job_id: u64, dir: &Path) {
        let mut runs = self.lock();
        let place = runs.values().filter(|run| run.job_id == job_id).count();
        let run = OwnRun {
            job_id,
            place,
            has_ended: false,
        };
        runs.insert(dir.to_path_buf(), run);
    }

    fn end(&self, job_id: u64, place: usize) {
        let mut runs = self.lock();
        let of_job = runs.values_mut().filter(|run| run.job_id == job_id);
        of_job
            .filter(|run| run.place == place)
            .for_each(|run| run.has_ended = true);
    }

    /// No code that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<PathBuf, OwnRun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
