//! Images far from all others in the space of features, as cleanlab 2.9 finds them (Kuan and Mueller 2022): the mean
//! distance to the ten nearest neighbours, cut where a box plot of these distances would.

use serde::{Deserialize, Serialize};

/// Whose distances are averaged.
pub const NEIGHBOURS: usize = 10;
/// Beyond the third quartile, this many times the distance of the quartiles: cleanlab's `1 / 0.37037 - 1`.
const WHISKER: f64 = 1.0 / 0.37037 - 1.0;
/// Where all are equally far, rounding is no reason to stand out.
const LEAST_DISTANCE: f64 = 100.0 * f64::EPSILON;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Outlier {
    pub image: usize,
    /// exp(-distance / median distance), as cleanlab scores it: 0.37 is usual, near 0 is far.
    pub score: f64,
}

/// `distances` are each image's mean cosine distance to its nearest neighbours. The farthest first.
pub fn outliers(distances: &[f64]) -> Vec<Outlier> {
    let mut sorted = distances.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let [first, median, third] = [0.25, 0.5, 0.75].map(|share| quantile(&sorted, share));
    let cut = third + WHISKER * (third - first);
    let scale = median.max(LEAST_DISTANCE);
    let mut found: Vec<Outlier> = (distances.iter().enumerate())
        .filter(|(_, distance)| **distance > cut)
        .map(|(image, distance)| Outlier {
            image,
            score: (-distance / scale.max(1e-6)).exp(),
        })
        .collect();
    found.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.image.cmp(&b.image)));
    found
}

/// Between the neighbouring values by their distance, as NumPy's `percentile`.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let at = share * last as f64;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// d = numpy.array([...]); q1, q3 = percentile(d, [25, 75]); d > q3 + (1 / 0.37037 - 1) * (q3 - q1);
    /// cleanlab.internal.outlier.transform_distances_to_scores(d, t=1, scaling_factor=median(d))
    #[test]
    fn they_are_cleanlabs() {
        let distances = [0.11, 0.12, 0.10, 0.13, 0.12, 0.4, 0.09, 0.11, 0.14, 0.2];
        let found = outliers(&distances);
        assert_eq!(
            found.iter().map(|outlier| outlier.image).collect::<Vec<_>>(),
            [5, 9]
        );
        let golden = [0.035_673_993_347_252_4, 0.188_875_602_837_562];
        for (found, golden) in found.iter().zip(golden) {
            assert!((found.score - golden).abs() < 1e-12, "{found:?}");
        }
        assert_eq!(outliers(&[0.3; 20]), []);
        assert_eq!(outliers(&[]), []);
    }
}
