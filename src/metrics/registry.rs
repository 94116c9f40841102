//! The figures that are shown of each class and of the whole matrix: the one list that terminal, JSON, window, comparison
//! and export go by. A new figure is its value in `per_class` or `overall` and one entry here.

use super::per_class::{ClassMetrics, of_class};
use super::{Confusion, Interval, Overall, per_class, wilson};

/// One class against the rest: what its figures are computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassView {
    pub metrics: ClassMetrics,
    /// Images that were predicted to be this class.
    pub n_predicted: u64,
    /// Images in all.
    pub total: u64,
    pub roc_auc: Option<f64>,
    pub average_precision: Option<f64>,
}

/// Each class of a matrix, in class order; areas that are missing are `None`.
pub fn class_views(
    confusion: &Confusion,
    roc_auc: &[Option<f64>],
    average_precision: &[Option<f64>],
) -> Vec<ClassView> {
    let area = |areas: &[Option<f64>], class_idx: usize| areas.get(class_idx).copied().flatten();
    let classes = per_class(confusion)
        .into_iter()
        .zip(confusion.col_totals().iter().copied());
    let view = |(class_idx, (metrics, n_predicted))| ClassView {
        metrics,
        n_predicted,
        total: confusion.total(),
        roc_auc: area(roc_auc, class_idx),
        average_precision: area(average_precision, class_idx),
    };
    classes.enumerate().map(view).collect()
}

/// One class of a matrix, without its areas; `None` where there is no such class.
pub fn class_view(confusion: &Confusion, class_idx: usize) -> Option<ClassView> {
    Some(ClassView {
        metrics: of_class(confusion, class_idx)?,
        n_predicted: confusion.col_total(class_idx),
        total: confusion.total(),
        roc_auc: None,
        average_precision: None,
    })
}

/// A figure of each class.
#[derive(Debug)]
pub struct ClassFigure {
    /// In JSON and tables.
    pub key: &'static str,
    pub name: &'static str,
    /// Where there is little room.
    pub short: &'static str,
    pub explanation: &'static str,
    pub value: fn(&ClassView) -> Option<f64>,
    /// Whether the terminal shows it as percent; areas are shown as numbers there.
    pub is_percent: bool,
    /// How many images it is a share of; `None` where it is a share of something else.
    of: fn(&ClassView) -> Option<u64>,
}

/// The first are those that are seen where there is not room for all.
pub const CLASS_FIGURES: [ClassFigure; 9] = [
    ClassFigure {
        key: "recall",
        name: "Recall",
        short: "Recall",
        explanation: "Of this class, the share that was found",
        value: |c| c.metrics.recall,
        is_percent: true,
        of: |c| Some(c.metrics.support),
    },
    ClassFigure {
        key: "precision",
        name: "Precision",
        short: "Precision",
        explanation: "Of what was predicted to be this class, the share that is",
        value: |c| c.metrics.precision,
        is_percent: true,
        of: |c| Some(c.n_predicted),
    },
    ClassFigure {
        key: "f1",
        name: "F1",
        short: "F1",
        explanation: "Harmonic mean of precision and recall",
        value: |c| c.metrics.f1,
        is_percent: true,
        of: |_| None,
    },
    ClassFigure {
        key: "specificity",
        name: "Specificity",
        short: "Specif.",
        explanation: "Of the other classes, the share that was not predicted to be this one",
        value: |c| c.metrics.specificity,
        is_percent: true,
        of: |c| Some(c.total - c.metrics.support),
    },
    ClassFigure {
        key: "false_positive_rate",
        name: "False positive rate",
        short: "Alarms",
        explanation: "Of the other classes, the share that was predicted to be this one: 1 − specificity",
        value: |c| c.metrics.false_positive_rate,
        is_percent: true,
        of: |c| Some(c.total - c.metrics.support),
    },
    ClassFigure {
        key: "npv",
        name: "Negative predictive value",
        short: "NPV",
        explanation: "Of what was predicted to be another class, the share that is",
        value: |c| c.metrics.npv,
        is_percent: true,
        of: |c| Some(c.total - c.n_predicted),
    },
    ClassFigure {
        key: "false_omission_rate",
        name: "False omission rate",
        short: "Omission",
        explanation: "Of what was predicted to be another class, the share that is this one after all: 1 − NPV",
        value: |c| c.metrics.false_omission_rate,
        is_percent: true,
        of: |c| Some(c.total - c.n_predicted),
    },
    ClassFigure {
        key: "roc_auc",
        name: "ROC AUC",
        short: "AUC",
        explanation: "How well the scores rank this class above the rest, at every threshold",
        value: |c| c.roc_auc,
        is_percent: false,
        of: |_| None,
    },
    ClassFigure {
        key: "average_precision",
        name: "Average precision",
        short: "AP",
        explanation: "Precision averaged over recalls, at every threshold; hard classes stay low",
        value: |c| c.average_precision,
        is_percent: false,
        of: |_| None,
    },
];

