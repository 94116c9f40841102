//! `counterweight train`: the run as it goes, and what came of it.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::args::TrainArgs;
use super::labels::own_labels;
use super::output::figures::add_figures;
use super::output::folds;
use super::output::print::print_json;
use super::output::progress::ProgressView;
use super::output::report::{of_how_many, report};
use super::output::text;
use super::session::Session;
use crate::error::Result;
use crate::experiment::{
    Config, Evaluation, Outcome, Part, RunEvent, RunRecord, Started, Stop, WeightsSource, When, mean_of_each,
};
use crate::metrics::{overall, thousands};
use crate::protocol::{Event, FitEvent, Train};
use crate::short_name::Shared;
use crate::visible::visible_path;

/// Iterations that the printed loss is the mean of, as in the notebook.
const REPORT_EVERY: usize = 20;

/// # Errors
/// A flag or the config file is wrong; standard output cannot be written; the run fails or is stopped, in which case
/// what it has so far is printed first.
pub fn train(session: &Session, args: &TrainArgs) -> Result<()> {
    let view = ProgressView::for_json(args.common.json).muting(&args.common.mute);
    let runs_dir = args.common.runs.dir()?;
    let mut config = args.to_config()?;
    if args.common.takes_own_labels() {
        config.labels_overlay = own_labels(session, &runs_dir, &config.source(), &view)?;
    }
    let request = Train { config, runs_dir };
    let (watched, result) = watch(session, request, &view);
    let printed = match watched {
        Some(watched) if args.common.json => print_json(&watched.to_json()),
        Some(watched) => {
            view.say(&watched.ending(args.full));
            Ok(())
        }
        None => Ok(()),
    };
    // The reason why the training ended matters more than the reason why it could not be printed.
    result.and(printed)
}

/// A run that was followed from its start.
pub struct Watched {
    pub dir: PathBuf,
    pub record: RunRecord,
    /// Iterations of the current epoch that were reported.
    n_reported: usize,
}

/// Trains and shows what happens. A run that never started has nothing to show.
///
/// # Errors
/// The training fails or is stopped, which leaves the run to be shown where it had started.
pub fn watch(session: &Session, request: Train, view: &ProgressView) -> (Option<Watched>, Result<()>) {
    let mut watched: Option<Watched> = None;
    let result = session.run(request, |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Fit(FitEvent::RunCreated { dir }) => {
                watched = Some(Watched::begun(dir));
            }
            Event::Fit(FitEvent::Run(fact)) => {
                if let Some(watched) = &mut watched {
                    view.fact(&fact);
                    watched.take(&fact, view);
                }
            }
            _ => {}
        }
        Ok(())
    });
    view.clear();
    let watched = watched.filter(|w| w.record.started.is_some());
    (watched, result)
}

impl Watched {
    pub fn begun(dir: PathBuf) -> Self {
        Watched {
            dir,
            record: RunRecord::default(),
            n_reported: 0,
        }
    }

    fn take(&mut self, fact: &RunEvent, view: &ProgressView) {
        let n_epochs = self.record.epoch_starts.len();
        self.record.apply(fact);
        match fact {
            // Sent a second time if images turn out to be unreadable, since counts and weights change with them.
            RunEvent::Started(started) => view.say(&opening(started)),
            RunEvent::Warning { message } => view.warn(message),
            RunEvent::Caution(caution) => view.caution(caution, 0),
            RunEvent::Steps(steps) => {
                if self.record.epoch_starts.len() > n_epochs {
                    self.n_reported = 0;
                    view.say(&format!("Epoch {}", steps.epoch));
                }
                self.report_losses(view);
            }
            RunEvent::Evaluated(evaluation) => {
                if evaluation.part == Part::Val && evaluation.when != When::Baseline {
                    self.report_epoch(view);
                }
                // A fold says little by itself: all together are told at the end.
                if evaluation.part != Part::Train {
                    view.say(&evaluated(evaluation));
                }
            }
            RunEvent::Ended { .. } => {}
        }
    }

    fn report_losses(&mut self, view: &ProgressView) {
        let Some(losses) = self.record.epochs().last() else {
            return;
        };
        for (iteration, loss) in mean_of_each(REPORT_EVERY, losses) {
            if iteration > self.n_reported {
                view.say(&format!("  Iteration {iteration} Loss {loss:.5}"));
                self.n_reported = iteration;
            }
        }
    }

    fn report_epoch(&self, view: &ProgressView) {
        let Some(losses) = self.record.epochs().last() else {
            return;
        };
        if let [(n, mean)] = mean_of_each(losses.len().max(1), losses)[..] {
            view.say(&format!("  Training loss {mean:.5}, the mean of {n} iterations"));
        }
    }

    /// The classes and the latest evaluation on that part.
    pub fn judged(&self, part: Part) -> Option<(&[String], &Evaluation)> {
        Some((&self.record.started.as_ref()?.classes, self.record.latest(part)?))
    }

