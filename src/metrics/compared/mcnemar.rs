//! Whether two models are right about equally many of the same images, and how many images it takes to tell.

use serde::{Deserialize, Serialize};

use super::fisher::Factorials;
use crate::metrics::certainty::Z;

/// The 80 % quantile of the standard normal distribution.
const Z_POWER: f64 = 0.841_621_233_572_914_2;

/// McNemar's exact test: only images about which one model is right and the other wrong tell them apart, and of these each would be
/// right about as many (McNemar 1947, "Note on the sampling error of the difference between correlated proportions or
/// percentages").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct McNemar {
    /// Wrong under the first, right under the second.
    pub fixed: u64,
    /// Right under the first, wrong under the second.
    pub broken: u64,
    /// Two-sided.
    pub p: f64,
}

impl McNemar {
    pub fn of(fixed: u64, broken: u64) -> Self {
        let n = fixed + broken;
        let factorials = Factorials::up_to(n);
        let probability = |k: u64| (factorials.choose(n, k) - n as f64 * std::f64::consts::LN_2).exp();
        let tail: f64 = (0..=fixed.min(broken)).map(probability).sum();
        McNemar {
            fixed,
            broken,
            p: (2.0 * tail).min(1.0),
        }
    }
}

/// Of how many images of the same mix a difference as large as this one would be told from none, at 5 % and with a power of 80 %,
/// where of `n` images it has the standard errors `by_chance`, were there no difference, and `seen`, as it is: Connor 1987,
/// "Sample size for testing differences in proportions for the paired-sample design". `None` where there is no difference.
pub fn images_to_tell(n: u64, difference: f64, by_chance: f64, seen: f64) -> Option<u64> {
    let ratio = (Z * by_chance + Z_POWER * seen) / difference;
    let needed = (n as f64 * ratio * ratio).ceil();
    (needed.is_finite() && needed > 0.0).then_some(needed as u64)
}

/// How probable a standard normal number is that is at least so far from zero: the complementary error function, off by a millionth of
/// itself at most (Press et al. 1992, "Numerical recipes in C", 6.2).
pub fn two_sided(z: f64) -> f64 {
    const SERIES: [f64; 10] = [
        -1.26551223,
        1.00002368,
        0.37409196,
        0.09678418,
        -0.18628806,
        0.27886807,
        -1.13520398,
        1.48851587,
        -0.82215223,
        0.17087277,
    ];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let series = SERIES.iter().rev().fold(0.0, |sum, term| sum * t + term);
    (t * (series - x * x).exp()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// statsmodels 0.14: mcnemar([[0, broken], [fixed, 0]], exact=True).pvalue.
    #[test]
    fn the_same_as_statsmodels() {
        let table = [
            (3, 9, 0.14599609375),
            (0, 6, 0.03125),
            (5, 5, 1.0),
            (0, 0, 1.0),
            (120, 181, 0.0005224207099608613),
            (2000, 2310, 2.4934487030254015e-06),
            (1, 0, 1.0),
        ];
        for (fixed, broken, p) in table {
            let test = McNemar::of(fixed, broken);
            assert!((test.p / p - 1.0).abs() < 1e-9, "{fixed} {broken}: {}", test.p);
        }
    }

    /// SciPy: 2 * norm.sf(z).
    #[test]
    fn tails_of_the_normal_distribution() {
        let table = [
            (0.0, 1.0),
            (0.5, 0.6170750774519738),
            (1.0, 0.31731050786291415),
            (1.96, 0.04999579029644087),
            (2.5758, 0.01000084747555736),
            (4.0, 6.334248366623973e-05),
            (7.0, 2.55962508777167e-12),
        ];
        for (z, p) in table {
            assert!((two_sided(z) / p - 1.0).abs() < 2e-6, "{z}: {}", two_sided(z));
            assert_eq!(two_sided(z), two_sided(-z));
        }
    }

    /// Connor's formula written out in Python for 60 fixed and 40 broken of 1,000: psi = 0.1, d = 0.02,
    /// (1.959964 * psi ** 0.5 + 0.841621 * (psi - d ** 2) ** 0.5) ** 2 / d ** 2 = 1959.9.
    #[test]
    fn a_small_difference_takes_many_images() {
        let (psi, d): (f64, f64) = (0.1, 0.02);
        let needed = images_to_tell(1000, d, (psi / 1000.0).sqrt(), ((psi - d * d) / 1000.0).sqrt());
        assert_eq!(needed, Some(1960));
        assert_eq!(images_to_tell(1000, 0.0, 0.1, 0.1), None);
    }
}
