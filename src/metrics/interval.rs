//! How far a share of that many images can be trusted.

use serde::{Deserialize, Serialize};

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959963984540054;

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
    if n == 0 {
        return None;
    }
    let (n_f, share) = (n as f64, k as f64 / n as f64);
    let scale = 1.0 + Z * Z / n_f;
    let centre = (share + Z * Z / (2.0 * n_f)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n_f + Z * Z / (4.0 * n_f * n_f)).sqrt();
    // At the ends the formula gives exactly 0 and 1, but its rounding does not.
    Some(Interval {
        low: if k == 0 { 0.0 } else { centre - half },
        high: if k == n { 1.0 } else { centre + half },
    })
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
}
