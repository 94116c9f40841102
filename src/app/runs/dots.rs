//! Weightings as dots, derived once from what they follow from and not in every frame.

use std::cell::RefCell;
use std::sync::Arc;

use super::footings::Footing;
use crate::app::latest::Same;
use crate::experiment::Part;

/// A weighting in the trade-off.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    pub run: usize,
    /// How often the class counts for each time the others do.
    pub weight: f64,
    pub recall: f64,
    pub rest_recall: f64,
    pub precision: Option<f64>,
    /// Dots of one line differ in nothing but their weights.
    pub line: usize,
    /// No other dot is better in one recall and as good in the other.
    pub on_front: bool,
    /// It was not trained so, but tried again with the labels as they were decided since.
    pub again: bool,
}

/// What dots follow from.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Asked<'a> {
    pub part: Part,
    pub class_idx: usize,
    pub classes: &'a [String],
    /// Of the runs, which are others as soon as one of these comes further.
    pub footings: &'a Arc<Vec<Footing>>,
    /// Of what was tried again with other labels.
    pub again: u64,
}

/// The same, kept.
#[derive(Debug)]
struct Known {
    part: Part,
    class_idx: usize,
    classes: Vec<String>,
    footings: Same<Vec<Footing>>,
    again: u64,
    dots: Arc<Vec<Dot>>,
}

/// The dots that were asked for last, on each part.
#[derive(Debug, Default)]
pub struct Dots(RefCell<Vec<Known>>);

impl Dots {
    pub(in crate::app) fn get(&self, asked: Asked, compute: impl FnOnce() -> Vec<Dot>) -> Arc<Vec<Dot>> {
        let mut known = self.0.borrow_mut();
        if let Some(known) = known.iter().find(|known| known.answers(&asked)) {
            return Arc::clone(&known.dots);
        }
        let dots = Arc::new(compute());
        known.retain(|known| known.part != asked.part);
        known.push(Known {
            part: asked.part,
            class_idx: asked.class_idx,
            classes: asked.classes.to_vec(),
            footings: Same::of(asked.footings),
            again: asked.again,
            dots: Arc::clone(&dots),
        });
        dots
    }
}

impl Known {
    fn answers(&self, asked: &Asked) -> bool {
        (self.part, self.class_idx, self.again) == (asked.part, asked.class_idx, asked.again)
            && self.footings == Same::of(asked.footings)
            && self.classes == asked.classes
    }
}

/// Marks those that no other beats: Pareto's front, from the highest recall down.
pub(in crate::app) fn mark_front(dots: &mut [Dot]) {
    let mut order: Vec<usize> = (0..dots.len()).collect();
    let better = |a: &Dot, b: &Dot| {
        let recall = b.recall.total_cmp(&a.recall);
        recall.then(b.rest_recall.total_cmp(&a.rest_recall))
    };
    order.sort_by(|&a, &b| better(&dots[a], &dots[b]));
    let places: Vec<(f64, f64)> = order
        .iter()
        .map(|&i| (dots[i].recall, dots[i].rest_recall))
        .collect();
    // The best of the rest at higher recalls; at the same recall, the first is the best.
    let mut best_above = f64::NEG_INFINITY;
    let mut first = 0;
    for equal in places.chunk_by(|a, b| a.0 == b.0) {
        let best = equal[0].1;
        for (&i, place) in order[first..].iter().zip(equal) {
            dots[i].on_front = best > best_above && place.1 == best;
        }
        best_above = best_above.max(best);
        first += equal.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(recall: f64, rest_recall: f64) -> Dot {
        Dot {
            run: 0,
            weight: 1.0,
            recall,
            rest_recall,
            precision: None,
            line: 0,
            on_front: false,
            again: false,
        }
    }

    /// Held against the definition, dot by dot.
    #[test]
    fn the_front_is_pareto_s() {
        let mut dots: Vec<Dot> = (0..200u32)
            .map(|i| {
                let noise = |k: u32| f64::from(i.wrapping_mul(k).wrapping_add(k) % 17) / 17.0;
                dot(noise(7919), noise(104_729))
            })
            .collect();
        mark_front(&mut dots);
        for a in &dots {
            let is_beaten = dots.iter().any(|b| {
                let as_good = b.recall >= a.recall && b.rest_recall >= a.rest_recall;
                as_good && (b.recall > a.recall || b.rest_recall > a.rest_recall)
            });
            assert_eq!(a.on_front, !is_beaten, "{a:?}");
        }
        assert!(dots.iter().any(|dot| dot.on_front));
    }

    #[test]
    fn what_is_asked_again_is_not_computed_again() {
        let (dots, footings) = (Dots::default(), Arc::new(vec![Footing::SameImages]));
        let classes = ["a".to_owned(), "b".to_owned()];
        let asked = Asked {
            part: Part::Val,
            class_idx: 1,
            classes: &classes,
            footings: &footings,
            again: 0,
        };
        let first = dots.get(asked, || vec![dot(0.5, 0.5)]);
        assert!(Arc::ptr_eq(&first, &dots.get(asked, Vec::new)));
        let on_test = Asked {
            part: Part::Test,
            ..asked
        };
        assert!(dots.get(on_test, Vec::new).is_empty());
        assert!(Arc::ptr_eq(&first, &dots.get(asked, Vec::new)));
        let further = Asked {
            footings: &Arc::new(vec![Footing::SameImages]),
            ..asked
        };
        assert!(dots.get(further, Vec::new).is_empty());
    }
}
