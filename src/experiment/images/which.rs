//! Which images of a part are looked at.

use super::change::{Change, Changes};
use super::one::OneImage;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Which {
    All,
    /// Those that are predicted as another class than their own.
    #[default]
    Mistakes,
    /// One cell of the matrix.
    Cell {
        truth: usize,
        predicted: usize,
    },
    /// One row of it.
    Truth(usize),
    /// One column of it.
    Predicted(usize),
    /// Those whose score for the class, as it is shown, lies above `from` and not above `to`, as in a bin of the calibration curve; the
    /// lowest bin has a score of nothing, too.
    Score {
        class_idx: usize,
        from: f64,
        to: f64,
    },
    /// Those that this became of, against another run.
    Change(Change),
}

impl Which {
    /// Whether that image is one of them; `place` is its place among the predictions.
    pub(super) fn has(
        self,
        place: usize,
        image: &OneImage,
        probabilities: &[f32],
        changes: Option<&Changes>,
    ) -> bool {
        match self {
            Which::All => true,
            Which::Mistakes => !image.is_right(),
            Which::Cell { truth, predicted } => image.truth == truth && image.predicted == Some(predicted),
            Which::Truth(class_idx) => image.truth == class_idx,
            Which::Predicted(class_idx) => image.predicted == Some(class_idx),
            Which::Score { class_idx, from, to } => {
                let score = probabilities.get(class_idx).map(|&score| f64::from(score));
                score.is_some_and(|score| (score > from || from <= 0.0) && score <= to)
            }
            Which::Change(change) => changes.and_then(|changes| changes.get(place)) == Some(change),
        }
    }
}
