//! How far a job is: its phase, how many of how many, how fast, how much longer, and whether it was asked to stop.
//! Never recorded; what is, goes by [`super::journal`].

use std::collections::BTreeMap;
use std::time::Instant;

use super::Tell;
use crate::protocol::{Cancel, Event, Phase, Progress};

/// Progress goes out at most every this many seconds.
const PROGRESS_EVERY_SECS: f64 = 0.1;
/// Speed is that of about the last this many seconds.
const SPEED_OVER_SECS: f64 = 3.0;

/// Sends [`Progress`] from time to time.
pub struct Reporter<'a> {
    /// Nobody, where a part of a job is a measurement.
    tell: Option<Tell<'a>>,
    pub cancel: Cancel,
    began: Instant,
    phase: Phase,
    phase_began_secs: f64,
    /// Seconds spent in each phase before the current one.
    spent: BTreeMap<Phase, f64>,
    done: u64,
    total: u64,
    last_sent_secs: f64,
    speed: Speed,
    work: Work,
}

/// Throughput over a sliding window: `done` at the window's start.
#[derive(Debug, Clone, Copy)]
struct Speed {
    since_secs: f64,
    since_done: u64,
    before: Option<(f64, u64)>,
}

/// Images that pass through the network in the whole job: what time left is estimated from.
#[derive(Debug, Clone, Copy, Default)]
struct Work {
    total: u64,
    done: u64,
    began_secs: Option<f64>,
    is_whole_job: bool,
}

impl<'a> Reporter<'a> {
    pub fn new(cancel: Cancel, tell: Tell<'a>) -> Self {
        Reporter {
            tell: Some(tell),
            ..Reporter::quiet(&cancel)
        }
    }

    /// Reports to nobody, but can be stopped as the rest of the job.
    pub fn quiet(cancel: &Cancel) -> Self {
        Reporter {
            tell: None,
            cancel: cancel.clone(),
            began: Instant::now(),
            phase: Phase::Scan,
            phase_began_secs: 0.0,
            spent: BTreeMap::new(),
            done: 0,
            total: 0,
            last_sent_secs: 0.0,
            speed: Speed::at(0.0),
            work: Work::default(),
        }
    }

    pub fn elapsed_secs(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Declares how many images the job passes through the network in all.
    pub fn plan_work(&mut self, n_images: usize) {
        self.work.total = n_images as u64;
    }

    /// The same of a job that ends with them.
    pub fn plan_whole_job(&mut self, n_images: usize) {
        self.plan_work(n_images);
        self.work.is_whole_job = true;
    }

    /// Images that went through the network, of those planned.
    pub fn work_done(&mut self, n_images: usize) {
        let now = self.elapsed_secs();
        self.work.began_secs.get_or_insert(now);
        self.work.done += n_images as u64;
    }

    /// A new phase, of `total` pieces (0 where that is not known).
    pub fn begin(&mut self, phase: Phase, total: usize) {
        let now = self.elapsed_secs();
        *self.spent.entry(self.phase).or_default() += now - self.phase_began_secs;
        self.phase = phase;
        self.phase_began_secs = now;
        self.done = 0;
        self.total = total as u64;
        self.speed = Speed::at(now);
        self.work.began_secs.get_or_insert(now);
        self.send_progress(now);
    }

    /// `n` more pieces of the phase are done.
    pub fn advance(&mut self, n: usize) {
        self.reach(self.done + n as u64, self.total);
    }

    /// The phase has come to `done` of `total`.
    pub fn reach(&mut self, done: u64, total: u64) {
        self.done = done;
        self.total = total;
        let now = self.elapsed_secs();
        if now - self.last_sent_secs >= PROGRESS_EVERY_SECS || done == total {
            self.send_progress(now);
        }
    }

    /// Seconds in each phase so far, and in all.
    pub fn seconds(&self) -> BTreeMap<String, f64> {
        let now = self.elapsed_secs();
        let mut spent = self.spent.clone();
        *spent.entry(self.phase).or_default() += now - self.phase_began_secs;
        let mut seconds: BTreeMap<String, f64> = spent
            .into_iter()
            .map(|(phase, secs)| (phase.key().to_owned(), secs))
            .collect();
        seconds.insert("total".into(), now);
        seconds
    }

    fn send_progress(&mut self, now: f64) {
        self.last_sent_secs = now;
        let progress = Progress {
            phase: self.phase,
            done: self.done,
            total: self.total,
            per_sec: self.speed.per_sec(now, self.done),
            left_secs: self.work.left_secs(now),
        };
        if let Some(tell) = self.tell {
            tell(Event::Progress(progress));
        }
    }
}

impl Speed {
    fn at(now: f64) -> Self {
        Speed {
            since_secs: now,
            since_done: 0,
            before: None,
        }
    }

    /// Pieces a second since one to two spans ago.
    fn per_sec(&mut self, now: f64, done: u64) -> f64 {
        let (from_secs, from_done) = self.before.unwrap_or((self.since_secs, self.since_done));
        if now - self.since_secs >= SPEED_OVER_SECS {
            self.before = Some((self.since_secs, self.since_done));
            self.since_secs = now;
            self.since_done = done;
        }
        let secs = now - from_secs;
        if secs > 0.0 {
            done.saturating_sub(from_done) as f64 / secs
        } else {
            0.0
        }
    }
}

impl Work {
    fn left_secs(&self, now: f64) -> Option<f64> {
        let spent = now - self.began_secs?;
        // Epochs over kept features come after the network's work, and are over before they could be estimated.
        if self.done == 0 || self.done >= self.total && !self.is_whole_job {
            return None;
        }
        Some(spent / self.done as f64 * self.total.saturating_sub(self.done) as f64)
    }
}
