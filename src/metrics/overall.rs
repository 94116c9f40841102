//! The whole matrix in one number, four times.

use serde::{Deserialize, Serialize};

use super::per_class::{ClassMetrics, per_class};
use super::{Confusion, ratio};

/// Figures of the whole matrix; one whose denominator is 0 is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Overall {
    /// Share of all images correctly predicted.
    pub accuracy: Option<f64>,
    /// Mean recall of the classes that have images, as scikit-learn's `balanced_accuracy_score`.
    pub balanced_accuracy: Option<f64>,
    /// Mean F1 of the classes that have images or were predicted, as scikit-learn's `f1_score(average="macro")` with
    /// the labels it finds by itself. A class with images that was never predicted counts as 0, not as undefined.
    pub macro_f1: Option<f64>,
    /// Matthews correlation coefficient for any number of classes, from -1 to 1: R_K of Gorodkin 2004, "Comparing two
    /// K-category assignments by a K-category correlation coefficient". Undefined where all images are of one class
    /// or all were predicted as one class; scikit-learn says 0 there.
    pub mcc: Option<f64>,
}

pub fn overall(confusion: &Confusion) -> Overall {
    let classes = per_class(confusion);
    let mean = |metric: fn(&ClassMetrics) -> Option<f64>| mean_of_defined(classes.iter().map(metric));
    Overall {
        accuracy: ratio(confusion.diagonal().sum(), confusion.total()),
        balanced_accuracy: mean(|c| c.recall),
        macro_f1: mean(|c| c.f1),
        mcc: mcc(confusion),
    }
}

fn mean_of_defined(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let defined: Vec<f64> = values.flatten().collect();
    (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64)
}

/// Covariances in integers, so that a zero is exactly zero.
fn mcc(confusion: &Confusion) -> Option<f64> {
    let total = i128::from(confusion.total());
    let right = i128::from(confusion.diagonal().sum::<u64>());
    let (mut both, mut truth, mut predicted) = (total * right, total * total, total * total);
    for class_idx in 0..confusion.n_classes() {
        let row = i128::from(confusion.row_total(class_idx));
        let col = i128::from(confusion.col_total(class_idx));
        both -= row * col;
        truth -= row * row;
        predicted -= col * col;
    }
    let spread = (truth as f64).sqrt() * (predicted as f64).sqrt();
    (spread > 0.0).then(|| both as f64 / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const N: usize>(rows: [[u64; N]; N], expected: [Option<f64>; 4]) {
        let o = overall(&Confusion::from_rows(rows));
        for (metric, golden) in [o.accuracy, o.balanced_accuracy, o.macro_f1, o.mcc]
            .iter()
            .zip(expected)
        {
            let same = match (metric, golden) {
                (Some(m), Some(g)) => (m - g).abs() < 1e-14,
                (m, g) => *m == g,
            };
            assert!(same, "{rows:?}: {metric:?} for {golden:?}");
        }
    }

    /// scikit-learn 1.9, with `t` and `p` the matrix written out as labels: accuracy_score(t, p),
    /// balanced_accuracy_score(t, p), f1_score(t, p, average="macro"), matthews_corrcoef(t, p). The first five are
    /// the notebook's matrices, whose printed accuracies are 57.19, 88.52, 83.02, 73.99 and 75.3 %.
    #[test]
    fn the_same_as_scikit_learn() {
        #[rustfmt::skip]
        let notebook = [
            ([[10386, 6253], [2150, 839]], [0.5718871000611372, 0.4524460252731478, 0.43921558767301055, -0.07113437687147872]),
            ([[16464, 175], [2079, 910]], [0.8851640513552068, 0.6469660948650169, 0.6913342714106577, 0.4621349882469651]),
            ([[14297, 2342], [991, 1998]], [0.8301915630731608, 0.7638486679456985, 0.720418436650299, 0.45686855546199]),
            ([[12105, 4534], [571, 2418]], [0.7399123700835541, 0.7682369360773544, 0.6561636218931333, 0.40302236464590685]),
            ([[12394, 4245], [604, 2385]], [0.7529549622987569, 0.771401111324893, 0.6661402463869726, 0.41235679475577125]),
        ];
        for (rows, expected) in notebook {
            check(rows, expected.map(Some));
        }
        #[rustfmt::skip]
        let three_classes = [
            ([[50, 3, 2], [4, 20, 6], [1, 0, 9]], [0.8315789473684211, 0.8252525252525252, 0.7768248522965503, 0.7111723514519549]),
            // The second class has no image but was predicted; then the third has neither.
            ([[5, 1, 0], [0, 0, 0], [2, 1, 3]], [0.6666666666666666, 0.6666666666666667, 0.47863247863247865, 0.4685212856658182]),
            ([[4, 2, 0], [1, 3, 0], [0, 0, 0]], [0.7, 0.7083333333333333, 0.696969696969697, 0.408248290463863]),
        ];
        for (rows, expected) in three_classes {
            check(rows, expected.map(Some));
        }
    }

    #[test]
    fn nothing_over_nothing_is_undefined() {
        check(
            [[7, 0], [3, 0]],
            [Some(0.7), Some(0.5), Some(0.4117647058823529), None],
        );
        check(
            [[7, 3], [0, 0]],
            [Some(0.7), Some(0.7), Some(0.4117647058823529), None],
        );
        check([[4]], [Some(1.0), Some(1.0), Some(1.0), None]);
        check([[0, 0], [0, 0]], [None; 4]);
    }
}
