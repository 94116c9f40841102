//! The jobs of one command: each is run to its end, and Ctrl-C stops the one that runs.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::args::RunsPlace;
use crate::backlog::Backlog;
use crate::disk::runs::folder::EVENTS_FILE;
use crate::error::{Error, Result};
use crate::protocol::{Ask, Cancel, Command, Event, Failure, Link, Wake};

/// Starts what runs jobs; handed in by `main`, since the command line does not know the engine.
pub type StartJobs = fn(Wake) -> Result<(Link, JoinHandle<()>)>;

pub struct Session {
    start_jobs: StartJobs,
    /// Started with the first one.
    jobs: OnceCell<(Link, JoinHandle<()>)>,
    /// Of events that nobody has printed yet.
    backlog: Backlog,
    wake: Wake,
    running: Arc<Mutex<Option<Cancel>>>,
}

impl Session {
    pub fn new(start_jobs: StartJobs) -> Self {
        let (backlog, wake) = Backlog::new();
        Session {
            start_jobs,
            jobs: OnceCell::new(),
            backlog,
            wake,
            running: Arc::default(),
        }
    }

    /// Asks one question, and returns its answer. Other events go to `on_event` before.
    ///
    /// # Errors
    /// As for [`Session::run`].
    pub fn ask<A: Ask>(&self, question: A, on_event: impl Fn(&Event)) -> Result<A::Answer> {
        let mut answer = None;
        self.run(question, |event| {
            on_event(&event);
            answer = answer.take().or(A::answer(event));
            Ok(())
        })?;
        answer.ok_or_else(|| Error::Job("the engine ended before it answered".into()))
    }

    /// Runs one job, handing each event to `on_event`, and returns how it ended.
    ///
    /// # Errors
    /// The job failed or was stopped; the engine does not start; what `on_event` meets, which stops the job.
    pub fn run(
        &self,
        command: impl Into<Command>,
        mut on_event: impl FnMut(Event) -> Result<()>,
    ) -> Result<()> {
        let link = self.link()?;
        let job = link.submit(command);
        self.stop_on_ctrl_c(&job.cancel);
        let mut trouble = None;
        for (id, event) in &link.events {
            self.backlog.take();
            if id != job.id {
                continue;
            }
            match event {
                Event::Done => return trouble.map_or(Ok(()), Err),
                Event::Failed {
                    failure: Failure::Stopped,
                    ..
                } => return Err(trouble.unwrap_or(Error::Stopped)),
                Event::Failed {
                    message,
                    failure: Failure::Input,
                    ..
                } => return Err(Error::Input(message)),
                Event::Failed { message, .. } => return Err(Error::Job(message)),
                event => {
                    // Where the output cannot be written the job is stopped, and that is the error.
                    if let Err(e) = on_event(event) {
                        trouble.get_or_insert(e);
                        job.cancel.cancel();
                    }
                }
            }
        }
        Err(Error::Job("the engine ended before the job did".into()))
    }

    fn link(&self) -> Result<&Link> {
        if self.jobs.get().is_none() {
            let jobs = (self.start_jobs)(Arc::clone(&self.wake))?;
            let _ = self.jobs.set(jobs);
        }
        match self.jobs.get() {
            Some((link, _)) => Ok(link),
            None => Err(Error::Job("no job can be started".into())),
        }
    }

    /// The first Ctrl-C asks the job to stop, which keeps what there is; the second ends the program.
    fn stop_on_ctrl_c(&self, cancel: &Cancel) {
        let Ok(mut running) = self.running.lock() else {
            return;
        };
        *running = Some(cancel.clone());
        let running = Arc::clone(&self.running);
        let backlog = self.backlog.clone();
        #[expect(
            clippy::disallowed_methods,
            reason = "who asks twice wants out now; there is no main to return to"
        )]
        let on_signal = move || {
            let asked = running.lock().ok().and_then(|mut running| running.take());
            match asked {
                // A reader that hangs must not keep the job from stopping.
                Some(cancel) => {
                    backlog.release();
                    cancel.cancel();
                }
                None => std::process::exit(130),
            }
        };
        // It fails where a handler is there already: this one, from the job before.
        let _ = ctrlc::set_handler(on_signal);
    }

    /// Lets the engine end, where it was started, and waits for it.
    pub fn end(self) {
        self.backlog.release();
        if let Some((link, thread)) = self.jobs.into_inner() {
            drop(link);
            let _ = thread.join();
        }
    }
}

/// A run's folder from its path, or from its name in the runs folder, of which as much is enough as only one run begins with: a
/// narrow terminal shows no more of a long one.
///
/// # Errors
/// None of them is a run folder, or several begin so.
pub fn run_dir(run: &Path, place: &RunsPlace) -> Result<PathBuf> {
    let runs = place.dir()?;
    let places = [runs.clone()].into_iter().chain(place.left_out());
    let mut candidates = [run.to_path_buf()]
        .into_iter()
        .chain(places.map(|dir| dir.join(run)));
    if let Some(found) = candidates.find(|dir| dir.join(EVENTS_FILE).is_file()) {
        return Ok(found);
    }
    let message = match &begun_so(run, &runs)[..] {
        [only] => return Ok(only.clone()),
        [] => format!(
            "is neither a run folder nor the name of one in {}; `counterweight runs` lists them",
            runs.display()
        ),
        several => format!(
            "is how the names of {} runs in {} begin; say more of it",
            several.len(),
            runs.display()
        ),
    };
    Err(Error::file(run, message))
}

/// Runs whose names begin with that.
fn begun_so(beginning: &Path, runs: &Path) -> Vec<PathBuf> {
    let Some(beginning) = beginning.to_str().filter(|text| !text.is_empty()) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let begins = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with(beginning);
    let dirs = entries.filter(begins).map(|entry| entry.path());
    dirs.filter(|dir| dir.join(EVENTS_FILE).is_file()).collect()
}
