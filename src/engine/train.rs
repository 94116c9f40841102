//! A run: evaluate the untouched model if asked, then epoch by epoch train the head and validate; keep everything.

use super::backbone::Mode;
use super::evaluate::{Judgement, figures, judge};
use super::head::HeadTrainer;
use super::prepare::{Setup, prepare};
use super::report::Report;
use super::{export, guarded};
use crate::disk::run_folder::RunFolder;
use crate::error::{Error, Result};
use crate::experiment::{Outcome, Part, RunEvent, Timing, When};
use crate::protocol::{Event, Phase, StepBatch, TrainRequest};

/// Prepares, trains and saves one run.
///
/// # Errors
/// What was wrong with the request, before a run folder exists; else what the run itself recorded as its outcome.
pub fn run(request: &TrainRequest, report: &mut Report) -> Result<()> {
    let mut setup = prepare(&request.config, report)?;
    let folder = RunFolder::create(&request.runs_dir, &setup.config)?;
    folder.write_environment(&setup.environment)?;
    folder.write_split(&setup.dataset, &setup.split)?;
    let (dir, name) = (folder.dir.clone(), folder.name.clone());
    report.folder = Some(folder);
    report.send(Event::RunCreated { dir });
    report.fact(setup.started(&name))?;
    let mut judged = Judged::default();
    let result = guarded(|| train(&mut setup, &mut judged, report));
    let result = match result {
        Ok(()) | Err(Error::Stopped) => save(&setup, &judged, report).and(result),
        failed => failed,
    };
    let outcome = match &result {
        Ok(()) => Outcome::Finished,
        Err(Error::Stopped) => Outcome::Stopped,
        Err(e) => Outcome::Failed(e.to_string()),
    };
    let timing = timing(&setup, report);
    report.fact(RunEvent::Ended { outcome, timing })?;
    result
}

fn timing(setup: &Setup, report: &Report) -> Timing {
    let seconds = report.seconds();
    let train_secs = seconds.get("train").copied().unwrap_or(0.0);
    let rate = |n: usize, secs: f64| if secs > 0.0 { n as f64 / secs } else { 0.0 };
    Timing {
        images_per_sec: rate(setup.n_trained, train_secs),
        backbone_images_per_sec: rate(setup.features.n_computed, setup.features.computing_secs),
        waited_secs: setup.features.waited_secs,
        seconds,
    }
}

/// The latest verdicts on the images that were not trained on.
#[derive(Debug, Default)]
pub struct Judged {
    pub val: Judgement,
    pub test: Judgement,
}

/// The run's facts from the first warning to the last evaluation; `judged` always holds the latest verdicts.
pub fn train(setup: &mut Setup, judged: &mut Judged, report: &mut Report) -> Result<()> {
    for warning in std::mem::take(&mut setup.warnings) {
        report.warn(warning)?;
    }
    report.plan_work(setup.n_network_images());
    if setup.config.raw {
        evaluate(setup, When::Raw, Part::Val, report)?;
    }
    let config = &setup.config;
    let mut trainer = HeadTrainer::new(&setup.head, config.optimizer, config.lr, &setup.class_weights)?;
    let n_epochs = config.epochs;
    for epoch in 1..=n_epochs {
        train_epoch(setup, &mut trainer, epoch, report)?;
        judged.val = evaluate(setup, When::Epoch(epoch), Part::Val, report)?;
    }
    if !setup.split.test.is_empty() {
        judged.test = evaluate(setup, When::Epoch(n_epochs), Part::Test, report)?;
    }
    Ok(())
}

fn train_epoch(setup: &mut Setup, trainer: &mut HeadTrainer, epoch: u32, report: &mut Report) -> Result<()> {
    let order = setup.epoch_order(epoch);
    let Setup {
        features,
        network,
        head,
        parameters,
        config,
        ..
    } = setup;
    let mut steps = StepBatch::starting_at(report.elapsed_secs());
    let mut iteration = 0;
    let mut n_trained = 0;
    report.begin(Phase::Train, order.len());
    let result = features.pass(network, Mode::Train, &order, report, |batch, report| {
        let loss = trainer.step(head, &batch.features, &batch.labels)?;
        iteration += 1;
        if !loss.is_finite() {
            return Err(diverged(epoch, iteration));
        }
        n_trained += batch.indices.len();
        if config.uses_batch_statistics() {
            parameters.n_batches_tracked += 1;
        }
        match steps.push(epoch, iteration, loss, report.elapsed_secs()) {
            Some(due) => report.fact(RunEvent::Steps(due)),
            None => Ok(()),
        }
    });
    setup.n_trained += n_trained;
    // What was computed before a stop is kept too.
    if let Some(rest) = steps.flush(report.elapsed_secs()) {
        report.fact(RunEvent::Steps(rest))?;
    }
    result
}

/// A loss that is no number can neither be learnt from nor written down.
fn diverged(epoch: u32, iteration: usize) -> Error {
    let when = format!("epoch {epoch}, iteration {iteration}");
    Error::Job(format!(
        "the loss is no longer a number ({when}); try a smaller learning rate, or other weights"
    ))
}

fn evaluate(setup: &mut Setup, when: When, part: Part, report: &mut Report) -> Result<Judgement> {
    let phase = match (when, part) {
        (When::Raw, _) => Phase::Raw,
        (_, Part::Test) => Phase::Test,
        _ => Phase::Validate,
    };
    let Setup {
        features,
        network,
        head,
        split,
        class_weights,
        ..
    } = setup;
    let judgement = judge(network, features, head, split.indices(part), phase, report)?;
    let evaluation = figures(&judgement, class_weights, when, part, report.elapsed_secs());
    if !evaluation.loss.is_finite() || !evaluation.weighted_loss.is_finite() {
        let message = format!(
            "the loss on {} images is no longer a number; try a smaller learning rate, or other weights",
            part.name()
        );
        return Err(Error::Job(message));
    }
    report.fact(RunEvent::Evaluated(evaluation))?;
    Ok(judgement)
}

fn save(setup: &Setup, judged: &Judged, report: &mut Report) -> Result<()> {
    report.begin(Phase::Save, 0);
    let Some(folder) = &report.folder else {
        return Ok(());
    };
    let parts = [(Part::Val, &judged.val), (Part::Test, &judged.test)];
    let probabilities: Vec<(usize, Part, Vec<f32>)> = parts
        .iter()
        .flat_map(|(part, judgement)| {
            let rows = judgement.indices.iter().zip(judgement.probabilities());
            rows.map(|(&i, p)| (i, *part, p)).collect::<Vec<_>>()
        })
        .collect();
    folder.write_predictions(
        &setup.dataset,
        probabilities.iter().map(|(i, part, p)| (*i, *part, &p[..])),
    )?;
    export::write(&folder.dir, setup.backbone, &setup.parameters, &setup.head)
}
