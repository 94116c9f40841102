//! How far a class would have to weigh more, or less, for an image's verdict to change: the answer as far as it follows from the
//! probabilities alone.
//!
//! Weighing a class `f` times as much moves, to a first approximation, only the bias of its logit by `ln f` (King and Zeng 2001;
//! for a logistic model the correction is exact): its probability becomes `f p / (f p + 1 - p)`, and the others keep their
//! ratios. A head that is trained anew moves its other weights as well, so what follows is where to try, and no promise.

use super::Threshold;

/// The factor on a class's weight from which the image is predicted as it, the probabilities moved by the bias alone. Below
/// one where it is predicted as the class already: how far the weight may fall. `None` where no finite factor does it.
pub fn flip_factor(probabilities: &[f32], class_idx: usize, rule: Option<Threshold>) -> Option<f64> {
    let p = f64::from(*probabilities.get(class_idx)?);
    let rule = rule.filter(|rule| rule.class_idx < probabilities.len());
    let factor = match rule {
        Some(Threshold { class_idx: of, at }) if of == class_idx => {
            let at = f64::from(at);
            at / (1.0 - at) * (1.0 - p) / p
        }
        Some(Threshold { class_idx: of, at }) => {
            // The rule's class must fall below its threshold, and the class be the largest of the others.
            let score = f64::from(probabilities[of]);
            let falls = (score / f64::from(at) - (1.0 - p)) / p;
            falls.max(largest_of_others(probabilities, [class_idx, of]) / p)
        }
        None => largest_of_others(probabilities, [class_idx; 2]) / p,
    };
    (factor.is_finite() && factor >= 0.0).then_some(factor)
}

fn largest_of_others(probabilities: &[f32], left_out: [usize; 2]) -> f64 {
    let others = probabilities.iter().enumerate();
    let others = others.filter(|(class_idx, _)| !left_out.contains(class_idx));
    others.map(|(_, &p)| f64::from(p)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::predicted_class;

    /// The same with the class weighed that many times as much.
    fn weighed(probabilities: &[f32], class_idx: usize, factor: f64) -> Vec<f32> {
        let of = |(i, &p): (usize, &f32)| f64::from(p) * if i == class_idx { factor } else { 1.0 };
        let moved: Vec<f64> = probabilities.iter().enumerate().map(of).collect();
        let sum: f64 = moved.iter().sum();
        moved.iter().map(|p| (p / sum) as f32).collect()
    }

    #[test]
    fn by_hand() {
        // 0.8 against 0.2 is four to one; a threshold of 0.875 is seven to one.
        let close = |got: Option<f64>, expected: f64| {
            assert!((got.unwrap() / expected - 1.0).abs() < 1e-6, "{got:?}")
        };
        close(flip_factor(&[0.8, 0.2], 1, None), 4.0);
        close(flip_factor(&[0.8, 0.2], 0, None), 0.25);
        let at = |class_idx, at| Some(Threshold { class_idx, at });
        close(flip_factor(&[0.8, 0.2], 1, at(1, 0.875)), 28.0);
        close(flip_factor(&[0.5, 0.3, 0.2], 2, None), 2.5);
        assert_eq!(flip_factor(&[1.0, 0.0], 1, None), None);
        assert_eq!(flip_factor(&[0.5, 0.5], 1, at(1, 1.0)), None);
        assert_eq!(flip_factor(&[], 0, None), None);
    }

    #[test]
    fn just_above_the_factor_the_class_is_predicted_and_just_below_it_is_not() {
        let images: [&[f32]; 4] = [
            &[0.7, 0.3],
            &[0.5, 0.3, 0.2],
            &[0.1, 0.2, 0.7],
            &[0.05, 0.9, 0.05],
        ];
        for image in images {
            for class_idx in 0..image.len() {
                let rules = (0..image.len()).map(|class_idx| Some(Threshold { class_idx, at: 0.35 }));
                for rule in rules.chain([None]) {
                    let factor = flip_factor(image, class_idx, rule).unwrap();
                    let is_called =
                        |factor| predicted_class(&weighed(image, class_idx, factor), rule) == Some(class_idx);
                    assert!(
                        is_called(factor * 1.001 + 1e-6),
                        "{image:?} {class_idx} {rule:?} {factor}"
                    );
                    assert!(
                        factor < 1e-6 || !is_called(factor * 0.999),
                        "{image:?} {class_idx} {rule:?} {factor}"
                    );
                }
            }
        }
    }
}
