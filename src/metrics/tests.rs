//! What the tests of several figures are computed from.

use super::Scores;

/// Five images of two classes; the score is that of class 1.
pub fn five() -> Scores {
    let of_one = [0.9f32, 0.6, 0.6, 0.3, 0.1];
    let probabilities = of_one.iter().flat_map(|p| [1.0 - p, *p]).collect();
    Scores::new(2, vec![1, 0, 1, 1, 0], probabilities).unwrap()
}
