//! What each of the engine's events does to the state. Facts of a run go through its record's reducer and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::action::Outside;
use crate::app::jobs::Purpose;
use crate::app::judge::images::Verdict;
use crate::app::notices::{Message, ToastKind};
use crate::app::runs::run::RunView;
use crate::app::state::{AppState, sentence_case};
use crate::error::Error;
use crate::experiment::{Config, Outcome, RunEvent, RunRecord, RunTag, Stop};
use crate::metrics::percent;
use crate::protocol::{
    CacheEvent, DatasetEvent, Event, Failure, FitEvent, JudgeEvent, LiveEvent, MachineEvent, Prediction,
    RunsEvent, TagRun, Thumbnail,
};
use crate::visible::visible_path;

impl AppState {
    /// Takes in an event of that job. What a job's end starts next goes `outside`.
    pub fn apply_event(&mut self, job_id: u64, event: Event, outside: &mut dyn Outside) {
        match event {
            Event::Progress(progress) => {
                if let Some(job) = self.jobs.iter_mut().find(|j| j.job.id == job_id) {
                    job.progress = Some(progress);
                }
            }
            Event::Dataset(DatasetEvent::Scanned(dataset)) => {
                if self.is_wanted(job_id, &dataset.root) {
                    self.take_dataset(*dataset, outside);
                }
            }
            Event::Dataset(DatasetEvent::Checked(checked)) => {
                let open = self.dataset.as_mut();
                if let Some(view) = open.filter(|view| view.dataset.root == checked.root) {
                    view.set_checked(Some(*checked));
                }
            }
            Event::Fit(FitEvent::RunCreated { dir }) => self.begin_run(job_id, dir),
            Event::Fit(FitEvent::Run(event)) => self.apply_run_event(job_id, &event, outside),
            Event::Runs(RunsEvent::Listed(listed)) => self.take_listed(*listed),
            Event::Judge(JudgeEvent::Predicted(prediction)) => self.take_prediction(job_id, prediction),
            Event::Dataset(DatasetEvent::Thumbnail(thumbnail)) => self.take_thumbnail(job_id, thumbnail),
            Event::Fit(FitEvent::Runs(facts)) => self.apply_sweep_events(job_id, &facts),
            Event::Live(LiveEvent::Features(status)) => self.take_features(status),
            Event::Live(LiveEvent::Tried(trial)) => self.take_trial(*trial),
            Event::Runs(RunsEvent::Scored(scores)) => self.take_scores(*scores),
            // The window asks for none of these.
            Event::Judge(JudgeEvent::Evaluated(_))
            | Event::Machine(MachineEvent::SelfChecked(_))
            | Event::Runs(RunsEvent::AllListed(_)) => {}
            Event::Cache(CacheEvent::Listed(listing)) => self.take_cache(listing, outside),
            Event::Runs(RunsEvent::Followed(followed)) => self.follow_run(*followed, outside),
            Event::Runs(RunsEvent::Unreadable { messages }) => self.tell_unreadable(messages),
            Event::Runs(RunsEvent::Gone(dir)) => self.lose_run(&dir),
            Event::Runs(RunsEvent::Tagged(TagRun { dir, tag })) => self.take_tag(&dir, tag),
            Event::Runs(RunsEvent::Exported(folder)) => self.tell(
                ToastKind::Ok,
                format!("The run was exported to {}", folder.display()),
            ),
            Event::Machine(MachineEvent::DevicesListed(devices)) => self.devices = Some(devices),
            Event::Fit(FitEvent::WeightsDescribed(facts)) => self.take_weights_facts(facts, outside),
            Event::Runs(RunsEvent::SettingsRead(found)) => self.offer_settings(*found),
            Event::Dataset(DatasetEvent::RunsFound { runs_dir, run }) => {
                self.take_found_runs(job_id, runs_dir, run, outside)
            }
            Event::Dataset(DatasetEvent::SplitCounted(counts)) => {
                if let Some(view) = self.dataset.as_mut().filter(|_| self.split_job == Some(job_id)) {
                    view.take_counts(counts);
                }
            }
            Event::Done => self.end_job(job_id, None, outside),
            Event::Failed { message, failure } => {
                self.end_job(job_id, Some((message, failure == Failure::Stopped)), outside);
            }
        }
        self.follow_form(outside);
        self.read_scores(outside);
    }

