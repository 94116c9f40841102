//! What comes back at the next start. Runs never live here: they have their own folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::dataset::folder_settings::FolderSettings;
use super::fit::class_order::ClassOrder;
use super::fit::plot_view::PlotView;
use super::fit::waiting::Waiting;
use super::runs::list::order::ListOrder;
use crate::experiment::{Code, Config, Goal, Stakes};
use crate::formats::Formats;

/// Raised when a setting changes its meaning, gets a new kind of value, or the config's format is raised.
pub const SETTINGS_FORMAT: u32 = 2;
/// Settings of this format and of each later one are read for ever.
pub const SETTINGS_FORMATS: Formats = Formats {
    oldest: 1,
    newest: SETTINGS_FORMAT,
};
/// How small and how large everything may be.
pub const MIN_ZOOM: f32 = 0.5;
pub const MAX_ZOOM: f32 = 3.0;
/// Folders and commands that "recent" remembers.
pub(super) const RECENT: usize = 8;
/// Folders whose settings are kept; the one that was left longest ago goes first.
pub(super) const MOST_FOLDERS: usize = 64;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The first versions did not write it.
    #[serde(default = "first_format")]
    pub format: u32,
    pub form: Config,
    /// Latest first.
    pub recent: Vec<PathBuf>,
    /// Commands that were given by name, the latest first.
    pub recent_commands: Vec<String>,
    pub theme: ThemeChoice,
    pub zoom: f32,
    pub plot: PlotView,
    pub normalise: Normalise,
    pub probabilities: ShownProbabilities,
    /// The matrix has the classes that are confused beside each other, and not in the folder's order.
    pub groups_confused: bool,
    pub class_order: ClassOrder,
    /// What orders the classes among the figures; by what changed where nothing does.
    pub figure_order: Option<FigureOrder>,
    pub comparison: Comparison,
    /// How runs are listed.
    pub list: ListOrder,
    /// How each folder was left, the latest first.
    pub folders: Vec<FolderSettings>,
    /// Folders of runs that are listed beside the place where new ones are kept.
    pub more_runs: Vec<PathBuf>,
    /// The place for new runs, where it held some when the window was closed.
    pub runs_seen_in: Option<PathBuf>,
    /// Trainings that waited their turn when the window was closed.
    pub waiting: Vec<Waiting>,
    /// Cautions that nobody wants to hear, in the order in which that was said.
    pub muted_cautions: Vec<Code>,
    /// The run that was looked at, by its folder.
    pub selected: Option<PathBuf>,
    /// The shown runs by name, each with its colour; `None` before the first start has ended.
    pub shown: Option<BTreeMap<String, usize>>,
}

fn first_format() -> u32 {
    1
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            format: SETTINGS_FORMAT,
            form: Config::default(),
            recent: vec![],
            recent_commands: vec![],
            folders: vec![],
            more_runs: vec![],
            runs_seen_in: None,
            waiting: vec![],
            muted_cautions: vec![],
            selected: None,
            theme: ThemeChoice::System,
            zoom: 1.0,
            plot: PlotView::default(),
            normalise: Normalise::Rows,
            probabilities: ShownProbabilities::default(),
            groups_confused: false,
            class_order: ClassOrder::default(),
            figure_order: None,
            comparison: Comparison::default(),
            list: ListOrder::default(),
            shown: None,
        }
    }
}

impl Settings {
    pub(super) fn remember_folder(&mut self, dir: &Path) {
        self.recent.retain(|p| p != dir);
        self.recent.insert(0, dir.to_path_buf());
        self.recent.truncate(RECENT);
    }

    pub(super) fn remember_command(&mut self, name: String) {
        self.recent_commands.retain(|given| *given != name);
        self.recent_commands.insert(0, name);
        self.recent_commands.truncate(RECENT);
    }

    /// Keeps how a folder is left.
    pub(super) fn keep_folder(&mut self, left: FolderSettings) {
        self.folders.retain(|kept| kept.root != left.root);
        self.folders.insert(0, left);
        self.folders.truncate(MOST_FOLDERS);
    }

