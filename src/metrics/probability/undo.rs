//! Undoing what class weights did to probabilities.
//!
//! A head that is trained with weights `w` learns as if class `c` were `w_c` times as common: it estimates `q_c ~ w_c p_c`,
//! where `p_c` is how probable the class is in the folder. So `p_c ~ q_c / w_c`, made to sum to one again (Elkan 2001, "The
//! Foundations of Cost-Sensitive Learning", theorem 2; for any change of shares Saerens, Latinne and Decaestecker 2002,
//! "Adjusting the Outputs of a Classifier to New a Priori Probabilities", equation 2.4). That is exact for a head that has
//! converged and whose form is the truth's; for others the reliability curve shows what it is worth.

use std::borrow::Cow;

use crate::metrics::{Scores, Threshold};

/// By how much each class's probability is multiplied before all are made to sum to one again. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Undo {
    /// `None`: a class that keeps what it has. Empty where nothing changes, so that probabilities stay the same to the bit.
    factors: Vec<Option<f64>>,
}

impl Undo {
    /// Of the weights of a training, in class order; only their ratios matter. A class of weight 0 was never learnt, so nothing
    /// tells what it would have got: it keeps its score, and the others share the rest.
    pub fn of_weights(class_weights: &[f64]) -> Self {
        let factor = |&weight: &f64| (weight.is_finite() && weight > 0.0).then(|| weight.recip());
        Undo::by(class_weights.iter().map(factor).collect())
    }

    /// By any factors, in class order: `t_c / (w_c s_c)` for a place where class `c` has the share `t_c`, and had `s_c` among
    /// the training images.
    pub fn by(factors: Vec<Option<f64>>) -> Self {
        let mut moved = factors.iter().flatten();
        let first = moved.next();
        match moved.all(|factor| Some(factor) == first) {
            true => Undo::default(),
            false => Undo { factors },
        }
    }

    /// Whether any probability becomes another.
    pub fn changes(&self) -> bool {
        !self.factors.is_empty()
    }

