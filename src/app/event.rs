//! What each engine event does to the state, by subject, and what the end of a job does.

use super::host::Host;
use super::jobs::{JobView, Purpose};
use super::notices::{ToastKind, sentence_case};
use super::state::AppState;
use crate::error::Error;
use crate::experiment::{Config, ImageOrder, RunEvent};
use crate::protocol::{CacheEvent, Event, Failure, FitEvent, RunsEvent};

impl AppState {
    /// Takes in an event of that job. What a job's end starts next goes to `host`.
    pub fn apply_event(&mut self, job_id: u64, event: Event, host: &mut dyn Host) {
        match event {
            Event::Progress(progress) => {
                if let Some(job) = self.jobs.get_mut(job_id) {
                    job.progress = Some(progress);
                }
            }
            Event::Dataset(event) => self.apply_dataset_event(job_id, event, host),
            Event::Health(event) => self.apply_health_event(job_id, event),
            Event::Map(event) => self.apply_map_event(job_id, event),
            // What an earlier goal was searched for, or an earlier folder, is no answer to this one.
            Event::Runs(RunsEvent::Searched(_) | RunsEvent::Measured(_)) if self.is_cancelled(job_id) => {}
            Event::Runs(event) => self.apply_runs_event(event, host),
            Event::Fit(FitEvent::Run(RunEvent::Warning { message })) if self.is_evaluating(job_id) => {
                self.judge.warn_of_evaluation(message);
            }
            Event::Fit(event) => self.apply_fit_event(job_id, event, host),
            Event::Live(event) => self.apply_live_event(job_id, event),
            Event::Labels(event) => self.apply_labels_event(job_id, event, host),
            Event::Judge(event) => self.apply_judge_event(job_id, event),
            Event::Cache(CacheEvent::Listed(listing)) => self.take_cache(listing, host),
            Event::Machine(event) => self.apply_machine_event(event),
            Event::Done => self.end_job(job_id, None, host),
            Event::Failed { message, failure } => self.end_job(job_id, Some((message, failure)), host),
        }
        self.follow_form(host);
        self.read_scores(host);
        self.rate_runs(host);
        self.measure(host);
        self.predict_images(host);
        self.look_at_image(host);
        self.read_slices(host);
        self.find_similar(host);
        self.explain(host);
    }

    fn is_cancelled(&self, job_id: u64) -> bool {
        self.jobs
            .get(job_id)
            .is_some_and(|job| job.job.cancel.is_cancelled())
    }

    fn end_job(&mut self, job_id: u64, failure: Option<(String, Failure)>, host: &mut dyn Host) {
        let Some(job) = self.jobs.take(job_id) else {
            return;
        };
        for index in job.run.iter().chain(&job.sweep_runs) {
            if let Some(run) = self.runs.all.get_mut(*index) {
                run.live = false;
            }
        }
        self.follow_sweep(&job.sweep_runs);
        let reason = failure
            .as_ref()
            .map(|(message, failure)| (message.as_str(), *failure));
        self.settle(&job, reason);
        if let Purpose::Pictures { shown_in, paths } = &job.purpose {
            match &failure {
                Some((_, Failure::Stopped)) | None => {}
                Some((reason, _)) => self.pictures_in(*shown_in).fail(paths, reason),
            }
            self.ask_for_pictures(*shown_in, host);
        }
        if matches!(job.purpose, Purpose::EditLabels { .. }) {
            self.end_edit(host);
        }
        if matches!(
            job.purpose,
            Purpose::TrashRuns { .. } | Purpose::RestoreRuns { .. }
        ) {
            self.look_into_trash(host);
        }
        // What it has computed until then is kept.
        if failure.is_some() && job.is_training() {
            self.ask_features(host);
        }
        match failure {
            None => self.after(job.purpose, host),
            Some((message, Failure::Stopped)) => {
                // A stop was asked for, and a run that began has reported its own end.
                if message != Error::Stopped.to_string() {
                    self.tell(ToastKind::Info, message);
                }
            }
            Some((message, Failure::Input | Failure::Fault)) => self.tell_failure(&job, &message),
        }
    }

