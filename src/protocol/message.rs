//! The messages, by subject. A command starts a job; events report what came of it.

use serde::{Deserialize, Serialize};

use super::cache::{CacheCommand, CacheEvent};
use super::dataset::{DatasetCommand, DatasetEvent};
use super::fit::{FitCommand, FitEvent};
use super::health::{HealthCommand, HealthEvent};
use super::judge::{JudgeCommand, JudgeEvent};
use super::labels::{LabelsCommand, LabelsEvent};
use super::live::{LiveCommand, LiveEvent};
use super::machine::{MachineCommand, MachineEvent};
use super::map::{MapCommand, MapEvent};
use super::progress::Progress;
use super::runs::{RunsCommand, RunsEvent};
use crate::error::Error;
use crate::experiment::RunEvent;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Command {
    Dataset(DatasetCommand),
    Health(HealthCommand),
    Map(MapCommand),
    Runs(RunsCommand),
    Fit(FitCommand),
    Live(LiveCommand),
    Labels(LabelsCommand),
    Judge(JudgeCommand),
    Cache(CacheCommand),
    Machine(MachineCommand),
}

/// What a job sends. It ends with exactly one [`Event::Done`] or [`Event::Failed`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    Progress(Progress),
    Dataset(DatasetEvent),
    Health(HealthEvent),
    Map(MapEvent),
    Runs(RunsEvent),
    Fit(FitEvent),
    Live(LiveEvent),
    Labels(LabelsEvent),
    Judge(JudgeEvent),
    Cache(CacheEvent),
    Machine(MachineEvent),
    Done,
    /// The job could not be done; a run that began reports that itself first.
    Failed {
        message: String,
        failure: Failure,
    },
}

/// Why a job could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Failure {
    /// What was asked for; asking otherwise would mend it (exit code 2).
    Input,
    /// The job itself (exit code 1).
    Fault,
    /// The user stopped it.
    Stopped,
}

/// How soon news should be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Now,
    /// One of many that say how far something is: a picture of every few is enough.
    Soon,
}

impl Event {
    /// How a job ends that could not be done.
    pub fn failed(error: &Error) -> Self {
        Event::Failed {
            message: error.to_string(),
            failure: match error {
                Error::Stopped => Failure::Stopped,
                _ if error.is_input() => Failure::Input,
                _ => Failure::Fault,
            },
        }
    }

    /// Whether its job says nothing more.
    pub fn is_last(&self) -> bool {
        matches!(self, Event::Done | Event::Failed { .. })
    }

    pub fn urgency(&self) -> Urgency {
        let is_steps = |event: &RunEvent| matches!(event, RunEvent::Steps(_));
        let waits = match self {
            // The last of them come just before their job's end.
            Self::Progress(_) | Self::Judge(JudgeEvent::Predicted(_)) => true,
            Self::Fit(FitEvent::Run(event)) => is_steps(event),
            Self::Fit(FitEvent::Runs(events)) => events.iter().all(|(_, event)| is_steps(event)),
            Self::Runs(RunsEvent::Followed(run)) => run.written && run.events.iter().all(is_steps),
            _ => false,
        };
        if waits { Urgency::Soon } else { Urgency::Now }
    }
}
