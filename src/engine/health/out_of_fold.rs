//! What a head says of images that it has not seen: one is trained for each fold, on the others.

use crate::engine::backbone::Network;
use crate::engine::features::Table;
use crate::engine::fit::converged::minimum_on;
use crate::error::{Error, Result};
use crate::experiment::split::Folds;
use crate::jobs::progress::Reporter;
use crate::protocol::Phase;

/// Images whose probabilities are computed at a time.
const BLOCK: usize = 8192;

/// Each image's probabilities, `[judged, n_classes]`. `judged` are images with features, `folds` theirs. A head is scikit-learn's `LogisticRegression(C=1)` with all
/// images weighing the same, as cleanlab is mostly used with.
///
/// # Errors
/// Features are not numbers; stopped; a libtorch fault.
pub fn out_of_fold(
    table: &Table,
    judged: &[usize],
    folds: &Folds,
    n_classes: usize,
    network: &Network,
    progress: &mut Reporter,
) -> Result<Vec<Vec<f64>>> {
    progress.begin(Phase::Train, folds.n_folds);
    let mut probabilities = vec![Vec::new(); judged.len()];
    for fold in 0..folds.n_folds {
        let (asked, learnt): (Vec<usize>, Vec<usize>) =
            (0..judged.len()).partition(|&at| folds.of_image[at] == fold);
        let learnt: Vec<usize> = learnt.into_iter().map(|at| judged[at]).collect();
        if learnt.is_empty() {
            return Err(Error::input(
                "all images belong together: there is none to learn from",
            ));
        }
        let head = minimum_on(table, &learnt, network, &vec![1.0; n_classes], &progress.cancel)?;
        progress.cancel.check()?;
        let head = head.ok_or_else(|| Error::Job("the features are not numbers".into()))?;
        for block in asked.chunks(BLOCK) {
            let images: Vec<usize> = block.iter().map(|&at| judged[at]).collect();
            let logits = head.logit_rows(&table.gather(&images, network.device)?)?;
            for (&at, logits) in block.iter().zip(logits.chunks(n_classes)) {
                probabilities[at] = softmax(logits);
            }
        }
        progress.advance(1);
    }
    Ok(probabilities)
}

/// In 64 bits: a probability that rounds to 1 in 32 would hide which label is surer.
fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits
        .iter()
        .map(|logit| f64::from(logit - largest).exp())
        .collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}
