//! What comes of trainings: run folders, and their facts, which go through the record's reducer and nowhere else.

use std::path::PathBuf;

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::notices::{Message, ToastKind};
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::experiment::config::fields::{BATCH, DATA, LR, SEED};
use crate::experiment::{Config, Field, Outcome, RunEvent, Stop};
use crate::metrics::percent;
use crate::protocol::FitEvent;
use crate::visible::visible_lines;

impl AppState {
    pub(in crate::app) fn apply_fit_event(&mut self, job_id: u64, event: FitEvent, host: &mut dyn Host) {
        match event {
            FitEvent::RunCreated { dir } => self.begin_run(job_id, dir),
            FitEvent::Run(fact) => self.apply_fact(job_id, &fact),
            FitEvent::Runs(facts) => self.apply_sweep_facts(job_id, &facts),
            FitEvent::WeightsDescribed(facts) => self.take_weights_facts(facts, host),
        }
    }

    fn begin_run(&mut self, job_id: u64, dir: PathBuf) {
        // A listing of the runs folder may have met the folder first.
        let known = self.runs.of_dir(&dir);
        let index = known.unwrap_or(self.runs.all.len());
        let colour = known.map_or_else(|| self.runs.free_colour(), |i| self.runs.all[i].colour);
        let Some(job) = self.jobs.get_mut(job_id) else {
            return;
        };
        let (config, shown) = match &job.purpose {
            Purpose::Train { config } => {
                job.run = Some(index);
                ((**config).clone(), true)
            }
            // Dozens of overlapping lines would hide what is looked at.
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
        // That nothing was found among the runs before says nothing of this one.
        if self.looking.chosen_for.is_none() {
            self.looking.found = None;
        }
        let data_fingerprint = self.dataset.fingerprint_of(config.place());
        let run = RunView {
            data_fingerprint,
            ..RunView::begun(dir, config, colour, shown)
        };
        match known {
            Some(index) => self.runs.all[index] = run,
            None => self.runs.all.push(run),
        }
        if shown && self.is_of_folder(index) {
            self.leave_trial();
            self.select_run(index);
        }
    }

    /// A sweep gives one message at its end, not one for each of its runs.
    fn apply_sweep_facts(&mut self, job_id: u64, facts: &[(usize, RunEvent)]) {
        let Some(job) = self.jobs.get(job_id) else { return };
        for (place, fact) in facts {
            let run = job.sweep_runs.get(*place);
            let Some(run) = run.and_then(|&i| self.runs.all.get_mut(i)) else {
                continue;
            };
            run.apply(fact);
            if matches!(fact, RunEvent::Ended { .. }) {
                run.live = false;
            }
        }
    }

    fn apply_fact(&mut self, job_id: u64, fact: &RunEvent) {
        let index = self.jobs.get(job_id).and_then(|job| job.run);
        let Some(run) = index.and_then(|i| self.runs.all.get_mut(i)) else {
            return;
        };
        run.apply(fact);
        let label = run.label();
        match fact {
            RunEvent::Warning { message } => self.warn_once(&label, message),
            RunEvent::Ended { outcome, .. } => {
                run.live = false;
                let (kind, text) = ending(&label, outcome, run.balanced_accuracy());
                let details = vec![
                    format!("Folder: {}", run.dir.display()),
                    format!("Settings: {}", summary(run)),
                ];
                self.notices.tell_more(kind, text, details);
            }
            // Beside the figures that it is about, for as long as they are looked at.
            RunEvent::Caution(_) | RunEvent::Started(_) | RunEvent::Steps(_) | RunEvent::Evaluated(_) => {}
        }
    }

    /// What was left out of one training is left out of the next on the same images: three of a row would cover the
    /// window. Each run keeps its own.
    fn warn_once(&mut self, label: &str, message: &str) {
        let message = visible_lines(message);
        let is_told = |told: &Message| told.kind == ToastKind::Warning && told.text.ends_with(&*message);
        if !self.notices.log.iter().any(is_told) {
            self.tell(ToastKind::Warning, format!("{label}: {message}"));
        }
    }
}

fn summary(run: &RunView) -> String {
    let config = &run.config;
    let of = |field: &Field| field.in_words(config);
    let epochs = run.epochs_in_words();
    let training = match config.stop {
        Stop::Converged => epochs,
        Stop::Epochs => format!("epochs {epochs}, {}, {}", of(&LR), of(&BATCH)),
    };
    let (arch, size) = (&config.arch, config.image_size);
    format!("{arch}, {size} px, {training}, {}, {}", of(&SEED), of(&DATA))
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
