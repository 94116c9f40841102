//! The whole state of the window, and the questions that panels ask of it.

use std::path::{Path, PathBuf};

use crate::app::dataset::gallery::Gallery;
use crate::app::dataset::view::DatasetView;
use crate::app::fit::weighting_name::weighting_name;
use crate::app::jobs::{JobView, Purpose};
use crate::app::judge::images::ImageView;
use crate::app::live::state::Live;
use crate::app::notices::{Message, Toast, ToastKind};
use crate::app::runs::run::RunView;
use crate::app::settings::Settings;
use crate::experiment::ClassWeights;
use crate::protocol::{CacheListing, Devices, WeightsFacts};
use crate::visible::visible_lines;

/// Latest endings and errors that the log keeps.
const LOG_LINES: usize = 500;
/// Folders that "recent" remembers.
const RECENT: usize = 8;

/// Where things are kept on this machine.
#[derive(Debug, Clone, Default)]
pub struct Folders {
    pub runs_dir: PathBuf,
    pub demo_dir: PathBuf,
    /// Where pictures from the clipboard are written, since a prediction reads files.
    pub pasted_dir: PathBuf,
    /// What `~` means in the path field.
    pub home: Option<PathBuf>,
}

/// What the centre shows under the loss plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Showing {
    #[default]
    OneRun,
    /// The shown runs side by side.
    Compare,
}

#[derive(Debug, Default)]
pub struct AppState {
    pub folders: Folders,
    pub settings: Settings,
    /// What is in the path field.
    pub path_text: String,
    pub dataset: Option<DatasetView>,
    /// In the order they became known; a run keeps its index.
    pub runs: Vec<RunView>,
    pub selected: Option<usize>,
    pub showing: Showing,
    /// The selected cell: (true class, predicted class).
    pub cell: Option<(usize, usize)>,
    pub untouched: bool,
    /// Matrix, figures and curves are of the test images and not of those to validate on.
    pub looks_at_test: bool,
    pub live: Live,
    /// In the order they were asked for.
    pub jobs: Vec<JobView>,
    pub images: Vec<ImageView>,
    pub image_idx: usize,
    pub toasts: Vec<Toast>,
    /// Oldest first.
    pub log: Vec<Message>,
    /// The message that is unfolded.
    pub message: Option<u64>,
    /// Time of day and date, which the window sets.
    pub clock: String,
    pub today: jiff::civil::Date,
    pub help_open: bool,
    /// Whether the user is asked if the window may close on a training.
    pub asks_to_close: bool,
    /// The user has said so.
    pub may_close: bool,
    pub palette_open: bool,
    pub log_open: bool,
    pub cache_open: bool,
    /// What is kept of computed features, as the engine said last.
    pub cache: Option<CacheListing>,
    /// The run whose name and note are edited.
    pub editing: Option<usize>,
    /// In the list; plots and comparison have their own dots.
    pub only_starred: bool,
    /// In the order they went, so that the latest comes back first.
    pub deleted: Vec<usize>,
    pub gallery: Gallery,
    /// The class whose images are shown in a window of their own.
    pub gallery_class: Option<usize>,
    pub devices: Option<Devices>,
    /// Of the weights that were asked about last.
    pub weights_facts: Option<WeightsFacts>,
    /// Weights that were dropped and may be another network's.
    pub(super) fits_dropped: Option<PathBuf>,
    /// Folders of runs that are listed beside our own.
    pub(super) more_runs: Vec<PathBuf>,
    /// Why the folder that was asked for is not open, beside its path.
    pub path_problem: Option<String>,
    /// The job that counts the form's split.
    pub(super) split_job: Option<u64>,
    /// Where the engine is gone, nothing can be asked for any more.
    pub engine_gone: bool,
    /// How often the layout was asked back to how it is first.
    pub layout_resets: usize,
    /// Pictures that were pasted since the start.
    pub(super) n_pasted: usize,
    next_toast: u64,
}

impl AppState {
    pub fn new(folders: Folders, settings: Settings) -> Self {
        let path_text = settings.recent.first().map(|p| p.display().to_string());
        AppState {
            folders,
            settings,
            path_text: path_text.unwrap_or_default(),
            ..AppState::default()
        }
    }

