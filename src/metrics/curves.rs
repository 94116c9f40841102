//! One class against the rest over all thresholds on its score. What scores at least the threshold is predicted
//! positive, so images with equal scores are always predicted alike. Curves go from the highest threshold down.
//!
//! A NaN score cannot be ranked: with one among them, areas are `None` and curves are empty.

/// A corner of the ROC curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RocPoint {
    /// FP / (FP + TN).
    pub false_positive_rate: f64,
    /// TP / (TP + FN).
    pub recall: f64,
    /// Infinite at the first point, where nothing is predicted positive.
    pub threshold: f32,
}

/// A point of the precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrPoint {
    /// TP / (TP + FP).
    pub precision: f64,
    /// TP / (TP + FN).
    pub recall: f64,
    pub threshold: f32,
}

/// Area under the ROC curve and average precision, from one ranking.
///
/// # Panics
/// Here and below, if the numbers of scores and images differ.
pub fn areas(scores: &[f32], positive: &[bool]) -> (Option<f64>, Option<f64>) {
    let calls = Calls::at_each_score(scores, positive);
    let calls = calls.as_ref();
    (
        calls.and_then(Calls::roc_auc),
        calls.and_then(Calls::average_precision),
    )
}

/// Area under the ROC curve: the chance that a positive scores above a negative, where ties count half. `None` without
/// a positive or without a negative. Equals scikit-learn's `roc_auc_score`.
pub fn roc_auc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    areas(scores, positive).0
}

/// Precision, averaged over the gains in recall, without interpolation. `None` without a positive. Equals
/// scikit-learn's `average_precision_score`.
pub fn average_precision(scores: &[f32], positive: &[bool]) -> Option<f64> {
    areas(scores, positive).1
}

/// From (0, 0) to (1, 1), the corners only: a point on the straight line between its neighbours is left out. Empty
/// where the area is undefined.
pub fn roc_curve(scores: &[f32], positive: &[bool]) -> Vec<RocPoint> {
    let Some(calls) = Calls::at_each_score(scores, positive) else {
        return Vec::new();
    };
    if calls.positives == 0 || calls.negatives == 0 {
        return Vec::new();
    }
    let none_called = Step {
        threshold: f32::INFINITY,
        tp: 0,
        fp: 0,
    };
    let mut corners = vec![none_called];
    for step in calls.steps {
        if let [.., before, last] = corners[..]
            && (last.tp - before.tp) * (step.fp - last.fp) == (step.tp - last.tp) * (last.fp - before.fp)
        {
            corners.pop();
        }
        corners.push(step);
    }
    let point = |step: &Step| RocPoint {
        false_positive_rate: step.fp as f64 / calls.negatives as f64,
        recall: step.tp as f64 / calls.positives as f64,
        threshold: step.threshold,
    };
    corners.iter().map(point).collect()
}

/// One point for each distinct score, recall rising to 1. scikit-learn's `precision_recall_curve` has the same points
/// in the opposite order and one more, at recall 0 and precision 1, that no threshold yields. Empty without a positive.
pub fn precision_recall_curve(scores: &[f32], positive: &[bool]) -> Vec<PrPoint> {
    let Some(calls) = Calls::at_each_score(scores, positive) else {
        return Vec::new();
    };
    if calls.positives == 0 {
        return Vec::new();
    }
    let point = |step: &Step| PrPoint {
        precision: step.tp as f64 / (step.tp + step.fp) as f64,
        recall: step.tp as f64 / calls.positives as f64,
        threshold: step.threshold,
    };
    calls.steps.iter().map(point).collect()
}

/// How many are predicted positive with this threshold: rightly (`tp`) and wrongly (`fp`).
#[derive(Debug, Clone, Copy)]
struct Step {
    threshold: f32,
    tp: u64,
    fp: u64,
}

struct Calls {
    /// One for each distinct score, descending.
    steps: Vec<Step>,
    positives: u64,
    negatives: u64,
}

impl Calls {
    fn roc_auc(&self) -> Option<f64> {
        // In integers, hence exact: twice the area under the steps' straight connections.
        let (mut twice_area, mut last) = (0u128, (0, 0));
        for step in &self.steps {
            twice_area += u128::from(step.fp - last.1) * u128::from(step.tp + last.0);
            last = (step.tp, step.fp);
        }
        let rectangle = u128::from(self.positives) * u128::from(self.negatives);
        (rectangle > 0).then(|| twice_area as f64 / (2 * rectangle) as f64)
    }

    fn average_precision(&self) -> Option<f64> {
        let (mut sum, mut last_recall) = (0.0, 0.0);
        for step in &self.steps {
            let recall = step.tp as f64 / self.positives as f64;
            sum += (recall - last_recall) * (step.tp as f64 / (step.tp + step.fp) as f64);
            last_recall = recall;
        }
        (self.positives > 0).then_some(sum)
    }

    /// `None` if a score is NaN.
    fn at_each_score(scores: &[f32], positive: &[bool]) -> Option<Self> {
        assert_eq!(scores.len(), positive.len(), "one score for each image");
        if scores.iter().any(|s| s.is_nan()) {
            return None;
        }
        // Score and class in one whole number: such are sorted several times as fast as pairs.
        let images = scores.iter().zip(positive);
        let mut ranked: Vec<u64> = images
            .map(|(&score, &positive)| u64::from(rank(score)) << 1 | u64::from(positive))
            .collect();
        ranked.sort_unstable();
        let (mut tp, mut fp) = (0, 0);
        let mut steps = Vec::new();
        for ties in ranked.chunk_by(|a, b| a >> 1 == b >> 1).rev() {
            let n_positive = ties.iter().map(|image| image & 1).sum::<u64>();
            tp += n_positive;
            fp += ties.len() as u64 - n_positive;
            steps.push(Step {
                threshold: score((ties[0] >> 1) as u32),
                tp,
                fp,
            });
        }
        Some(Calls {
            steps,
            positives: tp,
            negatives: fp,
        })
    }
}

