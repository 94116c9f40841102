//! What class weights make a head take the training images for, in a sentence, and how to undo that.

use super::event::Started;
use crate::metrics::{Mix, Undo, plain, thousands};
use crate::visible::visible;

impl Started {
    /// What undoes its class weights in what its trained head says.
    pub fn undo(&self) -> Undo {
        Undo::of_weights(&self.class_weights)
    }

    /// The same for images of which each class has another share, in class order.
    pub fn undo_there(&self, mix: Option<&[f64]>) -> Undo {
        undo_there(&self.class_weights, &self.n_train, mix)
    }

    /// Such as `With REAL 8 times as heavy it learns as if 57 of 100 images were REAL; of the training images 14 are`. `None` where
    /// the weights leave the mix of the classes as it is.
    pub fn learnt_in_words(&self) -> Option<String> {
        learnt_in_words(&self.classes, &self.class_weights, &self.n_train)
    }
}

/// What undoes class weights, and the shares that the classes have among the training images, for images of another mix:
/// p_c ~ q_c t_c / (w_c s_c), with shares t there and s in training. `mix` is in class order; `None` where it is that of training.
pub fn undo_there(class_weights: &[f64], n_train: &[usize], mix: Option<&[f64]>) -> Undo {
    let fits = |mix: &&[f64]| mix.len() == class_weights.len() && n_train.len() == class_weights.len();
    let Some(mix) = mix.filter(fits) else {
        return Undo::of_weights(class_weights);
    };
    let factor = |class_idx: usize| {
        let learnt = class_weights[class_idx] * n_train[class_idx] as f64;
        (learnt.is_finite() && learnt > 0.0).then(|| mix[class_idx] / learnt)
    };
    Undo::by((0..mix.len()).map(factor).collect())
}

/// The same of any training: its classes, their weights and how many training images each has.
pub fn learnt_in_words(classes: &[String], class_weights: &[f64], n_train: &[usize]) -> Option<String> {
    let mix = Mix::new(class_weights, n_train)?;
    let [gains, loses] = mix.most_changed()?;
    let name = |class_idx: usize| visible(classes.get(class_idx).map_or("", String::as_str));
    let weights = weights_in_words(class_weights, gains).map_or_else(
        || "With these weights".to_owned(),
        |times| format!("With {} {times}", name(gains)),
    );
    let counts = |class_idx: usize| [mix.learnt[class_idx], mix.own[class_idx]];
    if classes.len() == 2 {
        let whole = whole(&counts(gains));
        let [learnt, own] = counts(gains).map(|share| of_whole(share, whole));
        let class = name(gains);
        return Some(format!(
            "{weights} it learns as if {learnt} of {} images were {class}; of the training images {own} {}",
            thousands(whole),
            if own == "1" { "is" } else { "are" }
        ));
    }
    let whole = whole(&[counts(gains), counts(loses)].concat());
    let [learnt, own] = counts(gains).map(|share| of_whole(share, whole));
    let [learnt_less, own_more] = counts(loses).map(|share| of_whole(share, whole));
    Some(format!(
        "{weights} it learns as if {learnt} of {} images were {} and {learnt_less} {}; of the training images {own} and \
         {own_more} are",
        thousands(whole),
        name(gains),
        name(loses)
    ))
}

/// How much heavier that class is, where all others weigh the same.
fn weights_in_words(class_weights: &[f64], class_idx: usize) -> Option<String> {
    let mut others = class_weights.iter().enumerate().filter(|(i, _)| *i != class_idx);
    let (_, other) = others.next()?;
    let times = class_weights.get(class_idx)? / other;
    let are_same = others.all(|(_, weight)| weight == other);
    let digits = if times < 100.0 { 100.0 } else { 1.0 };
    (are_same && times.is_finite())
        .then(|| format!("{} times as heavy", plain((times * digits).round() / digits)))
}

/// Of how many images shares are told: of more where some class would have none.
fn whole(shares: &[f64]) -> u64 {
    match shares.iter().any(|&share| share < 0.01) {
        true => 1000,
        false => 100,
    }
}

fn of_whole(share: f64, whole: u64) -> String {
    let n = (share * whole as f64).round();
    match share > 0.0 && n == 0.0 {
        true => "fewer than 1".into(),
        false => format!("{n:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(classes: &[&str], weights: &[f64], n_train: &[usize]) -> Option<String> {
        let classes: Vec<String> = classes.iter().map(|&class| class.into()).collect();
        learnt_in_words(&classes, weights, n_train)
    }

    /// By hand: 0.8 to 0.2 at a weight of 8, 16 of 100 in training and 1 of 100 there: 0.8 · 0.01 / (8 · 16) to 0.2 · 0.99 / 84.
    #[test]
    fn weights_and_shares_are_undone_for_another_mix() {
        let undo = undo_there(&[1.0, 8.0], &[84, 16], Some(&[0.99, 0.01]));
        let (rare, common) = (0.8 * 0.01 / 128.0, 0.2 * 0.99 / 84.0);
        let expected = (rare / (rare + common)) as f32;
        assert!((undo.row(&[0.2, 0.8])[1] - expected).abs() < 1e-7);
        // As common as in training: the weights alone.
        let same = undo_there(&[1.0, 8.0], &[84, 16], Some(&[0.84, 0.16]));
        let weights = Undo::of_weights(&[1.0, 8.0]);
        assert!((same.row(&[0.2, 0.8])[1] - weights.row(&[0.2, 0.8])[1]).abs() < 1e-7);
        assert_eq!(undo_there(&[1.0, 8.0], &[84, 16], None), weights);
    }

    #[test]
    fn a_weighting_is_told_as_a_mix() {
        let two = |weights: &[f64]| said(&["FAKE", "REAL"], weights, &[84, 16]);
        assert_eq!(
            two(&[1.0, 8.0]).unwrap(),
            "With REAL 8 times as heavy it learns as if 60 of 100 images were REAL; of the training images 16 are"
        );
        assert_eq!(
            two(&[5.25, 0.0]).unwrap(),
            "With these weights it learns as if 100 of 100 images were FAKE; of the training images 84 are"
        );
        assert_eq!(two(&[0.3, 0.3]), None);
        assert_eq!(
            said(&["a", "b"], &[1.0, 3.0], &[9990, 10]).unwrap(),
            "With b 3 times as heavy it learns as if 3 of 1,000 images were b; of the training images 1 is"
        );
    }

    #[test]
    fn of_many_classes_those_are_named_that_gain_and_lose_most() {
        let many = |weights: &[f64]| said(&["dress", "hat", "skirt"], weights, &[40, 57, 3]).unwrap();
        assert_eq!(
            many(&[1.0, 1.0, 8.0]),
            "With skirt 8 times as heavy it learns as if 20 of 100 images were skirt and 47 hat; of the training images 3 and \
             57 are"
        );
        assert!(
            many(&[2.0, 1.0, 8.0])
                .starts_with("With these weights it learns as if 15 of 100 images were skirt and 35 hat")
        );
    }
}
