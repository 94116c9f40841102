//! The two ends of the wire between a front end and the engine.

mod cancel;
mod step_batch;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};

pub use cancel::Cancel;
pub use step_batch::StepBatch;

use super::message::{Command, Event, Urgency};

/// Called after each event was sent, with how soon it should be seen; a window asks for a repaint in it. All the engine
/// knows of a front end.
pub type Wake = Arc<dyn Fn(Urgency) + Send + Sync>;

/// A job that was asked for.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: u64,
    pub cancel: Cancel,
}

/// The front end's end.
pub struct Link {
    next_id: AtomicU64,
    commands: Sender<(Job, Command)>,
    pub events: Receiver<(u64, Event)>,
}

impl Link {
    /// Hands a command over. Where the engine is gone, the closed event channel shows it.
    pub fn submit(&self, command: impl Into<Command>) -> Job {
        self.submit_as(self.next_id.fetch_add(1, Ordering::Relaxed), command)
    }

    /// The same under a number that is another link's.
    pub fn submit_as(&self, id: u64, command: impl Into<Command>) -> Job {
        let job = Job {
            id,
            cancel: Cancel::new(),
        };
        let _ = self.commands.send((job.clone(), command.into()));
        job
    }
}

/// The engine's end. Dropping the [`Link`] closes `commands`, which ends the engine.
#[derive(Clone)]
pub struct EngineEnd {
    pub commands: Receiver<(Job, Command)>,
    events: Sender<(u64, Event)>,
    wake: Wake,
    seen: Option<Seen>,
}

/// Who is shown the events that go by.
type Seen = Arc<dyn Fn(u64, &Event) + Send + Sync>;

impl EngineEnd {
    /// Sends an event of that job and wakes the front end. A front end that is gone needs no news.
    pub fn send(&self, job_id: u64, event: impl Into<Event>) {
        let event = event.into();
        let urgency = event.urgency();
        let last = event.is_last().then(|| event.clone());
        if last.is_none() {
            self.show(job_id, &event);
        }
        let sent = self.events.send((job_id, event));
        // What follows from a job's end must not come before it.
        if let Some(last) = last {
            self.show(job_id, &last);
        }
        if sent.is_ok() {
            (self.wake)(urgency);
        }
    }

    /// The same end, each of whose events is shown to `see` on its way, and to nobody else.
    pub fn shown_to(&self, see: impl Fn(u64, &Event) + Send + Sync + 'static) -> EngineEnd {
        EngineEnd {
            seen: Some(Arc::new(see)),
            ..self.clone()
        }
    }

    /// As [`EngineEnd::shown_to`], but with only the commands that are sent to it.
    pub fn branch(
        &self,
        see: impl Fn(u64, &Event) + Send + Sync + 'static,
    ) -> (Sender<(Job, Command)>, EngineEnd) {
        let (hand_on, commands) = unbounded();
        let end = EngineEnd {
            commands,
            ..self.shown_to(see)
        };
        (hand_on, end)
    }

    fn show(&self, job_id: u64, event: &Event) {
        if let Some(see) = &self.seen {
            see(job_id, event);
        }
    }
}

pub fn link(wake: Wake) -> (Link, EngineEnd) {
    let (commands, commands_out) = unbounded();
    let (events, events_out) = unbounded();
    let front = Link {
        next_id: AtomicU64::new(1),
        commands,
        events: events_out,
    };
    let engine = EngineEnd {
        commands: commands_out,
        events,
        wake,
        seen: None,
    };
    (front, engine)
}