    /// Trainings look through their folder, too. One that waited in the queue must not bring back a folder that was left
    /// since.
    fn is_wanted(&self, job_id: u64, root: &Path) -> bool {
        let is_open = self
            .dataset
            .as_ref()
            .is_some_and(|view| view.dataset.root == root);
        let job = self.jobs.iter().find(|j| j.job.id == job_id);
        job.is_none_or(|j| !j.job.cancel.is_cancelled() && (is_open || !j.is_training()))
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
        let (config, shown) = match &job.purpose {
            Purpose::Train { config } => {
                job.run = Some(index);
                ((**config).clone(), true)
            }
            // Dozens of lines over each other would hide what is looked at.
            Purpose::Sweep { config, heads } => {
                let Some(head) = heads.get(job.sweep_runs.len()) else {
                    return;
                };
                job.sweep_runs.push(index);
                let config = Config {
                    class_weights: head.class_weights.clone(),
                    lr: head.lr,
                    ..(**config).clone()
                };
                (config, false)
            }
            _ => return,
        };
        let name = dir
            .file_name()
            .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let run = RunView {
            dir,
            name,
            config,
            record: RunRecord::default(),
            decision: None,
            scores: None,
            scores_failed: false,
            colour,
            shown,
            live: true,
            tag: RunTag::default(),
            n_events: 0,
            deleted: false,
        };
        match known {
            Some(index) => self.runs[index] = run,
            None => self.runs.push(run),
        }
        if shown && self.is_of_folder(index) {
            self.live.watching = false;
            self.select_run(index);
        }
    }

    /// A sweep gives one message at its end, not one for each of its runs.
    fn apply_sweep_events(&mut self, job_id: u64, facts: &[(usize, RunEvent)]) {
        let Some(job) = self.jobs.iter().find(|j| j.job.id == job_id) else {
            return;
        };
        let runs = job.sweep_runs.clone();
        for (place, fact) in facts {
            let Some(run) = runs.get(*place).and_then(|&i| self.runs.get_mut(i)) else {
                continue;
            };
            run.apply(fact);
            if matches!(fact, RunEvent::Ended { .. }) {
                run.live = false;
            }
        }
    }

    fn apply_run_event(&mut self, job_id: u64, event: &RunEvent, outside: &mut dyn Outside) {
        let index = self.jobs.iter().find(|j| j.job.id == job_id).and_then(|j| j.run);
        let Some(run) = index.and_then(|i| self.runs.get_mut(i)) else {
            return;
        };
        run.apply(event);
        let label = run.label();
        match event {
            RunEvent::Warning { message } => self.warn_once(&label, message),
            RunEvent::Ended { outcome, .. } => {
                run.live = false;
                let (kind, text) = ending(&label, outcome, run.balanced_accuracy());
                let details = vec![
                    format!("Folder: {}", run.dir.display()),
                    format!("Settings: {}", summary(run)),
                ];
                self.tell_more(kind, text, details);
                self.judge_images(outside);
                if index == self.selected {
                    self.look_anew();
                }
            }
            RunEvent::Started(_) | RunEvent::Steps(_) | RunEvent::Evaluated(_) => {}
        }
    }

