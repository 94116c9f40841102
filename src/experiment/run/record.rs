//! The record of a run: the fold of its events. This is the only reducer; window, command line, run folder and tests
//! all use it.

use serde::{Deserialize, Serialize};

use super::caution::Caution;
use super::event::{Evaluation, Outcome, RunEvent, Started, Steps, Timing, When};
use crate::experiment::dataset::Part;

/// Everything known about a run so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    pub started: Option<Started>,
    /// Loss of every iteration, epochs end to end.
    pub losses: Vec<f32>,
    /// Where each epoch begins in `losses`.
    pub epoch_starts: Vec<usize>,
    /// (iterations done, seconds since the start), ascending: one entry a batch of steps.
    pub clock: Vec<(usize, f64)>,
    pub evaluations: Vec<Evaluation>,
    pub warnings: Vec<String>,
    pub cautions: Vec<Caution>,
    pub outcome: Option<Outcome>,
    /// Once it has ended.
    pub timing: Option<Timing>,
}

impl RunRecord {
    /// Folds a run's events.
    pub fn from_events<'a>(events: impl IntoIterator<Item = &'a RunEvent>) -> Self {
        let mut record = RunRecord::default();
        for event in events {
            record.apply(event);
        }
        record
    }

    /// Takes in the next fact.
    pub fn apply(&mut self, event: &RunEvent) {
        match event {
            RunEvent::Started(started) => self.started = Some((**started).clone()),
            RunEvent::Steps(steps) => self.apply_steps(steps),
            RunEvent::Evaluated(evaluation) => self.evaluations.push(evaluation.clone()),
            RunEvent::Warning { message } => self.warnings.push(message.clone()),
            RunEvent::Caution(caution) => self.cautions.push(caution.clone()),
            RunEvent::Ended { outcome, timing } => {
                self.outcome = Some(outcome.clone());
                self.timing = Some(timing.clone());
            }
        }
    }

    fn apply_steps(&mut self, steps: &Steps) {
        // One at a time, as they come (see `RunGuard`): no number in a file makes this list long.
        if self.epoch_starts.len() < steps.epoch as usize {
            self.epoch_starts.push(self.losses.len());
        }
        self.losses.extend(&steps.losses);
        self.clock.push((self.losses.len(), steps.elapsed_secs));
    }

    /// The pretrained baseline's evaluation on validation images.
    pub fn baseline(&self) -> Option<&Evaluation> {
        self.evaluations.iter().find(|e| e.when == When::Baseline)
    }

    /// The latest evaluation of a trained head on that part; of training images out of fold.
    pub fn latest(&self, part: Part) -> Option<&Evaluation> {
        let trained = |e: &&Evaluation| e.part == part && matches!(e.when, When::Epoch(_) | When::OutOfFold);
        self.evaluations.iter().rev().find(trained)
    }

    /// Fold by fold, repeat by repeat.
    pub fn folds(&self) -> impl Iterator<Item = &Evaluation> {
        let is_fold = |e: &&Evaluation| matches!(e.when, When::Fold { .. });
        self.evaluations.iter().filter(is_fold)
    }

    /// Losses epoch by epoch.
    pub fn epochs(&self) -> impl Iterator<Item = &[f32]> {
        let ends = self.epoch_starts.iter().skip(1).copied();
        let ends = ends.chain(std::iter::once(self.losses.len()));
        self.epoch_starts
            .iter()
            .zip(ends)
            .map(|(&start, end)| &self.losses[start..end])
    }
}

/// The notebook's report: the mean of each `n` losses of one epoch, with the iteration it ends at (from 1).
/// What is left over at the end of the epoch is not reported, as in the notebook.
pub fn mean_of_each(n: usize, epoch_losses: &[f32]) -> Vec<(usize, f64)> {
    epoch_losses
        .chunks_exact(n)
        .enumerate()
        .map(|(i, chunk)| {
            let sum: f64 = chunk.iter().map(|&l| f64::from(l)).sum();
            ((i + 1) * n, sum / n as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(epoch: u32, first: usize, losses: &[f32]) -> RunEvent {
        RunEvent::Steps(Steps {
            epoch,
            first,
            losses: losses.to_vec(),
            elapsed_secs: 1.0,
        })
    }

    #[test]
    fn steps_fold_into_epochs() {
        let events = [
            steps(1, 1, &[1.0, 2.0]),
            steps(1, 3, &[3.0]),
            steps(2, 1, &[4.0, 5.0]),
            RunEvent::Ended {
                outcome: Outcome::Stopped,
                timing: Timing::default(),
            },
        ];
        let record = RunRecord::from_events(&events);
        let epochs: Vec<&[f32]> = record.epochs().collect();
        assert_eq!(epochs, [&[1.0, 2.0, 3.0][..], &[4.0, 5.0][..]]);
        assert_eq!(record.clock, [(2, 1.0), (3, 1.0), (5, 1.0)]);
        assert_eq!(record.outcome, Some(Outcome::Stopped));
    }

    #[test]
    fn the_report_leaves_the_remainder_out() {
        assert_eq!(mean_of_each(2, &[1.0, 2.0, 3.0, 5.0, 9.0]), [(2, 1.5), (4, 4.0)]);
        assert_eq!(mean_of_each(20, &[1.0; 19]), []);
    }

    #[test]
    fn events_survive_their_line() {
        let event = steps(1, 1, &[0.1, 0.7]);
        let line = serde_json::to_string(&event).unwrap();
        assert!(line.starts_with(r#"{"event":"steps","epoch":1"#), "{line}");
        assert_eq!(serde_json::from_str::<RunEvent>(&line).unwrap(), event);
    }
}
