//! What a run's facts may be, each held against those before it. A run folder may come from a stranger or from a damaged
//! disk: whatever is drawn, counted or allocated by a fact goes through here first.

use std::collections::BTreeSet;

use super::event::{Evaluation, RunEvent, Started, When};
use crate::experiment::config::Config;
use crate::experiment::dataset::Part;

/// What the facts so far bind the next ones to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunGuard {
    /// Once it has begun.
    begun: Option<Begun>,
    /// The latest that has losses.
    epoch: u32,
    /// Whether anything was judged.
    is_judged: bool,
    has_ended: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Begun {
    config: Box<Config>,
    classes: Vec<String>,
    /// Images of each class, by part in the order of [`Part::ALL`].
    n_images: [Vec<usize>; Part::ALL.len()],
}

impl RunGuard {
    /// Takes in the next fact, or says what about it cannot be.
    ///
    /// # Errors
    /// In words that follow `line 7 `, such as `has losses of epoch 9 after those of epoch 2`.
    pub fn admit(&mut self, event: &RunEvent) -> Result<(), String> {
        if self.has_ended {
            return Err("comes after the end of the run".into());
        }
        match event {
            RunEvent::Started(started) => self.start(started),
            RunEvent::Steps(steps) => self.step_to(steps.epoch),
            RunEvent::Evaluated(evaluation) => {
                self.is_judged = true;
                self.evaluate(evaluation)
            }
            RunEvent::Warning { .. } | RunEvent::Caution(_) => Ok(()),
            RunEvent::Ended { .. } => {
                self.has_ended = true;
                Ok(())
            }
        }
    }

    fn start(&mut self, started: &Started) -> Result<(), String> {
        let n_classes = started.classes.len();
        let lists = [
            ("class_weights", started.class_weights.len()),
            ("n_train", started.n_train.len()),
            ("n_val", started.n_val.len()),
            ("n_test", started.n_test.len()),
        ];
        if let Some((name, n)) = lists.into_iter().find(|&(_, n)| n != n_classes) {
            return Err(format!(
                "names {n_classes} classes, but its {name} has {n} numbers"
            ));
        }
        let parts = [&started.n_train, &started.n_val, &started.n_test];
        // Sums of them are shown and compared.
        let n_images = parts
            .into_iter()
            .flatten()
            .try_fold(0_usize, |sum, &n| sum.checked_add(n));
        if n_images.is_none_or(|n| n > MOST_IMAGES) {
            return Err("has more images than any folder holds".into());
        }
        let names: BTreeSet<&String> = started.classes.iter().collect();
        if names.len() < n_classes {
            return Err("names a class twice".into());
        }
        if let Some(weight) = started
            .class_weights
            .iter()
            .find(|w| !(w.is_finite() && **w >= 0.0))
        {
            return Err(format!("has the class weight {weight}"));
        }
        let begun = Begun {
            config: Box::new(started.config.clone()),
            classes: started.classes.clone(),
            n_images: parts.map(Vec::clone),
        };
        self.continues(&begun)?;
        self.begun = Some(begun);
        Ok(())
    }

    /// A run says once more what it trains on where images turned out to be unreadable: before its first step, of the same
    /// classes, and never of more images.
    fn continues(&self, begun: &Begun) -> Result<(), String> {
        let Some(before) = &self.begun else { return Ok(()) };
        if begun.classes != before.classes {
            return Err("names other classes than the run began with".into());
        }
        if begun.config != before.config {
            return Err("has another config than the run began with".into());
        }
        if self.epoch > 0 || self.is_judged {
            return Err("starts the run for the second time".into());
        }
        let counts = |begun: &Begun| begun.n_images.concat();
        match counts(begun)
            .iter()
            .zip(counts(before))
            .any(|(&now, before)| now > before)
        {
            true => Err("has more images than the run began with".into()),
            false => Ok(()),
        }
    }

    fn step_to(&mut self, epoch: u32) -> Result<(), String> {
        let begun = self.begun.as_ref().ok_or(BEFORE_THE_START)?;
        if epoch == 0 || epoch < self.epoch || epoch > self.epoch + 1 {
            return Err(format!(
                "has losses of epoch {epoch} after those of epoch {}",
                self.epoch
            ));
        }
        let n_epochs = begun.config.n_epochs();
        if epoch > n_epochs {
            return Err(format!(
                "has losses of epoch {epoch}, and its config asks for {n_epochs}"
            ));
        }
        self.epoch = epoch;
        Ok(())
    }

