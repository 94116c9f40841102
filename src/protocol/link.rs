//! The two ends of the wire between a front end and the engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::cancel::Cancel;
use super::message::{Command, Event, Haste};

/// Called after each event was sent, with how soon it should be seen; a window asks for a repaint in it. All the engine
/// knows of a front end.
pub type Wake = Arc<dyn Fn(Haste) + Send + Sync>;

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
}

impl EngineEnd {
    /// Sends an event of that job and wakes the front end. A front end that is gone needs no news.
    pub fn send(&self, job_id: u64, event: impl Into<Event>) {
        let event = event.into();
        let haste = event.haste();
        if self.events.send((job_id, event)).is_ok() {
            (self.wake)(haste);
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
    };
    (front, engine)
}