    /// One image's probabilities, `[n_classes]`, which keep their sum. Unchanged where there is nothing to undo, and where there
    /// are not as many classes as factors.
    pub fn row<'a>(&self, probabilities: &'a [f32]) -> Cow<'a, [f32]> {
        let unchanged = Cow::Borrowed(probabilities);
        if !self.changes() || self.factors.len() != probabilities.len() {
            return unchanged;
        }
        let known = || self.factors.iter().zip(probabilities);
        let moved = known().filter_map(|(factor, &q)| Some((f64::from(q), (*factor)?)));
        let (before, after) = moved.fold((0.0, 0.0), |(before, after), (q, factor)| {
            (before + q, after + q * factor)
        });
        let scale = before / after;
        // A head that gives nothing to all that it learnt, or no numbers.
        if !scale.is_finite() {
            return unchanged;
        }
        let undone =
            known().map(|(factor, &q)| factor.map_or(q, |factor| (f64::from(q) * factor * scale) as f32));
        Cow::Owned(undone.collect())
    }

    /// The same of each image; `None` where nothing changes.
    pub fn scores(&self, scores: &Scores) -> Option<Scores> {
        if !self.changes() || self.factors.len() != scores.n_classes() {
            return None;
        }
        let (mut truth, mut undone) = (Vec::new(), Vec::new());
        for (class_idx, row) in scores.rows() {
            truth.push(class_idx);
            undone.extend_from_slice(&self.row(row));
        }
        Scores::new(scores.n_classes(), truth, undone)
    }

    /// The rule of two classes as it stands among their undone probabilities; where there is none, the larger score decides, which
    /// is told of the class that is predicted from less than one half on. `None` where nothing is undone, with more than two
    /// classes, where a score does not say by itself what it becomes, and for a threshold that no score reaches.
    pub fn rule(&self, rule: Option<Threshold>) -> Option<Threshold> {
        let half = |class_idx| self.threshold(Threshold { class_idx, at: 0.5 });
        match rule {
            Some(rule) => self.threshold(rule),
            None => half(1).filter(|second| second.at < 0.5).or_else(|| half(0)),
        }
    }

    fn threshold(&self, Threshold { class_idx, at }: Threshold) -> Option<Threshold> {
        if self.factors.len() != 2 || class_idx > 1 || !(0.0..=1.0).contains(&at) {
            return None;
        }
        let mut row = [1.0 - at; 2];
        row[class_idx] = at;
        let at = self.row(&row)[class_idx];
        Some(Threshold { class_idx, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f32], expected: &[f64]) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((f64::from(*got) - expected).abs() < 1e-7, "{got} for {expected}");
        }
    }

    /// NumPy 2: p = q / w; p / p.sum().
    #[test]
    fn weights_are_divided_out() {
        let undo = Undo::of_weights(&[1.0, 8.0]);
        close(&undo.row(&[0.2, 0.8]), &[2.0 / 3.0, 1.0 / 3.0]);
        close(&undo.row(&[1.0, 0.0]), &[1.0, 0.0]);
        // Only ratios matter.
        close(
            &Undo::of_weights(&[0.5, 4.0]).row(&[0.2, 0.8]),
            &[2.0 / 3.0, 1.0 / 3.0],
        );
        let undo = Undo::of_weights(&[2.0, 1.0, 4.0]);
        close(
            &undo.row(&[0.5, 0.3, 0.2]),
            &[0.416_666_666_666_666_7, 0.5, 0.083_333_333_333_333_33],
        );
        // A mix of 1 in 20 in place of the folder's 16 in 100, as well.
        let undo = Undo::by(vec![Some(0.95 / 0.84), Some(0.05 / (8.0 * 0.16))]);
        close(
            &undo.row(&[0.2, 0.8]),
            &[0.878_612_716_763_005_8, 0.121_387_283_236_994_22],
        );
    }

    #[test]
    fn what_was_learnt_comes_back() {
        // Of a head that learnt w p exactly, p is found again.
        let (weights, p) = ([1.0, 3.0, 0.5], [0.6f64, 0.1, 0.3]);
        let sum: f64 = weights.iter().zip(p).map(|(w, p)| w * p).sum();
        let learnt: Vec<f32> = weights.iter().zip(p).map(|(w, p)| (w * p / sum) as f32).collect();
        close(&Undo::of_weights(&weights).row(&learnt), &p);
    }

    #[test]
    fn equal_weights_change_nothing_to_the_bit() {
        let row = [0.1f32, 0.3, 0.6000001];
        for weights in [&[1.0, 1.0, 1.0][..], &[0.3, 0.3, 0.3], &[], &[0.0, 2.0, 0.0]] {
            let undo = Undo::of_weights(weights);
            assert!(!undo.changes(), "{weights:?}");
            assert!(matches!(undo.row(&row), Cow::Borrowed(same) if same == row));
        }
        let scores = Scores::new(3, vec![0], row.to_vec()).unwrap();
        assert_eq!(Undo::default().scores(&scores), None);
    }

    /// A class of weight 0 keeps its score; the others share what is left of one as 2 : 1 undone.
    #[test]
    fn a_class_that_was_never_learnt_keeps_its_score() {
        let undo = Undo::of_weights(&[2.0, 0.0, 1.0]);
        close(&undo.row(&[0.4, 0.2, 0.4]), &[0.8 / 3.0, 0.2, 1.6 / 3.0]);
        assert!(!Undo::of_weights(&[0.0, 1.0]).changes());
    }

    #[test]
    fn what_is_no_row_of_its_classes_stays() {
        let undo = Undo::of_weights(&[1.0, 8.0]);
        assert_eq!(*undo.row(&[0.2, 0.3, 0.5]), [0.2, 0.3, 0.5]);
        assert_eq!(*undo.row(&[0.0, 0.0]), [0.0, 0.0]);
        assert!(undo.row(&[f32::NAN, 0.5])[0].is_nan());
        let scores = Scores::new(2, vec![1, 0], vec![0.2, 0.8, 0.5, 0.5]).unwrap();
        let undone = undo.scores(&scores).unwrap();
        let (truth, row) = undone.row(1).unwrap();
        assert_eq!(truth, 0);
        close(row, &[8.0 / 9.0, 1.0 / 9.0]);
    }

    #[test]
    fn a_threshold_goes_with_the_scores_of_two_classes() {
        let undo = Undo::of_weights(&[1.0, 8.0]);
        let at = |class_idx, at| undo.rule(Some(Threshold { class_idx, at })).map(|rule| rule.at);
        close(
            &[at(1, 0.5).unwrap(), at(1, 0.8).unwrap(), at(0, 0.2).unwrap()],
            &[1.0 / 9.0, 1.0 / 3.0, 2.0 / 3.0],
        );
        // What is called at a threshold is called at the one that it becomes.
        for score in [0.3f32, 0.5, 0.799, 0.8, 0.81] {
            let is_called = undo.row(&[1.0 - score, score])[1] >= at(1, 0.8).unwrap();
            assert_eq!(is_called, score >= 0.8, "{score}");
        }
        assert_eq!((at(2, 0.5), at(1, f32::INFINITY)), (None, None));
        let of_three = Undo::of_weights(&[1.0, 8.0, 1.0]);
        let rule = Threshold {
            class_idx: 1,
            at: 0.5,
        };
        assert_eq!(
            (of_three.rule(Some(rule)), Undo::default().rule(Some(rule))),
            (None, None)
        );
    }

    #[test]
    fn without_a_threshold_the_heavier_class_is_predicted_earlier() {
        let largest = |weights: &[f64]| Undo::of_weights(weights).rule(None).unwrap();
        for (weights, class_idx) in [([1.0, 8.0], 1), ([8.0, 1.0], 0)] {
            let rule = largest(&weights);
            assert_eq!(rule.class_idx, class_idx);
            close(&[rule.at], &[1.0 / 9.0]);
        }
    }
}
