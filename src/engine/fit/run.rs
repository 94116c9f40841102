//! A run, or many at once: evaluate the untouched model if asked, then train the heads and validate; keep everything.
//!
//! A training is a sweep of one head. All heads of a sweep see the same batches in the same order from the same start,
//! and each becomes what it would be alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::converged;
use super::epochs::train_epoch;
use super::group::groups;
use super::left_out::in_words;
use super::member::unless_all_failed;
use super::save;
use super::settle::{all_classes_are_there, settle};
use super::setup::{Setup, no_batch_of_one, prepare};
use crate::disk::feature_store::FeatureStore;
use crate::disk::runs::folder::RunFolder;
use crate::engine::features::contents::contents;
use crate::engine::head::evaluate::{Judgement, figures, in_parallel, judge};
use crate::error::{Error, Result};
use crate::experiment::{Config, Dataset, Evaluation, Outcome, Part, RunEvent, Stop, Timing, When};
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
    let setup = prepare(configs, store, progress, |dataset| send_scanned(dataset, tell))?;
    run_prepared(setup, &request.runs_dir, store, progress, &mut Journal::new(tell))
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
    let setup = prepare(&configs, store, progress, |dataset| send_scanned(dataset, tell))?;
    let mut journal = Journal::new(tell);
    journal.begin_sweep(setup.candidates.len());
    run_prepared(setup, &request.runs_dir, store, progress, &mut journal)
}

fn send_scanned(dataset: &Dataset, tell: Tell) {
    tell(DatasetEvent::Scanned(Box::new(dataset.clone())).into());
}

fn run_prepared(
    mut setup: Setup,
    runs_dir: &Path,
    store: &FeatureStore,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let begun = (0..setup.candidates.len()).try_for_each(|i| begin_run(&setup, i, runs_dir, journal));
    if let Err(error) = begun {
        journal.abandon();
        return Err(error);
    }
    let mut judged = Judged::default();
    let result = guarded(|| train(&mut setup, &mut judged, progress, journal));
    let result = match result {
        Ok(()) | Err(Error::Stopped) => save(&setup, &judged, store, progress, journal).and(result),
        failed => failed,
    };
    let outcome = |i: usize| match (&setup.candidates[i].failure, &result) {
        (Some(message), _) => Outcome::Failed(message.clone()),
        (None, Ok(())) => Outcome::Finished,
        (None, Err(Error::Stopped)) => Outcome::Stopped,
        (None, Err(e)) => Outcome::Failed(e.to_string()),
    };
    let timing = timing(&setup, progress);
    let ended = (0..setup.candidates.len()).map(|i| {
        let (outcome, timing) = (outcome(i), timing.clone());
        (i, RunEvent::Ended { outcome, timing })
    });
    journal.facts(ended.collect())?;
    result
}

/// Begins that candidate's run.
fn begin_run(setup: &Setup, i: usize, runs_dir: &Path, journal: &mut Journal) -> Result<()> {
    let (config, images) = (&setup.candidates[i].config, (&setup.dataset, &setup.split));
    journal.begin_run(i, runs_dir, config, images, &setup.environment)?;
    tell_start(setup, i, journal)
}

fn tell_start(setup: &Setup, i: usize, journal: &mut Journal) -> Result<()> {
    let started = setup.started(i, &journal.runs[i].name());
    journal.facts(vec![(i, started)])
}

/// Once it is known what can be read: what is left out is said, and what the runs really train on is written down.
fn settle_runs(setup: &mut Setup, journal: &mut Journal) -> Result<()> {
    let warnings = settle(setup)?;
    if warnings.is_empty() {
        return Ok(());
    }
    no_batch_of_one(setup.config(), setup.backbone, setup.split.train.len())?;
    journal.write_split(&setup.dataset, &setup.split, &[])?;
    (0..journal.runs.len()).try_for_each(|i| tell_start(setup, i, journal))?;
    journal.warn(warnings)
}

