//! Backpressure: events that were sent and not yet taken are bounded. Where a reader is slow or gone the sender waits for it,
//! so that memory does not grow for hours. For readers that may block, such as a pipe that nobody reads; a window never blocks its engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded};

use crate::protocol::Wake;

/// Events that may wait: a few megabytes at most.
const MOST: usize = 1024;
const POLL: Duration = Duration::from_millis(50);

/// The reader's side.
#[derive(Clone)]
pub struct Backlog {
    waiting: Receiver<()>,
    is_open: Arc<AtomicBool>,
}

impl Backlog {
    /// With the wake callback for the link, which returns once there is room for the next event.
    pub fn new() -> (Self, Wake) {
        let (put, waiting) = bounded(MOST);
        let is_open = Arc::new(AtomicBool::new(true));
        let backlog = Backlog {
            waiting,
            is_open: Arc::clone(&is_open),
        };
        let wake = move |_| while is_open.load(Ordering::SeqCst) && put.send_timeout((), POLL).is_err() {};
        (backlog, Arc::new(wake))
    }

    /// For each event, once it was taken from the link.
    pub fn take(&self) {
        while self.is_open.load(Ordering::SeqCst) && self.waiting.recv_timeout(POLL).is_err() {}
    }

    /// From now on nobody waits, whether somebody reads or not: what there is must still be saved.
    pub fn release(&self) {
        self.is_open.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Instant;

    use super::*;
    use crate::protocol::{Event, link};
    use crate::spawn::spawn;

    #[test]
    fn who_sends_waits_for_who_reads_until_nobody_has_to() {
        let (backlog, wake) = Backlog::new();
        let (front, end) = link(wake);
        let n_sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&n_sent);
        let sender = spawn("sender", move || {
            for _ in 0..3 * MOST {
                end.send(1, Event::Done);
                count.fetch_add(1, Ordering::SeqCst);
            }
        })
        .unwrap();
        let until = |n: usize| {
            let began = Instant::now();
            while n_sent.load(Ordering::SeqCst) < n {
                assert!(began.elapsed() < Duration::from_secs(60), "{n_sent:?} of {n}");
                std::thread::sleep(Duration::from_millis(1));
            }
            // Whoever does not wait is further on by then.
            std::thread::sleep(Duration::from_millis(100));
            assert_eq!(n_sent.load(Ordering::SeqCst), n);
        };
        until(MOST);
        for _ in 0..10 {
            front.events.recv().unwrap();
            backlog.take();
        }
        until(MOST + 10);
        backlog.release();
        until(3 * MOST);
        assert_eq!(front.events.iter().map(|_| backlog.take()).count(), 3 * MOST - 10);
        sender.join().unwrap();
    }
}
