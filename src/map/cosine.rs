//! How far two images' features point the same way.

/// The cosine of the angle between two rows, from -1 to 1; 0 where one of them is all zero. Summed in 64 bits.
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    let lengths = product(one, one) * product(other, other);
    match lengths > 0.0 {
        true => (product(one, other) / lengths.sqrt()).clamp(-1.0, 1.0) as f32,
        false => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9: sklearn.metrics.pairwise.cosine_similarity([[1, 2, 3]], [[1, 2, 3], [-2, 1, 0], [3, -1, 0.5], [-1, -2,
    /// -3], [0, 0, 0]]).
    #[test]
    fn it_is_scikit_learns() {
        let others: [([f32; 3], f32); 5] = [
            ([1.0, 2.0, 3.0], 1.0),
            ([-2.0, 1.0, 0.0], 0.0),
            ([3.0, -1.0, 0.5], 0.208_696_2),
            ([-1.0, -2.0, -3.0], -1.0),
            ([0.0, 0.0, 0.0], 0.0),
        ];
        for (other, expected) in others {
            let found = cosine(&[1.0, 2.0, 3.0], &other);
            assert!((found - expected).abs() < 1e-6, "{other:?}: {found}");
        }
    }
}
