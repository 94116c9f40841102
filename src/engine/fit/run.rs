//! A run, or many at once: evaluate the pretrained baseline if asked, then train the heads and validate; keep everything.
//!
//! A training is a sweep of one head. All heads of a sweep see the same batches in the same order from the same start,
//! and each becomes what it would be alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cautions::tell_cautions;
use super::folds::judge_out_of_fold;
use super::member::{Member, resolve};
use super::readable::left_out::in_words;
use super::readable::settle::{Settled, settle};
use super::save;
use super::setup::{Prepared, Setup, no_batch_of_one, prepare};
use super::train_heads::{evaluate, train_heads};
use super::training::Training;
use crate::disk::dataset::labels::write_copy;
use crate::disk::feature_store::FeatureStore;
use crate::disk::runs::folder::{LABELS_FILE, RunFolder};
use crate::engine::features::Features;
use crate::engine::features::contents::contents;
use crate::engine::head::evaluate::{Outputs, in_parallel};
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Outcome, Part, RunEvent, Timing, When};
use crate::jobs::Tell;
use crate::jobs::guard::guarded;
use crate::jobs::journal::{Journal, RunLog};
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, DatasetEvent, Phase, Sweep, Train};

/// Prepares, trains and saves one run.
///
/// # Errors
/// What was wrong with the request, before a run folder exists; else what the run itself recorded as its outcome.
pub fn run(request: &Train, store: &FeatureStore, progress: &mut Reporter, tell: Tell) -> Result<()> {
    let configs = std::slice::from_ref(&request.config);
    let prepared = prepare(configs, store, progress, |dataset| send_scanned(dataset, tell))?;
    run_prepared(
        prepared,
        &request.runs_dir,
        store,
        progress,
        &mut Journal::new(tell),
    )
}

/// Prepares, trains and saves many runs at once.
///
/// # Errors
/// As [`run`]; where single heads diverged only their runs have failed, and the job only where all have.
pub fn sweep(request: &Sweep, store: &FeatureStore, progress: &mut Reporter, tell: Tell) -> Result<()> {
    let of_head = |choice: &crate::protocol::HeadChoice| Config {
        class_weights: choice.class_weights.clone(),
        lr: choice.lr,
        ..request.config.clone()
    };
    let configs: Vec<Config> = request.heads.iter().map(of_head).collect();
    if configs.is_empty() {
        return Err(Error::input("a sweep needs at least one weighting"));
    }
    let prepared = prepare(&configs, store, progress, |dataset| send_scanned(dataset, tell))?;
    let mut journal = Journal::new(tell);
    journal.begin_sweep(prepared.members.len());
    run_prepared(prepared, &request.runs_dir, store, progress, &mut journal)
}

fn send_scanned(dataset: &Dataset, tell: Tell) {
    tell(DatasetEvent::Scanned(Box::new(dataset.clone())).into());
}

fn run_prepared(
    prepared: Prepared,
    runs_dir: &Path,
    store: &FeatureStore,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let Prepared {
        mut setup,
        mut features,
        members,
        warnings,
        cautions,
    } = prepared;
    let mut training = Training::new(&setup, &mut features, members)?;
    let mut members = training.members.iter().enumerate();
    if let Err(error) = members.try_for_each(|(i, member)| begin_run(&setup, i, member, runs_dir, journal)) {
        journal.abandon();
        return Err(error);
    }
    let result = guarded(|| {
        journal.warn(warnings)?;
        journal.caution(cautions)?;
        settle_images(&mut setup, &mut training, progress, journal)?;
        train(&setup, &mut training, progress, journal)
    });
    let result = match result {
        Ok(()) => {
            // Heads that are trained are kept, whatever comes of their folds.
            let whole = setup.split.clone();
            let judged = guarded(|| judge_out_of_fold(&mut setup, &mut training, progress, journal));
            setup.split = whole;
            save(&setup, &training, store, progress, journal).and(judged)
        }
        Err(Error::Stopped) => save(&setup, &training, store, progress, journal).and(result),
        failed => failed,
    };
    if matches!(result, Ok(()) | Err(Error::Stopped)) {
        // What is trained and kept has not failed for it.
        let told = guarded(|| tell_cautions(&setup, &mut training, progress, journal));
        if let Err(error) = told
            && !matches!(error, Error::Stopped)
        {
            journal.warn([format!(
                "with what care to read the figures could not be found out: {error}"
            )])?;
        }
    }
    let timing = timing(&training, progress);
    let ended = training.members.iter().map(|member| RunEvent::Ended {
        outcome: outcome(member, &result),
        timing: timing.clone(),
    });
    journal.facts(ended.enumerate().collect())?;
    result
}

