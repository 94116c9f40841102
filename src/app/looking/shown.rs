//! Probabilities as they are shown: with the class weights undone, or as the weighted head says them. Verdicts, thresholds and what
//! follows from them go by the scores of the head in either case.

use std::borrow::Cow;
use std::sync::Arc;

use crate::app::settings::ShownProbabilities;
use crate::app::state::AppState;
use crate::experiment::{Part, Started, learnt_in_words};
use crate::metrics::{CalibrationBin, ClassReliability, Scores, Threshold, Undo, percent, predicted_class};
use crate::visible::visible;

/// A calibration curve, and what it comes to.
pub struct Calibration {
    pub bins: Arc<Vec<CalibrationBin>>,
    pub reliability: Arc<Option<ClassReliability>>,
}

impl AppState {
    /// What is undone in what is shown of a run: nothing where its weights were equal, or its raw scores are asked for.
    pub fn undo_of(&self, run: usize) -> Undo {
        self.as_asked(|| Some(self.runs.all.get(run)?.record.started.as_ref()?.undo()))
    }

    /// The same in what it says of new images, which are of the mix that is at stake.
    pub fn undo_of_new(&self, run: usize) -> Undo {
        self.as_asked(|| {
            let started = self.runs.all.get(run)?.record.started.as_ref()?;
            let mix = self.stakes().mix(&started.classes, &started.n_train);
            Some(started.undo_there(mix.as_deref()))
        })
    }

    /// For which mix new images' probabilities are, where it is not that of the training images.
    pub fn new_mix_in_words(&self, run: usize) -> Option<String> {
        let (class, share) = self.stakes().common.as_ref()?;
        let is_of_run = self.runs.all.get(run)?.classes().contains(class);
        let shown = self.undo_of_new(run).changes() && is_of_run;
        shown.then(|| {
            format!(
                "Probabilities are for {} {}, as set with the costs",
                percent(Some(*share), 1),
                visible(class)
            )
        })
    }

    /// The same of what is looked at.
    pub fn undo_looked_at(&self) -> Undo {
        self.as_asked(|| self.weights_looked_at())
    }

    fn as_asked(&self, undo: impl FnOnce() -> Option<Undo>) -> Undo {
        match self.settings.probabilities {
            ShownProbabilities::Undone => undo().unwrap_or_default(),
            ShownProbabilities::Raw => Undo::default(),
        }
    }

    /// What its class weights did, whatever is asked for. A baseline was trained with none.
    pub(in crate::app) fn weights_looked_at(&self) -> Option<Undo> {
        match self.watched_trial() {
            Some(view) => Some(Undo::of_weights(&view.trial.class_weights)),
            None if self.looking.is_baseline() => None,
            None => Some(self.selected_run()?.record.started.as_ref()?.undo()),
        }
    }

    /// Whether what is looked at was trained with weights that are undone, or could be.
    pub fn has_weights(&self) -> bool {
        self.weights_looked_at().is_some_and(|undo| undo.changes())
    }

    /// The same of a run.
    pub fn run_has_weights(&self, run: usize) -> bool {
        let started = self.runs.all.get(run).and_then(|run| run.record.started.as_ref());
        started.is_some_and(|started| started.undo().changes())
    }

    /// Whether there is anything to undo in what is to be seen.
    pub fn may_undo(&self) -> bool {
        self.has_weights()
            || self
                .table_judges()
                .into_iter()
                .any(|run| self.run_has_weights(run) || self.stakes().common.is_some())
    }

    /// Such as `With REAL 8 times as heavy it learns as if 57 of 100 images were REAL; of the training images 16 are`, of what is
    /// looked at.
    pub fn learnt_in_words(&self) -> Option<String> {
        match self.watched_trial() {
            Some(view) => {
                let trial = &view.trial;
                learnt_in_words(&trial.classes, &trial.class_weights, &trial.n_train)
            }
            None if self.looking.is_baseline() => None,
            None => self
                .selected_run()?
                .record
                .started
                .as_ref()
                .and_then(Started::learnt_in_words),
        }
    }

    /// What is looked at says so of single images, as it is shown.
    pub fn shown_scores_on(&self, part: Part) -> Option<Arc<Scores>> {
        let scores = self.scores_on(part)?;
        Some(self.derived.shown(scores, &self.undo_looked_at()))
    }

