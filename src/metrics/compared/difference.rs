//! By how much one model is better than another, and whether that is more than chance: differences of proportions with their 95 %
//! intervals. Both were mostly judged on the same images, and what is hard for one is hard for the other; to pass that over
//! would hide differences that are there.

use serde::{Deserialize, Serialize};

use super::{Confusion, Interval, points, wilson};
use crate::metrics::certainty::{Z, of_mean};

/// A difference of two proportions, the second taken from the first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub value: f64,
    pub interval: Interval,
}

impl Difference {
    /// In percentage points, such as `+12.3 (4.1 to 20.5)`.
    pub fn in_words(&self) -> String {
        let end = |share: f64| points(share).trim_start_matches('+').to_owned();
        let Interval { low, high } = self.interval;
        format!("{} ({} to {})", points(self.value), end(low), end(high))
    }

    /// The standard error with which the interval would end where it does, on the side where there is no difference.
    pub fn error_towards_none(&self) -> f64 {
        let Interval { low, high } = self.interval;
        let end = if self.value > 0.0 { low } else { high };
        (self.value - end).abs() / Z
    }

    /// The same seen from the other side.
    pub fn turned(&self) -> Self {
        let Interval { low, high } = self.interval;
        Difference {
            value: -self.value,
            interval: Interval {
                low: -high,
                high: -low,
            },
        }
    }

    /// Whether the interval leaves out that there is none.
    pub fn is_sure(&self) -> bool {
        self.interval.low > 0.0 || self.interval.high < 0.0
    }
}

/// A difference with what is to be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub difference: Difference,
    /// Whether it is more than chance: by its own interval, and where it is one of many that were looked at, among these.
    pub is_sure: bool,
}

impl From<Difference> for Told {
    /// By itself.
    fn from(difference: Difference) -> Self {
        Told {
            is_sure: difference.is_sure(),
            difference,
        }
    }
}

/// The differences between two matrices of the same classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Differences {
    pub recall: Vec<Option<Difference>>,
    pub precision: Vec<Option<Difference>>,
    pub accuracy: Option<Difference>,
    pub balanced_accuracy: Option<Difference>,
    /// Whether it is known of each image what both said. Without, the images are taken for others, which makes the
    /// intervals wider than they need be.
    pub is_paired: bool,
}

impl Differences {
    /// Of a figure of each class, by its key in the registry; `None` where it has no interval.
    pub fn of_class(&self, key: &str) -> Option<&[Option<Difference>]> {
        match key {
            "recall" => Some(&self.recall),
            "precision" => Some(&self.precision),
            _ => None,
        }
    }

    /// Of a figure of the whole matrix, by its key in the registry; `None` where it has no interval.
    pub fn overall(&self, key: &str) -> Option<Difference> {
        match key {
            "accuracy" => self.accuracy,
            "balanced_accuracy" => self.balanced_accuracy,
            _ => None,
        }
    }
}

/// What two models said of the same images, counted for each class.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pairs {
    /// Of the images of a class, and of all: found by both, by the first alone, by the second alone, by neither.
    found: Vec<[u64; 4]>,
    found_of_all: [u64; 4],
    /// Of the images that both predicted to be a class: those that are, and all of them.
    predicted_by_both: Vec<[u64; 2]>,
}

impl Pairs {
    /// Each image's class, and what the first and the second model predicted. Images of no class are passed over.
    pub fn count(n_classes: usize, images: impl Iterator<Item = [usize; 3]>) -> Self {
        let mut pairs = Pairs {
            found: vec![[0; 4]; n_classes],
            found_of_all: [0; 4],
            predicted_by_both: vec![[0; 2]; n_classes],
        };
        for [truth, one, two] in images.filter(|image| image.iter().all(|&class| class < n_classes)) {
            let place = usize::from(one != truth) * 2 + usize::from(two != truth);
            pairs.found[truth][place] += 1;
            pairs.found_of_all[place] += 1;
            if one == two {
                pairs.predicted_by_both[one][0] += u64::from(one == truth);
                pairs.predicted_by_both[one][1] += 1;
            }
        }
        pairs
    }

    /// Of the images of that class that one model found and the other did not: the first alone, the second alone.
    pub fn found_by_one(&self, class_idx: usize) -> [u64; 2] {
        let [_, first, second, _] = self.found.get(class_idx).copied().unwrap_or_default();
        [first, second]
    }

    /// The same of all images.
    pub fn right_by_one(&self) -> [u64; 2] {
        let [_, first, second, _] = self.found_of_all;
        [first, second]
    }
}

