//! One class's figures where classes are more or less common than among the images that were judged. What is said of images of a
//! class stays as it is; what is said of images that were called the class follows from how many of each class there are.

use crate::metrics::certainty::Z;
use crate::metrics::{Confusion, Interval, percent};

/// Shares of what is called the class, or is not, in another mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elsewhere {
    /// Of what is called the class, the share that is, with its 95 % interval.
    pub precision: Option<f64>,
    pub precision_interval: Option<Interval>,
    /// Of what is called another, the share that is; likewise.
    pub npv: Option<f64>,
    pub npv_interval: Option<Interval>,
    /// Images of 1,000 that are called the class.
    pub called_of_thousand: f64,
    /// Of these, how many are not.
    pub false_alarms_of_thousand: f64,
    /// Images of the class among 1,000 that are called another.
    pub missed_of_thousand: f64,
}

impl Elsewhere {
    /// Such as `Where 2.0 % of the images are hat: of 1,000 images 82.5 are predicted hat, 70.0 of them wrongly, and 7.5 hat are
    /// missed. Of those predicted hat, 15.2 % (5.2 % to 36.9 %) are`; `share` is the class's of the images there.
    pub fn in_words(&self, class: &str, share: f64) -> String {
        let interval = self.precision_interval.map_or_else(String::new, |interval| {
            let [low, high] = [interval.low, interval.high].map(|end| percent(Some(end), 1));
            format!(" ({low} to {high})")
        });
        format!(
            "Where {} of the images are {class}: of 1,000 images {:.1} are predicted {class}, {:.1} of them wrongly, and {:.1} {class} \
             are missed. Of those predicted {class}, {}{interval} are",
            fine_share(share),
            self.called_of_thousand,
            self.false_alarms_of_thousand,
            self.missed_of_thousand,
            percent(self.precision, 1),
        )
    }
}

/// As many digits as are needed to see it: `2.0 %`, `0.0001 %`.
fn fine_share(share: f64) -> String {
    let percent = 100.0 * share;
    let digits = match percent.min(100.0 - percent) {
        near if near >= 0.1 => 1,
        near => (-near.log10()).ceil().clamp(2.0, 12.0) as usize,
    };
    format!("{percent:.digits$} %")
}

/// The mix in which that class has that share, and the others keep theirs to each other. `None` where the share is none, or
/// there are no others.
pub fn mix_with(shares: &[f64], class_idx: usize, share: f64) -> Option<Vec<f64>> {
    let total: f64 = shares.iter().sum();
    let others = total - *shares.get(class_idx)?;
    let mix = |(i, of): (usize, &f64)| match i == class_idx {
        true => share,
        false => (1.0 - share) * of / others,
    };
    let is_share = share > 0.0 && share < 1.0;
    (is_share && others > 0.0).then(|| shares.iter().enumerate().map(mix).collect())
}

/// By Bayes: precision = p r / (p r + (1 − p) f), with the class's share p of the mix, its recall r, and the share f of the others,
/// each in its share of the mix, that are called it. Its interval is that of the likelihood ratio r / f on the scale of log
/// odds (Simel, Samsa and Matchar 1991, "Likelihood ratios with confidence"); where a count is nothing or all, half an image is
/// added (Haldane 1956). `None` where a class of the mix has no image.
pub fn elsewhere(confusion: &Confusion, class_idx: usize, mix: &[f64]) -> Option<Elsewhere> {
    let p = *mix.get(class_idx)?;
    let called = |i: usize| (confusion.get(i, class_idx), confusion.row_total(i));
    let is_known = |i: usize| mix[i] == 0.0 || confusion.row_total(i) > 0;
    if mix.len() != confusion.n_classes() || !(0..mix.len()).all(is_known) {
        return None;
    }
    let others: Vec<(f64, u64, u64)> = (0..mix.len())
        .filter(|&i| i != class_idx && mix[i] > 0.0)
        .map(|i| (mix[i] / (1.0 - p), called(i).0, called(i).1))
        .collect();
    let (found, support) = called(class_idx);
    let of_class = [(1.0, found, support)];
    let (r, f) = (Share::of(&of_class), Share::of(&others));
    let turned = |rows: &[(f64, u64, u64)]| {
        Share::of(&rows.iter().map(|&(w, k, n)| (w, n - k, n)).collect::<Vec<_>>())
    };
    let (kept, missed) = (turned(&others), turned(&of_class));
    Some(Elsewhere {
        precision: right(p, r.value, f.value),
        precision_interval: interval(p, r, f),
        npv: right(1.0 - p, kept.value, missed.value),
        npv_interval: interval(1.0 - p, kept, missed),
        called_of_thousand: 1000.0 * (p * r.value + (1.0 - p) * f.value),
        false_alarms_of_thousand: 1000.0 * (1.0 - p) * f.value,
        missed_of_thousand: 1000.0 * p * missed.value,
    })
}

/// A mean of shares, and its logarithm with the variance of that.
#[derive(Debug, Clone, Copy)]
struct Share {
    value: f64,
    log: f64,
    variance: f64,
}

