//! The messages. A command starts a job; events report what came of it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answer::{Devices, FollowedRun, FoundSettings, SplitCounts, WeightsFacts};
use super::lab::{CacheListing, FeaturesStatus, RunScores, SweepRequest, Trial};
use crate::error::Error;
use crate::experiment::{
    Checked, Config, Dataset, Decision, Evaluation, Part, RunEvent, RunRecord, RunTag, WeightsSource,
};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Command {
    Scan {
        dir: PathBuf,
    },
    Train(Box<TrainRequest>),
    /// Train many heads at once: one [`Event::RunCreated`] each, in order, then [`Event::Runs`]. Queues with trainings.
    Sweep(Box<SweepRequest>),
    /// Compute the features of all images that have none yet, and keep them; queues with trainings. A stop keeps what
    /// there is, and the next one goes on there. Progress is of [`Phase::Hash`] and [`Phase::Features`]; ends with one
    /// [`Event::Features`]. A config with batch statistics is refused: there is nothing to keep.
    ComputeFeatures(Box<Config>),
    /// How many images have their features, with one [`Event::Features`]. Computes and downloads nothing, but reads
    /// images that it has not seen before. With batch statistics, none have.
    AskFeatures(Box<Config>),
    /// Train on features that are there and send the whole result in one [`Event::Tried`]; no run folder. The latest
    /// wins: a newer one stops an older one, waiting or running, which then ends as stopped. Refused where features of
    /// more than a few images are missing: [`Command::ComputeFeatures`] first. To keep it, [`Command::Train`].
    TryWeights(Box<Config>),
    /// What the feature cache holds, with one [`Event::Cache`], as after the two below.
    ListCache,
    /// Remove the features of one space ([`super::CacheSpace::id`]), or all.
    ClearCache {
        space: Option<String>,
    },
    /// Set the most bytes that features may take on disk; what was not used for longest goes first.
    LimitCache {
        n_bytes: u64,
    },
    Evaluate(EvaluateRequest),
    Predict(PredictRequest),
    /// Decode every image of a folder that was scanned, with one [`Event::Checked`]; where it is stopped, of what was
    /// decoded until then.
    CheckImages {
        dataset: Arc<Dataset>,
    },
    /// Draw the demo's image folder, or leave it if it is there already.
    DrawDemo {
        dir: PathBuf,
    },
    SelfCheck,
    /// Decode images small enough to show; one [`Event::Thumbnail`] each, also where it cannot be read.
    Thumbnails {
        paths: Vec<PathBuf>,
        /// Longest side at most, in pixels.
        side: u32,
    },
    /// Read what a finished run says of its validation and test images, with one [`Event::Scored`].
    ReadScores {
        run_dir: PathBuf,
    },
    /// Keep with the run by which threshold it calls images; `None`: by the largest probability.
    Decide {
        run_dir: PathBuf,
        decision: Option<Decision>,
    },
    /// Write a file, with the folders above it.
    WriteFile {
        path: PathBuf,
        content: FileContent,
    },
    /// Read every run folder in there, newest first, one [`Event::RunListed`] each, and then tell how the folder
    /// changes, until it is cancelled: runs that appear, come further ([`Event::RunFollowed`]) and go
    /// ([`Event::RunGone`]). What about a folder cannot be read is reported once ([`Event::RunsUnreadable`]).
    WatchRuns {
        runs_dir: PathBuf,
    },
    /// Name, note and star a run, in its folder.
    TagRun {
        dir: PathBuf,
        tag: RunTag,
    },
    /// Move a run's folder to the desktop's trash.
    TrashRun {
        dir: PathBuf,
    },
    /// Bring it back from there, and list it.
    RestoreRun {
        dir: PathBuf,
    },
    /// Write what people want of a run into a new folder in `to`: tables, config, model.
    ExportRun {
        dir: PathBuf,
        to: PathBuf,
    },
    /// Which devices there are; light, unlike [`Command::SelfCheck`].
    ListDevices,
    /// What is known of a weights file before anything is trained with it.
    DescribeWeights {
        arch: String,
        weights: WeightsSource,
    },
    /// Read a config from a file, with one [`Event::SettingsRead`].
    ReadSettings {
        path: PathBuf,
    },
    /// What the config's split comes to, where finding out takes a look at every image or at a file.
    CountSplit {
        dataset: Arc<Dataset>,
        config: Box<Config>,
    },
}