/// Of the first against the second; `pairs` is what both said of each image, where that is known.
pub fn differences(one: &Confusion, two: &Confusion, pairs: Option<&Pairs>) -> Option<Differences> {
    let n_classes = one.n_classes();
    if two.n_classes() != n_classes {
        return None;
    }
    let pairs = pairs.filter(|pairs| pairs.found.len() == n_classes);
    let right = |confusion: &Confusion, class_idx: usize| confusion.get(class_idx, class_idx);
    let recall = |class_idx: usize| {
        let phi = pairs.map_or(0.0, |pairs| phi(pairs.found[class_idx]));
        let of = |c: &Confusion| (right(c, class_idx), c.row_total(class_idx));
        square_and_add(of(one), of(two), phi)
    };
    let precision = |class_idx: usize| {
        let of = |c: &Confusion| (right(c, class_idx), c.col_total(class_idx));
        let both = pairs.map_or([0, 0], |pairs| pairs.predicted_by_both[class_idx]);
        square_and_add(of(one), of(two), overlap(of(one), of(two), both))
    };
    let of_all = |c: &Confusion| (c.diagonal().sum(), c.total());
    let phi_of_all = pairs.map_or(0.0, |pairs| phi(pairs.found_of_all));
    let recall: Vec<_> = (0..n_classes).map(recall).collect();
    let has_images = |c: &Confusion| -> Vec<bool> { (0..n_classes).map(|i| c.row_total(i) > 0).collect() };
    Some(Differences {
        // Means over other classes cannot be held against each other.
        balanced_accuracy: (has_images(one) == has_images(two))
            .then(|| mean(&recall))
            .flatten(),
        precision: (0..n_classes).map(precision).collect(),
        accuracy: square_and_add(of_all(one), of_all(two), phi_of_all),
        recall,
        is_paired: pairs.is_some(),
    })
}

/// Of two shares `k` of `n` of different images; `None` where one is of nothing.
pub fn difference_of_shares(one: (u64, u64), two: (u64, u64)) -> Option<Difference> {
    square_and_add(one, two, 0.0)
}

/// The difference of the shares `k` of `n`, by squaring and adding how far each lies from the ends of its own interval
/// (Wilson's): Newcombe 1998, "Interval estimation for the difference between independent proportions: comparison of eleven
/// methods", method 10; for proportions that are correlated, the same author's "Improved confidence intervals for the
/// difference between binomial proportions based on paired data", method 10, or in general Zou and Donner 2008, "Construction
/// of confidence limits about effect measures: a general approach".
fn square_and_add(one: (u64, u64), two: (u64, u64), correlation: f64) -> Option<Difference> {
    let first = (share(one), wilson(one.0, one.1)?);
    let second = (share(two), wilson(two.0, two.1)?);
    Some(apart(first, second, correlation))
}

/// The difference of two figures, each with its own interval, from these and how the figures go together: Zou and Donner 2008.
pub fn apart((p, first): (f64, Interval), (q, second): (f64, Interval), correlation: f64) -> Difference {
    let end = |a: f64, b: f64| (a * a - 2.0 * correlation * a * b + b * b).max(0.0).sqrt();
    let value = p - q;
    Difference {
        value,
        interval: Interval {
            low: value - end(p - first.low, second.high - q),
            high: value + end(first.high - p, q - second.low),
        },
    }
}

fn share((k, n): (u64, u64)) -> f64 {
    k as f64 / n as f64
}

/// How two outcomes on the same images go together: of both, the first alone, the second alone, neither. With the correction
/// for continuity of Newcombe's method 10.
fn phi([both, first, second, neither]: [u64; 4]) -> f64 {
    let [both, first, second, neither] = [both, first, second, neither].map(|n| n as f64);
    let n = both + first + second + neither;
    let size = (both + first) * (second + neither) * (both + second) * (first + neither);
    let together = both * neither - first * second;
    let together = match together > 0.0 {
        true => (together - n / 2.0).max(0.0),
        false => together,
    };
    if size > 0.0 { together / size.sqrt() } else { 0.0 }
}

