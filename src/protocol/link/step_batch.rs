//! Collects step losses so that a fast training does not send a message a step.

use crate::experiment::Steps;

/// At most one batch of steps every this many seconds: about thirty messages a second.
const SEND_EVERY_SECS: f64 = 0.033;

/// Consecutive losses of one epoch that have not been sent yet.
#[derive(Debug, Default)]
pub struct StepBatch {
    epoch: u32,
    first: usize,
    losses: Vec<f32>,
    last_sent_secs: f64,
}

impl StepBatch {
    pub fn starting_at(elapsed_secs: f64) -> Self {
        StepBatch {
            last_sent_secs: elapsed_secs,
            ..StepBatch::default()
        }
    }

    /// Takes one loss; gives back what is due. `iteration` is from 1 within `epoch`; time is since the run started.
    pub fn push(&mut self, epoch: u32, iteration: usize, loss: f32, elapsed_secs: f64) -> Option<Steps> {
        if self.losses.is_empty() {
            self.epoch = epoch;
            self.first = iteration;
        }
        self.losses.push(loss);
        if elapsed_secs - self.last_sent_secs < SEND_EVERY_SECS {
            return None;
        }
        self.flush(elapsed_secs)
    }

    /// Whatever is left: at the end of an epoch, and of a run.
    pub fn flush(&mut self, elapsed_secs: f64) -> Option<Steps> {
        if self.losses.is_empty() {
            return None;
        }
        self.last_sent_secs = elapsed_secs;
        Some(Steps {
            epoch: self.epoch,
            first: self.first,
            losses: std::mem::take(&mut self.losses),
            elapsed_secs,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_fast_steps_are_thirty_messages_a_second_and_lose_nothing() {
        let mut batch = StepBatch::starting_at(0.0);
        let mut sent = Vec::new();
        for i in 0..1000 {
            sent.extend(batch.push(1, i + 1, i as f32, i as f64 * 0.001));
        }
        sent.extend(batch.flush(1.0));
        assert!((25..=32).contains(&sent.len()), "{} messages", sent.len());
        let losses: Vec<f32> = sent.iter().flat_map(|s| s.losses.clone()).collect();
        assert_eq!(losses, (0..1000).map(|i| i as f32).collect::<Vec<_>>());
        assert!(sent.iter().all(|s| s.losses[0] as usize + 1 == s.first));
    }
}
