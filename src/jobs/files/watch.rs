//! A runs folder, and the label decisions in it, watched until the front end cancels.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::disk::dataset::labels::journals_stamp;
use crate::disk::runs::follow::Follower;
use crate::error::{Error, Result};
use crate::jobs::Tell;
use crate::jobs::own_runs::OwnRuns;
use crate::protocol::{Cancel, LabelsEvent};

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
    let mut is_first = true;
    let mut journals = journals_stamp(runs_dir);
    loop {
        let journals_now = journals_stamp(runs_dir);
        if journals_now != journals {
            journals = journals_now;
            tell(LabelsEvent::Changed.into());
        }
        // The folder may be listed again: what was trained from here and has ended is listed as any other run.
        let is_ours = |dir: &Path| match is_first {
            true => own_runs.writes(dir),
            false => own_runs.holds(dir),
        };
        let polled = follower.poll(&is_ours, &mut |event| {
            cancel.check()?;
            tell(event.into());
            Ok(())
        });
        is_first &= polled.is_err();
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::disk::runs::folder::RunFolder;
    use crate::experiment::{Config, Outcome, RunEvent, Timing};
    use crate::protocol::{Event, FitEvent, RunsEvent};

    /// Otherwise it would be missing for as long as the program runs.
    #[test]
    fn of_a_folder_that_is_listed_again_the_own_runs_that_ended_are_listed() {
        let home = tempfile::tempdir().unwrap();
        let own_runs = OwnRuns::default();
        let ended = RunEvent::Ended {
            outcome: Outcome::Finished,
            timing: Timing::default(),
        };
        let mut dirs = Vec::new();
        for (job_id, ends) in [(1, true), (2, false)] {
            let mut folder = RunFolder::create(home.path(), &Config::default(), &[]).unwrap();
            let dir = folder.dir.clone();
            own_runs.see(job_id, &FitEvent::RunCreated { dir: dir.clone() }.into());
            if ends {
                folder.append(&ended).unwrap();
                own_runs.see(job_id, &FitEvent::Run(ended.clone()).into());
            }
            dirs.push(dir);
        }
        let cancel = Cancel::new();
        let listed = RefCell::new(Vec::new());
        let tell = |event: Event| {
            if let Event::Runs(RunsEvent::Listed(run)) = event {
                listed.borrow_mut().push(run.dir);
            }
            cancel.cancel();
        };
        watch(home.path(), &own_runs, &cancel, &tell).unwrap_err();
        assert_eq!(listed.into_inner(), dirs[..1]);
    }

    /// Another program's decision reaches the window with the next look.
    #[test]
    fn a_decision_is_heard_of() {
        let home = tempfile::tempdir().unwrap();
        let labels = home.path().join("labels");
        std::fs::create_dir(&labels).unwrap();
        let cancel = Cancel::new();
        let tell = |event: Event| {
            if matches!(event, Event::Labels(LabelsEvent::Changed)) {
                cancel.cancel();
            }
        };
        let (watched, tried) = std::thread::scope(|scope| {
            let watching = scope.spawn(|| watch(home.path(), &OwnRuns::default(), &cancel, &tell));
            let mut n_tried = 0;
            // However late it begins to look.
            while !cancel.is_cancelled() && n_tried < 1000 {
                n_tried += 1;
                std::fs::write(labels.join("faces.jsonl"), "x".repeat(n_tried)).unwrap();
                sleep(CANCEL_POLL);
            }
            cancel.cancel();
            (watching.join(), n_tried)
        });
        assert!(watched.unwrap().is_err() && tried < 1000);
    }
}