    fn evaluate(&self, evaluation: &Evaluation) -> Result<(), String> {
        let begun = self.begun.as_ref().ok_or(BEFORE_THE_START)?;
        let n_classes = begun.classes.len();
        let lists = [
            ("confusion", evaluation.confusion.n_classes()),
            ("roc_auc", evaluation.roc_auc.len()),
            ("average_precision", evaluation.average_precision.len()),
        ];
        if let Some((name, n)) = lists.into_iter().find(|&(_, n)| n != n_classes) {
            return Err(format!(
                "has a {name} of {n} classes where the run has {n_classes}"
            ));
        }
        let n_epochs = begun.config.n_epochs();
        if let When::Epoch(epoch) = evaluation.when
            && (epoch == 0 || epoch > n_epochs)
        {
            return Err(format!(
                "judges after epoch {epoch}, and its config asks for {n_epochs}"
            ));
        }
        begun.are_folds(evaluation)?;
        begun.count(evaluation)
    }
}

const BEFORE_THE_START: &str = "comes before the start of the run";

impl Begun {
    /// Only training images are judged out of fold, and in no more folds than were asked for.
    fn are_folds(&self, evaluation: &Evaluation) -> Result<(), String> {
        let (n_folds, n_repeats) = (self.config.folds, self.config.repeats);
        let fits = match evaluation.when {
            When::Fold { repeat, fold } => (1..=n_repeats).contains(&repeat) && (1..=n_folds).contains(&fold),
            When::OutOfFold => n_folds > 0,
            When::Baseline | When::Epoch(_) => return Ok(()),
        };
        match fits && evaluation.part == Part::Train {
            true => Ok(()),
            false => Err(format!(
                "judges a fold that its config, with {n_folds} folds and {n_repeats} repeats, does not ask for"
            )),
        }
    }

    /// Fewer than there were may have been judged, where some could not be read; never more.
    fn count(&self, evaluation: &Evaluation) -> Result<(), String> {
        let part = Part::ALL.into_iter().zip(&self.n_images);
        let n_images = part.filter(|&(part, _)| part == evaluation.part);
        let n_images = n_images.flat_map(|(_, n)| n);
        for (class_idx, (row, &n)) in evaluation.confusion.rows().zip(n_images).enumerate() {
            let judged = row.iter().try_fold(0_u64, |sum, &n| sum.checked_add(n));
            if judged.is_none_or(|judged| judged > n as u64) {
                return Err(format!(
                    "judges more {} images of class {} than the {n} that the run has",
                    evaluation.part.name(),
                    class_idx + 1
                ));
            }
        }
        Ok(())
    }
}

