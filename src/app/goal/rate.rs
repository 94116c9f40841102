//! How the goal's class fares under each run. A matrix tells it where images stand for themselves and the largest score
//! decides; else single images have to be counted, which is asked for once a run.

use std::path::PathBuf;

use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{Decision, Part, RunRates};
use crate::metrics::Rates;
use crate::protocol::{RateRuns, RatedRun};

impl AppState {
    /// The shares of a class under a run, and whether images were counted in groups. `None` where the run is of other classes
    /// than the open folder, or it is not known yet.
    pub(in crate::app) fn rates_of_run(
        &self,
        run: usize,
        class_idx: usize,
        part: Part,
    ) -> Option<(Rates, bool)> {
        if !self.is_of_folder(run) {
            return None;
        }
        let run = self.runs.all.get(run)?;
        let of_matrix = || {
            Some((
                Rates::of_matrix(&run.evaluation_on(part)?.confusion, class_idx)?,
                false,
            ))
        };
        if !must_be_counted(run) {
            return of_matrix();
        }
        let rated = run
            .rated
            .as_ref()
            .filter(|rated| rated.decision == run.decision)?;
        match &rated.parts {
            Ok(parts) => {
                let (_, rates) = parts.iter().find(|(of, _)| *of == part)?;
                Some((*rates.get(class_idx)?, rated.in_groups))
            }
            Err(_) if rated.decision.is_none() => of_matrix(),
            Err(_) => None,
        }
    }

    /// Asks for what must be counted and was not, once a goal wants to know. Called after each action and event.
    pub(in crate::app) fn rate_runs(&mut self, host: &mut dyn Host) {
        let is_asked = |purpose: &Purpose| matches!(purpose, Purpose::RateRuns { .. });
        if self.goal().is_none() || self.jobs.any(is_asked) {
            return;
        }
        let is_unknown = |run: &&RunView| {
            let is_known = run
                .rated
                .as_ref()
                .is_some_and(|rated| rated.decision == run.decision);
            must_be_counted(run) && !is_known && !run.deleted && run.can_predict()
        };
        let of_folder = self.runs.all.iter().filter(|run| self.dataset.is_trained_on(run));
        let runs: Vec<(PathBuf, Option<Decision>)> = (of_folder.filter(is_unknown))
            .map(|run| (run.dir.clone(), run.decision.clone()))
            .collect();
        if !runs.is_empty() {
            let purpose = Purpose::RateRuns { runs: runs.clone() };
            self.jobs.submit(RateRuns { runs }, purpose, host);
        }
    }

    pub(in crate::app) fn take_rated(&mut self, rated: Vec<RatedRun>) {
        for RatedRun { run_dir, rates } in rated {
            if let Some(run) = self.runs.of_dir(&run_dir) {
                self.runs.all[run].rated = Some(rates);
            }
        }
    }

    /// They could not be counted, and would not be if they were asked for again.
    pub(in crate::app) fn leave_unrated(&mut self, runs: &[(PathBuf, Option<Decision>)], reason: &str) {
        let rated = runs.iter().map(|(run_dir, decision)| RatedRun {
            run_dir: run_dir.clone(),
            rates: RunRates {
                decision: decision.clone(),
                parts: Err(reason.to_owned()),
                in_groups: false,
            },
        });
        self.take_rated(rated.collect());
    }
}

fn must_be_counted(run: &RunView) -> bool {
    run.is_in_groups() || run.decision.is_some()
}
