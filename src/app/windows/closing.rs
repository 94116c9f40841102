//! Closing the window while something trains or waits: the user is asked first, and what there is, is kept.

use crate::app::host::Host;
use crate::app::state::AppState;

impl AppState {
    /// Whether closing now would end a training, or lose one that waits.
    pub fn must_ask_to_close(&self) -> bool {
        !self.windows.may_close && self.jobs.all.iter().any(|job| job.is_training())
    }

    /// What closing would do, in one sentence.
    pub fn what_closing_does(&self) -> String {
        let running = self.jobs.training().map(|job| {
            let run = job.run.and_then(|run| self.runs.all.get(run));
            run.map_or_else(|| "A training".into(), |run| run.label())
        });
        // A job that has not reported yet is about to begin.
        let n_waiting = self.jobs.all.iter().filter(|job| job.is_waiting()).count();
        let waiting = match n_waiting {
            1 => "one more waits for its turn".to_owned(),
            n => format!("{n} more wait for their turn"),
        };
        match (running, n_waiting) {
            (Some(running), 0) => {
                format!("{running} is running. Closing stops it; what it has is kept as a stopped run.")
            }
            (Some(running), 1..) => format!(
                "{running} is running, and {waiting}. Closing stops it, and what it has is kept as a stopped run; what \
                 waits can be trained at the next start."
            ),
            (None, _) => {
                "A training is about to begin. Closing stops it; it can be trained at the next start.".into()
            }
        }
    }

    /// Whether the window waits for the trainings to end by themselves, and all of them have.
    pub fn closes_now(&self) -> bool {
        self.windows.closes_when_done && !self.windows.may_close && !self.must_ask_to_close()
    }

    /// Goes on in the background and closes when all is trained, or stays after all.
    pub(in crate::app) fn close_when_done(&mut self, closes: bool, host: &mut dyn Host) {
        self.windows.closes_when_done = closes;
        self.windows.asks_to_close = false;
        if closes {
            host.minimise();
        }
    }

    /// Stops everything, and closes once the engine has kept what there is.
    pub(in crate::app) fn close(&mut self, host: &mut dyn Host) {
        self.keep_queue();
        (self.windows.asks_to_close, self.windows.may_close) = (false, true);
        // What waits goes first, so that none of it begins in between.
        self.jobs.cancel(|job| job.is_waiting());
        self.jobs.cancel(|_| true);
        host.close();
    }
}