    /// However a job ends, nothing waits for it any longer.
    pub(super) fn settle(&mut self, job: &JobView, failure: Option<(&str, Failure)>) {
        match &job.purpose {
            Purpose::ReadScores { dir } if failure.is_some() => {
                if let Some(run) = self.runs.of_dir(dir) {
                    self.runs.all[run].scores_failed = true;
                }
            }
            Purpose::LargeImage { path } => match failure {
                Some((_, Failure::Stopped)) | None => {}
                Some((reason, _)) => self.images.large.fail(path, reason),
            },
            Purpose::RateRuns { runs } => {
                if let Some((reason, _)) = failure {
                    self.leave_unrated(runs, reason);
                }
            }
            Purpose::Predict { run, paths } => match failure {
                // It is asked for the rest when its turn comes again.
                Some((_, Failure::Stopped)) => {}
                Some((reason, _)) => self.judge.table.fail(*run, reason),
                None => self.judge.table.end(*run, paths),
            },
            // One that was asked for before says nothing of the folder that is asked about now.
            Purpose::Evaluate if self.is_evaluating(job.job.id) => {
                self.judge.end_evaluating(failure.map(|(reason, _)| reason));
            }
            Purpose::ReadSlices => {
                if let Some((reason, failure)) = failure {
                    self.images
                        .slices
                        .fail(job.job.id, why_not(Some((reason, failure))));
                }
            }
            Purpose::ExamineImages => self.health.images_problem = why_not(failure),
            Purpose::ExamineLabels => self.health.labels_problem = why_not(failure),
            // One that was cancelled may be of a folder that was left.
            Purpose::MapFeatures if !job.job.cancel.is_cancelled() => self.map.problem = why_not(failure),
            // One that was cancelled is of an image that was left.
            Purpose::Explain if !job.job.cancel.is_cancelled() => {
                if let Some((reason, _)) = failure {
                    self.judge.why.fail(reason);
                }
            }
            // It is not on the disk, so it may not look kept.
            Purpose::Decide { run, before } if failure.is_some() => {
                self.runs.all[*run].decision.clone_from(before);
            }
            // What went before them can still be brought back.
            Purpose::RestoreRuns { dirs } if failure.is_some() => self.fail_restoring(dirs),
            Purpose::ListTrash => {
                if let Some((reason, _)) = failure {
                    self.runs.in_trash = Some(Err(sentence_case(reason)));
                }
            }
            _ => self.settle_beside(job, failure),
        }
    }

    /// The same of what goes on beside the user's own work.
    fn settle_beside(&mut self, job: &JobView, failure: Option<(&str, Failure)>) {
        if job.job.cancel.is_cancelled() {
            return;
        }
        match (&job.purpose, failure) {
            // What the sliders ask for comes before it.
            (Purpose::TryAgain { run }, Some((_, Failure::Stopped))) => self.live.again.put_back(*run),
            // They are not known, and the images stand as they did at first.
            (Purpose::FindSimilar, Some(_)) => self.images.order = ImageOrder::default(),
            _ => {}
        }
    }

    /// Once, and where it belongs.
    fn tell_failure(&mut self, job: &JobView, message: &str) {
        let run = job.run.and_then(|index| self.runs.all.get(index));
        if run.is_some_and(|run| run.record.outcome.is_some()) {
            return; // it has said so itself
        }
        match &job.purpose {
            // For a path that is still being typed, a message would come at every letter.
            Purpose::AskFeatures => self.live.features = Some(Err(sentence_case(message))),
            // Each picture says it in its place.
            Purpose::Pictures { .. } | Purpose::LargeImage { .. } | Purpose::ReadImage => {}
            Purpose::FoundOther => {}
            // In its place, too.
            Purpose::Evaluate | Purpose::ListTrash | Purpose::Explain => {}
            Purpose::ExamineImages | Purpose::ExamineLabels | Purpose::MapFeatures | Purpose::ReadSlices => {}
            // The window says that it is of another split.
            Purpose::ExamineSplit { .. } => {}
            // The path is there to be corrected, with the reason beside it.
            Purpose::Scan => self.fail_to_open(message),
            // It stands where the decisions are.
            Purpose::ReadLabels { .. } => self.labels.problem = Some(sentence_case(message)),
            purpose => {
                let details = vec![format!("While {}", purpose.doing())];
                self.notices
                    .tell_more(ToastKind::Error, sentence_case(message), details);
            }
        }
    }

    /// What a job was for happens when it ends well.
    fn after(&mut self, purpose: Purpose, host: &mut dyn Host) {
        match purpose {
            Purpose::Demo { dir } => {
                self.keep_form();
                self.set_form(Config::demo(dir.clone()), host);
                self.open_folder(dir, host);
            }
            Purpose::ExamineImages => self.examine_labels(host),
            Purpose::Export { path } => {
                self.tell(ToastKind::Ok, format!("Written to {}", path.display()));
            }
            Purpose::TrashRuns { runs } => self.end_deleting(&runs),
            // Their folders may never have been seen to be gone, and then they are not listed again.
            Purpose::RestoreRuns { dirs } => self.end_restoring(&dirs),
            Purpose::Paste { path } => self.take_dropped(vec![path], host),
            Purpose::Sweep { heads, .. } => {
                let text = format!("{} weightings trained at once", heads.len());
                self.tell(ToastKind::Ok, text);
                self.ask_features(host);
            }
            Purpose::Train { .. } => self.ask_features(host),
            _ => {}
        }
    }
}

/// What is said where the answer would stand; a stop was asked for and needs no reason.
fn why_not(failure: Option<(&str, Failure)>) -> Option<String> {
    let (reason, _) = failure.filter(|(_, failure)| *failure != Failure::Stopped)?;
    Some(sentence_case(reason))
}