/// A number that is larger where the score is, and equal where it is; the score is not NaN.
pub(super) fn rank(score: f32) -> u32 {
    // Both zeros are one.
    let bits = (score + 0.0).to_bits();
    if bits >> 31 == 0 { bits | 1 << 31 } else { !bits }
}

/// The score of that rank.
fn score(rank: u32) -> f32 {
    f32::from_bits(if rank >> 31 == 1 { rank & !(1 << 31) } else { !rank })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_ordered_as_scores_are() {
        let ascending = [
            f32::NEG_INFINITY,
            -2.5,
            -1e-40,
            0.0,
            1e-40,
            0.25,
            1.0,
            f32::INFINITY,
        ];
        for pair in ascending.windows(2) {
            assert!(rank(pair[0]) < rank(pair[1]), "{pair:?}");
            assert_eq!(score(rank(pair[0])), pair[0]);
        }
        assert_eq!(rank(-0.0), rank(0.0));
    }

    const SCORES: [f32; 10] = [0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.2, 0.9, 0.7, 0.7];
    const POSITIVE: [bool; 10] = [false, false, true, true, false, true, false, true, true, false];

    /// scikit-learn 1.9: roc_auc_score(y, s), average_precision_score(y, s); the last two have 500 images with
    /// i = np.arange(500); y = i % 7 == 0; s = (i * 37) % 101 + np.where(y, 20, 0), and with np.floor(s / 10).
    #[test]
    fn areas_are_scikit_learn_s() {
        let many_positive: Vec<bool> = (0..500).map(|i| i % 7 == 0).collect();
        let bonus = |i: u32| if i.is_multiple_of(7) { 20 } else { 0 };
        let many: Vec<f32> = (0..500).map(|i| ((i * 37) % 101 + bonus(i)) as f32).collect();
        let many_ties: Vec<f32> = many.iter().map(|s| (s / 10.0).floor()).collect();
        let (yes, no) = (true, false);
        let table: [(&[f32], &[bool], f64, f64); 6] = [
            (&SCORES, &POSITIVE, 0.78, 0.7892857142857141),
            (
                &[0.1, 0.4, 0.35, 0.8],
                &[no, no, yes, yes],
                0.75,
                0.8333333333333333,
            ),
            (&[0.5; 4], &[yes, no, yes, no], 0.5, 0.5),
            (
                &[0.1, 0.2, 0.8, 0.9],
                &[yes, yes, no, no],
                0.0,
                0.41666666666666663,
            ),
            (&many, &many_positive, 0.6753634475597091, 0.3945431087951351),
            (&many_ties, &many_positive, 0.6744710539979231, 0.3561646122538307),
        ];
        for (scores, positive, auc, ap) in table {
            assert!((roc_auc(scores, positive).unwrap() - auc).abs() < 1e-14);
            assert!((average_precision(scores, positive).unwrap() - ap).abs() < 1e-14);
        }
    }

    /// scikit-learn 1.9: roc_curve(y, s).
    #[test]
    fn corners_of_the_roc_curve() {
        let points: Vec<_> = roc_curve(&SCORES, &POSITIVE)
            .iter()
            .map(|p| (p.false_positive_rate, p.recall, p.threshold))
            .collect();
        let expected = [
            (0.0, 0.0, f32::INFINITY),
            (0.0, 0.4, 0.8),
            (0.2, 0.6, 0.7),
            (0.6, 0.8, 0.4),
            (0.6, 1.0, 0.35),
            (1.0, 1.0, 0.1),
        ];
        assert_eq!(points, expected);
    }

    /// scikit-learn 1.9: precision_recall_curve(y, s), backwards and without its added point.
    #[test]
    fn points_of_the_precision_recall_curve() {
        let points: Vec<_> = precision_recall_curve(&SCORES, &POSITIVE)
            .iter()
            .map(|p| (p.precision, p.recall, p.threshold))
            .collect();
        let expected = [
            (1.0, 0.2, 0.9),
            (1.0, 0.4, 0.8),
            (0.75, 0.6, 0.7),
            (4.0 / 7.0, 0.8, 0.4),
            (0.625, 1.0, 0.35),
            (5.0 / 9.0, 1.0, 0.2),
            (0.5, 1.0, 0.1),
        ];
        assert_eq!(points, expected);
    }

    #[test]
    fn what_cannot_be_ranked_is_undefined() {
        let (scores, both) = ([0.3, 0.6], [true, false]);
        assert_eq!(roc_auc(&scores, &[true, true]), None);
        assert_eq!(average_precision(&scores, &[true, true]), Some(1.0));
        assert_eq!(roc_auc(&scores, &[false, false]), None);
        assert_eq!(average_precision(&scores, &[false, false]), None);
        assert_eq!(roc_auc(&[], &[]), None);
        assert_eq!(roc_auc(&[f32::NAN, 0.6], &both), None);
        assert_eq!(average_precision(&[f32::NAN, 0.6], &both), None);
        assert_eq!(roc_curve(&[f32::NAN, 0.6], &both), []);
        assert_eq!(roc_auc(&[f32::INFINITY, f32::NEG_INFINITY], &both), Some(1.0));
        assert_eq!(roc_auc(&[0.0, -0.0], &both), Some(0.5));
    }
}