/// How two precisions go together: only images that both predicted to be the class are in both. The covariance of two means
/// over samples that overlap, over the product of their standard errors.
fn overlap(one: (u64, u64), two: (u64, u64), [right, all]: [u64; 2]) -> f64 {
    if one.1 == 0 || two.1 == 0 {
        return 0.0;
    }
    let (p, q) = (share(one), share(two));
    let (right, wrong) = (right as f64, (all - right) as f64);
    let together = right * (1.0 - p) * (1.0 - q) + wrong * p * q;
    let size = one.1 as f64 * p * (1.0 - p) * two.1 as f64 * q * (1.0 - q);
    if size > 0.0 {
        (together / size.sqrt()).clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

fn mean(differences: &[Option<Difference>]) -> Option<Difference> {
    let known = differences.iter().flatten();
    let known: Vec<(f64, Interval)> = known.map(|d| (d.value, d.interval)).collect();
    of_mean(&known).map(|(value, interval)| Difference { value, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(difference: Difference, low: f64, high: f64) {
        let Interval { low: l, high: h } = difference.interval;
        assert!(
            (l - low).abs() < 1e-9 && (h - high).abs() < 1e-9,
            "{difference:?}"
        );
    }

    /// statsmodels 0.14: confint_proportions_2indep(k, n, k, n, method="newcomb", compare="diff").
    #[test]
    fn the_same_as_statsmodels_where_images_are_others() {
        let table = [
            ((56, 70), (48, 80), 0.05243147240236498, 0.33387265403690614),
            ((9, 10), (3, 10), 0.1705227239345029, 0.809017973535488),
            ((5, 56), (0, 29), -0.038137147903536936, 0.19256001385511165),
            ((10, 10), (0, 10), 0.6075093504305241, 1.0),
        ];
        for (one, two, low, high) in table {
            near(square_and_add(one, two, 0.0).unwrap(), low, high);
        }
        assert_eq!(square_and_add((0, 0), (1, 2), 0.0), None);
    }

    /// The first row is Newcombe's example (1998, paired data, table III): 0.0569 to 0.3404. The others are computed by his
    /// formula in Python.
    #[test]
    fn the_same_as_newcombe_where_images_are_the_same() {
        let table = [
            ([36, 12, 2, 0], 0.05692958400323869, 0.3404276029749407),
            ([36, 14, 0, 0], 0.1528395178558573, 0.41665123695956563),
            ([54, 0, 0, 0], -0.06641358809089626, 0.06641358809089626),
            ([24, 9, 2, 21], 0.00839204452784395, 0.23446939977052897),
            ([212, 144, 256, 707], -0.11419153280506708, -0.05543347268433288),
        ];
        for (cells, low, high) in table {
            let [both, first, second, _] = cells;
            let n = cells.iter().sum();
            near(
                square_and_add((both + first, n), (both + second, n), phi(cells)).unwrap(),
                low,
                high,
            );
        }
    }

    /// Forty images of two classes; the second model differs in five of them.
    fn two_models() -> (Confusion, Confusion, Pairs) {
        let of = |truth: usize, one: usize, two: usize, n: usize| std::iter::repeat_n([truth, one, two], n);
        let images = of(0, 0, 0, 20)
            .chain(of(0, 0, 1, 4))
            .chain(of(0, 1, 1, 6))
            .chain(of(1, 1, 1, 6))
            .chain(of(1, 0, 1, 1))
            .chain(of(1, 0, 0, 3));
        let images: Vec<[usize; 3]> = images.collect();
        let (mut one, mut two) = (Confusion::new(2), Confusion::new(2));
        for &[truth, first, second] in &images {
            one.add(truth, first);
            two.add(truth, second);
        }
        (one, two, Pairs::count(2, images.into_iter()))
    }

    #[test]
    fn what_both_said_of_an_image_narrows_the_interval() {
        let (one, two, pairs) = two_models();
        assert_eq!(pairs.found, [[20, 4, 0, 6], [6, 0, 1, 3]]);
        assert_eq!(pairs.found_of_all, [26, 4, 1, 9]);
        assert_eq!(pairs.predicted_by_both, [[20, 23], [6, 12]]);
        let paired = differences(&one, &two, Some(&pairs)).unwrap();
        let apart = differences(&one, &two, None).unwrap();
        assert!(paired.is_paired && !apart.is_paired);
        let width = |d: Option<Difference>| d.unwrap().interval.half_width();
        for class_idx in 0..2 {
            for (one, two) in [
                (paired.recall[class_idx], apart.recall[class_idx]),
                (paired.precision[class_idx], apart.precision[class_idx]),
            ] {
                assert_eq!(one.unwrap().value, two.unwrap().value);
                assert!(width(one) < width(two), "{one:?} {two:?}");
            }
        }
        assert!(width(paired.accuracy) < width(apart.accuracy));
        assert!(width(paired.balanced_accuracy) < width(apart.balanced_accuracy));
        assert!((paired.recall[0].unwrap().value - 4.0 / 30.0).abs() < 1e-12);
        let balanced = paired.balanced_accuracy.unwrap();
        assert!((balanced.value - (4.0 / 30.0 - 1.0 / 10.0) / 2.0).abs() < 1e-12);
        assert!(!balanced.is_sure());
    }

    /// Of the same predictions as both, a precision's difference is none, for sure.
    #[test]
    fn a_model_does_not_differ_from_itself() {
        let (one, _, _) = two_models();
        let itself = (0..2).flat_map(|t| (0..2).flat_map(move |p| std::iter::repeat_n([t, p, p], 5)));
        let pairs = Pairs::count(2, itself);
        assert_eq!(overlap((5, 10), (5, 10), pairs.predicted_by_both[0]), 1.0);
        let none = differences(&one, &one, None).unwrap();
        assert_eq!(none.recall[0].map(|d| d.value), Some(0.0));
        assert!(!none.recall[0].unwrap().is_sure());
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_compared() {
        let two = Confusion::from_rows([[3, 1], [0, 2]]);
        assert_eq!(differences(&two, &Confusion::new(3), None), None);
        // A class without images on one side: no recall, and means over other classes.
        let other = Confusion::from_rows([[3, 1], [0, 0]]);
        let differences = differences(&two, &other, None).unwrap();
        assert_eq!(
            (differences.recall[1], differences.balanced_accuracy),
            (None, None)
        );
        assert!(differences.accuracy.is_some());
    }
}
