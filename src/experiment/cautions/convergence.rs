//! Whether the loss was still falling when training ended.

use crate::metrics::spread;

/// Iterations that are looked at, at least: the last epoch, and of short epochs more than one.
const LEAST: usize = 16;
/// With fewer there is nothing to tell a fall from chance by.
const FEWEST: usize = 8;
/// How many standard errors apart the two halves must be.
const CLEAR: f64 = 2.0;
/// By what share of itself the loss must have fallen for it to matter.
const MATTERS: f64 = 0.01;

/// A fall that is no chance: mean losses of the first and second half of the last iterations, and how many those are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fall {
    pub from: f64,
    pub to: f64,
    pub n_iterations: usize,
}

/// By Welch's statistic of the two halves: their means' difference over its standard error. `n_last` is how many iterations
/// the last epoch had. `None` where the loss did not clearly fall any more, or there are too few.
pub fn still_falling(losses: &[f32], n_last: usize) -> Option<Fall> {
    let n = n_last.max(LEAST).min(losses.len());
    if n < FEWEST {
        return None;
    }
    let last = &losses[losses.len() - n..];
    let (first, second) = last.split_at(n / 2);
    let ((from, error_from), (to, error_to)) = (mean(first)?, mean(second)?);
    let error = (error_from.powi(2) + error_to.powi(2)).sqrt();
    let fall = from - to;
    (fall > CLEAR * error && fall > MATTERS * from).then_some(Fall {
        from,
        to,
        n_iterations: n,
    })
}

/// Mean, and its standard error; of at least two.
fn mean(values: &[f32]) -> Option<(f64, f64)> {
    let spread = spread(values.iter().map(|&value| Some(f64::from(value))))?;
    Some((spread.mean, spread.deviation? / (spread.n as f64).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_told_from_chance() {
        let falling: Vec<f32> = (0..40).map(|i| 1.0 - 0.01 * i as f32).collect();
        // By hand: of the last 20, 0.80 to 0.71 and 0.70 to 0.61.
        let fall = still_falling(&falling, 20).unwrap();
        assert!(
            (fall.from - 0.755).abs() < 1e-6 && (fall.to - 0.655).abs() < 1e-6,
            "{fall:?}"
        );
        assert_eq!(fall.n_iterations, 20);
        // Short epochs are looked at together.
        assert_eq!(still_falling(&falling, 3).map(|fall| fall.n_iterations), Some(16));
        // Up and down, by far more than it falls.
        let restless: Vec<f32> = (0..40).map(|i| 1.0 - 0.002 * i as f32 + (i % 2) as f32).collect();
        assert_eq!(still_falling(&restless, 40), None);
        // Clearly, but by less than a hundredth.
        let settled: Vec<f32> = (0..40).map(|i| 1.0 - 0.0001 * i as f32).collect();
        assert_eq!(still_falling(&settled, 40), None);
        assert_eq!(still_falling(&falling[..7], 7), None);
        assert_eq!(still_falling(&[f32::NAN; 40], 40), None);
    }
}
