//! Evaluating images: logits through the backbone and a head, and the figures that follow from them.

use std::path::PathBuf;
use std::sync::Arc;

use super::Heads;
use crate::engine::backbone::Network;
use crate::engine::device::threads;
use crate::engine::features::{CPU_BATCH, Features};
use crate::error::{Error, Result};
use crate::experiment::{Evaluation, Part, Predictions, When};
use crate::jobs::progress::Reporter;
use crate::metrics::{Confusion, LossSum, Threshold, areas, softmax};
use crate::protocol::Phase;

/// What a head puts out for images.
#[derive(Debug, Clone, Default)]
pub struct Outputs {
    pub indices: Arc<[usize]>,
    pub labels: Arc<[usize]>,
    /// `[n, n_classes]`, row-major.
    pub logits: Vec<f32>,
    pub n_classes: usize,
}

impl Outputs {
    /// Whether there are any.
    pub fn is_known(&self) -> bool {
        !self.indices.is_empty()
    }

    /// Image index, true class and logits, image by image.
    pub fn rows(&self) -> impl Iterator<Item = (usize, usize, &[f32])> {
        let logits = self.logits.chunks(self.n_classes.max(1));
        self.indices
            .iter()
            .zip(self.labels.iter())
            .zip(logits)
            .map(|((&i, &label), row)| (i, label, row))
    }

    /// Softmax of the logits, `[n, n_classes]`, row-major.
    pub fn probabilities(&self) -> Vec<f32> {
        self.rows().flat_map(|(_, _, row)| softmax(row)).collect()
    }

    /// The same with the images that they are of.
    ///
    /// # Errors
    /// As many images are not there: an internal error.
    pub fn predictions(&self, images: Arc<[PathBuf]>) -> Result<Predictions> {
        let predictions =
            Predictions::new(images, self.n_classes, self.labels.to_vec(), self.probabilities());
        predictions.ok_or_else(|| Error::Job("predictions and images do not fit each other".into()))
    }
}

/// Passes images through every head, in the order given, with the network in eval mode.
///
/// # Errors
/// Stopped; a libtorch fault; no image can be read.
pub fn outputs_of(
    network: &Network,
    features: &mut Features,
    heads: &Heads,
    order: &[usize],
    phase: Phase,
    progress: &mut Reporter,
) -> Result<Vec<Outputs>> {
    let (mut indices, mut labels) = (Vec::new(), Vec::new());
    let mut logits = vec![Vec::new(); heads.n_heads];
    progress.begin(phase, order.len());
    // Through the network there is more to an operation than the heads' part, and all threads are wanted.
    let n_multiplications = CPU_BATCH * heads.weight.numel();
    let _alone = match features {
        Features::Table(_) => threads::alone_if_small(n_multiplications),
        Features::Live(_) => None,
    };
    features.pass_to_evaluate(network, order, progress, |batch, _| {
        let rows = heads.logit_rows(&batch.features)?;
        logits
            .iter_mut()
            .zip(rows)
            .for_each(|(all, rows)| all.extend(rows));
        let of_batch: Vec<i64> = Vec::try_from(&batch.labels)?;
        labels.extend(of_batch.iter().map(|&l| l as usize));
        indices.extend(batch.indices);
        Ok(())
    })?;
    let (indices, labels): (Arc<[usize]>, Arc<[usize]>) = (indices.into(), labels.into());
    let outputs = |logits| Outputs {
        indices: Arc::clone(&indices),
        labels: Arc::clone(&labels),
        logits,
        n_classes: heads.n_classes,
    };
    Ok(logits.into_iter().map(outputs).collect())
}

/// `of_one` of each, on all cores, in their order.
///
/// # Errors
/// The system gives no thread.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], of_one: impl Fn(usize, &T) -> R + Sync) -> Result<Vec<R>> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = items.len().div_ceil(n_threads).max(1);
    let of_chunk = |chunk_idx: usize, chunk: &[T]| -> Vec<R> {
        let items = chunk.iter().enumerate();
        items
            .map(|(i, item)| of_one(chunk_idx * each + i, item))
            .collect()
    };
    let of_chunk = &of_chunk;
    std::thread::scope(|scope| {
        let mut running = Vec::new();
        for (i, chunk) in items.chunks(each).enumerate().skip(1) {
            let name = format!("cw-figures-{i}");
            running.push(threads::spawn_in(scope, name, move || of_chunk(i, chunk))?);
        }
        let mut results = items
            .chunks(each)
            .next()
            .map_or_else(Vec::new, |chunk| of_chunk(0, chunk));
        for thread in running {
            match thread.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(results)
    })
}

/// The figures of what a head puts out. Without a rule the predicted class is the largest logit, the first of equals, as
/// PyTorch's `argmax`.
pub fn figures(
    outputs: &Outputs,
    class_weights: &[f64],
    rule: Option<Threshold>,
    when: When,
    part: Part,
    elapsed_secs: f64,
) -> Evaluation {
    let n_classes = outputs.n_classes;
    let mut confusion = Confusion::new(n_classes);
    let mut loss = LossSum::new(class_weights.to_vec());
    for (_, label, logits) in outputs.rows() {
        let predicted = rule.and_then(|rule| rule.call(&softmax(logits).collect::<Vec<f32>>()));
        confusion.add(label, predicted.unwrap_or_else(|| argmax(logits)));
        loss.add(logits, label);
    }
    let probabilities = outputs.probabilities();
    let areas: Vec<(Option<f64>, Option<f64>)> = (0..n_classes)
        .map(|class| {
            let scores: Vec<f32> = probabilities
                .iter()
                .skip(class)
                .step_by(n_classes)
                .copied()
                .collect();
            let positive: Vec<bool> = outputs.labels.iter().map(|&l| l == class).collect();
            areas(&scores, &positive)
        })
        .collect();
    Evaluation {
        when,
        part,
        confusion,
        loss: loss.mean().unwrap_or(f64::NAN),
        weighted_loss: loss.weighted_mean().unwrap_or(f64::NAN),
        roc_auc: areas.iter().map(|a| a.0).collect(),
        average_precision: areas.iter().map(|a| a.1).collect(),
        elapsed_secs,
    }
}

fn argmax(row: &[f32]) -> usize {
    let mut best = 0;
    for (i, &value) in row.iter().enumerate() {
        if value > row[best] {
            best = i;
        }
    }
    best
}
