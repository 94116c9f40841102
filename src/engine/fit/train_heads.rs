//! Training the heads of a run or a sweep, in either way, and evaluating them.

use super::converged;
use super::epochs::train_epoch;
use super::member::unless_all_failed;
use super::readable::settle::all_classes_are_there;
use super::setup::Setup;
use super::shards::shards;
use super::training::Training;
use crate::engine::head::evaluate::{Outputs, figures, in_parallel, outputs_of};
use crate::error::Result;
use crate::experiment::{Evaluation, Part, RunEvent, Stop, When};
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// Trains the heads and evaluates them on the validation images, after each epoch or only after the last one.
///
/// # Errors
/// Stopped; a libtorch fault; every head's loss stopped being a number; a run's folder cannot be written.
pub fn train_heads(
    setup: &Setup,
    training: &mut Training,
    each_epoch: bool,
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<()> {
    if setup.config.stop == Stop::Converged {
        converged::train(setup, training, progress, journal)?;
        training.val = evaluate(setup, training, (When::Epoch(1), Part::Val), progress, journal)?;
        return Ok(());
    }
    let mut shards = shards(setup, training)?;
    let n_epochs = setup.config.epochs;
    for epoch in 1..=n_epochs {
        train_epoch(setup, training, &mut shards, epoch, progress, journal)?;
        if each_epoch || epoch == n_epochs {
            training.val = evaluate(
                setup,
                training,
                (When::Epoch(epoch), Part::Val),
                progress,
                journal,
            )?;
        }
    }
    Ok(())
}

/// What the heads say of a part, which is recorded with its figures; a head whose loss is no number has failed.
///
/// # Errors
/// Stopped; a libtorch fault; every head failed; none of a class's images can be read any more.
pub fn evaluate(
    setup: &Setup,
    training: &mut Training,
    (when, part): (When, Part),
    progress: &mut Reporter,
    journal: &mut Journal,
) -> Result<Vec<Outputs>> {
    let phase = match (when, part) {
        (When::Baseline, _) => Phase::Baseline,
        (_, Part::Test) => Phase::Test,
        _ => Phase::Validate,
    };
    let (indices, members) = (setup.split.indices(part), &mut training.members);
    let outputs = outputs_of(
        &setup.network,
        training.features,
        &training.heads,
        indices,
        phase,
        progress,
    )?;
    if let Some(of_first) = outputs.first() {
        all_classes_are_there(&setup.dataset, indices, &of_first.indices)?;
    }
    let now = progress.elapsed_secs();
    let evaluations: Vec<Evaluation> = in_parallel(&outputs, |i, outputs| {
        figures(outputs, &members[i].class_weights, None, when, part, now)
    })?;
    let mut facts = Vec::new();
    for (i, (member, evaluation)) in members.iter_mut().zip(evaluations).enumerate() {
        if member.failure.is_some() {
            continue;
        }
        if evaluation.loss.is_finite() && evaluation.weighted_loss.is_finite() {
            facts.push((i, RunEvent::Evaluated(evaluation)));
        } else {
            member.failure = Some(format!(
                "the loss on {} images is NaN (the training diverged); try a smaller learning rate, or other weights",
                part.name()
            ));
        }
    }
    journal.facts(facts)?;
    unless_all_failed(members)?;
    Ok(outputs)
}