    /// The calibration of what is looked at, as it is shown; empty where its scores are not known.
    pub fn calibration(&self) -> Arc<Vec<CalibrationBin>> {
        let shown = self.shown_scores_on(self.looking.part);
        shown
            .map(|scores| self.calibration_of(&scores).bins)
            .unwrap_or_default()
    }

    fn calibration_of(&self, scores: &Arc<Scores>) -> Calibration {
        let class_idx = self.weighed_class();
        Calibration {
            bins: self.derived.calibration(scores, class_idx),
            reliability: self.derived.reliability(scores, class_idx),
        }
    }

    /// The same as the head says it, and with its class weights undone; the second only where that is something else. `None` where
    /// the scores are not known.
    pub fn calibrations(&self) -> Option<(Calibration, Option<Calibration>)> {
        let scores = self.scores_on(self.looking.part)?;
        let undo = self.weights_looked_at().filter(Undo::changes);
        let undone = undo.map(|undo| self.calibration_of(&self.derived.shown(scores, &undo)));
        Some((self.calibration_of(scores), undone))
    }

    /// From which shown probability of which class on a run predicts new images it, where that is not its own threshold: what it goes by are
    /// the scores of its head. Of two classes; `None` where nothing is undone.
    pub fn shown_rule_of(&self, run: usize) -> Option<Threshold> {
        self.undo_of_new(run).rule(self.rule_of(run))
    }

    /// The same of what is looked at.
    pub fn shown_rule(&self) -> Option<Threshold> {
        self.undo_looked_at().rule(self.rule())
    }

    /// Why a run predicts a new image the class that it does, where that may not be seen from the probabilities beside it. `scores` are those of
    /// its head.
    pub fn why_predicted(&self, run: usize, scores: &[f32]) -> Option<String> {
        let classes = self.runs.all.get(run)?.classes();
        why_predicted(classes, scores, &self.undo_of_new(run), self.rule_of(run))
    }
}

/// Such as `REAL is predicted from 0.111 on; as weighted it has 0.800`, of two classes; of more, where the predicted class is not
/// the likeliest, `predicted skirt by the scores as weighted, where it has 0.520`. `None` where nothing is undone.
pub fn why_predicted(
    classes: &[String],
    scores: &[f32],
    undo: &Undo,
    rule: Option<Threshold>,
) -> Option<String> {
    let name = |class_idx: usize| {
        classes
            .get(class_idx)
            .map_or(Cow::Borrowed(""), |name| visible(name))
    };
    if let Some(shown) = undo.rule(rule) {
        return Some(format!(
            "{} is predicted from {:.3} on; as weighted it has {:.3}",
            name(shown.class_idx),
            shown.at,
            scores.get(shown.class_idx)?
        ));
    }
    let predicted = predicted_class(scores, rule)?;
    let is_likeliest = predicted_class(&undo.row(scores), None) == Some(predicted);
    (undo.changes() && !is_likeliest).then(|| {
        format!(
            "predicted {} by the scores as weighted, where it has {:.3}",
            name(predicted),
            scores[predicted]
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(weights: &[f64], scores: &[f32], rule: Option<Threshold>) -> Option<String> {
        let classes = ["dress", "hat", "skirt"].map(String::from);
        let undo = Undo::of_weights(weights);
        why_predicted(&classes[..weights.len()], scores, &undo, rule)
    }

    #[test]
    fn a_verdict_that_is_not_seen_from_its_probabilities_is_explained() {
        // By hand: 0.5 at a weight of 8 is 1 to 8, and 0.2 is 1 to 32.
        assert_eq!(
            said(&[1.0, 8.0], &[0.2, 0.8], None).unwrap(),
            "hat is predicted from 0.111 on; as weighted it has 0.800"
        );
        let rule = Threshold {
            class_idx: 1,
            at: 0.2,
        };
        assert_eq!(
            said(&[1.0, 8.0], &[0.7, 0.3], Some(rule)).unwrap(),
            "hat is predicted from 0.030 on; as weighted it has 0.300"
        );
        // Undone, dress has 0.3 and skirt 0.5 / 8.
        assert_eq!(
            said(&[1.0, 1.0, 8.0], &[0.3, 0.2, 0.5], None).unwrap(),
            "predicted skirt by the scores as weighted, where it has 0.500"
        );
        assert_eq!(said(&[1.0, 1.0, 8.0], &[0.7, 0.2, 0.1], None), None);
        assert_eq!(said(&[2.0, 2.0], &[0.7, 0.3], Some(rule)), None);
    }
}