    /// The tables of the run, as far as it got, and its folder. `full` prints a matrix of any size.
    pub fn ending(&self, full: bool) -> String {
        let mut paragraphs = Vec::new();
        let classes = self.record.started.as_ref().map_or(&[][..], |s| &s.classes);
        for (title, evaluation) in [
            ("Pretrained baseline", self.record.baseline()),
            ("Validation", self.record.latest(Part::Val)),
            ("Test", self.record.latest(Part::Test)),
        ] {
            if let Some(evaluation) = evaluation {
                paragraphs.push(format!("\n{title}\n{}", report(classes, evaluation, full)));
            }
        }
        let learnt = self.record.started.as_ref().and_then(Started::learnt_in_words);
        paragraphs.extend(learnt.map(|learnt| format!("\n{learnt}")));
        paragraphs.extend(folds::in_words(&self.record, full).map(|text| format!("\n{text}")));
        let Some(outcome) = &self.record.outcome else {
            // The engine was killed; the error that follows says so.
            paragraphs.push(format!("\nWhat was kept of the run: {}", visible_path(&self.dir)));
            return paragraphs.join("\n");
        };
        let seconds = self
            .record
            .timing
            .as_ref()
            .and_then(|t| t.seconds.get("total").copied())
            .unwrap_or_default();
        paragraphs.push(format!(
            "\nRun {} in {seconds:.1} s: {}",
            outcome.name(),
            visible_path(&self.dir)
        ));
        paragraphs.join("\n")
    }

    /// What `--json` prints: a contract for scripts.
    pub fn to_json(&self) -> Value {
        let record = &self.record;
        let timing = record.timing.clone().unwrap_or_default();
        let name = record.started.as_ref().map(|s| s.run.clone());
        let mut object = json!({
            "run": name,
            "dir": self.dir,
            "outcome": record.outcome.as_ref().map(Outcome::name),
            "warnings": record.warnings,
            "cautions": record.cautions,
            "images_per_second": timing.images_per_sec,
            "backbone_images_per_second": timing.backbone_images_per_sec,
            "waited_for_images_seconds": timing.waited_secs,
            "cached_images": timing.n_cached,
            "seconds": timing.seconds,
        });
        if let Some(Outcome::Failed(reason)) = &record.outcome {
            object["reason"] = json!(reason);
        }
        if let Some(started) = &record.started {
            object["classes"] = json!(started.classes);
            object["class_weights"] = json!(started.class_weights);
            object["precision"] = json!(started.precision);
            object["device"] = json!(started.device);
            object["labels"] = json!(started.labels);
            object["labels_overlay"] = json!(started.config.labels_overlay);
            if let Some(raw) = record.baseline() {
                object["baseline_confusion"] = json!(raw.confusion);
            }
            if let Some(val) = record.latest(Part::Val) {
                add_figures(&mut object, &started.classes, val);
            }
            if let Some(test) = record.latest(Part::Test) {
                let mut of_test = json!({});
                add_figures(&mut of_test, &started.classes, test);
                object["test"] = of_test;
            }
            if let Some(out_of_fold) = folds::to_json(record) {
                object["out_of_fold"] = out_of_fold;
            }
        }
        object
    }
}

/// What is trained on what, in a few lines.
fn opening(started: &Started) -> String {
    let Config {
        arch,
        weights,
        split,
        stop,
        optimizer,
        lr,
        batch,
        ..
    } = &started.config;
    let way = match stop {
        Stop::Epochs => format!("{optimizer}, learning rate {lr}, batches of {batch}"),
        Stop::Converged => "trained until converged".into(),
    };
    let weights = match weights {
        WeightsSource::Random => "random weights".into(),
        WeightsSource::Imagenet | WeightsSource::File(_) => format!("{weights} weights"),
    };
    let mut rows = vec![vec![
        "".into(),
        "train".into(),
        "val".into(),
        "test".into(),
        "weight".into(),
    ]];
    for (i, class) in started.classes.iter().enumerate() {
        let count = |n: &[usize]| thousands(n[i] as u64);
        let weight = format!("{:.4}", started.class_weights[i]);
        let weight = weight.trim_end_matches('0').trim_end_matches('.').to_owned();
        rows.push(vec![
            class.clone(),
            count(&started.n_train),
            count(&started.n_val),
            count(&started.n_test),
            weight,
        ]);
    }
    if started.n_test.iter().all(|&n| n == 0) {
        for row in &mut rows {
            row.remove(3);
        }
    }
    let labels = labels_used(started).map_or_else(String::new, |line| format!("\n{line}"));
    format!(
        "{}{labels}\n\n{}\n\n{arch}, {weights}; {way}; {split} split; {} {}",
        visible_path(started.config.place()),
        text::table_within(text::width(), rows, &[0], Shared::of(&started.classes)),
        started.device,
        started.precision,
    )
}

/// What of the folder's labels was decided otherwise, where anything was.
pub fn labels_used(started: &Started) -> Option<String> {
    let (counts, overlay) = (started.labels?, started.config.labels_overlay.as_ref()?);
    Some(format!(
        "Labels as decided: {counts}, by {} (--labels-overlay none trains without)",
        visible_path(&overlay.file)
    ))
}

fn evaluated(evaluation: &Evaluation) -> String {
    let all = overall(&evaluation.confusion);
    let what = match (evaluation.when, evaluation.part) {
        (When::Baseline, _) => "Pretrained baseline",
        (_, Part::Test) => "  Test",
        _ => "  Validation",
    };
    format!(
        "{what} loss {:.5} (weighted {:.5}), accuracy {}, balanced accuracy {}{}",
        evaluation.loss,
        evaluation.weighted_loss,
        text::percent(all.accuracy),
        text::percent(all.balanced_accuracy),
        of_how_many(&evaluation.confusion)
    )
}
