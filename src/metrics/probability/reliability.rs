//! How far probabilities can be taken at their word: calibration error, Brier score and log loss of images whose class is known.

use serde::{Deserialize, Serialize};

use super::bins::{Bin, bins};
use super::brier::Brier;
use crate::metrics::{Scores, predicted_class};

/// Of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClassReliability {
    /// Expected calibration error: over 15 bins of about equally many images, how far the mean probability of a bin is from the
    /// share of the class in it, on the mean of all images.
    pub ece: f64,
    /// From 0 to 1.
    pub brier: Brier,
}

/// Of all classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// The same of the largest probability, against whether its class is the true one (Guo et al. 2017).
    pub ece: f64,
    /// The sum over the classes, from 0 to 2.
    pub brier: Brier,
    /// Mean `-ln p` of the true class, in nats.
    pub log_loss: f64,
    /// In class order.
    pub classes: Vec<ClassReliability>,
}

impl ClassReliability {
    /// `None` without an image, without that class, and where a probability is no number.
    pub fn of(scores: &Scores, class_idx: usize) -> Option<Self> {
        if class_idx >= scores.n_classes() {
            return None;
        }
        let said = |(truth, row): (usize, &[f32])| (f64::from(row[class_idx]), truth == class_idx);
        let sorted = sorted(scores.rows().map(said))?;
        let bins = bins(&sorted);
        Some(ClassReliability {
            ece: error(&bins),
            brier: Brier::of(&bins),
        })
    }
}

impl Reliability {
    /// `None` without an image, and where a probability is no number.
    pub fn of(scores: &Scores) -> Option<Self> {
        let largest = |(truth, row): (usize, &[f32])| {
            let class_idx = predicted_class(row, None)?;
            Some((f64::from(*row.get(class_idx)?), class_idx == truth))
        };
        let of_predicted = sorted(scores.rows().filter_map(largest))?;
        let classes: Option<Vec<ClassReliability>> = (0..scores.n_classes())
            .map(|class_idx| ClassReliability::of(scores, class_idx))
            .collect();
        let classes = classes?;
        Some(Reliability {
            ece: error(&bins(&of_predicted)),
            brier: Brier::sum(classes.iter().map(|class| class.brier)),
            log_loss: log_loss(scores),
            classes,
        })
    }
}

/// What is said, rising, and whether it is so. `None` of nothing, and where something said is no number.
fn sorted(said: impl Iterator<Item = (f64, bool)>) -> Option<Vec<(f64, bool)>> {
    let mut said: Vec<(f64, bool)> = said.collect();
    if said.is_empty() || said.iter().any(|(p, _)| p.is_nan()) {
        return None;
    }
    said.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Some(said)
}

fn error(bins: &[Bin]) -> f64 {
    let n: f64 = bins.iter().map(Bin::n).sum();
    let of_bin = |bin: &Bin| bin.n() * (bin.mean_said - bin.share).abs();
    bins.iter().map(of_bin).sum::<f64>() / n
}