    /// What was left out of one training is left out of the next on the same images: three of a row would cover the
    /// window. Each run keeps its own.
    fn warn_once(&mut self, label: &str, message: &str) {
        let is_told = |told: &Message| told.kind == ToastKind::Warning && told.text.ends_with(message);
        if !self.log.iter().any(is_told) {
            self.tell(ToastKind::Warning, format!("{label}: {message}"));
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
            .any(|j| j.job.id == job_id && matches!(j.purpose, Purpose::Gallery { .. }));
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
        for index in job.run.iter().chain(&job.sweep_runs) {
            if let Some(run) = self.runs.get_mut(*index) {
                run.live = false;
            }
        }
        if let (Purpose::ReadScores { dir }, Some(_)) = (&job.purpose, &failure)
            && let Some(run) = self.run_of_dir(dir)
        {
            self.runs[run].scores_failed = true;
        }
        if let Purpose::Predict { run, paths } = &job.purpose {
            let reason = failure.as_ref().map_or("no answer came", |f| f.0.as_str());
            self.fail_unanswered(*run, paths, reason);
        }
        if let Purpose::Gallery { paths } = &job.purpose {
            if let Some((reason, false)) = &failure {
                self.gallery.fail(paths, reason);
            }
            self.ask_for_pictures(outside);
        }
        // What it has computed until then is kept.
        if failure.is_some() && job.is_training() {
            self.ask_features(outside);
        }
        match failure {
            None => self.after(job.purpose, outside),
            // For a path that is still being typed, that would be a message at every letter.
            Some((message, false)) if matches!(job.purpose, Purpose::AskFeatures) => {
                self.live.features = Some(Err(sentence_case(&message)));
            }
            // A stop was asked for, and a run that began has reported its own end.
            Some((message, true)) if message == Error::Stopped.to_string() => {}
            Some((message, true)) => self.tell(ToastKind::Info, message),
            // Each picture says it in its place.
            Some(_) if matches!(job.purpose, Purpose::Gallery { .. }) => {}
            Some(_) if run_ended || matches!(job.purpose, Purpose::FoundRuns) => {}
            // The path is there to be corrected, with the reason beside it.
            Some((message, false)) if matches!(job.purpose, Purpose::Scan) => {
                self.fail_to_open(&message);
            }
            Some((message, false)) => {
                let details = vec![format!("While {}", job.purpose.doing())];
                self.tell_more(ToastKind::Error, sentence_case(&message), details);
            }
        }
    }

    /// What a job was for happens when it ends well.
    fn after(&mut self, purpose: Purpose, outside: &mut dyn Outside) {
        match purpose {
            Purpose::Demo { dir } => {
                self.keep_form();
                self.set_form(Config::demo(dir.clone()), outside);
                self.open_folder(dir, outside);
            }
            Purpose::Export { path } => {
                self.tell(ToastKind::Ok, format!("Written to {}", path.display()));
            }
            Purpose::TrashRun { run } => self.end_deleting(run),
            Purpose::Paste { path } => self.take_dropped(vec![path], outside),
            Purpose::Sweep { heads, .. } => {
                self.tell(
                    ToastKind::Ok,
                    format!("{} weightings trained at once", heads.len()),
                );
                self.ask_features(outside);
            }
            Purpose::Train { .. } => self.ask_features(outside),
            _ => {}
        }
    }

    /// One notice, however many there are; the messages have them all.
    fn tell_unreadable(&mut self, messages: Vec<String>) {
        let text = match &messages[..] {
            [] => return,
            [message] => format!("A run cannot be shown: {message}"),
            [first, ..] => format!("{} runs cannot be shown, such as: {first}", messages.len()),
        };
        self.tell_more(ToastKind::Warning, text, messages);
    }

    fn fail_unanswered(&mut self, run: usize, paths: &[PathBuf], reason: &str) {
        for image in self.images.iter_mut().filter(|i| paths.contains(&i.path)) {
            if image.verdicts.get(&run) == Some(&Verdict::Asked) {
                image.verdicts.insert(run, Verdict::Failed(reason.to_owned()));
            }
        }
    }
}

fn summary(run: &RunView) -> String {
    let config = &run.config;
    let training = match config.stop {
        Stop::Converged => run.epochs_in_words(),
        Stop::Epochs => format!(
            "epochs {}, learning rate {}, batch {}",
            run.epochs_in_words(),
            config.lr,
            config.batch
        ),
    };
    format!(
        "{}, {} px, {training}, seed {}, data {}",
        config.arch,
        config.image_size,
        config.seed,
        visible_path(&config.data)
    )
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
