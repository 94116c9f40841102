//! How a job is run: beside others, or each when the one before has ended; and how its end is told.

use std::thread::JoinHandle;

use super::Tell;
use super::guard::guarded;
use super::progress::Reporter;
use crate::error::Result;
use crate::memory;
use crate::protocol::{EngineEnd, Event, Job};
use crate::spawn::spawn;

/// Runs a job on this thread, and tells how it ended. A panic ends the job, not the thread.
pub fn run_job(job: Job, end: &EngineEnd, work: impl FnOnce(&mut Reporter, Tell) -> Result<()>) {
    let id = job.id;
    let tell = |event| end.send(id, event);
    let mut progress = Reporter::new(job.cancel, &tell);
    let result = guarded(|| work(&mut progress, &tell));
    tell(result.map_or_else(|e| Event::failed(&e), |()| Event::Done));
    memory::give_back();
}

/// The same on a thread of its own. Where the system gives none, the job fails.
pub fn run_beside(
    job: Job,
    end: &EngineEnd,
    work: impl FnOnce(&mut Reporter, Tell) -> Result<()> + Send + 'static,
) -> Option<JoinHandle<()>> {
    let (id, of_job) = (job.id, end.clone());
    let started = spawn("cw-job", move || run_job(job, &of_job, work));
    started.map_err(|e| end.send(id, Event::failed(&e))).ok()
}
