//! What the runs of a training give reason to be careful with, found and written down at their end.

use super::setup::Setup;
use super::training::Training;
use crate::engine::features::Features;
use crate::engine::head::evaluate::outputs_of;
use crate::error::Result;
use crate::experiment::{Caution, RunEvent, RunRecord, cautions_of_run, cautions_of_sweep};
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::metrics::predicted_class;
use crate::protocol::Phase;

/// Images that are looked at before it is asked whether any head still has them all right.
const AT_ONCE: usize = 4096;

/// Writes down the cautions of every head that came to something.
///
/// # Errors
/// A libtorch fault; a run's folder cannot be written.
pub fn tell_cautions(
    setup: &Setup,
    training: &mut Training,
    progress: &Reporter,
    journal: &mut Journal,
) -> Result<()> {
    let all_learnt = all_learnt(setup, training, progress)?;
    let sound: Vec<usize> = (0..journal.runs.len())
        .filter(|&i| training.members[i].failure.is_none())
        .collect();
    let records: Vec<&RunRecord> = sound.iter().map(|&i| &journal.runs[i].record).collect();
    let mut cautions: Vec<(usize, Caution)> = Vec::new();
    for (&i, record) in sound.iter().zip(&records) {
        let of_run = cautions_of_run(record, all_learnt.get(i).copied());
        cautions.extend(of_run.into_iter().map(|caution| (i, caution)));
    }
    let of_sweep = cautions_of_sweep(&records).into_iter();
    cautions.extend(of_sweep.map(|(place, caution)| (sound[place], caution)));
    let facts = cautions
        .into_iter()
        .map(|(i, caution)| (i, RunEvent::Caution(caution)));
    journal.facts(facts.collect())
}

/// Of each head, whether it tells every training image rightly; empty where that would take a pass through the network, or
/// the training was stopped.
fn all_learnt(setup: &Setup, training: &mut Training, progress: &Reporter) -> Result<Vec<bool>> {
    if matches!(training.features, Features::Live(_)) || progress.cancel.is_cancelled() {
        return Ok(Vec::new());
    }
    let mut quiet = Reporter::quiet(&progress.cancel);
    let mut all_learnt = vec![true; training.members.len()];
    for images in setup.split.train.chunks(AT_ONCE) {
        let features = &mut *training.features;
        let outputs = outputs_of(
            &setup.network,
            features,
            &training.heads,
            images,
            Phase::Validate,
            &mut quiet,
        )?;
        for (all, outputs) in all_learnt.iter_mut().zip(&outputs) {
            *all &= outputs
                .rows()
                .all(|(_, truth, logits)| predicted_class(logits, None) == Some(truth));
        }
        if !all_learnt.contains(&true) {
            break;
        }
    }
    Ok(all_learnt)
}
