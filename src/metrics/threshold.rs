//! Predicting a class by a threshold on its score instead of by the largest score.
//!
//! A weighting moves where a classifier draws its line, and so does a threshold: the curve over all thresholds of one
//! run is what a weighting has to beat.

use serde::{Deserialize, Serialize};

use super::Confusion;

/// What a model said of images whose class is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    n_classes: usize,
    /// True class of each image.
    truth: Vec<usize>,
    /// `[n_images, n_classes]`, row-major; each row sums to one.
    probabilities: Vec<f32>,
}

/// The rule: an image is predicted as that class where its score is at least `at`, else the most probable of the
/// others. With two classes, one half is what the largest score decides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    pub class_idx: usize,
    pub at: f32,
}

/// One class against the rest at a threshold on its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    pub threshold: f32,
    /// TP / (TP + FN), of the class.
    pub recall: f64,
    /// TN / (TN + FP): how often the rest is not predicted as this class. With two classes, the other's recall.
    pub rest_recall: f64,
    /// TP / (TP + FP); none where nothing is predicted as the class.
    pub precision: Option<f64>,
}

/// Images whose score for a class lies in one tenth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// From 0.
    pub tenth: u8,
    /// Mean score of the images in it.
    pub mean_score: f64,
    /// The share of them that are of the class.
    pub share: f64,
    pub n_images: u64,
}

impl Threshold {
    /// The class predicted for an image with these probabilities. `None` without a class.
    pub fn call(&self, probabilities: &[f32]) -> Option<usize> {
        match probabilities.get(self.class_idx) {
            Some(&score) if score >= self.at || probabilities.len() == 1 => Some(self.class_idx),
            Some(_) => most_probable(probabilities, Some(self.class_idx)),
            None => most_probable(probabilities, None),
        }
    }
}

/// The class that is predicted for an image: by the rule where there is one, else by the largest probability.
pub fn predicted_class(probabilities: &[f32], rule: Option<Threshold>) -> Option<usize> {
    match rule {
        Some(rule) => rule.call(probabilities),
        None => most_probable(probabilities, None),
    }
}

/// The class of the largest probability, the first of equals, with one class excluded.
fn most_probable(probabilities: &[f32], without: Option<usize>) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (class_idx, &p) in probabilities.iter().enumerate() {
        if Some(class_idx) != without && best.is_none_or(|(_, most)| p > most) {
            best = Some((class_idx, p));
        }
    }
    best.map(|(class_idx, _)| class_idx)
}

impl Scores {
    /// `None` where there are not `n_classes` probabilities for each image, or a class that is none.
    pub fn new(n_classes: usize, truth: Vec<usize>, probabilities: Vec<f32>) -> Option<Self> {
        let fits = n_classes > 0
            && probabilities.len() == truth.len() * n_classes
            && truth.iter().all(|&t| t < n_classes);
        fits.then_some(Scores {
            n_classes,
            truth,
            probabilities,
        })
    }

    pub fn n_classes(&self) -> usize {
        self.n_classes
    }

    /// True class of each image.
    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    pub fn n_images(&self) -> usize {
        self.truth.len()
    }

    /// True class and probabilities of the image at that place.
    pub fn row(&self, place: usize) -> Option<(usize, &[f32])> {
        let first = place.checked_mul(self.n_classes)?;
        let probabilities = self
            .probabilities
            .get(first..first.checked_add(self.n_classes)?)?;
        Some((*self.truth.get(place)?, probabilities))
    }

