//! What was asked of the engine and has not ended yet.

use std::path::PathBuf;

use crate::experiment::Config;
use crate::protocol::{HeadChoice, Job, Progress};

/// Why a job was started, which decides what its events mean.
#[derive(Debug, Clone)]
pub enum Purpose {
    Scan,
    /// Decode every image.
    Check,
    /// Draw the demo, then open it.
    Demo {
        dir: PathBuf,
    },
    WatchRuns,
    /// A folder that was opened and holds runs.
    FoundRuns,
    ReadSettings,
    Train {
        config: Box<Config>,
    },
    Predict {
        run: usize,
        paths: Vec<PathBuf>,
    },
    Thumbnails,
    /// Many heads at once.
    Sweep {
        config: Box<Config>,
        heads: Vec<HeadChoice>,
    },
    AskFeatures,
    ComputeFeatures,
    /// Weights tried as the sliders stand.
    Try,
    ReadScores {
        dir: PathBuf,
    },
    Decide,
    /// Write a file that the user asked for.
    Export {
        path: PathBuf,
    },
    /// Write pixels from the clipboard, then judge them.
    Paste {
        path: PathBuf,
    },
    /// Pictures of the dataset's images.
    Gallery {
        paths: Vec<PathBuf>,
    },
    CountSplit,
    TrashRun {
        run: usize,
    },
    /// A question or a small change whose end is not worth a word.
    Quiet,
}

impl Purpose {
    /// For people: "while …".
    pub fn doing(&self) -> String {
        match self {
            Purpose::Scan => "reading the image folder".into(),
            Purpose::Check => "checking every image".into(),
            Purpose::Demo { dir } => format!("drawing the demo's images in {}", dir.display()),
            Purpose::Train { config } => format!("training on {}", config.data.display()),
            Purpose::Predict { paths, .. } => format!("judging {} images", paths.len()),
            Purpose::Thumbnails => "reading pictures to show".into(),
            Purpose::Sweep { heads, .. } => format!("training {} weightings at once", heads.len()),
            Purpose::AskFeatures => "looking up which images are known".into(),
            Purpose::ComputeFeatures => "computing features".into(),
            Purpose::Try => "trying the weights".into(),
            Purpose::ReadScores { dir } => format!("reading the predictions of {}", dir.display()),
            Purpose::Decide => "keeping the threshold".into(),
            Purpose::WatchRuns | Purpose::FoundRuns => "watching the runs".into(),
            Purpose::ReadSettings => "reading settings".into(),
            Purpose::Gallery { .. } => "reading pictures to show".into(),
            Purpose::CountSplit => "counting the split".into(),
            Purpose::TrashRun { .. } => "deleting a run".into(),
            Purpose::Quiet => "asking the engine".into(),
            Purpose::Export { path } | Purpose::Paste { path } => format!("writing {}", path.display()),
        }
    }
}

#[derive(Debug, Clone)]
pub struct JobView {
    pub job: Job,
    pub purpose: Purpose,
    pub progress: Option<Progress>,
    /// The run that the job makes, once its folder exists.
    pub run: Option<usize>,
    /// The same of a sweep, in the order of its heads.
    pub sweep_runs: Vec<usize>,
}

impl JobView {
    pub fn is_training(&self) -> bool {
        matches!(self.purpose, Purpose::Train { .. } | Purpose::Sweep { .. })
    }

    /// Whether it is something the user waits for: what the status bar shows, and Stop stops.
    pub fn is_work(&self) -> bool {
        !matches!(
            self.purpose,
            Purpose::WatchRuns
                | Purpose::FoundRuns
                | Purpose::ReadSettings
                | Purpose::Thumbnails
                | Purpose::Gallery { .. }
                | Purpose::CountSplit
                | Purpose::TrashRun { .. }
                | Purpose::Try
                | Purpose::AskFeatures
                | Purpose::ReadScores { .. }
                | Purpose::Decide
                | Purpose::Quiet
        )
    }

    /// Whether it still waits in the engine's queue.
    pub fn is_waiting(&self) -> bool {
        let begun = self.run.is_some() || !self.sweep_runs.is_empty() || self.progress.is_some();
        self.is_training() && !begun
    }
}
