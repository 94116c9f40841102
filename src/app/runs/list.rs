//! What happens to runs beside training: they are listed, followed, named, deleted, brought back and exported.

use std::path::{Path, PathBuf};

use crate::app::action::{Action, Outside};
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::runs::run::{RunState, RunView};
use crate::app::state::AppState;
use crate::experiment::{RunEvent, RunTag};
use crate::protocol::{ExportRun, FollowedRun, ListedRun, RestoreRun, TagRun, TrashRun};

/// Runs that are shown at the first start without asking: more would hide what is new.
const SHOWN_OF_EARLIER: usize = 3;

impl AppState {
    /// Notes in the settings which runs are shown. What is said there of runs that were not listed yet stays.
    pub fn remember_shown(&mut self) {
        let mut shown = self.settings.shown.take().unwrap_or_default();
        for run in &self.runs {
            match run.shown && !run.deleted {
                true => shown.insert(run.name.clone(), run.colour),
                false => shown.remove(&run.name),
            };
        }
        self.settings.shown = Some(shown);
        self.settings.selected = self.selected_run().map(|run| run.dir.clone());
        self.keep_form();
    }

    pub(in crate::app) fn take_listed(&mut self, listed: ListedRun) {
        let known = self.run_of_dir(&listed.dir);
        if let Some(index) = known {
            return self.take_again(index, listed);
        }
        let earlier = self.settings.shown.as_ref();
        let kept_colour = earlier.and_then(|shown| shown.get(&listed.name).copied());
        let shown = match earlier {
            Some(_) => kept_colour.is_some(),
            None => {
                let n_shown = self.runs.iter().filter(|r| r.shown).count();
                n_shown < SHOWN_OF_EARLIER && !listed.record.evaluations.is_empty()
            }
        };
        // A run that is being trained elsewhere is news.
        let shown = shown || listed.written;
        let colour = kept_colour.unwrap_or_else(|| self.free_colour());
        self.runs.push(RunView {
            dir: listed.dir,
            name: listed.name,
            config: listed.config,
            record: listed.record,
            decision: listed.decision,
            scores: None,
            scores_failed: false,
            colour,
            shown,
            live: listed.written,
            tag: listed.tag,
            n_events: listed.n_events,
            deleted: false,
        });
        let index = self.runs.len() - 1;
        let was_chosen = self.settings.selected.as_ref() == Some(&self.runs[index].dir);
        if was_chosen {
            self.settings.selected = None;
        }
        if (self.selected.is_none() || was_chosen) && self.is_of_folder(index) {
            self.select_run(index);
        }
    }

    /// A run that is known may have come back from the trash.
    fn take_again(&mut self, index: usize, listed: ListedRun) {
        let run = &mut self.runs[index];
        if !run.deleted {
            return;
        }
        run.deleted = false;
        run.scores_failed = false;
        run.record = listed.record;
        run.n_events = listed.n_events;
        run.tag = listed.tag;
        run.decision = listed.decision;
        let label = run.label();
        self.deleted.retain(|&deleted| deleted != index);
        if self.selected.is_none() && self.is_of_folder(index) {
            self.select_run(index);
        }
        self.tell(ToastKind::Info, format!("{label} is back"));
    }

    /// A run that is written in its folder. This window's own runs arrive as events, and are not applied again.
    pub(in crate::app) fn follow_run(&mut self, followed: FollowedRun, outside: &mut dyn Outside) {
        let Some(index) = self.run_of_dir(&followed.dir) else {
            return;
        };
        let is_ours = self
            .jobs
            .iter()
            .any(|j| j.run == Some(index) || j.sweep_runs.contains(&index));
        let run = &mut self.runs[index];
        if is_ours || followed.first > run.n_events {
            return;
        }
        run.live = followed.written;
        let n_known = run.n_events - followed.first;
        for event in followed.events.iter().skip(n_known) {
            run.apply(event);
            if matches!(event, RunEvent::Ended { .. }) {
                break;
            }
        }
        // One that another process has begun names its classes only now.
        if self.selected.is_none() && self.is_of_folder(index) {
            self.select_run(index);
        }
        if self.runs[index].record.outcome.is_some() {
            self.judge_images(outside);
        }
    }

    pub(in crate::app) fn lose_run(&mut self, dir: &Path) {
        let Some(index) = self.run_of_dir(dir) else {
            return;
        };
        let mut order = self.newest_first();
        order.retain(|&r| r == index || self.is_of_folder(r));
        let position = order.iter().position(|&r| r == index);
        self.runs[index].deleted = true;
        if self.selected != Some(index) {
            return;
        }
        // The one below takes its place, or the one above.
        let position = position.unwrap_or(0);
        let after = order
            .get(position + 1)
            .or(position.checked_sub(1).and_then(|p| order.get(p)));
        self.selected = None;
        self.cell = None;
        if let Some(&next) = after {
            self.select_run(next);
        }
    }

    pub(in crate::app) fn tag_run(&mut self, run: usize, tag: RunTag, outside: &mut dyn Outside) {
        self.editing = None;
        let Some(view) = self.runs.get(run) else { return };
        let dir = view.dir.clone();
        self.submit(TagRun { dir, tag }, Purpose::Quiet, outside);
    }

    pub(in crate::app) fn take_tag(&mut self, dir: &Path, tag: RunTag) {
        if let Some(index) = self.run_of_dir(dir) {
            self.runs[index].tag = tag;
        }
    }

    pub(in crate::app) fn delete_run(&mut self, run: usize, outside: &mut dyn Outside) {
        let Some(view) = self.runs.get(run) else { return };
        if view.state() == RunState::Training {
            let text = format!("{} is still training; stop it before deleting it", view.label());
            return self.tell(ToastKind::Warning, text);
        }
        let dir = view.dir.clone();
        self.submit(TrashRun { dir }, Purpose::TrashRun { run }, outside);
    }

    /// The folder is in the trash.
    pub(in crate::app) fn end_deleting(&mut self, run: usize) {
        let Some(view) = self.runs.get(run) else { return };
        let text = format!("{} is in the trash", view.label());
        self.deleted.push(run);
        self.tell(ToastKind::Info, text);
        if let Some(toast) = self.toasts.last_mut() {
            toast.undo = Some(Action::RestoreRun(run));
        }
    }

    pub(in crate::app) fn restore_run(&mut self, run: usize, outside: &mut dyn Outside) {
        self.toasts.retain(|t| t.undo != Some(Action::RestoreRun(run)));
        let Some(view) = self.runs.get(run) else { return };
        let dir = view.dir.clone();
        self.submit(RestoreRun { dir }, Purpose::Quiet, outside);
    }

    pub(in crate::app) fn export_run(&mut self, run: usize, to: PathBuf, outside: &mut dyn Outside) {
        let Some(view) = self.runs.get(run) else { return };
        let dir = view.dir.clone();
        self.submit(ExportRun { dir, to }, Purpose::Quiet, outside);
    }
}
