//! How sure what is looked at is: asked for once it is known what every image was called, and found again by what it follows from.

use std::path::PathBuf;
use std::sync::Arc;

use super::known::{Figures, KnownIntervals};
use super::subject::Subject;
use crate::app::host::Host;
use crate::app::jobs::{JobView, Purpose};
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{FiguresAsked, PairSaid, Sureness};
use crate::protocol::{CompareRuns, ComparedRuns, Measure};

impl AppState {
    /// The intervals of the figures that are looked at.
    pub fn known_intervals(&self, subject: &Subject) -> KnownIntervals<'_> {
        let known = self.known.figures.as_ref();
        let now = self.figures_looked_at();
        let sureness = known
            .filter(|(of, _)| now.as_ref() == Some(of))
            .map(|(_, sureness)| sureness);
        let predictions = self.predictions_on(subject.part);
        KnownIntervals {
            in_groups: now.is_some() && predictions.is_some_and(|predictions| predictions.groups().is_some()),
            sureness,
            overall: self.overall_intervals(subject),
        }
    }

    /// What the difference of a run to another is worth; `None` as long as that is not known among those that are compared.
    pub fn told_between(&self, run: usize, against: usize) -> Option<&Result<PairSaid, String>> {
        let dir = |run: usize| Some(&self.runs.all.get(run)?.dir);
        let (run, against) = (dir(run)?, dir(against)?);
        let known = self.known.pairs.as_ref()?;
        // Among others, or more of them, the same difference may be worth less.
        let is_asked = self.known.asked_pairs.as_ref() == Some(&known.asked);
        let is_of_part = known.asked.part == self.looking.part;
        let mut pairs = known.pairs.iter().filter(|_| is_asked && is_of_part);
        let pair = pairs.find(|pair| pair.run == *run && pair.against == *against)?;
        Some(&pair.said)
    }

    /// Of a run; what is tried now changes faster than images are drawn.
    fn figures_looked_at(&self) -> Option<Figures> {
        let part = self.looking.part;
        let is_run = self.watched_trial().is_none() && !self.looking.is_baseline();
        let scores = self.scores_on(part).filter(|_| is_run)?;
        Some(Figures {
            scores: Arc::downgrade(scores),
            rule: self.rule(),
            part,
        })
    }

    /// Asks for what is to be seen and is not known, one at a time. Called after each action and event.
    pub(in crate::app) fn measure(&mut self, host: &mut dyn Host) {
        match self.windows.showing {
            Showing::OneRun => self.measure_figures(host),
            Showing::Compare => self.measure_pairs(host),
            Showing::Images | Showing::Map | Showing::Slices | Showing::Predictions => {}
        }
    }

    fn measure_figures(&mut self, host: &mut dyn Host) {
        let Some(figures) = self.figures_looked_at() else {
            return;
        };
        let asked = self.known.asked.as_ref();
        if asked == Some(&figures) {
            return;
        }
        let is_measuring =
            |job: &JobView| matches!(job.purpose, Purpose::Measure) && !job.job.cancel.is_cancelled();
        if self.jobs.all.iter().any(is_measuring) {
            // While a threshold is dragged, one comes after the other; other scores do not wait.
            if asked.is_some_and(|asked| asked.scores.ptr_eq(&figures.scores)) {
                return;
            }
            self.jobs.cancel(is_measuring);
        }
        let run = self.selected_run().zip(self.predictions_on(figures.part));
        let Some((run, predictions)) = run else { return };
        let asked = FiguresAsked {
            predictions: predictions.clone(),
            rule: figures.rule,
            seed: run.config.seed,
        };
        let known = self.known.figures.as_ref();
        let same = known.filter(|(of, _)| of.scores.ptr_eq(&figures.scores));
        let request = Measure {
            asked,
            by_another_rule: same.map(|(_, sureness)| sureness.clone()),
        };
        self.known.asked = Some(figures);
        self.jobs.submit(request, Purpose::Measure, host);
    }

    fn measure_pairs(&mut self, host: &mut dyn Host) {
        let part = self.looking.part;
        let compared = self.compared(part).into_iter().map(|run| &self.runs.all[run]);
        let runs: Vec<PathBuf> = compared
            .filter(|run| run.can_predict())
            .map(|run| run.dir.clone())
            .collect();
        let asked = CompareRuns { runs, part };
        let is_known = self.known.asked_pairs.as_ref() == Some(&asked);
        if asked.runs.len() < 2 || is_known {
            return;
        }
        self.jobs
            .cancel(|job| matches!(job.purpose, Purpose::CompareRuns));
        self.known.asked_pairs = Some(asked.clone());
        self.jobs.submit(asked, Purpose::CompareRuns, host);
    }

    /// What was asked for before is told to nobody: its job was cancelled.
    pub(in crate::app) fn take_measured(&mut self, sureness: Sureness) {
        if let Some(asked) = &self.known.asked {
            self.known.figures = Some((asked.clone(), sureness));
        }
    }

    pub(in crate::app) fn take_compared(&mut self, compared: ComparedRuns) {
        if self.known.asked_pairs.as_ref() == Some(&compared.asked) {
            self.known.pairs = Some(compared);
        }
    }
}
