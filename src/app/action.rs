//! What a user can do, and what doing it needs from outside.

use std::path::PathBuf;

use super::settings::{Comparison, Normalise, PlotView, ThemeChoice};
use super::state::Showing;
use super::weights::Preset;
use crate::experiment::{Config, RunTag};
use crate::protocol::{Command, Job};

/// Everything a panel, a shortcut or the palette can ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    EditPath(String),
    /// Read the image folder, or judge the image, whose path is in the field.
    OpenTyped,
    OpenFolder(PathBuf),
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
    OpenPalette(bool),
    OpenLog(bool),
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
    /// Nothing was chosen in the dialog, or there is none.
    PickedNothing(Pick),
}

/// What to ask the desktop for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    Folder,
    Images,
    /// A file of weights, for the form.
    Weights,
    /// Where to export that run.
    Export(usize),
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
    /// Where that fails, the user is told.
    fn reveal(&mut self, place: Place);
}
