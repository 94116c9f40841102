//! How far a share of that many images can be trusted, each for itself or in groups that resemble each other.

use serde::{Deserialize, Serialize};

/// The 97.5 % quantile of the standard normal distribution.
pub const Z: f64 = 1.959963984540054;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// For a "±". The interval is not centred on the share itself but a little nearer to one half, the more so the
    /// fewer the images.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// The 95 % interval of the share `k` of `n`: Wilson 1927, "Probable inference, the law of succession, and statistical
/// inference". Unlike the normal approximation it stays within [0, 1] and says something sensible of 0 of 10.
/// `None` where `n` is 0.
pub fn wilson(k: u64, n: u64) -> Option<Interval> {
    (n > 0).then(|| of_share(k as f64 / n as f64, n as f64))
}

/// Wilson's interval of a share that says no more than `worth` images of which each stands for itself.
pub fn of_share(share: f64, worth: f64) -> Interval {
    let scale = 1.0 + Z * Z / worth;
    let centre = (share + Z * Z / (2.0 * worth)) / scale;
    let half = Z / scale * (share * (1.0 - share) / worth + Z * Z / (4.0 * worth * worth)).sqrt();
    // At the ends the formula gives exactly 0 and 1, but its rounding does not.
    Interval {
        low: if share <= 0.0 { 0.0 } else { centre - half },
        high: if share >= 1.0 { 1.0 } else { centre + half },
    }
}

/// How many images it takes until the 95 % interval of that share (Wilson's) reaches no further than `half` to either side, on
/// the mean.
pub fn images_needed(share: f64, half: f64) -> u64 {
    let is_wide = |n: u64| of_share(share, n as f64).half_width() > half;
    (1..).find(|&n| !is_wide(n)).unwrap_or(u64::MAX)
}

/// The mean of independent values, each with its interval, by squaring and adding how far each lies from the ends of its own:
/// Zou, Huang and Zhang 2009, "A note on confidence interval estimation for a linear function of binomial proportions".
/// `None` of nothing.
pub fn of_mean(values: &[(f64, Interval)]) -> Option<(f64, Interval)> {
    let n = values.len() as f64;
    let mean = values.iter().map(|(value, _)| value).sum::<f64>() / n;
    let away = |far: fn(&(f64, Interval)) -> f64| {
        let squares = values.iter().map(|value| far(value).powi(2));
        squares.sum::<f64>().sqrt() / n
    };
    (n > 0.0).then(|| {
        let interval = Interval {
            low: mean - away(|(value, interval)| value - interval.low),
            high: mean + away(|(value, interval)| interval.high - value),
        };
        (mean, interval)
    })
}

/// How many groups there are; they are numbered from 0.
pub fn n_groups(groups: &[u32]) -> usize {
    groups.iter().max().map_or(0, |&last| last as usize + 1)
}

/// A share that is counted image by image, where images may come in groups, such as those of one person.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    part: u64,
    whole: u64,
    /// `None` where each image stands for itself.
    groups: Option<Groups>,
}

/// What is counted of each group, and the sums over groups that the variance is made of.
#[derive(Debug, Clone, Default)]
struct Groups {
    /// (part, whole) by group.
    each: Vec<(u64, u64)>,
    n_filled: u64,
    part_squared: f64,
    part_by_whole: f64,
    whole_squared: f64,
}

impl Tally {
    pub fn new(n_groups: Option<usize>) -> Self {
        let groups = n_groups.map(|n| Groups {
            each: vec![(0, 0); n],
            ..Groups::default()
        });
        Tally {
            groups,
            ..Tally::default()
        }
    }

    /// An image of that group more among the whole.
    pub fn add_whole(&mut self, group: usize) {
        self.whole += 1;
        self.change(group, |(_, whole)| *whole += 1);
    }

    /// One of those that are counted already belongs to the part as well.
    pub fn add_part(&mut self, group: usize) {
        self.part += 1;
        self.change(group, |(part, _)| *part += 1);
    }

    pub fn part(&self) -> u64 {
        self.part
    }

    pub fn whole(&self) -> u64 {
        self.whole
    }

    fn change(&mut self, group: usize, change: impl FnOnce(&mut (u64, u64))) {
        let Some(groups) = &mut self.groups else { return };
        let Some(slot) = groups.each.get_mut(group) else {
            return;
        };
        let before = *slot;
        change(slot);
        let after = *slot;
        groups.n_filled += u64::from(before.1 == 0 && after.1 > 0);
        let product = |a: u64, b: u64| a as f64 * b as f64;
        groups.part_squared += product(after.0, after.0) - product(before.0, before.0);
        groups.part_by_whole += product(after.0, after.1) - product(before.0, before.1);
        groups.whole_squared += product(after.1, after.1) - product(before.1, before.1);
    }

    /// The 95 % interval of the share. In groups it is Wilson's for as many images as these are worth: their number,
    /// divided by the design effect of the linearized variance between groups and by what a t distribution asks of few
    /// groups (Korn and Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
    /// estimated from survey data", with Wilson's interval as in Dean and Pagano 2015). `None` of nothing, and of one
    /// group, by which nobody knows how much groups differ.
    pub fn interval(&self) -> Option<Interval> {
        if self.whole == 0 {
            return None;
        }
        let worth = match &self.groups {
            None => self.whole as f64,
            Some(groups) => groups.worth(self.part, self.whole)?,
        };
        Some(of_share(self.part as f64 / self.whole as f64, worth))
    }
}

