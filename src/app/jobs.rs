//! What was asked of the engine and has not ended yet.

use std::path::PathBuf;

use crate::experiment::Config;
use crate::protocol::{Job, Progress};

/// Why a job was started, which decides what its events mean.
#[derive(Debug, Clone)]
pub enum Purpose {
    Scan,
    /// Draw the demo, then open it.
    Demo {
        dir: PathBuf,
    },
    WatchRuns,
    Train {
        config: Box<Config>,
    },
    Predict {
        run: usize,
        paths: Vec<PathBuf>,
    },
    Thumbnails,
    /// Pictures of the dataset's images.
    Gallery,
    CountSplit,
    TrashRun {
        run: usize,
    },
    /// A question or a small change whose end is not worth a word.
    Quiet,
}

#[derive(Debug, Clone)]
pub struct JobView {
    pub job: Job,
    pub purpose: Purpose,
    pub progress: Option<Progress>,
    /// The run that the job makes, once its folder exists.
    pub run: Option<usize>,
}

impl JobView {
    pub fn is_training(&self) -> bool {
        matches!(self.purpose, Purpose::Train { .. })
    }

    /// Whether it is something the user waits for: what the status bar tells of, and Stop stops.
    pub fn is_work(&self) -> bool {
        !matches!(
            self.purpose,
            Purpose::WatchRuns
                | Purpose::Thumbnails
                | Purpose::Gallery
                | Purpose::CountSplit
                | Purpose::TrashRun { .. }
                | Purpose::Quiet
        )
    }

    /// Whether it still waits in the engine's queue.
    pub fn is_waiting(&self) -> bool {
        self.is_training() && self.run.is_none() && self.progress.is_none()
    }
}
