//! What the engine was asked for and has not answered yet, and for how long one waits where it is asked to stop.

use std::time::{Duration, Instant};

use super::serve::{PATIENCE, PATIENCE_TO_SAVE};
use crate::protocol::{Command, Event, Phase};

/// Looking through a folder stops between two files.
const PATIENCE_TO_SCAN: Duration = Duration::from_secs(1);
/// Other questions stop between two batches of images, which may take so long where the processor computes.
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

    /// Whether it goes on as long as the window is open.
    pub fn goes_on(&self) -> bool {
        matches!(self.command, Command::WatchRuns { .. })
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

    /// It was asked to stop, and nothing came of it: it waits for something that may never come, or works on a file that
    /// never ends.
    pub fn hangs(&self) -> bool {
        let Some(stopped) = self.stopped else { return false };
        match &self.command {
            Command::Scan { .. } => stopped.elapsed() >= PATIENCE_TO_SCAN,
            command if !keeps_something(command) => stopped.elapsed() >= PATIENCE_TO_ANSWER,
            // A training goes on as long as it tells what it does.
            _ => {
                let patience = if self.is_saving {
                    PATIENCE_TO_SAVE
                } else {
                    PATIENCE
                };
                self.heard.unwrap_or(stopped).max(stopped).elapsed() >= patience
            }
        }
    }

    /// Whether something would be lost if it ended now and were asked anew.
    pub fn would_lose(&self) -> bool {
        match &self.command {
            // What waits its turn has nothing yet.
            Command::Train(_) | Command::Sweep(_) | Command::ComputeFeatures(_) => self.heard.is_some(),
            command => keeps_something(command),
        }
    }
}

/// Whether a command is there for what it leaves behind and not for its answer.
fn keeps_something(command: &Command) -> bool {
    match command {
        Command::Train(_)
        | Command::Sweep(_)
        | Command::ComputeFeatures(_)
        | Command::ClearCache { .. }
        | Command::LimitCache { .. }
        | Command::DrawDemo { .. }
        | Command::Decide { .. }
        | Command::WriteFile { .. }
        | Command::TagRun { .. }
        | Command::TrashRun { .. }
        | Command::RestoreRun { .. }
        | Command::ExportRun { .. } => true,
        Command::Scan { .. }
        | Command::AskFeatures(_)
        | Command::TryWeights(_)
        | Command::ListCache
        | Command::Evaluate(_)
        | Command::Predict(_)
        | Command::SelfCheck
        | Command::Thumbnails { .. }
        | Command::ReadScores { .. }
        | Command::WatchRuns { .. }
        | Command::ListDevices
        | Command::DescribeWeights { .. }
        | Command::ReadSettings { .. }
        | Command::CountSplit { .. } => false,
    }
}