/// What a file is to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FileContent {
    Text(String),
    /// As a PNG.
    Picture(Arc<Picture>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrainRequest {
    pub config: Config,
    /// The folder that run folders are made in.
    pub runs_dir: PathBuf,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EvaluateRequest {
    pub run_dir: PathBuf,
    pub data: PathBuf,
    /// `None`: the run's validation images where `data` is what it was trained on, else all images.
    pub part: Option<Part>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PredictRequest {
    pub run_dir: PathBuf,
    /// Images, or folders to search for them.
    pub paths: Vec<PathBuf>,
}

/// What the engine sends. Every job ends with exactly one [`Event::Done`] or [`Event::Failed`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Event {
    Progress(Progress),
    Scanned(Box<Dataset>),
    Checked(Box<Checked>),
    /// A run folder now exists; its facts follow.
    RunCreated {
        dir: PathBuf,
    },
    /// A fact of the run, already on disk when it is sent.
    Run(RunEvent),
    /// Facts of a sweep's runs, each with the run's place in the request (and among the [`Event::RunCreated`]s); on
    /// disk when they are sent. One message holds those of all runs that are due at once.
    Runs(Vec<(usize, RunEvent)>),
    Features(FeaturesStatus),
    Tried(Box<Trial>),
    Cache(CacheListing),
    Scored(Box<RunScores>),
    Evaluated(Box<Judged>),
    Predicted(Prediction),
    SelfChecked(SelfCheck),
    RunListed(Box<ListedRun>),
    Thumbnail(Thumbnail),
    Done,
    /// The job could not be done; a run that began reports that itself first.
    Failed {
        message: String,
        failure: Failure,
    },
    RunFollowed(Box<FollowedRun>),
    /// Run folders that cannot be shown, and why: damaged, closed, or of another version.
    RunsUnreadable {
        messages: Vec<String>,
    },
    /// The folder is no longer there.
    RunGone {
        dir: PathBuf,
    },
    RunTagged {
        dir: PathBuf,
        tag: RunTag,
    },
    RunExported {
        folder: PathBuf,
    },
    DevicesListed(Devices),
    WeightsDescribed(WeightsFacts),
    SplitCounted(SplitCounts),
    SettingsRead(Box<FoundSettings>),
    /// What was to be scanned holds runs, in that folder; that run, where it is one itself. The scan then fails.
    RunsFound {
        runs_dir: PathBuf,
        run: Option<PathBuf>,
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
pub enum Haste {
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

    pub fn haste(&self) -> Haste {
        let is_steps = |event: &RunEvent| matches!(event, RunEvent::Steps(_));
        let waits = match self {
            Self::Progress(_) => true,
            Self::Run(event) => is_steps(event),
            Self::Runs(events) => events.iter().all(|(_, event)| is_steps(event)),
            // Also this program's own trainings, which are written to the folder that is watched.
            Self::RunFollowed(run) => run.written && run.events.iter().all(is_steps),
            _ => false,
        };
        if waits { Haste::Soon } else { Haste::Now }
    }
}

/// What an evaluation of a finished run found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Judged {
    pub classes: Vec<String>,
    pub evaluation: Evaluation,
    /// The threshold that its matrix follows, where the run has one.
    pub decision: Option<Decision>,
    /// Which images were judged, in words.
    pub images: String,
    pub images_per_sec: f64,
    pub seconds: f64,
}

/// One image's verdict, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub path: PathBuf,
    /// One probability per class, in class order, summing to one.
    pub probabilities: Result<Vec<f32>, String>,
    /// What the image is called: by the run's threshold where it has one, else by the largest probability.
    pub called: Option<usize>,
    pub classes: Vec<String>,
}

/// A run that was found in the runs folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedRun {
    pub dir: PathBuf,
    pub name: String,
    pub config: Config,
    pub record: RunRecord,
    /// The threshold that was chosen for it.
    pub decision: Option<Decision>,
    pub tag: RunTag,
    /// How many events the record is the fold of.
    pub n_events: usize,
    /// Whether a process is writing it now.
    pub written: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thumbnail {
    pub path: PathBuf,
    /// Why there is none, for people.
    pub picture: Result<Picture, String>,
}

/// Pixels to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Width and height.
    pub size: [usize; 2],
    /// `[height, width, 3]`, row-major.
    pub rgb: Vec<u8>,
}

/// What the program runs on, and whether it computes rightly there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfCheck {
    pub libtorch: String,
    pub cpu: String,
    pub threads: usize,
    /// Why there is no CUDA device, where there is none.
    pub no_cuda: Option<String>,
    /// One tiny training each; the first is what the others are held against.
    pub trainings: Vec<TinyTraining>,
    pub all_agree: bool,
}

/// The same few steps on one device, in one way of computing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TinyTraining {
    /// Such as `cpu, f32, folded BatchNorm`.
    pub what: String,
    pub first_loss: f32,
    pub last_loss: f32,
    /// Largest difference of a loss to the first training's.
    pub difference: f32,
    pub tolerance: f32,
    pub seconds: f64,
}

/// What a job is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Scan,
    /// Drawing the demo's images.
    Draw,
    /// Fetching published weights; counted in bytes.
    Download,
    /// Reading weights, building the network, choosing the precision.
    Prepare,
    /// Looking up which images are known, by what is in them.
    Hash,
    /// Trying which images can be read.
    Check,
    /// Images through the backbone, once.
    Features,
    Raw,
    Train,
    Validate,
    Test,
    Predict,
    Save,
}

impl Phase {
    /// One word, for files.
    pub fn key(self) -> &'static str {
        match self {
            Phase::Scan => "scan",
            Phase::Draw => "draw",
            Phase::Download => "download",
            Phase::Prepare => "prepare",
            Phase::Hash => "hash",
            Phase::Check => "check",
            Phase::Features => "features",
            Phase::Raw => "raw",
            Phase::Train => "train",
            Phase::Validate => "validate",
            Phase::Test => "test",
            Phase::Predict => "predict",
            Phase::Save => "save",
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Scan => "scanning",
            Phase::Draw => "drawing the demo's images",
            Phase::Download => "downloading weights",
            Phase::Prepare => "preparing",
            Phase::Hash => "looking up known images",
            Phase::Check => "reading the images",
            Phase::Features => "computing features",
            Phase::Raw => "evaluating the untouched model",
            Phase::Train => "training",
            Phase::Validate => "validating",
            Phase::Test => "testing",
            Phase::Predict => "predicting",
            Phase::Save => "saving",
        }
    }
}

/// How far a job is; not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    pub phase: Phase,
    /// Images, files or bytes done in this phase, of `total` (0 where it is not known).
    pub done: u64,
    pub total: u64,
    /// Images, files or bytes a second, lately.
    pub per_sec: f64,
    /// Until the job ends, where that is known.
    pub left_secs: Option<f64>,
}
