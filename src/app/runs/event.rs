//! What becomes known of runs: they are listed, come further in their folders, and go.

use std::path::PathBuf;

use super::run::RunView;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{ToastKind, sentence_case};
use crate::app::state::AppState;
use crate::experiment::{Part, Predictions, RunEvent, Started};
use crate::protocol::{FollowedRun, Handled, ListedRun, ReadScores, RunScores, RunsEvent, TagRun};

/// Runs that are shown at the first start without asking: more would hide what is new.
const SHOWN_OF_EARLIER: usize = 3;

impl AppState {
    pub(in crate::app) fn apply_runs_event(&mut self, event: RunsEvent, host: &mut dyn Host) {
        match event {
            RunsEvent::Listed(listed) => self.take_listed(*listed),
            RunsEvent::Followed(followed) => self.follow_run(*followed),
            RunsEvent::Unreadable { messages } => self.tell_unreadable(messages),
            RunsEvent::Gone(dir) => self.lose_runs(&[dir]),
            RunsEvent::Trashed(Handled { done, failures }) => {
                self.lose_runs(&done);
                self.tell_not_done("could not be moved to the trash", failures);
            }
            RunsEvent::Restored(Handled { done, failures }) => {
                self.take_restored(done);
                self.tell_not_done("could not be brought back", failures);
            }
            RunsEvent::TrashListed(runs) => self.runs.in_trash = Some(Ok(runs)),
            RunsEvent::Tagged(TagRun { dir, tag }) => {
                if let Some(index) = self.runs.of_dir(&dir) {
                    self.runs.all[index].tag = tag;
                }
            }
            RunsEvent::Exported(Handled { done, failures }) => {
                self.tell_exported(&done);
                self.tell_not_done("could not be exported", failures);
            }
            RunsEvent::ReportWritten(written) => self.tell_report(written),
            RunsEvent::KeptIn(dir) => self.take_runs_dir(dir, host),
            RunsEvent::Scored(scores) => self.take_scores(*scores),
            RunsEvent::Rated(rated) => self.take_rated(rated),
            RunsEvent::Measured(sureness) => self.take_measured(*sureness),
            RunsEvent::Compared(compared) => self.take_compared(compared),
            RunsEvent::Searched(searched) => self.take_search(searched),
            RunsEvent::ImageRead(answers) => self.images.large.take_answers(*answers),
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

    /// A run that is known may have come back from the trash. Of a folder that was away, such as one on a network, hundreds
    /// come back at once, and nothing is said.
    fn take_again(&mut self, index: usize, listed: ListedRun) {
        let was_trashed = self.runs.trashed.iter().flatten().any(|&run| run == index);
        if let Some(label) = self.bring_back(index, listed).filter(|_| was_trashed) {
            self.tell(ToastKind::Info, format!("{label} is back"));
        }
    }

    /// Gives what it is called, where it was gone.
    fn bring_back(&mut self, index: usize, listed: ListedRun) -> Option<String> {
        let is_ours = self.jobs.all.iter().any(|job| job.makes(index));
        let run = &mut self.runs.all[index];
        if !run.deleted {
            return None;
        }
        run.deleted = false;
        // While it was gone it could not be read.
        (run.scores_failed, run.rated) = (false, None);
        // The facts of one that trains here are on their way, and would be applied a second time.
        if !is_ours {
            run.record = listed.record;
            run.n_events = listed.n_events;
        }
        run.data_fingerprint = listed.data_fingerprint;
        run.tag = listed.tag;
        run.decision = listed.decision;
        let label = run.label();
        self.leave_trash(index);
        self.select_if_none(index);
        Some(label)
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

    /// However many they are, it is one notice.
    fn take_restored(&mut self, runs: Vec<ListedRun>) {
        let several = match runs.len() {
            0 | 1 => None,
            n => Some(format!("{n} runs are back")),
        };
        for listed in runs {
            match self.runs.of_dir(&listed.dir) {
                Some(index) if several.is_some() => drop(self.bring_back(index, listed)),
                Some(_) => self.take_listed(listed),
                // It was deleted before this start.
                None => {
                    self.take_listed(listed);
                    let label = self.runs.all.last().map(RunView::label);
                    if let Some(label) = label.filter(|_| several.is_none()) {
                        self.tell(ToastKind::Info, format!("{label} is back"));
                    }
                }
            }
        }
        if let Some(text) = several {
            self.tell(ToastKind::Info, text);
        }
    }

    fn tell_exported(&mut self, folders: &[PathBuf]) {
        let text = match folders {
            [] => return,
            [folder] => format!("The run was exported to {}", folder.display()),
            [first, ..] => {
                let to = first.parent().unwrap_or(first);
                format!(
                    "{} runs were exported to {}, each into a folder of its own",
                    folders.len(),
                    to.display()
                )
            }
        };
        self.tell(ToastKind::Ok, text);
    }

    fn tell_not_done(&mut self, what: &str, failures: Vec<String>) {
        let text = match &failures[..] {
            [] => return,
            [message] => format!("A run {what}: {message}"),
            [first, ..] => format!("{} runs {what}, such as: {first}", failures.len()),
        };
        self.notices.tell_more(ToastKind::Error, text, failures);
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

    /// Asks what the selected run says of single images, once, and then what those called that it is held against, one after
    /// the other. Called after each action and event.
    pub(in crate::app) fn read_scores(&mut self, host: &mut dyn Host) {
        let may_ask = |run: &&RunView| !run.scores_failed && run.can_predict();
        let selected = self.selected_run().filter(|run| run.scores.is_none());
        let held = self.runs_held_together().into_iter();
        let mut held = held
            .map(|run| &self.runs.all[run])
            .filter(|run| run.calls.is_empty());
        let run = selected.filter(may_ask).or_else(|| held.find(may_ask));
        let Some(dir) = run.map(|run| run.dir.clone()) else {
            return;
        };
        let is_selected = self.selected_run().is_some_and(|run| run.dir == dir);
        let is_in_the_way = |purpose: &Purpose| match purpose {
            Purpose::ReadScores { dir: of } => !is_selected || *of == dir,
            _ => false,
        };
        if self.jobs.any(is_in_the_way) {
            return;
        }
        let run_dir = dir.clone();
        self.jobs
            .submit(ReadScores { run_dir }, Purpose::ReadScores { dir }, host);
    }

    fn take_scores(&mut self, scores: RunScores) {
        let Some(index) = self.runs.of_dir(&scores.run_dir) else {
            return;
        };
        if let Some(damage) = &scores.folds_damage
            && !self.runs.all[index].record.warnings.contains(damage)
        {
            self.runs.all[index].record.warnings.push(damage.clone());
            self.tell(ToastKind::Warning, sentence_case(damage));
        }
        let run = &mut self.runs.all[index];
        let undo = run.record.started.as_ref().map(Started::undo).unwrap_or_default();
        let calls =
            |(part, predictions): &(Part, Predictions)| (*part, predictions.undone_calls(None, &undo));
        run.calls = scores.parts.iter().map(calls).collect();
        // It says nothing of any image, and would not if it were asked again.
        run.scores_failed = run.calls.is_empty();
        if self.looking.run != Some(index) {
            return;
        }
        // Scores are large; those of one run at a time are enough.
        for run in &mut self.runs.all {
            run.scores = None;
        }
        self.runs.all[index].scores = Some(scores.parts);
    }
}