impl ClassFigure {
    /// Its 95 % interval, where it is a share of images.
    pub fn interval(&self, class: &ClassView) -> Option<Interval> {
        let (share, n) = ((self.value)(class)?, (self.of)(class)?);
        wilson((share * n as f64).round() as u64, n)
    }
}

/// A figure of the whole matrix.
#[derive(Debug)]
pub struct OverallFigure {
    pub key: &'static str,
    pub name: &'static str,
    pub explanation: &'static str,
    pub value: fn(&Overall) -> Option<f64>,
    /// Whether it is shown as percent; a coefficient is shown as a number.
    pub is_percent: bool,
}

/// The first leads wherever one figure stands for a run.
pub const OVERALL_FIGURES: [OverallFigure; 4] = [
    OverallFigure {
        key: "balanced_accuracy",
        name: "Balanced accuracy",
        explanation: "Mean recall of the classes: every class counts the same",
        value: |o| o.balanced_accuracy,
        is_percent: true,
    },
    OverallFigure {
        key: "accuracy",
        name: "Accuracy",
        explanation: "Share of all images predicted rightly; misleading where classes are uneven",
        value: |o| o.accuracy,
        is_percent: true,
    },
    OverallFigure {
        key: "macro_f1",
        name: "Macro F1",
        explanation: "Mean F1 of the classes",
        value: |o| o.macro_f1,
        is_percent: true,
    },
    OverallFigure {
        key: "mcc",
        name: "MCC",
        explanation: "Matthews correlation from -1 to 1; 0 is no better than chance",
        value: |o| o.mcc,
        is_percent: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::overall;

    /// By hand: 50 of 60 found, 56 predicted, 100 in all.
    #[test]
    fn each_figure_is_of_the_images_that_it_says() {
        let confusion = Confusion::from_rows([[50, 10], [6, 34]]);
        let views = class_views(&confusion, &[Some(0.9)], &[]);
        let figure = |key: &str| CLASS_FIGURES.iter().find(|figure| figure.key == key).unwrap();
        let value = |key: &str| (figure(key).value)(&views[0]).unwrap();
        assert_eq!((value("recall"), value("precision")), (50.0 / 60.0, 50.0 / 56.0));
        assert_eq!((value("specificity"), value("npv")), (34.0 / 40.0, 34.0 / 44.0));
        assert_eq!(
            (value("roc_auc"), views[1].roc_auc, views[0].average_precision),
            (0.9, None, None)
        );
        assert_eq!(figure("recall").interval(&views[0]), wilson(50, 60));
        assert_eq!(figure("npv").interval(&views[0]), wilson(34, 44));
        assert_eq!(figure("f1").interval(&views[0]), None);
    }

    #[test]
    fn keys_are_there_once_and_as_the_record_has_them() {
        let confusion = Confusion::from_rows([[3, 1], [0, 2]]);
        let of_class = serde_json::to_value(class_views(&confusion, &[], &[])[0].metrics).unwrap();
        for figure in CLASS_FIGURES.iter().take(7) {
            let value = (figure.value)(&class_views(&confusion, &[], &[])[0]);
            assert_eq!(of_class[figure.key].as_f64(), value, "{}", figure.key);
        }
        let all = overall(&confusion);
        let of_all = serde_json::to_value(all).unwrap();
        for figure in OVERALL_FIGURES {
            assert_eq!(
                of_all[figure.key].as_f64(),
                (figure.value)(&all),
                "{}",
                figure.key
            );
        }
    }
}
