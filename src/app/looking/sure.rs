//! How sure what is looked at is: asked for once it is known what every image was called, and found again by what it follows from.

use std::path::PathBuf;
use std::sync::Arc;

use super::known::{Figures, KnownIntervals};
use super::subject::Subject;
use crate::app::host::Host;
use crate::app::jobs::Purpose;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{FiguresAsked, Sureness};
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

    /// What the difference of a run to another is worth, in a sentence without their names; `None` as long as that is not known.
    pub fn told_between(&self, run: usize, against: usize) -> Option<&Result<String, String>> {
        let dir = |run: usize| Some(&self.runs.all.get(run)?.dir);
        let (run, against) = (dir(run)?, dir(against)?);
        let known = self.known.pairs.as_ref()?;
        let is_of_part = known.asked.part == self.looking.part;
        let mut pairs = known.pairs.iter().filter(|_| is_of_part);
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
        let is_asked = |purpose: &Purpose| matches!(purpose, Purpose::Measure);
        if self.known.asked.as_ref() == Some(&figures) || self.jobs.any(is_asked) {
            return;
        }
        let run = self.selected_run().zip(self.predictions_on(figures.part));
        let Some((run, predictions)) = run else { return };
        let asked = FiguresAsked {
            predictions: predictions.clone(),
            rule: figures.rule,
            seed: run.config.seed,
        };
        self.known.asked = Some(figures);
        self.jobs.submit(Measure { asked }, Purpose::Measure, host);
    }

    fn measure_pairs(&mut self, host: &mut dyn Host) {
        let part = self.looking.part;
        let compared = self.compared(part).into_iter().map(|run| &self.runs.all[run]);
        let runs: Vec<PathBuf> = compared
            .filter(|run| run.can_predict())
            .map(|run| run.dir.clone())
            .collect();
        let asked = CompareRuns { runs, part };
        let is_asked = |purpose: &Purpose| matches!(purpose, Purpose::CompareRuns);
        let is_known = self.known.asked_pairs.as_ref() == Some(&asked);
        if asked.runs.len() < 2 || is_known || self.jobs.any(is_asked) {
            return;
        }
        self.known.asked_pairs = Some(asked.clone());
        self.jobs.submit(asked, Purpose::CompareRuns, host);
    }

    pub(in crate::app) fn take_measured(&mut self, sureness: Sureness) {
        if let Some(asked) = &self.known.asked {
            self.known.figures = Some((asked.clone(), sureness));
        }
    }

    pub(in crate::app) fn take_compared(&mut self, compared: ComparedRuns) {
        self.known.pairs = Some(compared);
    }
}
