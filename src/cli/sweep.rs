//! `counterweight sweep`: many weightings in one pass, and what each came to, side by side.

use std::time::Instant;

use serde_json::{Value, json};

use super::args::SweepArgs;
use super::labels::own_labels;
use super::output::print::{print_json, print_line};
use super::output::progress::ProgressView;
use super::output::report::{AS_COLUMNS, LABEL, recalls};
use super::output::text;
use super::session::Session;
use super::train::{Watched, labels_used};
use crate::error::{Error, Result};
use crate::experiment::config::fields::LR;
use crate::experiment::{
    Caution, ClassWeights, Code, MOST_HEADS, Outcome, Part, RunEvent, Source, distinct, weighting_name,
};
use crate::metrics::overall;
use crate::protocol::{Event, FitEvent, HeadChoice, RunsEvent, Scan, Sweep};
use crate::short_name::Shared;

/// # Errors
/// A flag or the config file is wrong, or they ask for more runs than a sweep trains; the folder cannot be read;
/// standard output cannot be written; the sweep fails or is stopped, and then its runs are printed before.
pub fn sweep(session: &Session, args: &SweepArgs) -> Result<()> {
    let view = ProgressView::for_json(args.common.json).muting(&args.common.mute);
    let mut config = args.to_config()?;
    if args.common.takes_own_labels() {
        config.labels_overlay = own_labels(session, &args.common.runs.dir()?, &config.source(), &view)?;
    }
    let mut weightings = args.class_weights()?;
    let classes = classes(session, config.source())?;
    for grid in &args.grid {
        weightings.extend(grid.weightings(&classes)?);
    }
    let mut lrs = args.lrs()?;
    if lrs.is_empty() {
        lrs.push(config.lr);
    }
    let heads = weightings.iter().flat_map(|class_weights: &ClassWeights| {
        lrs.iter().map(|&lr| HeadChoice {
            class_weights: class_weights.clone(),
            lr,
        })
    });
    let heads: Vec<HeadChoice> = heads.collect();
    let (heads, n_dropped) = distinct(&heads, classes.len(), config.stop, |head| {
        (&head.class_weights, head.lr)
    });
    if heads.len() > MOST_HEADS {
        return Err(Error::Input(format!(
            "{} runs are more than the {MOST_HEADS} that a sweep trains at once; take fewer weights or learning rates",
            heads.len()
        )));
    }
    if n_dropped > 0 {
        let what = if n_dropped == 1 {
            "weighting comes"
        } else {
            "weightings come"
        };
        view.warn(&format!(
            "{n_dropped} {what} to the same training as another, and {} are trained",
            heads.len()
        ));
    }
    let request = Sweep {
        heads,
        config,
        runs_dir: args.common.runs.dir()?,
    };
    let began = Instant::now();
    let (runs, result) = watch(session, request, &view);
    let printed = match args.common.json {
        true => print_json(&to_json(&runs, began.elapsed().as_secs_f64())),
        false if runs.is_empty() => Ok(()),
        false => print_line(&describe(&runs)),
    };
    // Why the sweep ended comes before why that could not be printed.
    result.and(printed)
}

/// The folder's classes: a grid names one of them.
fn classes(session: &Session, source: Source) -> Result<Vec<String>> {
    Ok(session.ask(Scan { source }, |_| {})?.classes)
}