fn outcome(member: &Member, result: &Result<()>) -> Outcome {
    match (&member.failure, result) {
        (Some(message), _) => Outcome::Failed(message.clone()),
        (None, Ok(())) => Outcome::Finished,
        (None, Err(Error::Stopped)) => Outcome::Stopped,
        (None, Err(e)) => Outcome::Failed(e.to_string()),
    }
}

/// Begins that member's run.
fn begin_run(setup: &Setup, i: usize, member: &Member, runs_dir: &Path, journal: &mut Journal) -> Result<()> {
    let images = (&setup.dataset, &setup.split);
    journal.begin_run(i, runs_dir, &member.config, images, &setup.environment)?;
    if let (Some(labels), Some(folder)) = (&setup.labels, &journal.runs[i].folder) {
        let step = labels.decided.overlay.as_step();
        write_copy(&folder.dir.join(LABELS_FILE), setup.dataset.place(), step)?;
    }
    tell_start(setup, i, member, journal)
}

fn tell_start(setup: &Setup, i: usize, member: &Member, journal: &mut Journal) -> Result<()> {
    let started = setup.started(member, &journal.runs[i].name(), journal.sweep());
    journal.facts(vec![(i, started)])
}

/// Finds out which images can be read, by computing their features where those can be kept. The others leave the split,
/// weights that count images count again, it is said what is left out, and what the runs really train on is written down.
///
/// # Errors
/// A class is lost, or many of its files have gone; stopped; whatever computing features meets.
pub fn settle_images(
    setup: &mut Setup,
    training: &mut Training,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let everything = setup.split.all();
    match training.features {
        Features::Table(table) => journal.warn(table.complete(&setup.network, &everything, progress)?)?,
        Features::Live(live) => {
            live.try_reading(&everything, progress)?;
            progress.plan_work(setup.n_network_images());
        }
    }
    let Some(Settled { split, warnings }) = settle(setup, training.features.images())? else {
        return Ok(());
    };
    setup.split = split;
    for member in &mut training.members {
        member.class_weights = resolve(&member.config, &setup.dataset, &setup.split)?;
    }
    no_batch_of_one(&setup.config, setup.backbone, setup.split.train.len())?;
    journal.write_split(&setup.dataset, &setup.split, &[])?;
    let mut members = training.members.iter().enumerate();
    members.try_for_each(|(i, member)| tell_start(setup, i, member, journal))?;
    journal.warn(warnings)
}

fn timing(training: &Training, progress: &Reporter) -> Timing {
    let seconds = progress.seconds();
    let train_secs = seconds.get("train").copied().unwrap_or(0.0);
    let rate = |n: usize, secs: f64| if secs > 0.0 { n as f64 / secs } else { 0.0 };
    let images = training.features.images();
    Timing {
        images_per_sec: rate(training.n_images, train_secs),
        backbone_images_per_sec: rate(images.n_computed, images.computing_secs),
        waited_secs: images.waited_secs,
        n_cached: training.features.n_cached(),
        seconds,
    }
}

/// From heads as they start to evaluated ones, on images that can be read.
///
/// # Errors
/// Stopped; a libtorch fault; every head's loss stopped being a number; a run's folder cannot be written.
pub fn train(
    setup: &Setup,
    training: &mut Training,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let unreadable = training.features.images().unreadable().clone();
    let result = train_and_test(setup, training, progress, journal);
    // With batch statistics files are read again in every epoch, and may have gone.
    let lost = training.features.images().unreadable().iter();
    let lost: BTreeMap<usize, String> = (lost.filter(|(i, _)| !unreadable.contains_key(i)))
        .map(|(&i, why)| (i, format!("gone or changed while training went on: {why}")))
        .collect();
    result.and(journal.warn(in_words(&setup.dataset, &lost)))
}

