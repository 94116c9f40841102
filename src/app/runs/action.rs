//! What a user can do with runs: show, name, delete, bring back and export them.

use std::path::PathBuf;

use super::list::action::ListAction;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Offer, ToastKind};
use crate::app::settings::Comparison;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{Code, RunTag};
use crate::protocol::{ExportRuns, TagRun};

#[derive(Debug, Clone, PartialEq)]
pub enum RunsAction {
    Show {
        runs: Vec<usize>,
        shown: bool,
    },
    /// These and no others. Its notice offers to undo it.
    ShowOnly(Vec<usize>),
    /// The same, side by side.
    Compare(Vec<usize>),
    List(ListAction),
    SetComparison(Comparison),
    /// Take a run's config into the form.
    UseSettings(usize),
    /// Name and note a run, in a window of its own.
    Edit(Option<usize>),
    Tag {
        run: usize,
        tag: RunTag,
    },
    Star {
        runs: Vec<usize>,
        starred: bool,
    },
    /// To the trash; its notice offers to undo it.
    Delete(Vec<usize>),
    Restore(Vec<usize>),
    /// The same for runs by their folders, also such as were deleted before this start.
    RestoreFolders(Vec<PathBuf>),
    /// Each into a folder of its own in there.
    Export {
        runs: Vec<usize>,
        to: PathBuf,
    },
    /// List the runs of that folder, too.
    ListFolder(PathBuf),
    /// List them no more.
    LeaveFolder(PathBuf),
    /// Keep new runs there.
    KeepIn(PathBuf),
    /// Cautions of that kind are said no more; runs keep them.
    MuteCaution(Code),
    /// All are said again.
    HearCautions,
}

impl AppState {
    pub(in crate::app) fn apply_runs(&mut self, action: RunsAction, host: &mut dyn Host) {
        match action {
            RunsAction::Show { runs, shown } => self.show_runs(&runs, shown),
            RunsAction::ShowOnly(runs) => self.show_only(&runs),
            RunsAction::Compare(runs) => {
                self.show_only(&runs);
                self.windows.showing = Showing::Compare;
            }
            RunsAction::List(action) => self.apply_list(action),
            RunsAction::SetComparison(comparison) => self.settings.comparison = comparison,
            RunsAction::UseSettings(run) => self.use_settings(run, host),
            RunsAction::Edit(run) => self.runs.editing = run,
            RunsAction::Tag { run, tag } => self.tag_run(run, tag, host),
            RunsAction::Star { runs, starred } => self.star_runs(&runs, starred, host),
            RunsAction::Delete(runs) => self.delete_runs(runs, host),
            RunsAction::Restore(runs) => self.restore_runs(runs, host),
            RunsAction::RestoreFolders(dirs) => self.restore_dirs(dirs, host),
            RunsAction::Export { runs, to } => self.export_runs(&runs, to, host),
            RunsAction::ListFolder(dir) => self.list_runs_of(dir, host),
            RunsAction::LeaveFolder(dir) => self.leave_runs_of(&dir),
            RunsAction::KeepIn(dir) => self.keep_runs_in(dir, host),
            RunsAction::MuteCaution(code) => self.mute_caution(code),
            RunsAction::HearCautions => self.settings.muted_cautions.clear(),
        }
    }

    /// Notes in the settings which runs are shown. What is noted about runs that were not listed yet stays.
    pub fn remember_shown(&mut self) {
        let mut shown = self.settings.shown.take().unwrap_or_default();
        for run in &self.runs.all {
            match run.shown && !run.deleted {
                true => shown.insert(run.name.clone(), run.colour),
                false => shown.remove(&run.name),
            };
        }
        self.settings.shown = Some(shown);
        self.settings.selected = self.selected_run().map(|run| run.dir.clone());
        self.keep_form();
        self.note_place_of_runs();
        // What closing cancels is still to come back.
        if !self.windows.may_close {
            self.keep_queue();
        }
    }

    pub(in crate::app) fn show_runs(&mut self, runs: &[usize], shown: bool) {
        for &run in runs {
            let colour = self.runs.free_colour();
            let Some(view) = self.runs.all.get_mut(run) else {
                continue;
            };
            if shown && !view.shown {
                view.colour = colour;
            }
            view.shown = shown;
        }
    }

    fn show_only(&mut self, runs: &[usize]) {
        let before = self.shown();
        let others: Vec<usize> = before.iter().copied().filter(|run| !runs.contains(run)).collect();
        self.show_runs(&others, false);
        self.show_runs(runs, true);
        if self.shown() == before {
            return;
        }
        let text = match runs {
            [] => "All runs are hidden".to_owned(),
            [run] => format!("Only {} is shown", self.runs.all[*run].label()),
            runs => format!("Only these {} runs are shown", runs.len()),
        };
        self.notices.tell_undoable(text, Offer::ShowOnly(before));
    }

    fn use_settings(&mut self, run: usize, host: &mut dyn Host) {
        let Some(run) = self.runs.all.get(run) else {
            return;
        };
        let label = run.label();
        let of_run = run.config.source();
        let is_free = self.dataset.view.is_none() && self.jobs.scanning().is_none();
        let source = if is_free {
            of_run.clone()
        } else {
            self.settings.form.source()
        };
        let form = self.settings_of(&run.config, run.classes()).of(source);
        self.set_form(form, host);
        // An open folder stays: the settings may be meant for it.
        let mut text = format!("The form has the settings of {label}");
        if is_free {
            self.open_source(of_run, host);
        } else if self.settings.form.place() != of_run.place() {
            text += &format!(", but for its folder, {}", of_run.place().display());
        }
        self.tell(ToastKind::Info, text);
    }

    fn tag_run(&mut self, run: usize, tag: RunTag, host: &mut dyn Host) {
        self.runs.editing = None;
        if let Some(dir) = self.dir_of(run) {
            self.jobs.submit(TagRun { dir, tag }, Purpose::Quiet, host);
        }
    }

    fn star_runs(&mut self, runs: &[usize], starred: bool, host: &mut dyn Host) {
        for &run in runs {
            if let Some(view) = self.runs.all.get(run).filter(|view| view.tag.starred != starred) {
                let tag = RunTag {
                    starred,
                    ..view.tag.clone()
                };
                let dir = view.dir.clone();
                self.jobs.submit(TagRun { dir, tag }, Purpose::Quiet, host);
            }
        }
    }

    pub(in crate::app) fn export_runs(&mut self, runs: &[usize], to: PathBuf, host: &mut dyn Host) {
        let dirs = self.dirs_of(runs);
        self.jobs.submit(
            ExportRuns { dirs, to },
            Purpose::ExportRuns { n_runs: runs.len() },
            host,
        );
    }

    fn dir_of(&self, run: usize) -> Option<PathBuf> {
        self.runs.all.get(run).map(|run| run.dir.clone())
    }
}
