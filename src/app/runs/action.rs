//! What a user can do with runs: show, name, delete, bring back and export them.

use std::path::PathBuf;

use super::run::RunState;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Offer, ToastKind};
use crate::app::settings::Comparison;
use crate::app::state::AppState;
use crate::experiment::{Config, RunTag};
use crate::protocol::{ExportRun, RestoreRun, TagRun, TrashRun};

#[derive(Debug, Clone, PartialEq)]
pub enum RunsAction {
    Show {
        run: usize,
        shown: bool,
    },
    ShowOnlyStarred(bool),
    SetComparison(Comparison),
    /// Take a run's config into the form.
    UseSettings(usize),
    /// Name and note a run, in a window of its own.
    Edit(Option<usize>),
    Tag {
        run: usize,
        tag: RunTag,
    },
    /// To the trash; its notice offers to undo it.
    Delete(usize),
    Restore(usize),
    Export {
        run: usize,
        to: PathBuf,
    },
    /// List the runs of that folder, too.
    ListFolder(PathBuf),
    /// List them no more.
    LeaveFolder(PathBuf),
    /// Keep new runs there.
    KeepIn(PathBuf),
}

impl AppState {
    pub(in crate::app) fn apply_runs(&mut self, action: RunsAction, host: &mut dyn Host) {
        match action {
            RunsAction::Show { run, shown } => self.show_run(run, shown),
            RunsAction::ShowOnlyStarred(only) => self.runs.only_starred = only,
            RunsAction::SetComparison(comparison) => self.settings.comparison = comparison,
            RunsAction::UseSettings(run) => self.use_settings(run, host),
            RunsAction::Edit(run) => self.runs.editing = run,
            RunsAction::Tag { run, tag } => self.tag_run(run, tag, host),
            RunsAction::Delete(run) => self.delete_run(run, host),
            RunsAction::Restore(run) => self.restore_run(run, host),
            RunsAction::Export { run, to } => self.export_run(run, to, host),
            RunsAction::ListFolder(dir) => self.list_runs_of(dir, host),
            RunsAction::LeaveFolder(dir) => self.leave_runs_of(&dir),
            RunsAction::KeepIn(dir) => self.keep_runs_in(dir, host),
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
        // What closing cancels is still to come back.
        if !self.windows.may_close {
            self.keep_queue();
        }
    }

    fn show_run(&mut self, run: usize, shown: bool) {
        let colour = self.runs.free_colour();
        let Some(view) = self.runs.all.get_mut(run) else {
            return;
        };
        if shown && !view.shown {
            view.colour = colour;
        }
        view.shown = shown;
    }

    fn use_settings(&mut self, run: usize, host: &mut dyn Host) {
        let Some(run) = self.runs.all.get(run) else {
            return;
        };
        let label = run.label();
        let of_run = run.config.data.clone();
        let is_free = self.dataset.view.is_none() && self.jobs.scanning().is_none();
        let data = if is_free {
            of_run.clone()
        } else {
            self.settings.form.data.clone()
        };
        let form = Config {
            data,
            ..self.settings_of(&run.config, run.classes())
        };
        self.set_form(form, host);
        // An open folder stays: the settings may be meant for it.
        let mut text = format!("The form has the settings of {label}");
        if is_free {
            self.open_folder(of_run, host);
        } else if self.settings.form.data != of_run {
            text += &format!(", but for its folder, {}", of_run.display());
        }
        self.tell(ToastKind::Info, text);
    }

    fn tag_run(&mut self, run: usize, tag: RunTag, host: &mut dyn Host) {
        self.runs.editing = None;
        if let Some(dir) = self.dir_of(run) {
            self.jobs.submit(TagRun { dir, tag }, Purpose::Quiet, host);
        }
    }

    fn delete_run(&mut self, run: usize, host: &mut dyn Host) {
        let Some(view) = self.runs.all.get(run) else {
            return;
        };
        if view.state() == RunState::Training {
            let text = format!("{} is still training; stop it before deleting it", view.label());
            return self.tell(ToastKind::Warning, text);
        }
        let dir = view.dir.clone();
        self.jobs
            .submit(TrashRun { dir }, Purpose::TrashRun { run }, host);
    }

    /// The folder is in the trash.
    pub(in crate::app) fn end_deleting(&mut self, run: usize) {
        let Some(view) = self.runs.all.get(run) else {
            return;
        };
        let text = format!("{} is in the trash", view.label());
        self.runs.trashed.push(run);
        self.notices.tell_undoable(text, Offer::RestoreRun(run));
    }

    fn restore_run(&mut self, run: usize, host: &mut dyn Host) {
        self.notices.withdraw(&Offer::RestoreRun(run));
        if let Some(dir) = self.dir_of(run) {
            self.jobs
                .submit(RestoreRun { dir }, Purpose::RestoreRun { run }, host);
        }
    }

    pub(in crate::app) fn export_run(&mut self, run: usize, to: PathBuf, host: &mut dyn Host) {
        if let Some(dir) = self.dir_of(run) {
            self.jobs.submit(ExportRun { dir, to }, Purpose::Quiet, host);
        }
    }

    fn dir_of(&self, run: usize) -> Option<PathBuf> {
        self.runs.all.get(run).map(|run| run.dir.clone())
    }
}
