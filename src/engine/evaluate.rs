//! Judging images: logits through the backbone and a head, and the figures that follow from them.

use super::backbone::{Mode, Network};
use super::features::Features;
use super::head::Head;
use super::report::Report;
use crate::error::Result;
use crate::experiment::{Evaluation, Part, When};
use crate::metrics::{Confusion, LossSum, average_precision, roc_auc, softmax};
use crate::protocol::Phase;

/// Images with the head's verdict on them.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    pub indices: Vec<usize>,
    pub labels: Vec<usize>,
    /// `[n, n_classes]`, row-major.
    pub logits: Vec<f32>,
    pub n_classes: usize,
}

impl Judgement {
    /// Image index, true class and logits, image by image.
    pub fn rows(&self) -> impl Iterator<Item = (usize, usize, &[f32])> {
        let logits = self.logits.chunks(self.n_classes.max(1));
        self.indices
            .iter()
            .zip(&self.labels)
            .zip(logits)
            .map(|((&i, &label), row)| (i, label, row))
    }

    /// Softmax of the logits, `[n, n_classes]`, row by row.
    pub fn probabilities(&self) -> Vec<Vec<f32>> {
        self.rows().map(|(_, _, row)| softmax(row)).collect()
    }
}

/// Judges images in the order given, with the network in eval mode.
pub fn judge(
    network: &Network,
    features: &mut Features,
    head: &Head,
    order: &[usize],
    phase: Phase,
    report: &mut Report,
) -> Result<Judgement> {
    let mut judgement = Judgement {
        n_classes: head.bias.size()[0] as usize,
        ..Judgement::default()
    };
    report.begin(phase, order.len());
    features.pass(network, Mode::Eval, order, report, |batch, _| {
        judgement.logits.extend(head.logit_rows(&batch.features)?);
        let labels: Vec<i64> = Vec::try_from(&batch.labels)?;
        judgement.labels.extend(labels.iter().map(|&l| l as usize));
        judgement.indices.extend(batch.indices);
        Ok(())
    })?;
    Ok(judgement)
}

/// The figures of a judgement. The predicted class is the largest logit, the first of equals, as PyTorch's `argmax`.
pub fn figures(
    judgement: &Judgement,
    class_weights: &[f64],
    when: When,
    part: Part,
    elapsed_secs: f64,
) -> Evaluation {
    let n_classes = judgement.n_classes;
    let mut confusion = Confusion::new(n_classes);
    let mut loss = LossSum::new(class_weights.to_vec());
    for (_, label, logits) in judgement.rows() {
        confusion.add(label, argmax(logits));
        loss.add(logits, label);
    }
    let probabilities = judgement.probabilities();
    let against_the_rest = |figure: fn(&[f32], &[bool]) -> Option<f64>| -> Vec<Option<f64>> {
        (0..n_classes)
            .map(|class| {
                let scores: Vec<f32> = probabilities.iter().map(|p| p[class]).collect();
                let positive: Vec<bool> = judgement.labels.iter().map(|&l| l == class).collect();
                figure(&scores, &positive)
            })
            .collect()
    };
    Evaluation {
        when,
        part,
        confusion,
        loss: loss.mean().unwrap_or(f64::NAN),
        weighted_loss: loss.weighted_mean().unwrap_or(f64::NAN),
        roc_auc: against_the_rest(roc_auc),
        average_precision: against_the_rest(average_precision),
        elapsed_secs,
    }
}

pub fn argmax(row: &[f32]) -> usize {
    let mut best = 0;
    for (i, &value) in row.iter().enumerate() {
        if value > row[best] {
            best = i;
        }
    }
    best
}
