//! Fisher's exact test: how probable a table of two by two is by chance, given its sums.

/// Tables that are as probable as the one seen count among the less probable, whatever rounding says; as in R.
const AS_PROBABLE: f64 = 1.0 + 1e-7;

/// Logarithms of factorials, from 0 on: of `n!` at `n`.
pub struct Factorials(Vec<f64>);

impl Factorials {
    pub fn up_to(n: u64) -> Self {
        let mut sum = 0.0;
        let of = |i: u64| {
            sum += (i.max(1) as f64).ln();
            sum
        };
        Factorials((0..=n).map(of).collect())
    }

    pub(super) fn choose(&self, n: u64, k: u64) -> f64 {
        let of = |n: u64| self.0.get(n as usize).copied().unwrap_or(f64::NAN);
        of(n) - of(k) - of(n - k)
    }
}

/// The probability of a table that is no more probable than this one: `k` of `n` here, and there. `factorials` reach as far as
/// both together.
pub fn fisher_exact(one: (u64, u64), two: (u64, u64), factorials: &Factorials) -> f64 {
    let (found, n) = (one.0 + two.0, one.1 + two.1);
    let probability = |k: u64| {
        let logarithm = factorials.choose(one.1, k) + factorials.choose(two.1, found - k);
        (logarithm - factorials.choose(n, found)).exp()
    };
    let limit = probability(one.0) * AS_PROBABLE;
    let possible = found.saturating_sub(two.1)..=found.min(one.1);
    let sum: f64 = possible.map(probability).filter(|&p| p <= limit).sum();
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17: fisher_exact([[a, b - a], [c, d - c]]).pvalue.
    #[test]
    fn the_same_as_scipy() {
        let table = [
            ((2, 10), (18, 20), 0.00029126295992862707),
            ((0, 5), (3, 9), 0.25824175824175827),
            ((7, 7), (0, 4), 0.0030303030303030303),
            ((120, 400), (900, 2600), 0.06996314732069708),
            ((3, 11), (3, 11), 1.0),
            ((1, 1), (50, 100), 1.0),
            ((4000, 9000), (4600, 10000), 0.03191645668388219),
        ];
        let factorials = Factorials::up_to(20_000);
        for (one, two, expected) in table {
            let p = fisher_exact(one, two, &factorials);
            assert!(
                (p - expected).abs() < 1e-8 * expected,
                "{one:?} {two:?}: {p} {expected}"
            );
        }
    }
}
