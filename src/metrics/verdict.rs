//! What a run says of one image, and how close it was to saying something else.

use super::{Threshold, predicted_class};

/// The class that is predicted for an image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub class_idx: usize,
    /// The probability of that class.
    pub score: f32,
    /// How close another class was, from 0 to 1. By the largest probability it is one minus the distance between the two
    /// largest. By a threshold it is one minus the distance to it, as a share of the largest that is possible on that side;
    /// two classes and a threshold of one half give the same number as the largest probability.
    pub doubt: f32,
}

/// By the rule where there is one, else by the largest probability. `None` without a class.
pub fn verdict(probabilities: &[f32], rule: Option<Threshold>) -> Option<Verdict> {
    let class_idx = predicted_class(probabilities, rule)?;
    let score = *probabilities.get(class_idx)?;
    let rule = rule.filter(|rule| rule.class_idx < probabilities.len());
    let margin = match rule {
        Some(Threshold { class_idx: of, at }) => {
            let score = probabilities[of];
            if score >= at {
                (score - at) / (1.0 - at)
            } else {
                let gap = gap(probabilities, Some(of)).unwrap_or(1.0);
                ((at - score) / at).min(gap)
            }
        }
        None => gap(probabilities, None).unwrap_or(1.0),
    };
    // A threshold of one leaves no room on its upper side.
    let margin = if margin.is_finite() {
        margin.clamp(0.0, 1.0)
    } else {
        0.0
    };
    Some(Verdict {
        class_idx,
        score,
        doubt: 1.0 - margin,
    })
}

/// Between the two largest, with one class left out; `None` where there are not two.
fn gap(probabilities: &[f32], without: Option<usize>) -> Option<f32> {
    let mut largest: Option<f32> = None;
    let mut second: Option<f32> = None;
    for (class_idx, &p) in probabilities.iter().enumerate() {
        if Some(class_idx) == without {
            continue;
        }
        if largest.is_none_or(|most| p > most) {
            (largest, second) = (Some(p), largest);
        } else if second.is_none_or(|most| p > most) {
            second = Some(p);
        }
    }
    Some(largest? - second?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_is_how_close_the_verdict_is_to_another() {
        let at = |class_idx, at| Some(Threshold { class_idx, at });
        // By hand: 1 - (largest - second); 1 - (p - t) / (1 - t); 1 - (t - p) / t.
        let table: [(&[f32], Option<Threshold>, usize, f32); 10] = [
            (&[0.7, 0.3], None, 0, 0.6),
            (&[0.7, 0.3], at(1, 0.5), 0, 0.6),
            (&[0.7, 0.3], at(1, 0.25), 1, 1.0 - 0.05 / 0.75),
            (&[0.7, 0.3], at(1, 0.9), 0, 1.0 - 0.6 / 0.9),
            (&[0.0, 1.0], at(1, 0.9), 1, 0.0),
            (&[0.5, 0.25, 0.25], None, 0, 0.75),
            // Not class 2, and undecided between the others.
            (&[0.4, 0.4, 0.2], at(2, 0.8), 0, 1.0),
            (&[0.75, 0.0, 0.25], at(2, 0.5), 0, 0.5),
            (&[0.0, 1.0], at(1, 1.0), 1, 1.0),
            (&[1.0], None, 0, 0.0),
        ];
        for (probabilities, rule, class_idx, doubt) in table {
            let verdict = verdict(probabilities, rule).unwrap();
            assert_eq!(verdict.class_idx, class_idx, "{probabilities:?} {rule:?}");
            assert!((verdict.doubt - doubt).abs() < 1e-6, "{verdict:?} for {doubt}");
        }
        assert_eq!(verdict(&[], None), None);
    }
}
