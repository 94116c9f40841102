//! A job that the engine has not answered yet, and how long to wait for it to stop.

use std::time::{Duration, Instant};

use crate::protocol::{Command, Event, FitCommand, LiveCommand, Phase};

/// After it was asked to stop, a job that says nothing for this long is given up: it waits for something that may
/// never come, such as a share that hangs.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// The same while it writes what it has.
pub(super) const PATIENCE_TO_SAVE: Duration = Duration::from_secs(60);
/// Questions stop between two batches of images, each of which may take that long on a slow processor.
const PATIENCE_TO_ANSWER: Duration = Duration::from_secs(5);

pub struct Asked {
    pub command: Command,
    stopped: Option<Instant>,
    heard: Option<Instant>,
    is_saving: bool,
}

impl Asked {
    pub fn new(command: Command) -> Self {
        Asked {
            command,
            stopped: None,
            heard: None,
            is_saving: false,
        }
    }

    pub fn stop(&mut self) {
        self.stopped.get_or_insert_with(Instant::now);
    }

    pub fn is_stopping(&self) -> bool {
        self.stopped.is_some()
    }

    pub fn hear(&mut self, event: &Event) {
        self.heard = Some(Instant::now());
        if let Event::Progress(progress) = event {
            self.is_saving = progress.phase == Phase::Save;
        }
    }

    /// Whether it was asked to stop and does not: it waits for something that may never come, or works on a file that never
    /// ends.
    pub fn hangs(&self) -> bool {
        let Some(stopped) = self.stopped else { return false };
        if !keeps_something(&self.command) {
            return stopped.elapsed() >= PATIENCE_TO_ANSWER;
        }
        // A training is waited for as long as it reports.
        let patience = if self.is_saving {
            PATIENCE_TO_SAVE
        } else {
            PATIENCE
        };
        self.heard.unwrap_or(stopped).max(stopped).elapsed() >= patience
    }

    /// Whether something would be lost if it ended now and were asked for again.
    pub fn would_lose(&self) -> bool {
        // One that waits for its turn has nothing yet.
        keeps_something(&self.command) && self.heard.is_some()
    }
}

/// Whether a command is given for what it leaves behind and not for its answer.
fn keeps_something(command: &Command) -> bool {
    match command {
        Command::Fit(command) => !matches!(command, FitCommand::DescribeWeights(_)),
        Command::Live(command) => matches!(command, LiveCommand::ComputeFeatures(_)),
        _ => false,
    }
}
