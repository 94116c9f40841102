//! The name of a weighting wherever there is one, from the window to the run folder: for up to three classes the ratio in their
//! order; for more, where nobody reads a row of ones, only the classes that stand out.

use super::class_weights::ClassWeights;
use crate::metrics::plain;
use crate::short_name::{Shared, shortened};
use crate::visible::visible;

/// Up to here every weight is written.
const WRITTEN: usize = 3;
/// Classes that are named.
const NAMED: usize = 2;
/// Letters of a class's name, which is only a part of the weighting's; of a longer one fewer are left.
const MOST_LETTERS: usize = 20;
const LETTERS_LEFT: usize = 12;

/// Such as `1 : 8`, or of many classes `skirt ×7`, `skirt ×7, shirt ×3 and 2 more`. Weights that are all the same are `equal`,
/// however they were asked for.
pub fn weighting_name(weights: &ClassWeights, classes: &[String]) -> String {
    let Some(given) = in_order(weights, classes) else {
        return weights.spaced_label();
    };
    let others = those_that_stand_out(&given);
    if others.is_empty() {
        return ClassWeights::Equal.spaced_label();
    }
    if given.len() <= WRITTEN || given.len() != classes.len() {
        return ClassWeights::Given(given).spaced_label();
    }
    let shared = Shared::of(classes);
    let named: Vec<String> = others
        .iter()
        .take(NAMED)
        .map(|(class_idx, times)| {
            let name = visible(&classes[*class_idx]);
            let most = match name.chars().count() {
                0..=MOST_LETTERS => MOST_LETTERS,
                _ => LETTERS_LEFT,
            };
            let name = shortened(&name, shared, |text| text.chars().count() <= most);
            format!("{name} ×{times}")
        })
        .collect();
    let named = named.join(", ");
    match others.len().saturating_sub(NAMED) {
        0 => named,
        n => format!("{named} and {n} more"),
    }
}

/// The same for a file's name, with no letter that a file must not have: `1x8`, `skirt-x7`, `skirt-x7-and-2-more`.
pub fn weighting_file_name(weights: &ClassWeights, classes: &[String]) -> String {
    let given = in_order(weights, classes).filter(|given| given.len() > WRITTEN);
    let Some(given) = given else {
        return weights.file_label();
    };
    let others = those_that_stand_out(&given);
    let Some((class_idx, times)) = others.first() else {
        return ClassWeights::Equal.file_label();
    };
    let letters = classes.get(*class_idx).map_or("", String::as_str).chars();
    let plain: String = letters
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    // A name in another script leaves nothing.
    let class = match plain.is_empty() {
        true => format!("class{}", class_idx + 1),
        false => plain,
    };
    match others.len() - 1 {
        0 => format!("{class}-x{times}"),
        n => format!("{class}-x{times}-and-{n}-more"),
    }
}

/// The weights one by one, where they were given so.
fn in_order(weights: &ClassWeights, classes: &[String]) -> Option<Vec<f64>> {
    match weights {
        ClassWeights::Given(given) => Some(given.clone()),
        ClassWeights::Named(_) => weights.resolve(classes, &[]).ok(),
        _ => None,
    }
}

/// Each with how many times it counts what most classes count; the heaviest first.
fn those_that_stand_out(weights: &[f64]) -> Vec<(usize, String)> {
    let usual = most_frequent(weights);
    let mut others: Vec<(usize, f64)> = weights.iter().copied().enumerate().collect();
    others.retain(|(_, weight)| *weight != usual);
    others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let times = |(class_idx, weight): (usize, f64)| (class_idx, tidy(weight / usual));
    others.into_iter().map(times).collect()
}

/// The weight that most classes have; the smallest of them where several do, but none that is 0.
fn most_frequent(weights: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = weights.iter().copied().filter(|w| *w > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let runs = sorted.chunk_by(|a, b| a == b);
    let longest = runs.rev().max_by_key(|run| run.len());
    longest.map_or(1.0, |run| run[0])
}

/// Three decimals at most; what is less than the last of them is not nothing.
fn tidy(times: f64) -> String {
    match times {
        0.001.. => plain((times * 1e3).round() / 1e3),
        _ => plain(times),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> Vec<String> {
        ["dress", "hat", "shirt", "shoes", "skirt"]
            .map(String::from)
            .to_vec()
    }

    #[test]
    fn of_many_classes_those_that_stand_out_are_named() {
        let named = |weights: &[f64]| weighting_name(&ClassWeights::Given(weights.to_vec()), &classes());
        assert_eq!(named(&[1.0, 1.0, 1.0, 1.0, 7.0]), "skirt ×7");
        assert_eq!(named(&[1.0, 1.0, 3.0, 1.0, 7.0]), "skirt ×7, shirt ×3");
        assert_eq!(named(&[1.0, 2.0, 3.0, 1.0, 7.0]), "skirt ×7, shirt ×3 and 1 more");
        assert_eq!(named(&[2.0, 2.0, 2.0, 2.0, 3.0]), "skirt ×1.5");
        assert_eq!(named(&[1.0, 1.0, 1.0, 1.0, 0.0]), "skirt ×0");
        assert_eq!(named(&[1.0, 1.0, 1.0, 1.0, 1e-30]), "skirt ×1e-30");
        assert_eq!(named(&[2.0; 5]), "equal");
        assert_eq!(weighting_name(&ClassWeights::Balanced, &classes()), "balanced");
        let four = ClassWeights::Given(vec![1.0, 1.0, 1.0, 7.0]);
        assert_eq!(weighting_name(&four, &classes()[..4]), "shoes ×7");
    }

    #[test]
    fn one_weighting_has_one_name() {
        let two = &classes()[..2];
        for equal in ["none", "1,1", "dress=1,hat=1"] {
            assert_eq!(weighting_name(&equal.parse().unwrap(), two), "equal", "{equal}");
        }
        for ratio in ["1:8", "hat=8,dress=1"] {
            assert_eq!(weighting_name(&ratio.parse().unwrap(), two), "1 : 8", "{ratio}");
        }
        // Of classes that are not known, all is said.
        let foreign = "cat=1,dog=8".parse().unwrap();
        assert_eq!(weighting_name(&foreign, two), "cat=1 : dog=8");
        assert_eq!(weighting_name(&"1,8,1,1".parse().unwrap(), &[]), "1 : 8 : 1 : 1");
    }

    #[test]
    fn a_long_class_keeps_what_tells_it_apart() {
        let classes: Vec<String> = (0..6)
            .map(|i| format!("a_rather_long_class_{i}_of_six"))
            .collect();
        let mut weights = vec![1.0; 6];
        weights[4] = 7.0;
        let name = weighting_name(&ClassWeights::Given(weights), &classes);
        assert_eq!(name, "…ss_4_of_six ×7");
    }

    #[test]
    fn a_file_has_letters_that_files_may_have() {
        let named = |text: &str, classes: &[String]| weighting_file_name(&text.parse().unwrap(), classes);
        assert_eq!(named("1,8", &classes()[..2]), "1x8");
        assert_eq!(named("1,1,1,1,7", &classes()), "skirt-x7");
        assert_eq!(named("1,2,1,3,7", &classes()), "skirt-x7-and-2-more");
        assert_eq!(named("1,1,1,1,1", &classes()), "equal");
        let foreign = ["a/b", "衬衫", "c", "d"].map(String::from);
        assert_eq!(named("1,7,1,1", &foreign), "class2-x7");
        assert_eq!(named("7,1,1,1", &foreign), "ab-x7");
        assert_eq!(named("7,1,1,1", &[]), "class1-x7");
    }
}
