//! What each of the engine's events does to the state. Facts of a run go through its record's reducer and nowhere else.

use std::path::PathBuf;
use std::sync::Arc;

use super::action::Outside;
use super::jobs::Purpose;
use super::prediction::Verdict;
use super::run::RunView;
use super::state::{AppState, sentence_case};
use super::toast::ToastKind;
use crate::experiment::{Config, Outcome, RunEvent, RunRecord, RunTag};
use crate::metrics::percent;
use crate::protocol::{Event, Prediction, Thumbnail};

impl AppState {
    /// Takes in an event of that job. What a job's end starts next goes `outside`.
    pub fn apply_event(&mut self, job_id: u64, event: Event, outside: &mut dyn Outside) {
        match event {
            Event::Progress(progress) => {
                if let Some(job) = self.jobs.iter_mut().find(|j| j.job.id == job_id) {
                    job.progress = Some(progress);
                }
            }
            Event::Scanned(dataset) => {
                let stopped = self
                    .jobs
                    .iter()
                    .any(|j| j.job.id == job_id && j.job.cancel.is_cancelled());
                if !stopped {
                    self.take_dataset(*dataset, outside);
                }
            }
            Event::RunCreated { dir } => self.begin_run(job_id, dir),
            Event::Run(event) => self.apply_run_event(job_id, &event, outside),
            Event::RunListed(listed) => self.take_listed(*listed),
            Event::Predicted(prediction) => self.take_prediction(job_id, prediction),
            Event::Thumbnail(thumbnail) => self.take_thumbnail(job_id, thumbnail),
            // The window asks for neither.
            Event::Evaluated(_) | Event::SelfChecked(_) => {}
            Event::RunFollowed(followed) => self.follow_run(*followed, outside),
            Event::RunGone { dir } => self.lose_run(&dir),
            Event::RunTagged { dir, tag } => self.take_tag(&dir, tag),
            Event::RunExported { folder } => self.tell(
                ToastKind::Ok,
                format!("The run was exported to {}", folder.display()),
            ),
            Event::DevicesListed(devices) => self.devices = Some(devices),
            Event::WeightsDescribed(facts) => self.weights_facts = Some(facts),
            Event::SplitCounted(counts) => {
                if let Some(view) = self.dataset.as_mut().filter(|_| self.split_job == Some(job_id)) {
                    view.take_counts(counts);
                }
            }
            Event::Done => self.end_job(job_id, None, outside),
            Event::Failed { message, stopped, .. } => {
                self.end_job(job_id, Some((message, stopped)), outside);
            }
        }
    }

    /// The event channel is closed: the engine is gone, and with it everything it was doing.
    pub fn lose_engine(&mut self) {
        if self.engine_gone {
            return;
        }
        self.engine_gone = true;
        self.jobs.clear();
        for run in &mut self.runs {
            run.live = false;
        }
        self.tell(
            ToastKind::Error,
            "The engine has stopped; what was trained is kept, start the program again",
        );
    }

    fn begin_run(&mut self, job_id: u64, dir: PathBuf) {
        // A listing of the runs folder may have met the folder first.
        let known = self.run_of_dir(&dir);
        let index = known.unwrap_or(self.runs.len());
        let colour = known.map_or_else(|| self.free_colour(), |i| self.runs[i].colour);
        let Some(job) = self.jobs.iter_mut().find(|j| j.job.id == job_id) else {
            return;
        };
        let Purpose::Train { config } = &job.purpose else {
            return;
        };
        job.run = Some(index);
        let name = dir
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let run = RunView {
            dir,
            name,
            config: (**config).clone(),
            record: RunRecord::default(),
            colour,
            shown: true,
            live: true,
            tag: RunTag::default(),
            n_events: 0,
            deleted: false,
        };
        match known {
            Some(index) => self.runs[index] = run,
            None => self.runs.push(run),
        }
        self.select_run(index);
    }