fn watch(session: &Session, request: Sweep, view: &ProgressView) -> (Vec<Watched>, Result<()>) {
    let mut runs: Vec<Watched> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    let result = session.run(request, |event| {
        match event {
            Event::Progress(progress) => view.show(&progress),
            Event::Fit(FitEvent::RunCreated { dir }) => runs.push(Watched::begun(dir)),
            // Where not all runs could be begun, nothing of them is left.
            Event::Runs(RunsEvent::Gone(dir)) => runs.retain(|run| run.dir != dir),
            Event::Fit(FitEvent::Runs(facts)) => {
                for (i, fact) in facts {
                    let Some(run) = runs.get_mut(i) else { continue };
                    view.fact_of(i, &fact);
                    if let (0, RunEvent::Started(started)) = (i, &fact) {
                        labels_used(started).iter().for_each(|line| view.say(line));
                    }
                    run.record.apply(&fact);
                    // What concerns all runs is said once.
                    if let RunEvent::Warning { message } = fact
                        && !said.contains(&message)
                    {
                        view.warn(&message);
                        said.push(message);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    });
    view.clear();
    runs.retain(|run| run.record.started.is_some());
    tell_cautions(&runs, view);
    (runs, result)
}

/// Each kind once, of the first run that has it.
fn tell_cautions(runs: &[Watched], view: &ProgressView) {
    for code in Code::ALL {
        let of_run = |run: &Watched| run.record.cautions.iter().find(|c| c.code == code).cloned();
        let of_runs: Vec<Caution> = runs.iter().filter_map(of_run).collect();
        if let Some((first, others)) = of_runs.split_first() {
            view.caution(first, others.len());
        }
    }
}

/// What `--json` prints: a contract for scripts. Each run as `train --json` prints it; `seconds` are the sweep's, by
/// phase, and `wall` from the command to its end.
fn to_json(runs: &[Watched], wall_secs: f64) -> Value {
    let timing = runs
        .first()
        .and_then(|run| run.record.timing.clone())
        .unwrap_or_default();
    let mut seconds = json!(timing.seconds);
    seconds["wall"] = json!(wall_secs);
    json!({
        "runs": runs.iter().map(Watched::to_json).collect::<Vec<_>>(),
        "seconds": seconds,
    })
}

fn describe(runs: &[Watched]) -> String {
    let classes = runs[0].record.started.as_ref().map_or(&[][..], |s| &s.classes);
    let mut header: Vec<String> = ["weights", "lr", "accuracy", "balanced accuracy"]
        .map(String::from)
        .to_vec();
    match classes.len() {
        0..=AS_COLUMNS => header.extend(classes.iter().map(|class| format!("recall {class}"))),
        _ => header.push("lowest recall".into()),
    }
    header.push("loss".into());
    header.push("run".into());
    let mut rows = vec![header];
    rows.extend(runs.iter().map(|run| row(run, classes)));
    let narrow = text::Narrow {
        cut: &["weights"],
        expendable: &["loss", "accuracy", "lowest recall", "lr"],
        last: "run",
    };
    let seconds = runs[0].record.timing.as_ref().map(|timing| &timing.seconds);
    let of_phase = |phase: &str| seconds.and_then(|s| s.get(phase).copied()).unwrap_or_default();
    format!(
        "{}\n\n{} runs in {:.1} s, {:.2} s of it training and {:.2} s validating",
        text::table_without(text::width(), rows, &narrow, Shared::default()),
        runs.len(),
        of_phase("total"),
        of_phase("train"),
        of_phase("validate")
    )
}

fn row(run: &Watched, classes: &[String]) -> Vec<String> {
    let config = run.record.started.as_ref().map(|started| &started.config);
    let (weights, lr) = config.map_or_else(Default::default, |c| {
        let weights = weighting_name(&c.class_weights, classes);
        (text::shortened(&weights, LABEL), LR.shown(c))
    });
    let mut row = vec![weights, lr];
    match run.judged(Part::Val) {
        Some((_, evaluation)) => {
            let all = overall(&evaluation.confusion);
            row.extend([all.accuracy, all.balanced_accuracy].map(text::percent));
            row.extend(recalls(classes, &evaluation.confusion));
            row.push(format!("{:.5}", evaluation.loss));
        }
        None => {
            let n_recalls = if classes.len() > AS_COLUMNS {
                1
            } else {
                classes.len()
            };
            row.extend(vec![text::percent(None); n_recalls + 3]);
        }
    }
    let name = run
        .dir
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    row.push(match &run.record.outcome {
        Some(Outcome::Failed(reason)) => format!("{name}: failed, {reason}"),
        Some(Outcome::Stopped) => format!("{name}: stopped"),
        _ => name,
    });
    row
}

#[cfg(test)]
mod tests {
    use std::thread::JoinHandle;

    use super::*;
    use crate::experiment::{Config, EVENT_FORMAT, Started};
    use crate::protocol::{Link, Wake, link};
    use crate::spawn::spawn;

    fn started() -> Started {
        Started {
            format: EVENT_FORMAT,
            run: "one".into(),
            config: Config::default(),
            classes: vec!["ill".into(), "well".into()],
            class_weights: vec![1.0; 2],
            n_train: vec![8; 2],
            n_val: vec![2; 2],
            n_test: vec![0; 2],
            iterations_per_epoch: 1,
            device: "cpu".into(),
            precision: "f32".into(),
            sweep: None,
            labels: None,
        }
    }

    /// Begins one run, cannot begin the second, and takes the first away again.
    fn abandoned(wake: Wake) -> Result<(Link, JoinHandle<()>)> {
        let (link, end) = link(wake);
        let thread = spawn("an engine", move || {
            for (job, _) in &end.commands {
                let started = RunEvent::Started(Box::new(started()));
                let dir = std::path::PathBuf::from("runs/one");
                end.send(job.id, FitEvent::RunCreated { dir: dir.clone() });
                end.send(job.id, FitEvent::Runs(vec![(0, started.clone()), (1, started)]));
                end.send(job.id, RunsEvent::Gone(dir));
                end.send(job.id, Event::failed(&Error::Job("the disk is full".into())));
            }
        })?;
        Ok((link, thread))
    }

    #[test]
    fn runs_that_were_taken_away_again_are_not_shown() {
        let request = Sweep {
            config: Config::default(),
            heads: vec![],
            runs_dir: "runs".into(),
        };
        let session = Session::new(abandoned);
        let (runs, result) = watch(&session, request, &ProgressView::for_json(false));
        assert_eq!(result.unwrap_err().to_string(), "the disk is full");
        assert!(runs.is_empty());
    }
}
