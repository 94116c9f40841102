//! Work that cannot be interrupted, such as a decoder that reads its whole file before it begins: it runs on a thread of its
//! own, which nobody waits for after a stop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};

use super::Fault;
use crate::protocol::Cancel;
use crate::spawn::spawn;

/// How long it may take until a stop is noticed.
const POLL: Duration = Duration::from_millis(25);

/// The result of `work`.
///
/// # Errors
/// It panicked; or the job was stopped, in whatever words.
pub fn unless_stopped<T: Send + 'static>(
    cancel: &Cancel,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let crashed = || Fault::corrupt("its decoder crashed");
    let (tell, told) = bounded(1);
    let on_thread = move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        // Nobody listens after a stop.
        let _ = tell.send(result.unwrap_or_else(|_| Err(crashed())));
    };
    spawn("cw-decode-one", on_thread).map_err(Fault::corrupt)?;
    loop {
        match told.recv_timeout(POLL) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) if !cancel.is_cancelled() => {}
            Err(_) => return Err(crashed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_stop_does_not_wait_for_it() {
        let cancel = Cancel::new();
        assert_eq!(unless_stopped(&cancel, || Ok(7)), Ok(7));
        assert_eq!(
            unless_stopped(&cancel, || Err::<(), _>(Fault::truncated())),
            Err(Fault::truncated())
        );
        let (end, wait) = bounded::<()>(0);
        cancel.cancel();
        let began = Instant::now();
        let stopped = unless_stopped(&cancel, move || {
            let _ = wait.recv_timeout(Duration::from_secs(20));
            Ok(())
        });
        assert!(stopped.is_err() && began.elapsed() < Duration::from_secs(10));
        drop(end);
    }
}
