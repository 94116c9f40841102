//! What a user can do, and what doing it needs from outside.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::fit::presets::Preset;
use crate::app::live::state::ClassPlot;
use crate::app::runs::tradeoff::SweepChoice;
use crate::app::settings::{Comparison, Normalise, PlotView, ThemeChoice};
use crate::app::state::Showing;
use crate::experiment::{Config, RunTag};
use crate::metrics::Goal;
use crate::protocol::{Command, FileContent, Job, Picture};

/// Everything a panel, a shortcut or the palette can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    EditPath(String),
    /// Read the image folder, or judge the image, whose path is in the field.
    OpenTyped,
    OpenFolder(PathBuf),
    /// Decode every image of the folder, and list those that are damaged.
    CheckImages,
    /// Ask the desktop for a folder or for images.
    Pick(Pick),
    OpenDemo,
    SetForm(Box<Config>),
    ResetForm,
    UsePreset(Preset),
    SetWeight {
        class_idx: usize,
        weight: f64,
    },
    Train,
    /// Line up equal, 1 : 3 and 1 : 8.
    TrainThree,
    /// Stop what is running; a training keeps what it has.
    Stop,
    ClearQueue,
    SelectRun(usize),
    ShowRun {
        run: usize,
        shown: bool,
    },
    /// Take a run's config into the form.
    UseSettings(usize),
    SelectCell(Option<(usize, usize)>),
    SetNormalise(Normalise),
    /// The untouched model's matrix instead of the trained one's.
    ShowUntouched(bool),
    /// The test images' figures instead of the validation images'.
    LookAtTest(bool),
    SetPlot(PlotView),
    Show(Showing),
    /// Files or folders that were dropped, picked or pasted.
    Drop(Vec<PathBuf>),
    NextImage(isize),
    ClearImages,
    SetTheme(ThemeChoice),
    Copy(String),
    DismissToast(u64),
    OpenHelp(bool),
    /// Ask whether the window may close on a training, or ask no more.
    AskToClose(bool),
    /// Stop what trains and waits, keep what there is, and close.
    Close,
    OpenPalette(bool),
    OpenLog(bool),
    OpenCache(bool),
    /// Remove the kept features of one space, by its id, or all of them.
    ClearCache(Option<String>),
    /// Keep so many bytes of features at most.
    LimitCache(u64),
    /// The messages, opened at that one.
    ShowMessage(u64),
    /// The tiles as they were at the first start.
    ResetLayout,
    /// Pixels from the clipboard, to be judged.
    PastePicture(Arc<Picture>),
    ExportPlot(PlotFormat),
    /// Ask where to, and write it.
    Export(Box<Export>),
    /// What the desktop answered; empty where nothing was chosen.
    Picked(Pick, Vec<PathBuf>),
    /// The desktop has nobody who could be asked.
    NoDialog(Pick),
    /// Compute every image's features, so that weights can be tried at once.
    ComputeFeatures,
    /// Look at the weights as the sliders stand, or back at the selected run.
    WatchTrial(bool),
    SetClassPlot(ClassPlot),
    /// The class that is weighed against the rest.
    WeighClass(usize),
    SetThreshold(Option<f32>),
    /// The threshold that meets the goal best.
    Find(Goal),
    /// The run with the smallest weight that finds the class at least so often.
    FindWeight(f64),
    KeepThreshold,
    Sweep(SweepChoice),
    /// Name and note a run, in a window of its own.
    EditRun(Option<usize>),
    TagRun {
        run: usize,
        tag: RunTag,
    },
    ShowOnlyStarred(bool),
    /// To the trash; its notice offers to undo it.
    DeleteRun(usize),
    RestoreRun(usize),
    ExportRun {
        run: usize,
        to: PathBuf,
    },
    /// Show it in the desktop's file manager.
    Reveal(Place),
    /// Stop one job, or take it out of the queue, by its id.
    StopJob(u64),
    /// These of the dataset's images are in sight.
    WantThumbnails(Vec<PathBuf>),
    /// Show the images of a class.
    OpenGallery(Option<usize>),
    SetComparison(Comparison),
}

/// What to ask the desktop for.
#[derive(Debug, Clone, PartialEq)]
pub enum Pick {
    Folder,
    Images,
    /// Where to write it.
    Target(Box<Export>),
    /// A file of weights, for the form.
    Weights,
    /// Where to export that run.
    Export(usize),
}

/// A file to be written where the user says.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// What to call it, ending included.
    pub file_name: String,
    pub content: FileContent,
}

/// As what the loss plot is written; its picture is the window's to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotFormat {
    Svg,
    Csv,
}

/// What the file manager should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Folder(PathBuf),
    /// In its folder, selected.
    File(PathBuf),
}

/// What lies outside the state. The window does it; a test writes it down.
pub trait Outside {
    fn submit(&mut self, command: Command) -> Job;
    /// The answer, if any, comes later as an action.
    fn pick(&mut self, pick: Pick);
    fn copy(&mut self, text: String);
    /// Closes the window.
    fn close(&mut self);
    /// Where that fails, the user gets a message.
    fn reveal(&mut self, place: Place);
}

impl Pick {
    /// How the dialog is titled.
    pub fn title(&self) -> &'static str {
        match self {
            Pick::Folder => "Open a folder with one sub-folder per class",
            Pick::Images => "Open images to judge",
            Pick::Target(_) => "Write to",
            Pick::Weights => "Choose a file of weights",
            Pick::Export(_) => "Choose a folder to export the run to",
        }
    }
}
