//! What the matrix says of each class against the rest.

use serde::{Deserialize, Serialize};

use super::{Confusion, ratio};

/// One class against the rest, from the class's view: TP are its images predicted as it, FN its other images,
/// FP other images predicted as it, TN the rest. A metric whose denominator is 0 is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// TP / (TP + FP): of what was predicted as this class, the share that is. Also positive predictive value.
    pub precision: Option<f64>,
    /// TP / (TP + FN): of this class, the share that was found. Also sensitivity, true positive rate, detection
    /// probability.
    pub recall: Option<f64>,
    /// TN / (TN + FP): of the others, the share that was predicted otherwise. Also true negative rate.
    pub specificity: Option<f64>,
    /// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall. It is 0, not undefined, where only one of
    /// the two is undefined.
    pub f1: Option<f64>,
    /// TN / (TN + FN), negative predictive value: of what was predicted otherwise, the share that is.
    pub npv: Option<f64>,
    /// FN / (FN + TN) = 1 - NPV: of what was predicted otherwise, the share that is this class after all. The notebook
    /// prints this name beside the negative predictive value.
    pub false_omission_rate: Option<f64>,
    /// FP / (FP + TN) = 1 - specificity: of the others, the share that was predicted as this class. Also fall-out and
    /// false alarm rate.
    pub false_positive_rate: Option<f64>,
    /// TP + FN: images of this class.
    pub support: u64,
}

/// The metrics of each class, in class order.
pub fn per_class(confusion: &Confusion) -> Vec<ClassMetrics> {
    let (total, predicted) = (confusion.total(), confusion.col_totals());
    let classes = confusion.diagonal().zip(predicted).enumerate();
    classes
        .map(|(class_idx, (tp, &predicted))| {
            ClassMetrics::new(tp, confusion.row_total(class_idx), predicted, total)
        })
        .collect()
}

/// The metrics of one class; `None` where there is no such class.
pub fn of_class(confusion: &Confusion, class_idx: usize) -> Option<ClassMetrics> {
    let tp = (class_idx < confusion.n_classes()).then(|| confusion.get(class_idx, class_idx))?;
    let (support, predicted) = (confusion.row_total(class_idx), confusion.col_total(class_idx));
    Some(ClassMetrics::new(tp, support, predicted, confusion.total()))
}

impl ClassMetrics {
    fn new(tp: u64, support: u64, predicted: u64, total: u64) -> Self {
        let (fn_, fp) = (support - tp, predicted - tp);
        let tn = total - tp - fn_ - fp;
        ClassMetrics {
            precision: ratio(tp, predicted),
            recall: ratio(tp, support),
            specificity: ratio(tn, tn + fp),
            f1: ratio(2 * tp, 2 * tp + fp + fn_),
            npv: ratio(tn, tn + fn_),
            false_omission_rate: ratio(fn_, fn_ + tn),
            false_positive_rate: ratio(fp, fp + tn),
            support,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The notebook's text under its first matrix, for FAKE, with the two names put right: its "false omission rate
    /// 11.83 %" is the negative predictive value, and its "71.3 %" of false alarms is 100 - 28.07, miscalculated.
    #[test]
    fn the_notebook_s_untrained_network() {
        let classes = per_class(&Confusion::from_rows([[10386, 6253], [2150, 839]]));
        let fake = classes[0];
        let table = [
            (fake.precision, 82.85),
            (fake.recall, 62.42),
            (fake.specificity, 28.07),
            (fake.npv, 11.83),
            (fake.false_omission_rate, 88.17),
            (fake.false_positive_rate, 71.93),
        ];
        for (metric, percent) in table {
            assert!(
                (metric.unwrap() * 100.0 - percent).abs() <= 0.005,
                "{metric:?} for {percent}"
            );
        }
        assert_eq!(fake.support, 16639);
    }

    /// With two classes, the one's specificity is the other's recall, and so on.
    #[test]
    fn two_classes_mirror_each_other() {
        let classes = per_class(&Confusion::from_rows([[12105, 4534], [571, 2418]]));
        let (fake, real) = (classes[0], classes[1]);
        assert_eq!(fake.specificity, real.recall);
        assert_eq!(fake.npv, real.precision);
        assert_eq!(real.specificity, fake.recall);
        assert_eq!(real.npv, fake.precision);
    }

    /// Hand-computed; TP, FP, FN, TN as scikit-learn's `multilabel_confusion_matrix` has them:
    /// (50, 5, 5, 35), (20, 3, 10, 62), (9, 8, 1, 77). `precision_recall_fscore_support` prints
    /// [0.90909091 0.86956522 0.52941176] [0.90909091 0.66666667 0.9] [0.90909091 0.75471698 0.66666667].
    #[test]
    fn three_classes() {
        let of_class = |tp: f64, fp: f64, fn_: f64, tn: f64| ClassMetrics {
            precision: Some(tp / (tp + fp)),
            recall: Some(tp / (tp + fn_)),
            specificity: Some(tn / (tn + fp)),
            f1: Some(2.0 * tp / (2.0 * tp + fp + fn_)),
            npv: Some(tn / (tn + fn_)),
            false_omission_rate: Some(fn_ / (fn_ + tn)),
            false_positive_rate: Some(fp / (fp + tn)),
            support: (tp + fn_) as u64,
        };
        let expected = [
            of_class(50.0, 5.0, 5.0, 35.0),
            of_class(20.0, 3.0, 10.0, 62.0),
            of_class(9.0, 8.0, 1.0, 77.0),
        ];
        let confusion = Confusion::from_rows([[50, 3, 2], [4, 20, 6], [1, 0, 9]]);
        assert_eq!(per_class(&confusion), expected);
        assert!((expected[2].precision.unwrap() - 0.52941176).abs() < 1e-8);
    }

    #[test]
    fn nothing_over_nothing_is_undefined() {
        // Never predicted REAL.
        let classes = per_class(&Confusion::from_rows([[7, 0], [3, 0]]));
        assert_eq!(
            (classes[1].precision, classes[1].recall, classes[1].f1),
            (None, Some(0.0), Some(0.0))
        );
        assert_eq!((classes[0].npv, classes[0].false_omission_rate), (None, None));
        // No image of REAL, but some were predicted REAL.
        let classes = per_class(&Confusion::from_rows([[7, 2], [0, 0]]));
        assert_eq!(
            (classes[1].precision, classes[1].recall, classes[1].f1),
            (Some(0.0), None, Some(0.0))
        );
        assert_eq!(
            (classes[0].specificity, classes[0].false_positive_rate),
            (None, None)
        );
        // Neither images nor predictions; one class alone.
        let classes = per_class(&Confusion::from_rows([[7, 0], [0, 0]]));
        assert_eq!(
            (classes[1].precision, classes[1].recall, classes[1].f1),
            (None, None, None)
        );
        assert_eq!(classes[1].specificity, Some(1.0));
        let alone = per_class(&Confusion::from_rows([[4]]))[0];
        assert_eq!(
            (alone.recall, alone.specificity, alone.npv),
            (Some(1.0), None, None)
        );
    }
}
