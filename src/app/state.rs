//! The whole state of the window: one part a subject, and the questions that concern several of them.

use std::path::PathBuf;

use super::cache::state::Cache;
use super::dataset::state::DatasetState;
use super::fit::state::Fit;
use super::goal::state::GoalState;
use super::health::state::Health;
use super::images::state::Images;
use super::jobs::Jobs;
use super::judge::state::Judge;
use super::labels::state::Labels;
use super::live::state::Live;
use super::looking::derived::Derived;
use super::looking::known::Known;
use super::looking::state::Looking;
use super::machine::state::Machine;
use super::map::state::MapState;
use super::notices::{Notices, ToastKind};
use super::runs::run::RunView;
use super::runs::state::Runs;
use super::settings::Settings;
use super::windows::state::Windows;

/// Where things are kept on this machine.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    /// New runs are kept in it.
    pub runs_dir: PathBuf,
    /// Whether there was no run in it at the start.
    pub holds_no_runs: bool,
    /// Why that is not the one that was chosen, if it is not.
    pub runs_problem: Option<String>,
    /// Runs that an earlier version kept where this one was started.
    pub earlier_runs: Option<PathBuf>,
    pub demo_dir: PathBuf,
    /// Where pictures from the clipboard are written, since a prediction reads files.
    pub pasted_dir: PathBuf,
    /// What `~` means in the path field.
    pub home: Option<PathBuf>,
}

#[derive(Debug, Default)]
pub struct AppState {
    pub folders: Folders,
    pub settings: Settings,
    pub dataset: DatasetState,
    pub runs: Runs,
    pub fit: Fit,
    pub live: Live,
    pub labels: Labels,
    pub judge: Judge,
    pub images: Images,
    pub goal_state: GoalState,
    pub health: Health,
    pub cache: Cache,
    pub machine: Machine,
    pub map: MapState,
    pub looking: Looking,
    pub(in crate::app) derived: Derived,
    pub(in crate::app) known: Known,
    pub jobs: Jobs,
    pub notices: Notices,
    pub windows: Windows,
}

impl AppState {
    pub fn new(folders: Folders, mut settings: Settings) -> Self {
        let path_text = settings.recent.first().map(|p| p.display().to_string());
        AppState {
            folders,
            fit: Fit {
                left_over: std::mem::take(&mut settings.waiting),
                ..Fit::default()
            },
            settings,
            dataset: DatasetState {
                path_text: path_text.unwrap_or_default(),
                ..DatasetState::default()
            },
            ..AppState::default()
        }
    }

    pub fn selected_run(&self) -> Option<&RunView> {
        self.runs.all.get(self.looking.run?)
    }

    /// Whether a run was trained on the open folder; where none is open, every run counts as such.
    pub fn is_of_folder(&self, run: usize) -> bool {
        let run = self.runs.all.get(run);
        run.is_none_or(|run| self.dataset.is_trained_on(run))
    }

    /// Indices of the shown runs of this folder, newest first. Those of others cannot be held against them, even where
    /// their classes have the same names.
    pub fn shown(&self) -> Vec<usize> {
        self.runs
            .newest_first_of(|run| self.runs.all[run].shown && self.is_of_folder(run))
    }

    /// The runs that judge images: the one that is looked at first, then the shown ones. One of another folder judges only
    /// where it was chosen to.
    pub fn judges(&self) -> Vec<usize> {
        let knows_classes = |run: &usize| {
            let run = self.runs.all.get(*run);
            run.is_some_and(|run| self.dataset.has_classes_of(run))
        };
        let chosen = self.looking.run.filter(knows_classes);
        let others = self.shown().into_iter().filter(|&run| Some(run) != chosen);
        let mut judges: Vec<usize> = chosen.into_iter().chain(others).collect();
        judges.retain(|&run| self.runs.all[run].can_predict());
        judges
    }

    /// The path in the field, with `~` as the home folder.
    pub fn typed_path(&self) -> Option<PathBuf> {
        self.dataset.typed_path(self.folders.home.as_deref())
    }

    pub fn tell(&mut self, kind: ToastKind, text: impl Into<String>) {
        self.notices.tell(kind, text);
    }
}
