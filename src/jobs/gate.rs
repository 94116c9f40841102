//! Lets a fixed number through at a time, whoever asks, so that memory does not grow with the number of requests.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::error::Result;
use crate::protocol::Cancel;

/// How long one that waits may overlook a request to stop.
const POLL: Duration = Duration::from_millis(25);

#[derive(Debug)]
pub struct Gate {
    n_free: Mutex<usize>,
    freed: Condvar,
}

/// Lets the next one in when it is dropped.
#[derive(Debug)]
pub struct Pass<'a>(&'a Gate);

impl Gate {
    pub fn new(n_at_a_time: usize) -> Self {
        Gate {
            n_free: Mutex::new(n_at_a_time.max(1)),
            freed: Condvar::new(),
        }
    }

    /// Waits until there is room.
    ///
    /// # Errors
    /// Stopped.
    pub fn enter(&self, cancel: &Cancel) -> Result<Pass<'_>> {
        let mut n_free = self.n_free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            cancel.check()?;
            if *n_free > 0 {
                *n_free -= 1;
                return Ok(Pass(self));
            }
            let waited = self.freed.wait_timeout(n_free, POLL);
            n_free = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.0.n_free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::error::Error;

    #[test]
    fn no_more_are_inside_than_may_be_and_a_stop_ends_the_wait() {
        let (gate, cancel) = (Gate::new(2), Cancel::new());
        let (n_inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    let _pass = gate.enter(&cancel).unwrap();
                    most.fetch_max(n_inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(2));
                    n_inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 2);
        let _both = [gate.enter(&cancel).unwrap(), gate.enter(&cancel).unwrap()];
        cancel.cancel();
        assert!(matches!(gate.enter(&cancel), Err(Error::Stopped)));
    }
}
