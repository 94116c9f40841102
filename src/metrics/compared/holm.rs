//! Many comparisons at once: Holm 1979, "A simple sequentially rejective multiple test procedure".

/// Each probability as it counts among all of them, in the same order.
pub fn holm(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|&a, &b| ps[a].total_cmp(&ps[b]));
    let mut adjusted = vec![1.0; ps.len()];
    let mut largest: f64 = 0.0;
    for (rank, &i) in order.iter().enumerate() {
        largest = largest.max((ps.len() - rank) as f64 * ps[i]);
        adjusted[i] = largest.min(1.0);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// statsmodels 0.15: multipletests(p, method="holm")[1].
    #[test]
    fn the_same_as_statsmodels() {
        let adjusted = holm(&[0.04, 0.001, 0.03, 0.6, 0.001, 0.02]);
        let expected = [0.09, 0.006, 0.09, 0.6, 0.006, 0.08];
        for (p, expected) in adjusted.iter().zip(expected) {
            assert!((p - expected).abs() < 1e-12, "{adjusted:?}");
        }
        assert!(holm(&[]).is_empty());
    }
}