/// Thousands of times as many as the largest public folders have.
const MOST_IMAGES: usize = 1 << 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, Outcome, Steps, Timing};
    use crate::metrics::Confusion;

    fn started() -> Started {
        Started {
            n_train: vec![10, 2],
            n_val: vec![3, 1],
            ..Started::of_two_classes(Config {
                epochs: 2,
                ..Config::default()
            })
        }
    }

    fn steps(epoch: u32) -> RunEvent {
        RunEvent::Steps(Steps {
            epoch,
            first: 1,
            losses: vec![0.5],
            elapsed_secs: 1.0,
        })
    }

    fn evaluated(n_classes: usize, n_auc: usize) -> RunEvent {
        RunEvent::Evaluated(Evaluation {
            when: When::Epoch(1),
            part: Part::Val,
            confusion: Confusion::new(n_classes),
            loss: 0.1,
            weighted_loss: 0.1,
            roc_auc: vec![None; n_auc],
            average_precision: vec![None; n_classes],
            elapsed_secs: 1.0,
        })
    }

    #[test]
    fn the_facts_of_a_run_are_admitted_in_their_order() {
        let mut guard = RunGuard::default();
        let start = RunEvent::Started(Box::new(started()));
        // Of which some images could not be read.
        let mut left = started();
        left.n_train[0] = 8;
        for event in [
            start,
            RunEvent::Started(Box::new(left)),
            steps(1),
            steps(1),
            evaluated(2, 2),
            steps(2),
            evaluated(2, 2),
        ] {
            assert_eq!(guard.admit(&event), Ok(()));
        }
    }

    #[test]
    fn what_cannot_be_is_said() {
        let refused = |before: &[RunEvent], event: RunEvent| {
            let mut guard = RunGuard::default();
            guard.admit(&RunEvent::Started(Box::new(started()))).unwrap();
            before.iter().for_each(|e| guard.admit(e).unwrap());
            guard.admit(&event).unwrap_err()
        };
        assert_eq!(
            refused(&[], steps(u32::MAX)),
            "has losses of epoch 4294967295 after those of epoch 0"
        );
        assert_eq!(
            refused(&[], steps(0)),
            "has losses of epoch 0 after those of epoch 0"
        );
        assert_eq!(
            refused(&[steps(1), steps(2)], steps(1)),
            "has losses of epoch 1 after those of epoch 2"
        );
        assert_eq!(
            refused(&[steps(1), steps(2)], steps(3)),
            "has losses of epoch 3, and its config asks for 2"
        );
        assert_eq!(
            refused(&[], evaluated(3, 3)),
            "has a confusion of 3 classes where the run has 2"
        );
        assert_eq!(
            refused(&[], evaluated(2, 1)),
            "has a roc_auc of 1 classes where the run has 2"
        );
        let again = |change: fn(&mut Started)| {
            let mut started = started();
            change(&mut started);
            RunEvent::Started(Box::new(started))
        };
        for (change, said) in [
            (
                (|s| s.classes[1] = "GREY".into()) as fn(&mut Started),
                "names other classes than the run began with",
            ),
            (
                |s| s.classes.swap(0, 1),
                "names other classes than the run began with",
            ),
            (
                |s| s.config.lr = 1.0,
                "has another config than the run began with",
            ),
            (|s| s.n_val[0] += 1, "has more images than the run began with"),
        ] {
            assert_eq!(refused(&[], again(change)), said);
        }
        for before in [steps(1), evaluated(2, 2)] {
            assert_eq!(
                refused(&[before], again(|_| ())),
                "starts the run for the second time"
            );
        }
        let ended = RunEvent::Ended {
            outcome: Outcome::Finished,
            timing: Timing::default(),
        };
        assert_eq!(
            refused(std::slice::from_ref(&ended), ended.clone()),
            "comes after the end of the run"
        );
        for early in [steps(1), evaluated(3, 3)] {
            let said = RunGuard::default().admit(&early).unwrap_err();
            assert_eq!(said, "comes before the start of the run");
        }
        let judged = |when, rows| match evaluated(2, 2) {
            RunEvent::Evaluated(evaluation) => RunEvent::Evaluated(Evaluation {
                when,
                confusion: Confusion::from_rows(rows),
                ..evaluation
            }),
            other => other,
        };
        assert_eq!(
            refused(&[], judged(When::Epoch(u32::MAX), [[3, 0], [0, 1]])),
            "judges after epoch 4294967295, and its config asks for 2"
        );
        for when in [When::OutOfFold, When::Fold { repeat: 1, fold: 1 }] {
            assert_eq!(
                refused(&[], judged(when, [[2, 0], [0, 1]])),
                "judges a fold that its config, with 0 folds and 1 repeats, does not ask for"
            );
        }
        for row in [[2, 2], [u64::MAX, 1]] {
            assert_eq!(
                refused(&[], judged(When::Baseline, [row, [0, 1]])),
                "judges more val images of class 1 than the 3 that the run has"
            );
        }
    }

    #[test]
    fn lists_of_another_length_than_the_classes_are_said() {
        let refused = |change: fn(&mut Started)| {
            let mut started = started();
            change(&mut started);
            RunGuard::default()
                .admit(&RunEvent::Started(Box::new(started)))
                .unwrap_err()
        };
        assert_eq!(
            refused(|s| s.class_weights.truncate(1)),
            "names 2 classes, but its class_weights has 1 numbers"
        );
        assert_eq!(
            refused(|s| s.classes = vec!["FAKE".into(), "FAKE".into()]),
            "names a class twice"
        );
        assert_eq!(refused(|s| s.class_weights[1] = -8.0), "has the class weight -8");
        assert_eq!(
            refused(|s| s.n_train = vec![usize::MAX, 1]),
            "has more images than any folder holds"
        );
        assert_eq!(
            refused(|s| s.n_val.push(7)),
            "names 2 classes, but its n_val has 3 numbers"
        );
    }
}