fn train_and_test(
    setup: &Setup,
    training: &mut Training,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    if setup.config.baseline {
        evaluate(setup, training, (When::Baseline, Part::Val), progress, journal)?;
    }
    train_heads(setup, training, true, progress, journal)?;
    if !setup.split.test.is_empty() {
        let last = When::Epoch(setup.config.n_epochs());
        training.test = evaluate(setup, training, (last, Part::Test), progress, journal)?;
    }
    Ok(())
}

/// A single run gets the whole model in one file; the runs of a sweep share the backbone's. The smallest files come first:
/// where a disk gets full, what was trained is kept.
fn save(
    setup: &Setup,
    training: &Training,
    store: &FeatureStore,
    progress: &mut Reporter,
    journal: &Journal,
) -> Result<()> {
    progress.begin(Phase::Save, 0);
    let (members, dataset) = (&training.members, &setup.dataset);
    let is_stopped = progress.cancel.is_cancelled();
    // A head that a stop came before is not a model.
    let is_untrained = |log: &RunLog| is_stopped && log.record.losses.is_empty();
    let sound = |(i, log): (usize, &RunLog)| {
        let is_sound = members[i].failure.is_none() && !is_untrained(log);
        Some((i, log.folder.as_ref().filter(|_| is_sound)?.dir.clone()))
    };
    let sound: Vec<(usize, PathBuf)> = journal.runs.iter().enumerate().filter_map(sound).collect();
    for (i, dir) in &sound {
        save::write_head(dir, setup.backbone, &training.heads.head(*i)?)?;
    }
    let parts = [
        (Part::Train, &training.out_of_fold),
        (Part::Val, &training.val),
        (Part::Test, &training.test),
    ];
    let evaluated = parts.map(|(part, outputs)| EvaluatedPart::new(part, dataset, outputs));
    let written = in_parallel(&journal.runs, |i, log| match &log.folder {
        Some(folder) if members[i].failure.is_none() => write_predictions(folder, dataset, &evaluated, i),
        _ => Ok(()),
    })?;
    written.into_iter().collect::<Result<()>>()?;
    // Where nothing is kept of the images, all would have to be read again.
    let is_quick = setup.config.features_are_fixed();
    if !sound.is_empty() && (is_quick || !is_stopped) {
        write_contents(setup, store, journal)?;
    }
    let backbone = || setup.parameters.to_state_dict(training.n_batches);
    let mut backbone_file = None;
    for (i, dir) in &sound {
        if members.len() > 1 {
            save::share_backbone(dir, backbone, &mut backbone_file)?;
        } else {
            save::write_model(dir, setup.backbone, backbone()?, &training.heads.head(*i)?)?;
        }
    }
    Ok(())
}

/// What each image held, by which the run recognises it whatever its name is by then.
fn write_contents(setup: &Setup, store: &FeatureStore, journal: &Journal) -> Result<()> {
    // A run that was stopped has them too.
    let mut unstoppable = Reporter::quiet(&Cancel::new());
    let contents = contents(&setup.dataset, &setup.split.all(), store, &mut unstoppable)?;
    journal.write_split(&setup.dataset, &setup.split, &contents)
}

/// What that head says of the images that were not trained on, and the heads of its folds of those that were.
fn write_predictions(
    folder: &RunFolder,
    dataset: &Dataset,
    evaluated: &[EvaluatedPart],
    head: usize,
) -> Result<()> {
    let mut predictions = Vec::new();
    for EvaluatedPart {
        part,
        images,
        outputs,
    } in evaluated
    {
        if let Some(outputs) = outputs.get(head).filter(|outputs| outputs.is_known()) {
            predictions.push((*part, outputs.predictions(Arc::clone(images))?));
        }
    }
    folder.write_predictions(&dataset.classes, &predictions)
}

/// A part's images, and what each head puts out for them.
struct EvaluatedPart<'a> {
    part: Part,
    images: Arc<[PathBuf]>,
    outputs: &'a [Outputs],
}

impl<'a> EvaluatedPart<'a> {
    fn new(part: Part, dataset: &Dataset, outputs: &'a [Outputs]) -> Self {
        let known = outputs.iter().find(|outputs| outputs.is_known());
        let indices = known.map_or(&[][..], |known| &known.indices);
        EvaluatedPart {
            part,
            images: indices
                .iter()
                .map(|&i| (&dataset.images[i].path).into())
                .collect(),
            outputs,
        }
    }
}
