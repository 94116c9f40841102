//! What was asked of the engine and has not ended yet.

use std::path::PathBuf;
use std::sync::Arc;

use super::host::Host;
use crate::experiment::{Config, Dataset, Decision};
use crate::protocol::{Command, HeadChoice, Job, Progress};
use crate::visible::visible_name;

/// Why a job was started, which decides what its events mean.
#[derive(Debug, Clone)]
pub enum Purpose {
    Scan,
    /// Decode every image.
    Check,
    /// Look for copies, useless images and shortcuts.
    ExamineImages,
    /// Judge the labels by features.
    ExamineLabels,
    /// Lay the folder out by its features.
    MapFeatures,
    /// Say again which part each image is in.
    ExamineSplit {
        config: Box<Config>,
    },
    /// Draw the demo, then open it.
    Demo {
        dir: PathBuf,
    },
    CountSplit,
    /// Small pictures of what is in sight.
    Pictures {
        shown_in: ShownIn,
        paths: Vec<PathBuf>,
    },
    WatchRuns {
        dir: PathBuf,
    },
    KeepRunsIn,
    /// A folder that was opened and is not one of images by class.
    FoundOther,
    ReadSettings,
    ReadScores {
        dir: PathBuf,
    },
    /// Keep a run's threshold; `before` is the one that it had.
    Decide {
        run: usize,
        before: Option<Decision>,
    },
    /// Count how classes fare under runs.
    RateRuns {
        runs: Vec<(PathBuf, Option<Decision>)>,
    },
    /// Say how sure figures are.
    Measure,
    /// Hold runs against each other.
    CompareRuns,
    /// Find the best of them for the goal.
    SearchRuns,
    TrashRuns {
        runs: Vec<usize>,
    },
    RestoreRuns {
        dirs: Vec<PathBuf>,
    },
    ListTrash,
    ExportRuns {
        n_runs: usize,
    },
    WriteReport,
    Train {
        config: Box<Config>,
    },
    /// Many heads at once.
    Sweep {
        config: Box<Config>,
        heads: Vec<HeadChoice>,
    },
    AskFeatures,
    ComputeFeatures,
    /// Weights tried as the sliders stand.
    Try,
    /// A run's settings tried with the labels as they were decided since.
    TryAgain {
        run: usize,
    },
    /// What was decided about the images of a folder.
    ReadLabels {
        dataset: Arc<Dataset>,
    },
    /// Decide about images, or take it back.
    EditLabels {
        dataset: Arc<Dataset>,
    },
    /// Make a folder of the images as they were decided.
    CopyCleaned,
    /// Find the images to predict.
    FindImages {
        sources: Vec<PathBuf>,
        /// Whether they are watched for more.
        watch: bool,
    },
    Predict {
        run: usize,
        paths: Vec<PathBuf>,
    },
    /// What in an image speaks for a class.
    Explain,
    /// A run on a folder of known classes.
    Evaluate,
    /// The picture of the chosen image.
    ChosenPicture,
    /// The picture of the image that is seen large, and what its file says.
    LargeImage {
        path: PathBuf,
    },
    /// What runs say of it.
    ReadImage,
    /// How like the chosen image the others are.
    FindSimilar,
    /// The images of a run in slices.
    ReadSlices,
    /// Write pixels from the clipboard, then judge them.
    Paste {
        path: PathBuf,
    },
    /// Write a file that the user asked for.
    Export {
        path: PathBuf,
    },
    /// A question or a small change whose end is not worth reporting.
    Quiet,
}

/// Where pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownIn {
    Gallery,
    Health,
    Predictions,
    Images,
    Map,
}

/// What people are told about a job.
struct About {
    /// "While …".
    doing: String,
    /// Whether the user waits for it: what the status bar shows, and Stop stops.
    is_work: bool,
}

fn work(doing: impl Into<String>) -> About {
    About {
        doing: doing.into(),
        is_work: true,
    }
}

/// Several runs may take their time.
fn of_runs(verb: &str, n_runs: usize, end: &str) -> About {
    match n_runs {
        1 => aside(format!("{verb} a run {end}")),
        n => work(format!("{verb} {n} runs {end}")),
    }
}

/// What goes on beside the user's own work.
fn aside(doing: impl Into<String>) -> About {
    About {
        is_work: false,
        ..work(doing)
    }
}