fn timing(setup: &Setup, progress: &Reporter) -> Timing {
    let seconds = progress.seconds();
    let train_secs = seconds.get("train").copied().unwrap_or(0.0);
    let rate = |n: usize, secs: f64| if secs > 0.0 { n as f64 / secs } else { 0.0 };
    Timing {
        images_per_sec: rate(setup.n_trained, train_secs),
        backbone_images_per_sec: rate(setup.features.n_computed, setup.features.computing_secs),
        waited_secs: setup.features.waited_secs,
        n_cached: setup.features.n_cached,
        seconds,
    }
}

/// The latest verdicts of each head on the images that were not trained on.
#[derive(Debug, Default)]
pub struct Judged {
    pub val: Vec<Judgement>,
    pub test: Vec<Judgement>,
}

/// The runs' facts from the first warning to the last evaluation; `judged` always holds the latest verdicts.
pub fn train(
    setup: &mut Setup,
    judged: &mut Judged,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    journal.warn(std::mem::take(&mut setup.warnings))?;
    let everything = setup.split.all();
    if setup.config().uses_batch_statistics() {
        setup.features.try_reading(&everything, progress)?;
        progress.plan_work(setup.n_network_images());
    } else {
        journal.warn(setup.features.complete(&setup.network, &everything, progress)?)?;
    }
    settle_runs(setup, journal)?;
    let unreadable = setup.features.unreadable().clone();
    let result = train_and_judge(setup, judged, progress, journal);
    // With batch statistics files are read again in every epoch, and may have gone.
    let lost = setup.features.unreadable().iter();
    let lost: BTreeMap<usize, String> = (lost.filter(|(i, _)| !unreadable.contains_key(i)))
        .map(|(&i, why)| (i, format!("gone or changed while training went on: {why}")))
        .collect();
    let warnings = in_words(&setup.dataset, &lost);
    result.and(journal.warn(warnings))
}

fn train_and_judge(
    setup: &mut Setup,
    judged: &mut Judged,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    if setup.config().raw {
        evaluate(setup, When::Raw, Part::Val, progress, journal)?;
    }
    train_heads(setup, judged, true, progress, journal)?;
    if !setup.split.test.is_empty() {
        let last = When::Epoch(setup.config().n_epochs());
        judged.test = evaluate(setup, last, Part::Test, progress, journal)?;
    }
    Ok(())
}

/// From heads as they start to judged ones, on features that are there. `each_epoch` is judged as well, or only the
/// last one.
pub fn train_heads(
    setup: &mut Setup,
    judged: &mut Judged,
    each_epoch: bool,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    if setup.config().stop == Stop::Converged {
        converged::train(setup, progress, journal)?;
        judged.val = evaluate(setup, When::Epoch(1), Part::Val, progress, journal)?;
        return Ok(());
    }
    let mut groups = groups(setup)?;
    let n_epochs = setup.config().epochs;
    for epoch in 1..=n_epochs {
        train_epoch(setup, &mut groups, epoch, progress, journal)?;
        if each_epoch || epoch == n_epochs {
            judged.val = evaluate(setup, When::Epoch(epoch), Part::Val, progress, journal)?;
        }
    }
    Ok(())
}