    /// How that folder was left.
    pub(super) fn left_as(&self, root: &Path) -> Option<&FolderSettings> {
        self.folders.iter().find(|kept| kept.root == root)
    }

    /// The goal that was set for that folder.
    pub(super) fn goal_of(&self, root: &Path) -> Option<&Goal> {
        self.left_as(root)?.goal.as_ref()
    }

    /// What is at stake where a classifier of that folder will be used.
    pub(super) fn stakes_of(&self, root: &Path) -> Option<&Stakes> {
        Some(&self.left_as(root)?.stakes)
    }

    /// Sets it for a folder that is kept.
    pub(super) fn set_stakes(&mut self, root: &Path, stakes: Stakes) {
        if let Some(kept) = self.folders.iter_mut().find(|kept| kept.root == root) {
            kept.stakes = stakes;
        }
    }

    /// Sets it for a folder that is kept.
    pub(super) fn set_goal(&mut self, root: &Path, goal: Option<Goal>) {
        if let Some(kept) = self.folders.iter_mut().find(|kept| kept.root == root) {
            kept.goal = goal;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    #[default]
    System,
    Dark,
    Light,
}

impl ThemeChoice {
    pub fn name(self) -> &'static str {
        match self {
            ThemeChoice::System => "System",
            ThemeChoice::Dark => "Dark",
            ThemeChoice::Light => "Light",
        }
    }

    pub fn next(self) -> Self {
        match self {
            ThemeChoice::System => ThemeChoice::Dark,
            ThemeChoice::Dark => ThemeChoice::Light,
            ThemeChoice::Light => ThemeChoice::System,
        }
    }
}

/// A column of the table of figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureOrder {
    pub key: String,
    pub descending: bool,
}

/// How the shown runs are compared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// The row that orders the runs, by its name; by age where there is none. The first run is what the others are
    /// held against.
    pub sorted_by: Option<String>,
    /// Lowest first.
    pub ascending: bool,
    /// Also the settings that are the same for all.
    pub all_settings: bool,
    /// The figure of many classes, by its key.
    pub figure: String,
    pub classes_by: ClassesBy,
}

/// In which order many classes are compared, the weighed one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassesBy {
    #[default]
    Change,
    Images,
    Folder,
}

impl ClassesBy {
    pub const ALL: [ClassesBy; 3] = [ClassesBy::Change, ClassesBy::Images, ClassesBy::Folder];

    pub fn name(self) -> &'static str {
        match self {
            ClassesBy::Change => "Largest change first",
            ClassesBy::Images => "Most images first",
            ClassesBy::Folder => "By name",
        }
    }
}

/// What is shown where a run says how probable a class is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownProbabilities {
    /// For the mix of the training images: what the class weights did is undone.
    #[default]
    Undone,
    /// The scores of the head, as it was weighted.
    Raw,
}

impl ShownProbabilities {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            ShownProbabilities::Undone => ShownProbabilities::Raw,
            ShownProbabilities::Raw => ShownProbabilities::Undone,
        }
    }
}

/// What the shares in the confusion matrix are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// Of all images of the true class: the diagonal is recall.
    Rows,
    /// Of all images predicted as the class: the diagonal is precision.
    Columns,
    All,
    /// Counts alone, shaded by the largest.
    Counts,
}

impl Normalise {
    pub const ALL: [Normalise; 4] = [
        Normalise::Rows,
        Normalise::Columns,
        Normalise::All,
        Normalise::Counts,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Normalise::Rows => "% of true class",
            Normalise::Columns => "% of predicted",
            Normalise::All => "% of all",
            Normalise::Counts => "Counts",
        }
    }

    /// Where there is little room.
    pub fn short_name(self) -> &'static str {
        match self {
            Normalise::Rows => "% true",
            Normalise::Columns => "% predicted",
            Normalise::All => "% all",
            Normalise::Counts => "Counts",
        }
    }
}