/// Of stored probabilities, which have no room below the smallest number of their kind: what is less counts as that.
fn log_loss(scores: &Scores) -> f64 {
    let loss = |(truth, row): (usize, &[f32])| -f64::from(row[truth].max(f32::MIN_POSITIVE)).ln();
    scores.rows().map(loss).sum::<f64>() / scores.n_images() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 500 images of three classes, as the Python of these tests has them:
    /// `i = np.arange(500); p = np.stack([i * 37 % 101 + 1, i * 53 % 89 + 1, i * 29 % 97 + 1], 1).astype(float)`,
    /// `p = (p / p.sum(1, keepdims=True)).astype(np.float32).astype(float); y = i * i % 7 % 3`.
    fn five_hundred() -> Scores {
        let row = |i: usize| {
            let of_each = [i * 37 % 101 + 1, i * 53 % 89 + 1, i * 29 % 97 + 1];
            let sum: usize = of_each.iter().sum();
            of_each.map(|part| (part as f64 / sum as f64) as f32)
        };
        let truth = (0..500).map(|i: usize| i * i % 7 % 3).collect();
        Scores::new(3, truth, (0..500).flat_map(row).collect()).unwrap()
    }

    fn close(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-7, "{got} for {expected}");
    }

    fn parts(brier: Brier) -> [f64; 5] {
        [
            brier.score,
            brier.reliability,
            brier.resolution,
            brier.uncertainty,
            brier.remainder,
        ]
    }

    /// scikit-learn 1.9: `share, mean = calibration_curve(y == c, p[:, c], n_bins=15, strategy="quantile")`, weighed by
    /// `np.bincount(np.searchsorted(np.percentile(p[:, c], np.linspace(0, 1, 16) * 100)[1:-1], p[:, c]))` images;
    /// `brier_score_loss(y == c, p[:, c])` and its parts by NumPy over the same bins.
    #[test]
    fn of_each_class_as_scikit_learn_has_it() {
        let expected = [
            (
                0.244_809_466_897_51,
                [
                    0.196_495_696_684_841_9,
                    0.078_961_757_860_835_7,
                    0.006_542_074_866_310_159,
                    0.123_264,
                    0.000_812_013_690_316_373_8,
                ],
            ),
            (
                0.276_868_278_183_043,
                [
                    0.340_553_356_661_508_1,
                    0.098_622_423_468_750_76,
                    0.002_509_404_634_581_105,
                    0.244_816,
                    -0.000_375_662_172_661_578_3,
                ],
            ),
            (
                0.157_387_589_949_183_17,
                [
                    0.236_918_817_116_242,
                    0.035_180_616_939_717_77,
                    0.001_757_658_645_276_291_9,
                    0.203_344,
                    0.000_151_858_821_800_549,
                ],
            ),
        ];
        for (class_idx, (ece, brier)) in expected.into_iter().enumerate() {
            let got = ClassReliability::of(&five_hundred(), class_idx).unwrap();
            close(got.ece, ece);
            parts(got.brier)
                .into_iter()
                .zip(brier)
                .for_each(|(got, expected)| close(got, expected));
        }
    }

    /// scikit-learn 1.9: the same of `p.max(1)` and `p.argmax(1) == y`; `brier_score_loss(y, p)`; `log_loss(y, p)`.
    #[test]
    fn of_all_classes_as_scikit_learn_has_it() {
        let all = Reliability::of(&five_hundred()).unwrap();
        close(all.ece, 0.201_460_605_442_523_95);
        close(all.brier.score, 0.773_967_870_462_592_1);
        close(all.log_loss, 1.342_740_951_557_818_6);
        let [score, reliability, resolution, uncertainty, remainder] = parts(all.brier);
        assert!((reliability - resolution + uncertainty + remainder - score).abs() < 1e-12);
    }

    /// scikit-learn 1.9, with `t = np.floor(p[:, 1] * 20) / 20`, of which there are 11 bins: `brier_score_loss(y == 1, t)`, and
    /// with `scale_by_half=False` of both classes.
    #[test]
    fn equal_scores_are_in_one_bin() {
        let scores = five_hundred();
        let of_one = scores.rows().map(|(truth, row)| {
            (
                usize::from(truth == 1),
                ((f64::from(row[1]) * 20.0).floor() / 20.0) as f32,
            )
        });
        let (truth, of_one): (Vec<usize>, Vec<f32>) = of_one.unzip();
        let two = Scores::new(2, truth, of_one.iter().flat_map(|p| [1.0 - p, *p]).collect()).unwrap();
        let got = ClassReliability::of(&two, 1).unwrap();
        close(got.ece, 0.298_7);
        let expected = [
            0.354_235,
            0.112_252_137_442_095_86,
            0.002_068_258_624_361_868,
            0.244_816,
            -0.000_764_878_817_733_988_2,
        ];
        parts(got.brier)
            .into_iter()
            .zip(expected)
            .for_each(|(got, expected)| close(got, expected));
        close(Reliability::of(&two).unwrap().brier.score, 0.708_47);
    }

    #[test]
    fn certainty_that_is_right_has_no_error_and_nothing_is_undefined() {
        let certain = Scores::new(2, vec![0, 1], vec![1.0, 0.0, 0.0, 1.0]).unwrap();
        let all = Reliability::of(&certain).unwrap();
        assert_eq!((all.ece, all.brier.score, all.log_loss.abs()), (0.0, 0.0, 0.0));
        let wrong = Scores::new(2, vec![1], vec![1.0, 0.0]).unwrap();
        let all = Reliability::of(&wrong).unwrap();
        assert_eq!((all.ece, all.brier.score), (1.0, 2.0));
        assert!(all.log_loss.is_finite());
        assert_eq!(Reliability::of(&Scores::new(2, vec![], vec![]).unwrap()), None);
        assert_eq!(
            Reliability::of(&Scores::new(2, vec![0], vec![f32::NAN; 2]).unwrap()),
            None
        );
        assert_eq!(ClassReliability::of(&certain, 2), None);
    }
}
