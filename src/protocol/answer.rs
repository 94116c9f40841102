//! What the engine answers to the small questions of a window.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::experiment::{Config, RunEvent, WeightsSource};

/// A run that has come further, or whose writer came or went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowedRun {
    pub dir: PathBuf,
    /// How many events there were before these.
    pub first: usize,
    pub events: Vec<RunEvent>,
    /// Whether a process is writing it now.
    pub written: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// CUDA devices, counted from 0.
    pub n_cuda: usize,
    /// Why there is none, where there is none.
    pub no_cuda: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightsFacts {
    pub arch: String,
    pub weights: WeightsSource,
    /// What is known, in a few words; or why they cannot be used.
    pub facts: Result<String, String>,
    /// The architecture they fit, where one does.
    pub fits: Option<String>,
}

/// A config that lies in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FoundSettings {
    pub path: PathBuf,
    pub config: Config,
    /// In the order of its class weights, where that is known.
    pub classes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCounts {
    /// Images of each class in train, validation and test; or why there is no such split.
    pub parts: Result<[Vec<usize>; 3], String>,
    /// Groups in train, validation and test, where it is by groups.
    pub n_groups: Option<[usize; 3]>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Steps;
    use crate::protocol::{Event, Haste};

    /// Otherwise a training that is written to the watched folder would be drawn as often as it is written.
    #[test]
    fn only_what_is_more_than_losses_of_a_followed_run_is_urgent() {
        let steps = RunEvent::Steps(Steps {
            epoch: 1,
            first: 1,
            losses: vec![0.5],
            elapsed_secs: 1.0,
        });
        let warning = RunEvent::Warning {
            message: "one image was left out".into(),
        };
        let haste = |written: bool, events: &[&RunEvent]| {
            let events = events.iter().map(|&event| event.clone()).collect();
            let dir = PathBuf::from("run");
            let followed = FollowedRun {
                dir,
                first: 2,
                events,
                written,
            };
            Event::RunFollowed(Box::new(followed)).haste()
        };
        assert_eq!(haste(true, &[&steps, &steps]), Haste::Soon);
        assert_eq!(haste(true, &[&steps, &warning]), Haste::Now);
        assert_eq!(haste(false, &[&steps]), Haste::Now);
        assert_eq!(haste(false, &[]), Haste::Now);
    }
}
