//! Jobs that run beside each other in the front end's own process. One that was asked to stop and does not, such as one that
//! waits for a share that hangs, is given up: its thread is left to itself, and what it still says is not heard.

use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::Tell;
use super::guard::run_job;
use super::outlet::Outlet;
use super::progress::Reporter;
use crate::error::Result;
use crate::protocol::{Cancel, EngineEnd, Event, Failure, Job};
use crate::spawn::spawn;

/// Of a job that was given up.
const HUNG: &str = "Stopped: it was held up by one file, and is no longer waited for; what there was is kept";

/// How often one looks whether what was asked to stop has stopped.
const LOOK: Duration = Duration::from_millis(100);
/// How often one looks where nothing was.
const NO_HURRY: Duration = Duration::from_secs(1);

/// What a job is run for, and so how long it is waited for once it was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It looks at many files, and stops between two of them.
    Scan,
    /// For its answer.
    Look,
    /// For what it leaves behind.
    Change,
}

impl Kind {
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Kind::Scan => 1,
            Kind::Look => 5,
            Kind::Change => 10,
        })
    }
}

pub struct Beside {
    end: EngineEnd,
    running: BTreeMap<u64, Running>,
    tell_news: Sender<News>,
    pub news: Receiver<News>,
}

struct Running {
    kind: Kind,
    cancel: Cancel,
    outlet: Outlet,
    thread: JoinHandle<()>,
    stopped: Option<Instant>,
}

/// What becomes of a job.
pub enum News {
    /// It was asked to stop.
    Stopped(u64),
    /// Its thread is about to end.
    Ended(u64),
}

impl Beside {
    pub fn new(end: &EngineEnd) -> Self {
        let (tell_news, news) = unbounded();
        Beside {
            end: end.clone(),
            running: BTreeMap::new(),
            tell_news,
            news,
        }
    }

    pub fn start(
        &mut self,
        job: Job,
        kind: Kind,
        work: impl FnOnce(&mut Reporter, Tell) -> Result<()> + Send + 'static,
    ) {
        let Job { id, cancel } = job;
        let outlet = Outlet::new(id, &self.end);
        let (tell_end, of_job, asked) = (self.tell_news.clone(), outlet.clone(), cancel.clone());
        let run = move || {
            run_job(asked, &of_job, |progress, tell| {
                progress.cancel.check()?;
                work(progress, tell)
            });
            let _ = tell_end.send(News::Ended(id));
        };
        let thread = match spawn("cw-job", run) {
            Ok(thread) => thread,
            Err(e) => return outlet.send(Event::failed(&e)),
        };
        let running = Running {
            kind,
            cancel: cancel.clone(),
            outlet,
            thread,
            stopped: None,
        };
        self.running.insert(id, running);
        // Only now: a stop must not be heard of before its job.
        let tell_stop = self.tell_news.clone();
        cancel.on_cancel(move || _ = tell_stop.send(News::Stopped(id)));
    }

    pub fn take(&mut self, news: News) {
        match news {
            News::Stopped(id) => {
                if let Some(job) = self.running.get_mut(&id) {
                    job.stopped.get_or_insert_with(Instant::now);
                }
            }
            News::Ended(id) => {
                if let Some(job) = self.running.remove(&id) {
                    let _ = job.thread.join();
                }
            }
        }
    }

    /// How long nothing needs to be looked at, at most.
    pub fn until_next_look(&self) -> Duration {
        match self.running.values().any(|job| job.stopped.is_some()) {
            true => LOOK,
            false => NO_HURRY,
        }
    }

    pub fn give_up_what_hangs(&mut self) {
        self.running.retain(|_, job| {
            let patience = job.kind.patience();
            let hangs = job.stopped.is_some_and(|stopped| stopped.elapsed() >= patience);
            if hangs {
                job.outlet.send(Event::Failed {
                    message: HUNG.into(),
                    failure: Failure::Stopped,
                });
            }
            !hangs
        });
    }

    /// Lets end what changes something, and stops the rest.
    pub fn end(mut self) {
        for job in self.running.values().filter(|job| job.kind != Kind::Change) {
            job.cancel.cancel();
        }
        while !self.running.is_empty() {
            if let Ok(news) = self.news.recv_timeout(LOOK) {
                self.take(news);
            }
            self.give_up_what_hangs();
        }
    }
}
