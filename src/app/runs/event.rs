//! What becomes known of runs: they are listed, come further in their folders, and go.

use std::path::Path;

use super::run::RunView;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::state::AppState;
use crate::experiment::RunEvent;
use crate::protocol::{FollowedRun, ListedRun, ReadScores, RunScores, RunsEvent, TagRun};

/// Runs that are shown at the first start without asking: more would hide what is new.
const SHOWN_OF_EARLIER: usize = 3;

impl AppState {
    pub(in crate::app) fn apply_runs_event(&mut self, event: RunsEvent, host: &mut dyn Host) {
        match event {
            RunsEvent::Listed(listed) => self.take_listed(*listed),
            RunsEvent::Followed(followed) => self.follow_run(*followed),
            RunsEvent::Unreadable { messages } => self.tell_unreadable(messages),
            RunsEvent::Gone(dir) => self.lose_run(&dir),
            RunsEvent::Tagged(TagRun { dir, tag }) => {
                if let Some(index) = self.runs.of_dir(&dir) {
                    self.runs.all[index].tag = tag;
                }
            }
            RunsEvent::Exported(folder) => self.tell(
                ToastKind::Ok,
                format!("The run was exported to {}", folder.display()),
            ),
            RunsEvent::KeptIn(dir) => self.take_runs_dir(dir, host),
            RunsEvent::Scored(scores) => self.take_scores(*scores),
            RunsEvent::Rated(rated) => self.take_rated(rated),
            RunsEvent::Searched(searched) => self.take_search(searched),
            RunsEvent::SettingsRead(found) => self.offer_settings(*found),
            // The window watches instead.
            RunsEvent::AllListed(_) => {}
        }
    }

    pub(in crate::app) fn take_listed(&mut self, listed: ListedRun) {
        if let Some(index) = self.runs.of_dir(&listed.dir) {
            return self.take_again(index, listed);
        }
        let earlier = self.settings.shown.as_ref();
        let kept_colour = earlier.and_then(|shown| shown.get(&listed.name).copied());
        let shown = match earlier {
            Some(_) => kept_colour.is_some(),
            None => {
                let n_shown = self.runs.all.iter().filter(|r| r.shown).count();
                n_shown < SHOWN_OF_EARLIER && !listed.record.evaluations.is_empty()
            }
        };
        // A run that is being trained elsewhere is news.
        let shown = shown || listed.written;
        let colour = kept_colour.unwrap_or_else(|| self.runs.free_colour());
        let was_chosen = self.settings.selected.as_ref() == Some(&listed.dir);
        let index = self.runs.all.len();
        self.runs.all.push(RunView::listed(listed, colour, shown));
        if was_chosen {
            self.settings.selected = None;
        }
        if (self.looking.run.is_none() || was_chosen) && self.is_of_folder(index) {
            self.select_run(index);
        }
    }

    /// A run that is known may have come back from the trash.
    fn take_again(&mut self, index: usize, listed: ListedRun) {
        let run = &mut self.runs.all[index];
        if !run.deleted {
            return;
        }
        run.deleted = false;
        run.scores_failed = false;
        run.record = listed.record;
        run.n_events = listed.n_events;
        run.data_fingerprint = listed.data_fingerprint;
        run.tag = listed.tag;
        run.decision = listed.decision;
        let label = run.label();
        self.runs.leave_trash(index);
        self.select_if_none(index);
        self.tell(ToastKind::Info, format!("{label} is back"));
    }

    fn select_if_none(&mut self, index: usize) {
        if self.looking.run.is_none() && self.is_of_folder(index) {
            self.select_run(index);
        }
    }

    /// A run that is written in its folder. This window's own runs arrive as events, and are not applied again.
    fn follow_run(&mut self, followed: FollowedRun) {
        let Some(index) = self.runs.of_dir(&followed.dir) else {
            return;
        };
        let is_ours = self.jobs.all.iter().any(|job| job.makes(index));
        let run = &mut self.runs.all[index];
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
        self.select_if_none(index);
    }

    pub(in crate::app) fn lose_run(&mut self, dir: &Path) {
        let Some(index) = self.runs.of_dir(dir) else {
            return;
        };
        let mut order = self.runs.newest_first();
        order.retain(|&r| r == index || self.is_of_folder(r));
        let position = order.iter().position(|&r| r == index);
        self.runs.all[index].deleted = true;
        if self.looking.run != Some(index) {
            return;
        }
        // The one below takes its place, or the one above.
        let position = position.unwrap_or(0);
        let after = order
            .get(position + 1)
            .or(position.checked_sub(1).and_then(|p| order.get(p)));
        self.looking.clear();
        if let Some(&next) = after {
            self.select_run(next);
        }
    }

    /// One notice, however many there are; the messages have them all.
    fn tell_unreadable(&mut self, messages: Vec<String>) {
        let text = match &messages[..] {
            [] => return,
            [message] => format!("A run cannot be shown: {message}"),
            [first, ..] => format!("{} runs cannot be shown, such as: {first}", messages.len()),
        };
        self.notices.tell_more(ToastKind::Warning, text, messages);
    }

    /// Asks what the selected run says of single images, once. Called after each action and event.
    pub(in crate::app) fn read_scores(&mut self, host: &mut dyn Host) {
        let Some(run) = self.selected_run() else { return };
        let dir = run.dir.clone();
        let is_known = run.scores.is_some() || run.scores_failed || !run.can_predict();
        let is_asked = |purpose: &Purpose| matches!(purpose, Purpose::ReadScores { dir: of } if *of == dir);
        if is_known || self.jobs.any(is_asked) {
            return;
        }
        let run_dir = dir.clone();
        self.jobs
            .submit(ReadScores { run_dir }, Purpose::ReadScores { dir }, host);
    }

    fn take_scores(&mut self, scores: RunScores) {
        // Scores are large; those of one run at a time are enough.
        for run in &mut self.runs.all {
            run.scores = None;
        }
        if let Some(index) = self.runs.of_dir(&scores.run_dir) {
            self.runs.all[index].scores = Some(scores.parts);
        }
    }
}
