//! The name of a weighting in the window: for up to four classes the ratio in their order; for more, where nobody reads a row
//! of ones, only the classes that stand out.

use crate::experiment::ClassWeights;
use crate::visible::visible;

/// Up to here every weight is written.
const WRITTEN: usize = 4;
/// Classes that are named.
const NAMED: usize = 2;

/// Such as `1 : 8`, or of many classes `skirt 7`, `skirt 7, shirt 3 and 2 more`.
pub fn weighting_name(weights: &ClassWeights, classes: &[String]) -> String {
    let ClassWeights::Given(given) = weights else {
        return weights.spaced_label();
    };
    if given.len() <= WRITTEN || given.len() != classes.len() {
        return weights.spaced_label();
    }
    let usual = most_frequent(given);
    let mut others: Vec<(usize, f64)> = given
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, w)| *w != usual)
        .collect();
    if others.is_empty() {
        return "equal".into();
    }
    others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let named: Vec<String> = others
        .iter()
        .take(NAMED)
        .map(|(class_idx, weight)| format!("{} {}", visible(&classes[*class_idx]), tidy(weight / usual)))
        .collect();
    let named = named.join(", ");
    match others.len().saturating_sub(NAMED) {
        0 => named,
        n => format!("{named} and {n} more"),
    }
}

/// The weight that most classes have; the smallest of them where several do, but none that is 0.
fn most_frequent(weights: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = weights.iter().copied().filter(|w| *w > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let runs = sorted.chunk_by(|a, b| a == b);
    let longest = runs.rev().max_by_key(|run| run.len());
    longest.map_or(1.0, |run| run[0])
}

/// Three decimals at most.
fn tidy(weight: f64) -> String {
    format!("{}", (weight * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_classes_those_that_stand_out_are_named() {
        let classes: Vec<String> = ["dress", "hat", "shirt", "shoes", "skirt"]
            .map(String::from)
            .to_vec();
        let named = |weights: &[f64]| weighting_name(&ClassWeights::Given(weights.to_vec()), &classes);
        assert_eq!(named(&[1.0, 1.0, 1.0, 1.0, 7.0]), "skirt 7");
        assert_eq!(named(&[1.0, 1.0, 3.0, 1.0, 7.0]), "skirt 7, shirt 3");
        assert_eq!(named(&[1.0, 2.0, 3.0, 1.0, 7.0]), "skirt 7, shirt 3 and 1 more");
        assert_eq!(named(&[2.0, 2.0, 2.0, 2.0, 3.0]), "skirt 1.5");
        assert_eq!(named(&[1.0, 1.0, 1.0, 1.0, 0.0]), "skirt 0");
        assert_eq!(named(&[2.0; 5]), "equal");
        assert_eq!(weighting_name(&ClassWeights::Balanced, &classes), "balanced");
        let two = ClassWeights::Given(vec![1.0, 8.0]);
        assert_eq!(weighting_name(&two, &classes[..2]), "1 : 8");
    }
}