    /// True class and probabilities, image by image.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &[f32])> {
        let rows = self.probabilities.chunks_exact(self.n_classes.max(1));
        self.truth.iter().copied().zip(rows)
    }

    /// Each image's score for the class, and whether it is of the class: what the curves are drawn from.
    pub fn of_class(&self, class_idx: usize) -> (Vec<f32>, Vec<bool>) {
        self.rows().map(|(t, p)| (p[class_idx], t == class_idx)).unzip()
    }

    /// The matrix by that rule; by the largest score where there is none.
    pub fn confusion(&self, rule: Option<Threshold>) -> Confusion {
        let mut confusion = Confusion::new(self.n_classes);
        for (truth, row) in self.rows() {
            if let Some(predicted) = predicted_class(row, rule) {
                confusion.add(truth, predicted);
            }
        }
        confusion
    }

    /// One point for each distinct score of the class, thresholds falling. Empty if a score is NaN.
    pub fn operating_points(&self, class_idx: usize) -> Vec<OperatingPoint> {
        let mut points = Vec::new();
        let (mut positives, mut negatives) = (0u64, 0u64);
        for &t in &self.truth {
            if t == class_idx {
                positives += 1
            } else {
                negatives += 1
            }
        }
        let (mut tp, mut fp) = (0u64, 0u64);
        self.descend(class_idx, |threshold, passed| {
            for &i in passed {
                if self.truth[i] == class_idx {
                    tp += 1
                } else {
                    fp += 1
                }
            }
            points.push(OperatingPoint {
                threshold,
                recall: tp as f64 / positives.max(1) as f64,
                rest_recall: 1.0 - fp as f64 / negatives.max(1) as f64,
                precision: super::ratio(tp, tp + fp),
            });
        });
        points
    }

    /// Goes down the distinct scores of the class as thresholds: each, the images that are newly predicted as the class, with
    /// their true classes, and the matrix there.
    pub(in crate::metrics) fn lower(
        &self,
        class_idx: usize,
        mut step: impl FnMut(f32, &[(usize, usize)], &Confusion),
    ) {
        let nothing_called = Threshold {
            class_idx,
            at: f32::INFINITY,
        };
        let mut confusion = self.confusion(Some(nothing_called));
        self.descend(class_idx, |at, passed| {
            let newly_called: Vec<(usize, usize)> = passed.iter().map(|&i| (i, self.truth[i])).collect();
            for &(i, truth) in &newly_called {
                let row = &self.probabilities[i * self.n_classes..][..self.n_classes];
                if let Some(before) = most_probable(row, Some(class_idx)) {
                    confusion.move_one(truth, before, class_idx);
                }
            }
            step(at, &newly_called, &confusion);
        });
    }

    /// Tenths of the score, as scikit-learn's `calibration_curve` has them; empty ones are left out.
    pub fn calibration(&self, class_idx: usize) -> Vec<CalibrationBin> {
        const BINS: usize = 10;
        let mut bins = [(0.0, 0u64, 0u64); BINS];
        for (truth, row) in self.rows() {
            let score = f64::from(row[class_idx]);
            // A score on an edge belongs to the tenth below it. The edges are NumPy's `linspace`, to the last bit.
            let n_edges_below = (1..BINS).filter(|&edge| edge as f64 * 0.1 < score).count();
            let bin = &mut bins[n_edges_below];
            bin.0 += score;
            bin.1 += u64::from(truth == class_idx);
            bin.2 += 1;
        }
        let filled = (0..).zip(bins).filter(|(_, bin)| bin.2 > 0);
        filled
            .map(|(tenth, (sum, n_right, n_images))| CalibrationBin {
                tenth,
                mean_score: sum / n_images as f64,
                share: n_right as f64 / n_images as f64,
                n_images,
            })
            .collect()
    }

    /// Goes down the distinct scores of the class, with the images that are newly predicted as it.
    fn descend(&self, class_idx: usize, mut step: impl FnMut(f32, &[usize])) {
        let score = |i: &usize| self.probabilities[i * self.n_classes + class_idx];
        let mut order: Vec<usize> = (0..self.truth.len()).collect();
        if order.iter().any(|i| score(i).is_nan()) {
            return;
        }
        order.sort_unstable_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        for ties in order.chunk_by(|a, b| score(a) == score(b)) {
            step(score(&ties[0]), ties);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tests::five;

    #[test]
    fn without_a_rule_the_largest_score_decides_as_one_half_does() {
        let scores = five();
        let half = Threshold {
            class_idx: 1,
            at: 0.5,
        };
        let expected = Confusion::from_rows([[1, 1], [1, 2]]);
        assert_eq!(scores.confusion(None), expected);
        assert_eq!(scores.confusion(Some(half)), expected);
    }

    #[test]
    fn operating_points_by_hand() {
        let points: Vec<_> = five()
            .operating_points(1)
            .iter()
            .map(|p| {
                (
                    p.threshold,
                    p.recall * 3.0,
                    p.rest_recall * 2.0,
                    p.precision.unwrap(),
                )
            })
            .collect();
        let expected = [
            (0.9, 1.0, 2.0, 1.0),
            (0.6, 2.0, 1.0, 2.0 / 3.0),
            (0.3, 3.0, 1.0, 0.75),
            (0.1, 3.0, 0.0, 0.6),
        ];
        assert_eq!(points.len(), 4);
        for (point, expected) in points.iter().zip(expected) {
            assert_eq!(point.0, expected.0);
            assert!((point.1 - expected.1).abs() < 1e-12 && (point.2 - expected.2).abs() < 1e-12);
            assert!((point.3 - expected.3).abs() < 1e-12);
        }
    }

    #[test]
    fn with_three_classes_the_others_keep_their_order() {
        let rule = Threshold {
            class_idx: 1,
            at: 0.25,
        };
        assert_eq!(rule.call(&[0.5, 0.3, 0.2]), Some(1));
        assert_eq!(rule.call(&[0.3, 0.2, 0.5]), Some(2));
        assert_eq!(rule.call(&[]), None);
        assert_eq!(Scores::new(3, vec![3], vec![0.1, 0.2, 0.7]), None);
        assert_eq!(Scores::new(3, vec![0], vec![0.1, 0.2]), None);
    }

    #[test]
    fn calibration_by_hand() {
        let bins = five().calibration(1);
        let got: Vec<_> = bins.iter().map(|b| (b.n_images, b.share)).collect();
        assert_eq!(got, [(1, 0.0), (1, 1.0), (2, 0.5), (1, 1.0)]);
        assert!((bins[2].mean_score - 0.6).abs() < 1e-6);
    }

    /// scikit-learn 1.9: calibration_curve(y, p, n_bins=10), with scores on edges and beside them.
    #[test]
    fn calibration_at_the_edges_of_its_bins() {
        #[rustfmt::skip]
        let of_one = [0.0f32, 0.125, 0.5, 0.5, 0.25, 1.0, 0.75, 0.3, 0.4, 0.6, 0.7, 0.099_999_994, 0.2];
        let truth = vec![0, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1];
        let probabilities = of_one.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let bins = Scores::new(2, truth, probabilities).unwrap().calibration(1);
        let expected = [
            (0.0, 0.049_999_997_019_767_76),
            (0.0, 0.125),
            (1.0, 0.225_000_001_490_116_12),
            (0.0, 0.300_000_011_920_928_96),
            (2.0 / 3.0, 0.466_666_668_653_488_16),
            (0.5, 0.650_000_005_960_464_5),
            (1.0, 0.75),
            (1.0, 1.0),
        ];
        assert_eq!(bins.len(), expected.len());
        for (bin, (share, mean_score)) in bins.iter().zip(expected) {
            assert!((bin.share - share).abs() < 1e-15, "{bin:?}");
            assert!((bin.mean_score - mean_score).abs() < 1e-15, "{bin:?}");
        }
    }

    #[test]
    fn a_score_that_is_none_gives_no_curve() {
        let scores = Scores::new(2, vec![0], vec![f32::NAN, f32::NAN]).unwrap();
        assert!(scores.operating_points(1).is_empty());
    }
}
