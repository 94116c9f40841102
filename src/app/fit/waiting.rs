//! A training that waits its turn, as it is kept over an end of the window.

use serde::{Deserialize, Serialize};

use crate::app::jobs::{JobView, Purpose};
use crate::experiment::Config;
use crate::protocol::HeadChoice;

/// A training that has not begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub config: Config,
    /// Those of a sweep; none where it is one training.
    pub heads: Vec<HeadChoice>,
}

impl Waiting {
    /// That of a job, if it is a training that waits and is still wanted.
    pub(in crate::app) fn of(job: &JobView) -> Option<Self> {
        let (config, heads) = match &job.purpose {
            Purpose::Train { config } => (config, &[][..]),
            Purpose::Sweep { config, heads } => (config, &heads[..]),
            _ => return None,
        };
        let is_wanted = job.is_waiting() && !job.job.cancel.is_cancelled();
        is_wanted.then(|| Waiting {
            config: (**config).clone(),
            heads: heads.to_vec(),
        })
    }
}