impl Purpose {
    fn about(&self) -> About {
        match self {
            Purpose::Scan => work("reading the image folder"),
            Purpose::Check => work("checking every image"),
            Purpose::ExamineImages => work("examining the images"),
            Purpose::ExamineLabels => work("examining the labels"),
            Purpose::MapFeatures => work("laying out the map"),
            Purpose::ExamineSplit { .. } => aside("looking for copies across the split"),
            Purpose::Demo { .. } => work("drawing the demo's images"),
            Purpose::CountSplit => aside("counting the split"),
            Purpose::Pictures { .. } | Purpose::ChosenPicture | Purpose::LargeImage { .. } => {
                aside("reading pictures to show")
            }
            Purpose::WatchRuns { .. } | Purpose::FoundOther => aside("watching the runs"),
            Purpose::ReadLabels { .. } => aside("reading the decisions about labels"),
            Purpose::EditLabels { .. } => aside("deciding about labels"),
            Purpose::CopyCleaned => work("making the cleaned folder"),
            Purpose::KeepRunsIn => aside("choosing where runs are kept"),
            Purpose::ReadSettings => aside("reading settings"),
            Purpose::ReadSlices => work("slicing the run's images"),
            Purpose::FindSimilar => work("looking for similar images"),
            Purpose::ReadImage => aside("reading what runs say of an image"),
            Purpose::ReadScores { dir } => aside(format!("reading the predictions of {}", dir.display())),
            Purpose::Decide { .. } => aside("keeping the threshold"),
            Purpose::RateRuns { .. } => aside("counting what runs find"),
            Purpose::Measure => aside("finding how sure the figures are"),
            Purpose::CompareRuns => aside("holding runs against each other"),
            Purpose::SearchRuns => work("searching the runs for the goal"),
            Purpose::TrashRuns { runs } => of_runs("moving", runs.len(), "to the trash"),
            Purpose::RestoreRuns { dirs } => of_runs("bringing", dirs.len(), "back"),
            Purpose::ListTrash => aside("looking into the trash"),
            Purpose::WriteReport => work("writing a report"),
            Purpose::ExportRuns { n_runs } => of_runs("writing", *n_runs, "out"),
            Purpose::Train { config } => work(format!("training on {}", visible_name(config.place()))),
            Purpose::Sweep { heads, .. } => work(format!("training {} weightings at once", heads.len())),
            Purpose::AskFeatures => aside("looking up which images are known"),
            Purpose::ComputeFeatures => work("computing features"),
            Purpose::Try => aside("trying the weights"),
            Purpose::TryAgain { .. } => aside("trying a run again with the labels as decided"),
            Purpose::FindImages { watch: false, .. } => work("looking for images"),
            Purpose::FindImages { watch: true, .. } => aside("watching a folder of images"),
            Purpose::Predict { paths, .. } => work(format!("predicting {} images", paths.len())),
            Purpose::Explain => aside("looking where in the image a class is seen"),
            Purpose::Evaluate => work("evaluating a folder"),
            Purpose::Paste { path } | Purpose::Export { path } => work(format!("writing {}", path.display())),
            Purpose::Quiet => aside("asking the engine"),
        }
    }

    /// For people: "while …".
    pub fn doing(&self) -> String {
        self.about().doing
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

    /// Whether the user waits for it.
    pub fn is_work(&self) -> bool {
        self.purpose.about().is_work
    }

    /// Whether it still waits in the engine's queue.
    pub fn is_waiting(&self) -> bool {
        let begun = self.run.is_some() || !self.sweep_runs.is_empty() || self.progress.is_some();
        self.is_training() && !begun
    }

    pub fn makes(&self, run: usize) -> bool {
        self.run == Some(run) || self.sweep_runs.contains(&run)
    }
}

#[derive(Debug, Default)]
pub struct Jobs {
    /// In the order they were asked for.
    pub all: Vec<JobView>,
}

impl Jobs {
    /// Asks for it; gives the job's id.
    pub(super) fn submit(
        &mut self,
        command: impl Into<Command>,
        purpose: Purpose,
        host: &mut dyn Host,
    ) -> u64 {
        let job = host.submit(command.into());
        let id = job.id;
        self.all.push(JobView {
            job,
            purpose,
            progress: None,
            run: None,
            sweep_runs: vec![],
        });
        id
    }

    pub fn get(&self, id: u64) -> Option<&JobView> {
        self.all.iter().find(|view| view.job.id == id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut JobView> {
        self.all.iter_mut().find(|view| view.job.id == id)
    }

    /// Takes out one that has ended.
    pub(super) fn take(&mut self, id: u64) -> Option<JobView> {
        let position = self.all.iter().position(|view| view.job.id == id)?;
        Some(self.all.remove(position))
    }

    /// Whether a job with that purpose is under way.
    pub fn any(&self, is_such: impl Fn(&Purpose) -> bool) -> bool {
        self.all.iter().any(|view| is_such(&view.purpose))
    }

    pub(super) fn cancel(&self, is_such: impl Fn(&JobView) -> bool) {
        for view in self.all.iter().filter(|view| is_such(view)) {
            view.job.cancel.cancel();
        }
    }

    /// The training that runs now, if any.
    pub fn training(&self) -> Option<&JobView> {
        self.all.iter().find(|j| j.is_training() && !j.is_waiting())
    }

    /// Trainings that wait their turn.
    pub fn queue(&self) -> impl Iterator<Item = &JobView> {
        let first = self.all.iter().find(|j| j.is_training()).map(|j| j.job.id);
        self.all
            .iter()
            .filter(move |j| j.is_waiting() && Some(j.job.id) != first)
    }

    /// What the status bar and Stop are about: the running training, else the longest-running other job.
    pub fn foreground(&self) -> Option<&JobView> {
        let training = self.training();
        training.or_else(|| self.all.iter().find(|j| j.is_work()))
    }

    pub fn scanning(&self) -> Option<&JobView> {
        let is_scan = |j: &&JobView| matches!(j.purpose, Purpose::Scan | Purpose::Demo { .. });
        self.all.iter().find(is_scan)
    }

    /// The job that passes every image through the backbone.
    pub fn computing_features(&self) -> Option<&JobView> {
        let is_such = |j: &&JobView| matches!(j.purpose, Purpose::ComputeFeatures);
        self.all.iter().find(is_such)
    }

    /// The job that looks up which images are known.
    pub fn looking_up_features(&self) -> Option<&JobView> {
        let is_such = |j: &&JobView| matches!(j.purpose, Purpose::AskFeatures);
        self.all.iter().find(is_such)
    }

    /// The job that looks at the folder's health.
    pub fn examining(&self) -> Option<&JobView> {
        let is_such = |j: &&JobView| matches!(j.purpose, Purpose::ExamineImages | Purpose::ExamineLabels);
        self.all.iter().find(is_such)
    }

    /// The job that decodes every image.
    pub fn checking(&self) -> Option<&JobView> {
        self.all.iter().find(|j| matches!(j.purpose, Purpose::Check))
    }
}