impl Share {
    /// Of (weight, part, whole), the weights adding up to one.
    fn of(rows: &[(f64, u64, u64)]) -> Self {
        let value: f64 = rows.iter().map(|&(w, k, n)| w * k as f64 / n as f64).sum();
        let half = if value == 0.0 || value == 1.0 { 0.5 } else { 0.0 };
        let added = |&(w, k, n): &(f64, u64, u64)| {
            let whole = n as f64 + 2.0 * half;
            let share = (k as f64 + half) / whole;
            (w * share, w * w * share * (1.0 - share) / whole)
        };
        let (mean, variance) = rows
            .iter()
            .map(added)
            .fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        Share {
            value,
            log: mean.ln(),
            variance: variance / (mean * mean),
        }
    }
}

fn right(p: f64, r: f64, f: f64) -> Option<f64> {
    let called = p * r + (1.0 - p) * f;
    (called > 0.0).then(|| p * r / called)
}

fn interval(p: f64, r: Share, f: Share) -> Option<Interval> {
    let centre = (p / (1.0 - p)).ln() + r.log - f.log;
    let half = Z * (r.variance + f.variance).sqrt();
    let share = |log_odds: f64| 1.0 / (1.0 + (-log_odds).exp());
    // Of what nobody is called, no share is known.
    let is_known = r.value + f.value > 0.0 && centre.is_finite() && half.is_finite();
    is_known.then(|| Interval {
        low: if r.value == 0.0 { 0.0 } else { share(centre - half) },
        high: if f.value == 0.0 { 1.0 } else { share(centre + half) },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::of_class;

    fn near(got: f64, expected: f64) {
        assert!((got - expected).abs() < 1e-9, "{got} for {expected}");
    }

    /// The notebook's fourth matrix: FAKE 16,639, REAL 2,989.
    #[test]
    fn precision_follows_from_how_common_the_class_is() {
        let confusion = Confusion::from_rows([[12105, 4534], [571, 2418]]);
        let real = of_class(&confusion, 1).unwrap();
        let shares = [16639.0, 2989.0].map(|n| n / 19628.0);
        let same = elsewhere(&confusion, 1, &shares).unwrap();
        near(same.precision.unwrap(), real.precision.unwrap());
        near(same.npv.unwrap(), real.npv.unwrap());
        let rare = elsewhere(&confusion, 1, &mix_with(&shares, 1, 0.005).unwrap()).unwrap();
        // NumPy, with r = 2418/2989, f = 4534/16639, p = 1/200: p*r/(p*r+(1-p)*f); (1-p)*(1-f)/((1-p)*(1-f)+p*(1-r)).
        near(rare.precision.unwrap(), 0.014699138218597188);
        near(rare.npv.unwrap(), 0.998682208027813);
        near(rare.called_of_thousand, 275.17470664065814);
        near(rare.missed_of_thousand, 0.9551689528270324);
        // exp(log(p/(1-p)) + log(r/f) ± 1.96 sqrt((1-r)/2418 + (1-f)/4534)) as shares.
        let interval = rare.precision_interval.unwrap();
        near(interval.low, 0.014266278104010105);
        near(interval.high, 0.015144930166916655);
    }

    /// By hand: 30 % a, 60 % b, 10 % c; of a 1 in 10 and of b 1 in 4 are called c, of c 4 in 5.
    #[test]
    fn others_count_by_their_share_of_the_mix() {
        let confusion = Confusion::from_rows([[90, 0, 10], [0, 15, 5], [1, 1, 8]]);
        let of_c = elsewhere(&confusion, 2, &[0.3, 0.6, 0.1]).unwrap();
        near(of_c.precision.unwrap(), 0.08 / (0.08 + 0.03 + 0.15));
        near(of_c.false_alarms_of_thousand, 180.0);
        for (share, expected) in mix_with(&[90.0, 180.0, 30.0], 2, 0.4)
            .unwrap()
            .iter()
            .zip([0.2, 0.4, 0.4])
        {
            near(*share, expected);
        }
        assert_eq!(mix_with(&[1.0, 1.0], 0, 0.0), None);
        assert_eq!(mix_with(&[1.0, 0.0], 0, 0.5), None);
    }

    #[test]
    fn what_is_not_known_is_none() {
        let nothing = Confusion::from_rows([[10, 0], [4, 0]]);
        let never = elsewhere(&nothing, 1, &[0.9, 0.1]).unwrap();
        assert_eq!((never.precision, never.precision_interval), (None, None));
        assert_eq!(never.called_of_thousand, 0.0);
        let empty = Confusion::from_rows([[10, 2], [0, 0]]);
        assert_eq!(elsewhere(&empty, 1, &[0.9, 0.1]), None);
        let sure = elsewhere(&Confusion::from_rows([[10, 0], [0, 5]]), 1, &[0.9, 0.1]).unwrap();
        let interval = sure.precision_interval.unwrap();
        assert!(
            sure.precision == Some(1.0) && interval.low > 0.12 && interval.high == 1.0,
            "{sure:?}"
        );
    }
}
