//! ROC AUC and average precision of images that were drawn again: ranked once, then counted by weight.

use crate::metrics::Scores;
use crate::metrics::curves::rank;

/// The images by falling score for one class.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The unit of each image, then [`OF_CLASS`], then [`ENDS_TIES`].
    images: Vec<u32>,
    pub n_of_class: u64,
    pub n_of_rest: u64,
}

const OF_CLASS: u32 = 2;
/// The next scores less.
const ENDS_TIES: u32 = 1;

/// One by each number of images: to divide once for every image of every draw would take most of the time.
#[derive(Debug, Clone)]
pub struct Reciprocals(Vec<f64>);

impl Reciprocals {
    pub fn up_to(n_images: usize) -> Self {
        let of = |n: usize| if n == 0 { 0.0 } else { 1.0 / n as f64 };
        Reciprocals((0..=n_images).map(of).collect())
    }

    /// More than all are drawn where some of the groups are larger.
    fn of(&self, n: u64) -> f64 {
        self.0.get(n as usize).copied().unwrap_or_else(|| 1.0 / n as f64)
    }
}

impl Ranking {
    /// `units` is what each image is drawn with. `None` where a score cannot be ranked.
    pub fn of(scores: &Scores, class_idx: usize, units: &[u32]) -> Option<Self> {
        let mut keys = Vec::with_capacity(scores.n_images());
        let mut n_of_class = 0;
        for (i, (truth, row)) in scores.rows().enumerate() {
            let score = row[class_idx];
            if score.is_nan() {
                return None;
            }
            n_of_class += u64::from(truth == class_idx);
            keys.push(u64::from(!rank(score)) << 32 | i as u64);
        }
        keys.sort_unstable();
        let image = |(place, key): (usize, &u64)| {
            let i = (key & 0xffff_ffff) as usize;
            let of_class = if scores.truth()[i] == class_idx {
                OF_CLASS
            } else {
                0
            };
            let is_last = keys.get(place + 1).is_none_or(|next| next >> 32 != key >> 32);
            units[i] << 2 | of_class | if is_last { ENDS_TIES } else { 0 }
        };
        Some(Ranking {
            images: keys.iter().enumerate().map(image).collect(),
            n_of_class,
            n_of_rest: keys.len() as u64 - n_of_class,
        })
    }

    /// As [`crate::metrics::areas`], with each image counted as often as its unit was drawn.
    pub fn areas(&self, drawn: &[u8], reciprocals: &Reciprocals) -> (Option<f64>, Option<f64>) {
        // Of the class and of the rest, above and among the ties.
        let (mut above, mut rest_above) = (0u64, 0u64);
        let (mut tied, mut rest_tied) = (0u64, 0u64);
        // Two sums, since each addition waits for the one before.
        let (mut twice_area, mut precisions, mut others) = (0u64, 0.0, 0.0);
        for &image in &self.images {
            let times = u64::from(drawn[(image >> 2) as usize]);
            let of_class = if image & OF_CLASS != 0 { times } else { 0 };
            tied += of_class;
            rest_tied += times - of_class;
            if image & ENDS_TIES != 0 {
                twice_area += rest_tied * (2 * above + tied);
                above += tied;
                rest_above += rest_tied;
                let precision = (tied * above) as i64 as f64 * reciprocals.of(above + rest_above);
                (precisions, others) = (others, precisions + precision);
                (tied, rest_tied) = (0, 0);
            }
        }
        let pairs = above * rest_above;
        (
            (pairs > 0).then(|| twice_area as f64 / (2 * pairs) as f64),
            (above > 0).then(|| (precisions + others) / above as f64),
        )
    }
}

/// The variance of a ROC AUC of that many images of the class and of the rest, where scores fall as exponentials do: Hanley and
/// McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve", with both numbers
/// taken for their mean as in Newcombe 2006, "Confidence intervals for an effect size measure based on the Mann-Whitney
/// statistic. Part 2", method 5.
pub fn exponential_variance(auc: f64, n_of_class: u64, n_of_rest: u64) -> f64 {
    let (m, n) = (n_of_class as f64, n_of_rest as f64);
    let mean = (m + n) / 2.0;
    let of_pairs = 2.0 * mean - 1.0 - (3.0 * mean - 3.0) / ((2.0 - auc) * (1.0 + auc));
    auc * (1.0 - auc) * of_pairs / (m * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::areas;

    /// Twelve images with ties; scikit-learn 1.9: s = [.9,.8,.8,.7,.6,.6,.5,.4,.4,.3,.2,.1], y = [1,1,0,1,0,1,0,0,1,0,0,0],
    /// w = [1,2,0,1,3,1,1,0,2,1,1,2]: roc_auc_score(y, s, sample_weight=w), average_precision_score(y, s, sample_weight=w).
    #[test]
    fn weights_count_as_in_scikit_learn() {
        let of_one = [0.9f32, 0.8, 0.8, 0.7, 0.6, 0.6, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1];
        let truth = vec![1, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0];
        let probabilities = of_one.iter().flat_map(|p| [1.0 - p, *p]).collect();
        let scores = Scores::new(2, truth, probabilities).unwrap();
        let units: Vec<u32> = (0..12).collect();
        let ranking = Ranking::of(&scores, 1, &units).unwrap();
        let once = Reciprocals::up_to(12);
        let (scores_of, positive) = scores.of_class(1);
        let (auc, ap) = ranking.areas(&[1; 12], &once);
        let plain = areas(&scores_of, &positive);
        assert!((auc.unwrap() - plain.0.unwrap()).abs() < 1e-12);
        assert!((ap.unwrap() - plain.1.unwrap()).abs() < 1e-12);
        let weights = [1, 2, 0, 1, 3, 1, 1, 0, 2, 1, 1, 2];
        let (auc, ap) = ranking.areas(&weights, &once);
        assert!((auc.unwrap() - 0.8303571428571428).abs() < 1e-12, "{auc:?}");
        assert!((ap.unwrap() - 0.8425324675324675).abs() < 1e-12, "{ap:?}");
        let nobody = [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1];
        assert_eq!(ranking.areas(&nobody, &once), (None, None));
    }

    /// By hand: 0.8 of 10 and 10: 0.8 * 0.2 * (19 - 27 / (1.2 * 1.8)) / 100.
    #[test]
    fn variance_of_an_area() {
        let expected = 0.16 * (19.0 - 27.0 / 2.16) / 100.0;
        assert!((exponential_variance(0.8, 10, 10) - expected).abs() < 1e-15);
        assert_eq!(exponential_variance(1.0, 10, 10), 0.0);
    }
}
