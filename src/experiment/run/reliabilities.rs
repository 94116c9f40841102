//! How far a head can be taken at its word: as it was trained, and with its class weights undone.

use serde::{Deserialize, Serialize};

use crate::metrics::{Reliability, Scores, Undo};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliabilities {
    /// Of the scores as the head says them.
    pub scores: Reliability,
    /// Of the probabilities that they become; the same where there is nothing to undo.
    pub probabilities: Reliability,
}

impl Reliabilities {
    /// `None` without an image, and where a score is no number.
    pub fn of(scores: &Scores, undo: &Undo) -> Option<Self> {
        let raw = Reliability::of(scores)?;
        let undone = undo.scores(scores);
        let probabilities = undone.map_or_else(|| Some(raw.clone()), |undone| Reliability::of(&undone))?;
        Some(Reliabilities {
            scores: raw,
            probabilities,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of a head that was trained 1 : 4 on images of which one in five is of class 1, in two groups: at 0.8 there are 50
    /// in 100 of the class, at 0.2 there are 5 in 85 or so; undone they are 0.5 and 0.0588.
    #[test]
    fn undone_scores_are_taken_at_their_word_and_raw_ones_are_not() {
        let group = |score: f32, n: usize, n_of_class: usize| {
            (0..n).map(move |i| (usize::from(i < n_of_class), [1.0 - score, score]))
        };
        let images = group(0.8, 100, 50).chain(group(0.2, 850, 50));
        let (truth, rows): (Vec<usize>, Vec<[f32; 2]>) = images.unzip();
        let scores = Scores::new(2, truth, rows.concat()).unwrap();
        let both = Reliabilities::of(&scores, &Undo::of_weights(&[1.0, 4.0])).unwrap();
        assert!(both.probabilities.classes[1].ece < 1e-6, "{both:?}");
        assert!(both.scores.classes[1].ece > 0.15, "{both:?}");
        let same = Reliabilities::of(&scores, &Undo::default()).unwrap();
        assert_eq!(same.scores, same.probabilities);
    }
}
