//! The weights that a sweep tries: the window and the command line take them from here, so that both make the same runs.

use super::choices::Stop;
use super::class_weights::ClassWeights;
use crate::metrics::rounded;

/// Heads that a sweep trains at most: more dots than can be told apart, and a run folder for each.
pub const MOST_HEADS: usize = 256;

/// `count` weights from `from` to `to`, evenly in ratio, each once. Four digits are enough to tell weights apart, and
/// readable in a run's name; a finer grid has fewer.
///
/// # Errors
/// There are more than a sweep trains.
pub fn weight_grid(from: f64, to: f64, count: usize) -> Result<Vec<f64>, String> {
    if count > MOST_HEADS {
        return Err(format!(
            "{count} weights are more than the {MOST_HEADS} that a sweep trains at once; take fewer"
        ));
    }
    let steps = count.max(2) - 1;
    let weight = |i: usize| rounded(from * (to / from).powf(i as f64 / steps as f64), 4);
    let mut weights: Vec<f64> = (0..count).map(weight).collect();
    weights.dedup();
    Ok(weights)
}

/// The choices that train something of their own, in their order, and how many come to the same as one before.
pub fn distinct<T: Clone>(
    choices: &[T],
    n_classes: usize,
    stop: Stop,
    head: impl Fn(&T) -> (&ClassWeights, f64),
) -> (Vec<T>, usize) {
    let mut kept: Vec<T> = Vec::new();
    for choice in choices {
        let (weights, lr) = head(choice);
        let is_known = |other: &T| {
            let (known, known_lr) = head(other);
            lr == known_lr && weights.is_same_as(known, n_classes, stop)
        };
        if !kept.iter().any(is_known) {
            kept.push(choice.clone());
        }
    }
    let n_dropped = choices.len() - kept.len();
    (kept, n_dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_even_in_ratio_and_has_each_weight_once() {
        assert_eq!(weight_grid(1.0, 16.0, 5).unwrap(), [1.0, 2.0, 4.0, 8.0, 16.0]);
        assert_eq!(weight_grid(3.0, 9.0, 1).unwrap(), [3.0]);
        assert_eq!(weight_grid(1.0, 1.0, 3).unwrap(), [1.0]);
        assert_eq!(weight_grid(1.0, 16.0, 24).unwrap()[20], 11.14);
        let fine = weight_grid(1.0, 1.01, 200).unwrap();
        assert!(
            fine.len() < 20 && fine.windows(2).all(|pair| pair[0] < pair[1]),
            "{fine:?}"
        );
        let many = weight_grid(1.0, 2.0, 1_000_000_000).unwrap_err();
        assert!(
            many.contains("1000000000 weights are more than the 256"),
            "{many}"
        );
    }

    #[test]
    fn equal_heads_are_trained_once() {
        let heads: Vec<(ClassWeights, f64)> = ["none", "1:1", "1:3", "2:6"]
            .iter()
            .flat_map(|text| [(text.parse().unwrap(), 0.1), (text.parse().unwrap(), 0.2)])
            .collect();
        let (kept, n_dropped) = distinct(&heads, 2, Stop::Epochs, |head| (&head.0, head.1));
        assert_eq!((kept.len(), n_dropped), (4, 4));
        let (kept, _) = distinct(&heads, 2, Stop::Converged, |head| (&head.0, head.1));
        assert_eq!(kept.len(), 6);
    }
}
