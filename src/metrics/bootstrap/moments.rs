//! Mean, variance and correlation of what many draws came to.

/// Of two figures that were drawn together; of one, drawn with itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    n: f64,
    means: [f64; 2],
    /// Sums of squared distances from the means, and of the products of both.
    squares: [f64; 2],
    products: f64,
}

impl Moments {
    /// Draws in which one is undefined are passed over. (Welford 1962, "Note on a method for calculating corrected sums of squares
    /// and products".)
    pub fn add(&mut self, one: Option<f64>, two: Option<f64>) {
        let (Some(one), Some(two)) = (one, two) else {
            return;
        };
        self.n += 1.0;
        let before = [one - self.means[0], two - self.means[1]];
        self.means[0] += before[0] / self.n;
        self.means[1] += before[1] / self.n;
        let after = [one - self.means[0], two - self.means[1]];
        self.squares[0] += before[0] * after[0];
        self.squares[1] += before[1] * after[1];
        self.products += before[0] * after[1];
    }

    /// Of the first; `None` of nothing.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0.0).then_some(self.means[0])
    }

    /// The second before the first.
    pub fn turned(self) -> Self {
        let turned = |[one, two]: [f64; 2]| [two, one];
        Moments {
            means: turned(self.means),
            squares: turned(self.squares),
            ..self
        }
    }

    /// Of the first; `None` of fewer than two.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1.0).then(|| self.squares[0] / (self.n - 1.0))
    }

    /// Of the first less the second; `None` of fewer than two.
    pub fn variance_of_difference(&self) -> Option<f64> {
        let squares = self.squares[0] + self.squares[1] - 2.0 * self.products;
        (self.n > 1.0).then(|| squares.max(0.0) / (self.n - 1.0))
    }

    /// None at all where one of them never varies.
    pub fn correlation(&self) -> f64 {
        let size = (self.squares[0] * self.squares[1]).sqrt();
        match size > 0.0 {
            true => (self.products / size).clamp(-1.0, 1.0),
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NumPy: x = [1, 4, 2, 8], y = [2, 3, 3, 9]; np.var(x, ddof=1), np.var(np.subtract(x, y), ddof=1), np.corrcoef(x, y)[0, 1].
    #[test]
    fn the_same_as_numpy() {
        let mut moments = Moments::default();
        moments.add(None, Some(1.0));
        assert_eq!((moments.variance(), moments.correlation()), (None, 0.0));
        for (x, y) in [(1.0, 2.0), (4.0, 3.0), (2.0, 3.0), (8.0, 9.0)] {
            moments.add(Some(x), Some(y));
        }
        let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-12, "{value}");
        near(moments.variance().unwrap(), 9.583333333333334);
        near(moments.variance_of_difference().unwrap(), 1.0);
        near(moments.correlation(), 0.9501167348419846);
    }
}
