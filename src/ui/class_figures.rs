//! The figures of a class, for the panel that has a column for each class and the table that has a row.

use crate::app::Subject;
use crate::metrics::{ClassMetrics, wilson};

pub const ROW: f32 = 18.5;

/// How many images the shares of a class are of.
pub struct Counts {
    pub support: u64,
    pub called: u64,
    pub total: u64,
}

/// What is said of each class.
pub struct FigureOfClass {
    pub name: &'static str,
    /// Where there is little room.
    pub short: &'static str,
    pub explanation: &'static str,
    /// Of the class at that place.
    pub value: fn(&Subject, usize, &ClassMetrics) -> Option<f64>,
    /// What it is a share of; `None` where it is no share of images.
    of: fn(&Counts) -> Option<u64>,
}

/// The first are those that are seen where there is not room for all.
pub const FIGURES: [FigureOfClass; 9] = [
    FigureOfClass {
        name: "Recall",
        short: "Recall",
        explanation: "Of this class, the share that was found",
        value: |_, _, c| c.recall,
        of: |n| Some(n.support),
    },
    FigureOfClass {
        name: "Precision",
        short: "Precision",
        explanation: "Of what was called this class, the share that is",
        value: |_, _, c| c.precision,
        of: |n| Some(n.called),
    },
    FigureOfClass {
        name: "F1",
        short: "F1",
        explanation: "Harmonic mean of precision and recall",
        value: |_, _, c| c.f1,
        of: |_| None,
    },
    FigureOfClass {
        name: "Specificity",
        short: "Specif.",
        explanation: "Of the others, the share that was called otherwise",
        value: |_, _, c| c.specificity,
        of: |n| Some(n.total - n.support),
    },
    FigureOfClass {
        name: "False alarm rate",
        short: "Alarms",
        explanation: "Of the others, the share that was called this class: 1 − specificity",
        value: |_, _, c| c.false_alarm_rate,
        of: |n| Some(n.total - n.support),
    },
    FigureOfClass {
        name: "Neg. predictive value",
        short: "NPV",
        explanation: "Of what was called otherwise, the share that is",
        value: |_, _, c| c.npv,
        of: |n| Some(n.total - n.called),
    },
    FigureOfClass {
        name: "False omission rate",
        short: "Omission",
        explanation: "Of what was called otherwise, the share that is this class after all: 1 − NPV",
        value: |_, _, c| c.false_omission_rate,
        of: |n| Some(n.total - n.called),
    },
    FigureOfClass {
        name: "ROC AUC",
        short: "AUC",
        explanation: "How well the scores rank this class above the rest, at every threshold",
        value: |subject, class_idx, _| subject.evaluation.roc_auc.get(class_idx).copied().flatten(),
        of: |_| None,
    },
    FigureOfClass {
        name: "Average precision",
        short: "AP",
        explanation: "Precision averaged over recalls, at every threshold; hard classes stay low",
        value: |subject, class_idx, _| {
            subject
                .evaluation
                .average_precision
                .get(class_idx)
                .copied()
                .flatten()
        },
        of: |_| None,
    },
];

impl FigureOfClass {
    /// Of its 95 % interval, where it is a share of images.
    pub fn half_width(&self, share: f64, counts: &Counts) -> Option<f64> {
        let n = (self.of)(counts)?;
        let k = (share * n as f64).round() as u64;
        wilson(k, n).map(|interval| interval.half_width())
    }
}