fn evaluate(
    setup: &mut Setup,
    when: When,
    part: Part,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<Vec<Judgement>> {
    let phase = match (when, part) {
        (When::Raw, _) => Phase::Raw,
        (_, Part::Test) => Phase::Test,
        _ => Phase::Validate,
    };
    let Setup {
        features,
        network,
        heads,
        dataset,
        split,
        candidates,
        ..
    } = setup;
    let judgements = judge(network, features, heads, split.indices(part), phase, progress)?;
    if let Some(judgement) = judgements.first() {
        all_classes_are_there(dataset, split.indices(part), &judgement.indices)?;
    }
    let now = progress.elapsed_secs();
    let evaluations: Vec<Evaluation> = in_parallel(&judgements, |i, judgement| {
        figures(judgement, &candidates[i].class_weights, None, when, part, now)
    })?;
    let mut facts = Vec::new();
    for (i, evaluation) in evaluations.into_iter().enumerate() {
        if candidates[i].failure.is_some() {
            continue;
        }
        if evaluation.loss.is_finite() && evaluation.weighted_loss.is_finite() {
            facts.push((i, RunEvent::Evaluated(evaluation)));
        } else {
            candidates[i].failure = Some(format!(
                "the loss on {} images is NaN (the training diverged); try a smaller learning rate, or other weights",
                part.name()
            ));
        }
    }
    journal.facts(facts)?;
    unless_all_failed(candidates)?;
    Ok(judgements)
}

/// A single run gets the whole model in one file; the runs of a sweep share the backbone's. The smallest files come first:
/// where a disk gets full, what was trained is kept.
fn save(
    setup: &Setup,
    judged: &Judged,
    store: &FeatureStore,
    progress: &mut Reporter,
    journal: &Journal,
) -> Result<()> {
    progress.begin(Phase::Save, 0);
    let (candidates, dataset) = (&setup.candidates, &setup.dataset);
    let is_stopped = progress.cancel.is_cancelled();
    // A head that a stop came before is no model.
    let is_untrained = |log: &RunLog| is_stopped && log.record.losses.is_empty();
    let sound = |(i, log): (usize, &RunLog)| {
        let is_sound = candidates[i].failure.is_none() && !is_untrained(log);
        Some((i, log.folder.as_ref().filter(|_| is_sound)?.dir.clone()))
    };
    let sound: Vec<(usize, PathBuf)> = journal.runs.iter().enumerate().filter_map(sound).collect();
    for (i, dir) in &sound {
        save::write_head(dir, setup.backbone, &setup.heads.head(*i)?)?;
    }
    let written = in_parallel(&journal.runs, |i, log| match &log.folder {
        Some(folder) if candidates[i].failure.is_none() => write_predictions(folder, dataset, judged, i),
        _ => Ok(()),
    })?;
    written.into_iter().collect::<Result<()>>()?;
    // Where nothing is kept of the images, all would have to be read again.
    let is_quick = setup.features.are_kept();
    if !sound.is_empty() && (is_quick || !is_stopped) {
        write_contents(setup, store, journal)?;
    }
    let mut backbone_file = None;
    for (i, dir) in &sound {
        if candidates.len() > 1 {
            save::share_backbone(dir, &setup.parameters, &mut backbone_file)?;
        } else {
            save::write_model(dir, setup.backbone, &setup.parameters, &setup.heads.head(*i)?)?;
        }
    }
    Ok(())
}

/// What each image held, by which the run knows it again whatever it is called by then.
fn write_contents(setup: &Setup, store: &FeatureStore, journal: &Journal) -> Result<()> {
    // A run that was stopped has them too.
    let mut unstoppable = Reporter::quiet(&Cancel::new());
    let contents = contents(&setup.dataset, &setup.split.all(), store, &mut unstoppable)?;
    journal.write_split(&setup.dataset, &setup.split, &contents)
}

/// The latest verdicts of that head.
fn write_predictions(folder: &RunFolder, dataset: &Dataset, judged: &Judged, head: usize) -> Result<()> {
    let parts = [(Part::Val, &judged.val), (Part::Test, &judged.test)];
    let verdicts: Vec<_> = parts
        .iter()
        .filter_map(|(part, judgements)| {
            let judgement = judgements.get(head)?;
            Some((*part, &judgement.indices, judgement.probabilities()))
        })
        .collect();
    let rows = verdicts.iter().flat_map(|(part, indices, probabilities)| {
        let rows = probabilities.chunks(dataset.n_classes());
        indices.iter().zip(rows).map(|(&i, row)| (i, *part, row))
    });
    folder.write_predictions(dataset, rows)
}