    /// The training that runs now, if any.
    pub fn training(&self) -> Option<&JobView> {
        self.jobs.iter().find(|j| j.is_training() && !j.is_waiting())
    }

    /// Trainings that wait their turn.
    pub fn queue(&self) -> impl Iterator<Item = &JobView> {
        let first = self.jobs.iter().find(|j| j.is_training()).map(|j| j.job.id);
        self.jobs
            .iter()
            .filter(move |j| j.is_waiting() && Some(j.job.id) != first)
    }

    /// What the status bar and Stop are about: the running training, else the longest-running other job.
    pub fn foreground(&self) -> Option<&JobView> {
        let training = self.training();
        training.or_else(|| self.jobs.iter().find(|j| j.is_work()))
    }

    pub fn scanning(&self) -> Option<&JobView> {
        let is_scan = |j: &&JobView| matches!(j.purpose, Purpose::Scan | Purpose::Demo { .. });
        self.jobs.iter().find(is_scan)
    }

    /// The job that decodes every image.
    pub fn checking(&self) -> Option<&JobView> {
        self.jobs.iter().find(|j| matches!(j.purpose, Purpose::Check))
    }

    pub fn selected_run(&self) -> Option<&RunView> {
        self.runs.get(self.selected?)
    }

    /// Indices of the runs, newest first; those of one second, as a sweep makes them, by their weights.
    pub fn newest_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.runs.len()).filter(|&r| !self.runs[r].deleted).collect();
        order.sort_by(|&a, &b| self.runs[b].compare_age(&self.runs[a]).then(b.cmp(&a)));
        order
    }

    /// Indices of the runs in the list, newest first.
    pub fn listed(&self) -> Vec<usize> {
        let mut order = self.newest_first();
        order.retain(|&r| !self.only_starred || self.runs[r].tag.starred);
        order
    }

    /// Indices of the shown runs of this folder, newest first. Those of other classes cannot be held against them.
    pub fn shown(&self) -> Vec<usize> {
        let mut order = self.newest_first();
        order.retain(|&i| self.runs[i].shown && self.is_of_folder(i));
        order
    }

    /// Whether a run has the classes of the open folder; one that has not come to name its own, whether it is trained
    /// on it. Where none is open, every run is.
    pub fn is_of_folder(&self, run: usize) -> bool {
        let (Some(view), Some(run)) = (&self.dataset, self.runs.get(run)) else {
            return true;
        };
        match run.classes() {
            [] => run.config.data == view.dataset.root,
            classes => classes == view.dataset.classes,
        }
    }

    /// The runs that judge images: the one that is looked at first, then the shown ones.
    pub fn judges(&self) -> Vec<usize> {
        let chosen = self.selected.filter(|&run| self.is_of_folder(run));
        let others = self.shown().into_iter().filter(|&run| Some(run) != chosen);
        let mut judges: Vec<usize> = chosen.into_iter().chain(others).collect();
        judges.retain(|&run| self.runs[run].can_predict());
        judges
    }

    /// The weight of each class as the form has it.
    pub fn class_weights(&self) -> Result<Vec<f64>, String> {
        let Some(view) = &self.dataset else {
            return Err("open a folder first".into());
        };
        let form = &self.settings.form;
        form.class_weights.resolve(&view.dataset.classes, view.n_train())
    }

    /// What the form's weights are called.
    pub fn form_label(&self) -> String {
        self.label_of(&self.settings.form.class_weights)
    }

    /// What those weights of the open folder's classes are called.
    pub fn label_of(&self, weights: &ClassWeights) -> String {
        let classes = self
            .dataset
            .as_ref()
            .map_or(&[][..], |view| &view.dataset.classes);
        weighting_name(weights, classes)
    }

    /// Why Train cannot start, in one sentence.
    pub fn train_problem(&self) -> Option<String> {
        if self.engine_gone {
            return Some("The engine has stopped; start the program again".into());
        }
        let Some(view) = &self.dataset else {
            return Some("Open a folder of images first".into());
        };
        if let Some(problem) = self.settings.form.problems().next() {
            return Some(sentence_case(&problem.message));
        }
        // The form says at the field what is wrong with them, at length.
        let weights = self.weights_known().and_then(|known| known.as_ref().err());
        let weights = weights.map(|_| "these weights cannot be used; see why under Weights".to_owned());
        let split = view.split.as_ref().err().cloned();
        weights
            .or(split)
            .or_else(|| self.class_weights().err())
            .map(|message| sentence_case(&message))
    }

    /// The path in the field, with `~` as the home folder.
    pub fn typed_path(&self) -> Option<PathBuf> {
        let text = self.path_text.trim().trim_matches(['"', '\'']);
        if text.is_empty() {
            return None;
        }
        let from_url = path_of_url(text);
        let text = from_url.as_deref().unwrap_or(text);
        let home = self.folders.home.as_deref();
        Some(match (text.strip_prefix('~'), home) {
            (Some(""), Some(home)) => home.to_path_buf(),
            (Some(rest), Some(home)) if rest.starts_with('/') => home.join(&rest[1..]),
            _ => PathBuf::from(text),
        })
    }

    /// What is known of the form's weights: a few words, or why they cannot be used. `None` until it is known.
    pub fn weights_known(&self) -> Option<&Result<String, String>> {
        let form = &self.settings.form;
        let facts = self.weights_facts.as_ref()?;
        (facts.arch == form.arch && facts.weights == form.weights).then_some(&facts.facts)
    }

    /// Notices grow old; the window says how much time went by.
    pub fn advance(&mut self, secs: f32) {
        for toast in &mut self.toasts {
            toast.left_secs -= secs;
        }
        self.toasts.retain(|t| t.left_secs > 0.0);
    }

    /// Tells the user once, and keeps it in the log.
    pub fn tell(&mut self, kind: ToastKind, text: impl Into<String>) {
        self.tell_more(kind, text, vec![]);
    }

    /// The same with details, which only the messages show.
    pub(super) fn tell_more(&mut self, kind: ToastKind, text: impl Into<String>, details: Vec<String>) {
        let text = visible_lines(&text.into()).into_owned();
        let id = self.log_message(kind, &text, details);
        self.toasts.push(Toast::new(id, kind, text));
        // More than a handful would cover the window.
        if self.toasts.len() > 4 {
            self.toasts.remove(0);
        }
    }

    /// For what stands elsewhere in the window already; gives the message's number.
    pub(super) fn log_message(&mut self, kind: ToastKind, text: &str, details: Vec<String>) -> u64 {
        let details = details
            .iter()
            .map(|line| visible_lines(line).into_owned())
            .collect();
        let id = self.next_toast;
        self.next_toast += 1;
        self.log.push(Message {
            id,
            kind,
            text: text.to_owned(),
            details,
            clock: self.clock.clone(),
        });
        if self.log.len() > LOG_LINES {
            self.log.remove(0);
        }
        id
    }

    pub(super) fn remember_folder(&mut self, dir: &Path) {
        let recent = &mut self.settings.recent;
        recent.retain(|p| p != dir);
        recent.insert(0, dir.to_path_buf());
        recent.truncate(RECENT);
    }

    pub(super) fn run_of_dir(&self, dir: &Path) -> Option<usize> {
        self.runs.iter().position(|r| r.dir == dir)
    }

    /// The first colour that no shown run has. There are only so many: what lies beyond them is told apart by its mark
    /// and its line.
    pub(super) fn free_colour(&self) -> usize {
        let used: Vec<usize> = self
            .runs
            .iter()
            .filter(|r| r.shown && !r.deleted)
            .map(|r| r.colour)
            .collect();
        (0..=used.len())
            .find(|colour| !used.contains(colour))
            .unwrap_or(0)
    }
}

/// The path of a `file://` address, as browsers and file managers copy it: with `%20` for a blank. `None` for what is
/// none. The machine's name that may stand before the path is this one's.
pub fn path_of_url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("file://")?;
    let path = &rest[rest.find('/')?..];
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *byte == b'%');
        let code = code.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// How many run colours a theme has.
pub const RUN_COLOURS: usize = 6;

pub fn sentence_case(message: &str) -> String {
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
