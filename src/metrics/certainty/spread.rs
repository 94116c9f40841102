//! How far a figure differs between folds.

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub mean: f64,
    /// With n - 1; `None` of a single value.
    pub deviation: Option<f64>,
    pub n: usize,
}

/// Mean and standard deviation of those that are defined; `None` where none is.
pub fn spread(values: impl IntoIterator<Item = Option<f64>>) -> Option<Spread> {
    let values: Vec<f64> = values.into_iter().flatten().collect();
    let n = values.len();
    if n == 0 {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (n > 1).then(|| (squares / (n - 1) as f64).sqrt());
    Some(Spread { mean, deviation, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NumPy: `np.std([0.5, 0.75, 1.0, 0.25], ddof=1)`.
    #[test]
    fn what_is_not_defined_is_left_out() {
        let found = spread([Some(0.5), None, Some(0.75), Some(1.0), Some(0.25)]).unwrap();
        assert_eq!((found.mean, found.n), (0.625, 4));
        assert!((found.deviation.unwrap() - 0.322_748_612_183_951_4).abs() < 1e-15);
        let one = spread([Some(0.5)]).unwrap();
        assert_eq!((one.mean, one.deviation), (0.5, None));
        assert_eq!(spread([None, None]), None);
    }
}
