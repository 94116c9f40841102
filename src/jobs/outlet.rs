//! Where one job's events go, until its last one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::protocol::{EngineEnd, Event};

/// Sees to it that a job ends once, whoever says so first: the job, or whoever gives it up.
#[derive(Clone)]
pub struct Outlet {
    job_id: u64,
    end: EngineEnd,
    has_ended: Arc<AtomicBool>,
}

impl Outlet {
    pub fn new(job_id: u64, end: &EngineEnd) -> Self {
        Outlet {
            job_id,
            end: end.clone(),
            has_ended: Arc::default(),
        }
    }

    pub fn send(&self, event: Event) {
        let had_ended = match event.is_last() {
            true => self.has_ended.swap(true, Ordering::SeqCst),
            false => self.has_ended.load(Ordering::SeqCst),
        };
        if !had_ended {
            self.end.send(self.job_id, event);
        }
    }
}