impl Groups {
    fn worth(&self, part: u64, whole: u64) -> Option<f64> {
        if self.n_filled < 2 {
            return None;
        }
        let (m, n) = (self.n_filled as f64, whole as f64);
        let share = part as f64 / n;
        let independent = match part == 0 || part == whole {
            // Groups that all agree do not show how much they differ: each speaks with one voice, however large.
            true => n * n / self.whole_squared,
            false => {
                let squares =
                    self.part_squared - 2.0 * share * self.part_by_whole + share * share * self.whole_squared;
                let variance = m / (m - 1.0) * squares.max(0.0) / (n * n);
                share * (1.0 - share) / variance
            }
        };
        // Never more than they are.
        Some((independent * of_few(self.n_filled)).min(n))
    }
}

/// What is left of the worth of images where their variance is known from no more than that many groups.
pub fn of_few(n_groups: u64) -> f64 {
    let few = Z / t_quantile(n_groups.saturating_sub(1));
    few * few
}

/// The 97.5 % quantile of Student's t: exact for one and two degrees of freedom, else by Cornish and Fisher's expansion,
/// which is off by 0.1 % at three and by less beyond.
fn t_quantile(freedom: u64) -> f64 {
    match freedom {
        0 | 1 => 12.706_204_736_432_095,
        2 => 4.302_652_729_911_275,
        _ => {
            let (v, z2) = (freedom as f64, Z * Z);
            let terms = [
                (z2 + 1.0) / 4.0,
                ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
                (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
                ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92160.0,
            ];
            let series = terms.iter().rev().fold(0.0, |sum, term| (sum + term) / v);
            Z * (1.0 + series)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy: binomtest(k, n).proportion_ci(0.95, "wilson").
    #[test]
    fn the_same_as_scipy() {
        let table = [
            (2418, 2989, 0.7944800375439839, 0.8226592347540534),
            (16464, 16639, 0.9878155824598869, 0.9909235373174539),
            (0, 10, 0.0, 0.27753279986288926),
            (10, 10, 0.7224672001371109, 1.0),
            (1, 2, 0.09453120573423074, 0.9054687942657693),
            (3, 7, 0.1582198552514697, 0.7495416354723428),
        ];
        for (k, n, low, high) in table {
            let interval = wilson(k, n).unwrap();
            assert!((interval.low - low).abs() < 1e-14, "{k} of {n}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-14, "{k} of {n}: {interval:?}");
            assert!((interval.half_width() - (high - low) / 2.0).abs() < 1e-14);
        }
        assert_eq!(wilson(0, 0), None);
    }

    /// SciPy: stats.t.ppf(0.975, freedom).
    #[test]
    fn quantiles_of_t() {
        let table = [
            (1, 12.706204736174694),
            (2, 4.302652729749462),
            (3, 3.182446305283708),
            (4, 2.7764451051977934),
            (9, 2.2621571627982053),
            (29, 2.045229642132703),
            (400, 1.9659123432294688),
        ];
        for (freedom, expected) in table {
            let relative: f64 = t_quantile(freedom) / expected - 1.0;
            assert!(relative.abs() < 2e-3, "{freedom}: {}", t_quantile(freedom));
        }
    }

    type Counts = &'static [(u64, u64)];

    fn tally(groups: &[(u64, u64)]) -> Tally {
        let mut tally = Tally::new(Some(groups.len()));
        for (group, &(part, whole)) in groups.iter().enumerate() {
            (0..whole).for_each(|_| tally.add_whole(group));
            (0..part).for_each(|_| tally.add_part(group));
        }
        tally
    }

    /// NumPy and SciPy, written out: with k and n by group, p = k.sum() / n.sum(), m = len(n),
    /// v = m / (m - 1) * ((k - p * n) ** 2).sum() / n.sum() ** 2, worth = p * (1 - p) / v * (z / t.ppf(0.975, m - 1)) ** 2,
    /// then Wilson's formula for p of min(worth, n.sum()).
    #[test]
    fn groups_count_for_what_they_are_worth() {
        let table: [(Counts, f64, f64); 4] = [
            (
                &[(8, 10), (3, 4), (1, 6), (5, 5), (7, 9)],
                0.34897126042293564,
                0.9148621501302494,
            ),
            (
                &[(20, 25), (2, 30), (14, 15), (9, 20)],
                0.09948646190295962,
                0.9005135380970404,
            ),
            (
                &[(3, 3), (4, 4), (2, 2), (6, 6), (5, 5), (1, 1)],
                0.4230954149709935,
                1.0,
            ),
            (&[(0, 4), (0, 7), (0, 1)], 0.0, 0.8945708492903807),
        ];
        for (groups, low, high) in table {
            let interval = tally(groups).interval().unwrap();
            assert!((interval.low - low).abs() < 1e-3, "{groups:?}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-3, "{groups:?}: {interval:?}");
        }
        assert_eq!(tally(&[(3, 4)]).interval(), None);
        assert_eq!(tally(&[(3, 4), (0, 0)]).interval(), None);
        assert_eq!(tally(&[]).interval(), None);
    }

    /// Groups that resemble each other in nothing are worth all their images, and those of one image as well.
    #[test]
    fn groups_are_never_worth_more_than_their_images() {
        let even = tally(&[(1, 2); 40]).interval().unwrap();
        assert_eq!(Some(even), wilson(40, 80));
        let mut each = Tally::new(None);
        (0..80).for_each(|_| each.add_whole(0));
        (0..40).for_each(|_| each.add_part(0));
        assert_eq!(each.interval(), wilson(40, 80));
        assert_eq!((each.part(), each.whole()), (40, 80));
        // Two persons of 40 images each, of whom one is always found.
        let apart = tally(&[(40, 40), (0, 40)]).interval().unwrap();
        assert!(apart.low < 0.05 && apart.high > 0.95, "{apart:?}");
    }
}
