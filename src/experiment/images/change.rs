//! What became of each image between two runs: the one that is held up, and the one that it is held against. Where their calls
//! have the class weights undone, an image is less sure only where a shown probability fell, and not because a class was weighed.

use super::super::run::{Call, Calls};

/// Both are right, and the later gives the right class at least this much less.
pub const LESS_SURE: f32 = 0.1;

/// What became of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Wrong before, right now.
    Fixed,
    /// Right before, wrong now.
    Broken,
    BothWrong,
    /// Right both times, with a probability that is smaller by [`LESS_SURE`] at least.
    LessSure,
}

/// The change of each image, in the images' order; `None` where nothing of that kind happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    of_each: Vec<Option<Change>>,
    counts: [usize; Change::ALL.len()],
}

impl Change {
    pub const ALL: [Change; 4] = [Change::Fixed, Change::Broken, Change::BothWrong, Change::LessSure];

    /// As it is asked for in the terminal.
    pub fn key(self) -> &'static str {
        match self {
            Change::Fixed => "fixed",
            Change::Broken => "broken",
            Change::BothWrong => "both-wrong",
            Change::LessSure => "less-sure",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Change::Fixed => "Fixed",
            Change::Broken => "Broken",
            Change::BothWrong => "Both wrong",
            Change::LessSure => "Less sure",
        }
    }

    pub fn explanation(self) -> &'static str {
        match self {
            Change::Fixed => "Wrong before, right now",
            Change::Broken => "Right before, wrong now",
            Change::BothWrong => "Wrong before and now",
            Change::LessSure => {
                "Right before and now, with a probability of the true class that is at least 0.1 smaller, class weights undone"
            }
        }
    }

    fn of(before: Call, now: Call) -> Option<Change> {
        match (before.is_right(), now.is_right()) {
            (false, true) => Some(Change::Fixed),
            (true, false) => Some(Change::Broken),
            (false, false) => Some(Change::BothWrong),
            (true, true) => (before.of_truth - now.of_truth >= LESS_SURE).then_some(Change::LessSure),
        }
    }
}

impl Changes {
    /// `None` where the two were not evaluated on the same images with the same labels.
    pub fn between(before: &Calls, now: &Calls) -> Option<Changes> {
        let each = before.beside(now)?;
        let of_each: Vec<Option<Change>> = each.map(|(before, now)| Change::of(before, now)).collect();
        let count = |change| of_each.iter().filter(|of| **of == Some(change)).count();
        Some(Changes {
            counts: Change::ALL.map(count),
            of_each,
        })
    }

    pub fn get(&self, image: usize) -> Option<Change> {
        *self.of_each.get(image)?
    }

    pub fn count(&self, change: Change) -> usize {
        self.counts[change as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Predictions;
    use crate::metrics::Undo;

    #[test]
    fn what_became_of_each_image() {
        let of = |rows: [f32; 6]| {
            let images = (0..6).map(|i| format!("{i}.png").into()).collect();
            let probabilities = rows.iter().flat_map(|p| [1.0 - p, *p]).collect();
            Predictions::new(images, 2, vec![1; 6], probabilities).unwrap()
        };
        let before = of([0.2, 0.9, 0.1, 0.9, 0.9, 0.75]);
        let now = of([0.8, 0.1, 0.2, 0.55, 0.95, 0.625]);
        let changes = Changes::between(&before.calls(None), &now.calls(None)).unwrap();
        let each: Vec<_> = (0..6).map(|i| changes.get(i)).collect();
        let expected = [
            Some(Change::Fixed),
            Some(Change::Broken),
            Some(Change::BothWrong),
            Some(Change::LessSure),
            None,
            Some(Change::LessSure),
        ];
        assert_eq!(each, expected);
        assert_eq!(Change::ALL.map(|change| changes.count(change)), [1, 1, 1, 2]);
        let fewer = Predictions::new(["0.png".into()].into(), 2, vec![1], vec![0.1, 0.9]).unwrap();
        assert_eq!(Changes::between(&before.calls(None), &fewer.calls(None)), None);
    }

    /// By hand: 0.8 of a head that was trained with 1 : 8 is 0.8 / 8 to 0.2, which is 1 to 2; 0.95 is 0.70.
    #[test]
    fn an_image_is_less_sure_where_what_is_shown_of_it_fell() {
        let of = |rows: [f32; 2]| {
            let images = ["a.png", "b.png"].map(Into::into);
            let probabilities = rows.iter().flat_map(|p| [1.0 - p, *p]).collect();
            Predictions::new(images.into(), 2, vec![1; 2], probabilities).unwrap()
        };
        let eight = of([0.8, 0.95]).undone_calls(None, &Undo::of_weights(&[1.0, 8.0]));
        let equal = of([0.6, 0.55]).undone_calls(None, &Undo::default());
        let rose = Changes::between(&eight, &equal).unwrap();
        assert_eq!(
            [0, 1].map(|image| rose.get(image)),
            [None, Some(Change::LessSure)]
        );
        // And the other way round: as the head says it, the first rose.
        let fell = Changes::between(&equal, &eight).unwrap();
        assert_eq!(
            [0, 1].map(|image| fell.get(image)),
            [Some(Change::LessSure), None]
        );
    }
}
