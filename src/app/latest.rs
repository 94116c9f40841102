//! A value that is kept with what it follows from, until that is another.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

/// The value that was asked for last. What it was computed from tells whether it is old, so nobody has to say so.
#[derive(Debug)]
pub struct Latest<K, V>(RefCell<Option<(K, Arc<V>)>>);

impl<K, V> Default for Latest<K, V> {
    fn default() -> Self {
        Latest(RefCell::new(None))
    }
}

impl<K: PartialEq, V> Latest<K, V> {
    pub fn get(&self, key: K, compute: impl FnOnce() -> V) -> Arc<V> {
        let mut latest = self.0.borrow_mut();
        if let Some((of, value)) = &*latest
            && *of == key
        {
            return Arc::clone(value);
        }
        let value = Arc::new(compute());
        *latest = Some((key, Arc::clone(&value)));
        value
    }
}

/// The very same data, as part of a key. It is held, so that the place of data that are gone is not taken for that of others.
#[derive(Debug)]
pub struct Same<T>(Weak<T>);

impl<T> Same<T> {
    pub fn of(data: &Arc<T>) -> Self {
        Same(Arc::downgrade(data))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_the_same_is_computed_once() {
        let latest = Latest::default();
        let (one, other) = (Arc::new(1), Arc::new(1));
        let first = latest.get((Same::of(&one), 7), || 1);
        assert!(Arc::ptr_eq(&first, &latest.get((Same::of(&one), 7), || 2)));
        assert_eq!(*latest.get((Same::of(&one), 8), || 2), 2);
        // Equal, but not the same.
        assert_eq!(*latest.get((Same::of(&other), 8), || 3), 3);
        drop(other);
        assert_eq!(*latest.get((Same::of(&Arc::new(1)), 8), || 4), 4);
    }
}