    fn apply_run_event(&mut self, job_id: u64, event: &RunEvent, outside: &mut dyn Outside) {
        let index = self.jobs.iter().find(|j| j.job.id == job_id).and_then(|j| j.run);
        let Some(run) = index.and_then(|i| self.runs.get_mut(i)) else {
            return;
        };
        run.apply(event);
        let label = run.label();
        match event {
            RunEvent::Warning { message } => {
                self.tell(ToastKind::Warning, format!("{label}: {message}"));
            }
            RunEvent::Ended { outcome, .. } => {
                run.live = false;
                let (kind, text) = ending(&label, outcome, run.balanced_accuracy());
                self.tell(kind, text);
                self.judge_images(outside);
            }
            RunEvent::Started(_) | RunEvent::Steps(_) | RunEvent::Evaluated(_) => {}
        }
    }

    fn take_prediction(&mut self, job_id: u64, prediction: Prediction) {
        let purpose = self.jobs.iter().find(|j| j.job.id == job_id).map(|j| &j.purpose);
        let Some(&Purpose::Predict { run, .. }) = purpose else {
            return;
        };
        let Some(image) = self.images.iter_mut().find(|i| i.path == prediction.path) else {
            return;
        };
        let verdict = match prediction.probabilities {
            Ok(probabilities) => Verdict::Probabilities(probabilities),
            Err(message) => Verdict::Failed(message),
        };
        image.verdicts.insert(run, verdict);
    }

    fn take_thumbnail(&mut self, job_id: u64, thumbnail: Thumbnail) {
        let of_gallery = self
            .jobs
            .iter()
            .any(|j| j.job.id == job_id && matches!(j.purpose, Purpose::Gallery));
        if of_gallery {
            self.gallery.take(thumbnail);
        } else if let Some(image) = self.images.iter_mut().find(|i| i.path == thumbnail.path) {
            image.picture = Some(thumbnail.picture.map(Arc::new));
        }
    }

    fn end_job(&mut self, job_id: u64, failure: Option<(String, bool)>, outside: &mut dyn Outside) {
        let Some(position) = self.jobs.iter().position(|j| j.job.id == job_id) else {
            return;
        };
        let job = self.jobs.remove(position);
        let run_ended = job
            .run
            .and_then(|i| self.runs.get(i))
            .is_some_and(|r| r.record.outcome.is_some());
        if let Some(run) = job.run.and_then(|i| self.runs.get_mut(i)) {
            run.live = false;
        }
        if let Purpose::Predict { run, paths } = &job.purpose {
            let reason = failure.as_ref().map_or("no answer came", |f| f.0.as_str());
            self.fail_unanswered(*run, paths, reason);
        }
        if matches!(job.purpose, Purpose::Gallery) && failure.is_none() {
            self.ask_for_pictures(outside);
        }
        match failure {
            None => match job.purpose {
                Purpose::Demo { dir } => {
                    self.set_form(Config::demo(dir.clone()), outside);
                    self.open_folder(dir, outside);
                }
                Purpose::TrashRun { run } => self.end_deleting(run),
                _ => {}
            },
            // A stop was asked for, and a run that began has told of its own end.
            Some((_, true)) => {}
            Some(_) if run_ended => {}
            Some((message, false)) => self.tell(ToastKind::Error, sentence_case(&message)),
        }
    }

    fn fail_unanswered(&mut self, run: usize, paths: &[PathBuf], reason: &str) {
        for image in self.images.iter_mut().filter(|i| paths.contains(&i.path)) {
            if image.verdicts.get(&run) == Some(&Verdict::Asked) {
                image.verdicts.insert(run, Verdict::Failed(reason.to_owned()));
            }
        }
    }
}

fn ending(label: &str, outcome: &Outcome, balanced_accuracy: Option<f64>) -> (ToastKind, String) {
    match outcome {
        Outcome::Finished => (
            ToastKind::Ok,
            format!(
                "{label} finished, balanced accuracy {}",
                percent(balanced_accuracy, 1)
            ),
        ),
        Outcome::Stopped => (ToastKind::Info, format!("{label} stopped; what it has is kept")),
        Outcome::Failed(reason) => (ToastKind::Error, format!("{label} failed: {reason}")),
    }
}
