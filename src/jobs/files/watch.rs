//! A runs folder, watched until the front end cancels.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::disk::runs::follow::Follower;
use crate::error::{Error, Result};
use crate::jobs::Tell;
use crate::jobs::own_runs::OwnRuns;
use crate::protocol::Cancel;

/// The folder is looked at twice a second, and a request to stop is noticed sooner.
const POLL: Duration = Duration::from_millis(500);
const CANCEL_POLL: Duration = Duration::from_millis(50);
/// A folder on a network may be away for a while: a minute.
const MOST_FAILURES: usize = 120;

/// Until it is cancelled.
///
/// # Errors
/// Stopped; the folder cannot be listed for a while.
pub fn watch(runs_dir: &Path, own_runs: &OwnRuns, cancel: &Cancel, tell: Tell) -> Result<()> {
    let mut follower = Follower::new(runs_dir);
    let mut n_failures = 0;
    loop {
        let polled = follower.poll(&|dir| own_runs.holds(dir), &mut |event| {
            cancel.check()?;
            tell(event.into());
            Ok(())
        });
        n_failures = if polled.is_ok() { 0 } else { n_failures + 1 };
        match polled {
            Err(e) if n_failures == MOST_FAILURES || matches!(e, Error::Stopped) => return Err(e),
            _ => wait(POLL, cancel)?,
        }
    }
}

/// Until then, or until it is cancelled.
pub(super) fn wait(time: Duration, cancel: &Cancel) -> Result<()> {
    for _ in 0..time.as_millis() / CANCEL_POLL.as_millis() {
        cancel.check()?;
        sleep(CANCEL_POLL);
    }
    cancel.check()
}
