//! What follows from one or two matrices, kept with what it follows from: a run and how far it has come, a threshold, a trial.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use crate::experiment::Part;
use crate::metrics::{Scores, Threshold};

/// As many as are seen at a time, and some that were seen before.
const MOST: usize = 8;

/// A run, and how many events it is the fold of.
pub type RunSoFar = (usize, usize);

/// What something follows from.
#[derive(Debug, Clone, Default)]
pub struct Key {
    pub run: Option<RunSoFar>,
    /// Of single images, where it takes part; held, so that the place of scores that are gone is not taken for that of others.
    pub scores: Weak<Scores>,
    pub rule: Option<Threshold>,
    pub is_baseline: bool,
    pub part: Option<Part>,
    /// What it is held against.
    pub against: Option<RunSoFar>,
    pub is_paired: bool,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        fn rest(key: &Key) -> impl PartialEq {
            let models = (key.run, key.against, key.is_baseline);
            (models, key.rule, key.part, key.is_paired)
        }
        self.scores.ptr_eq(&other.scores) && rest(self) == rest(other)
    }
}

/// The values that were asked for last.
#[derive(Debug)]
pub struct Recent<V>(RefCell<Vec<(Key, Arc<V>)>>);

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Recent(RefCell::default())
    }
}

impl<V> Recent<V> {
    pub fn get(&self, key: Key, compute: impl FnOnce() -> V) -> Arc<V> {
        let mut kept = self.0.borrow_mut();
        if let Some((_, value)) = kept.iter().find(|(of, _)| *of == key) {
            return Arc::clone(value);
        }
        let value = Arc::new(compute());
        kept.insert(0, (key, Arc::clone(&value)));
        kept.truncate(MOST);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_the_same_is_computed_once() {
        let recent = Recent::default();
        let of = |run: usize, n_events: usize| Key {
            run: Some((run, n_events)),
            ..Key::default()
        };
        let first = recent.get(of(0, 3), || 1);
        assert!(Arc::ptr_eq(&first, &recent.get(of(0, 3), || 2)));
        // The run has come further; another run; other scores.
        assert_eq!(*recent.get(of(0, 4), || 2), 2);
        assert_eq!(*recent.get(of(1, 3), || 3), 3);
        let scores = Arc::new(Scores::default());
        let with_scores = Key {
            scores: Arc::downgrade(&scores),
            ..of(0, 3)
        };
        assert_eq!(*recent.get(with_scores.clone(), || 4), 4);
        drop(scores);
        let others = Arc::new(Scores::default());
        let with_others = Key {
            scores: Arc::downgrade(&others),
            ..of(0, 3)
        };
        assert_eq!(*recent.get(with_others, || 5), 5);
        assert_eq!(*recent.get(with_scores, || 6), 4);
        (0..MOST).for_each(|i| _ = recent.get(of(9, i), || 7));
        assert_eq!(
            *recent.get(of(0, 3), || 8),
            8,
            "what was seen long ago is forgotten"
        );
    }
}
