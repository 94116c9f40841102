//! What is looked at, as panels show it. All of it follows from [`super::state::Looking`].

use std::borrow::Cow;
use std::sync::Arc;

use super::state::Model;
use crate::app::live::state::TrialView;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::app::windows::state::Showing;
use crate::experiment::{Evaluation, Part, Predictions};
use crate::metrics::{Chance, ClassView, Confusion, OperatingPoint, Scores, Threshold, Undo, class_views};
use crate::visible::visible_names;

/// What matrix, figures and curves are about: the selected run, or the trial.
pub struct Subject<'a> {
    pub label: String,
    /// As they are shown.
    pub classes: Cow<'a, [String]>,
    pub evaluation: &'a Evaluation,
    /// The images that were judged.
    pub part: Part,
    /// Where one is set and it is known what it comes to.
    pub threshold: Option<f32>,
    at_threshold: Option<Arc<Confusion>>,
}

impl Subject<'_> {
    /// At the threshold, where one is set; else the evaluation's.
    pub fn confusion(&self) -> &Confusion {
        let at_threshold = self.at_threshold.as_deref();
        at_threshold.unwrap_or(&self.evaluation.confusion)
    }

    /// What its figures of each class are computed from.
    pub fn class_views(&self) -> Vec<ClassView> {
        let Evaluation {
            roc_auc,
            average_precision,
            ..
        } = self.evaluation;
        class_views(self.confusion(), roc_auc, average_precision)
    }
}

impl AppState {
    /// What is looked at, once there is something to see.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let part = self.looking.part;
        let (label, classes, evaluation) = match self.watched_trial() {
            Some(_) if part != Part::Val => return None,
            Some(view) => {
                let trial = &view.trial;
                let label = format!("live {}", view.label());
                (label, trial.classes.as_slice(), &trial.evaluation)
            }
            None => {
                let run = self.selected_run()?;
                let evaluation = match (part, self.looking.is_baseline()) {
                    (Part::Val, baseline) => run.evaluation(baseline),
                    (Part::Train | Part::Test, true) => None,
                    (Part::Train | Part::Test, false) => run.evaluation_on(part),
                };
                (run.label(), run.classes(), evaluation?)
            }
        };
        let at_threshold = self.at_threshold();
        Some(Subject {
            label,
            classes: visible_names(classes),
            evaluation,
            part,
            threshold: self.looking.threshold.filter(|_| at_threshold.is_some()),
            at_threshold,
        })
    }

    /// Whether there is nothing to see yet: no result, and no loss of a run that is shown or looked at.
    pub fn is_at_start(&self) -> bool {
        let has_losses = |run: usize| !self.runs.all[run].record.losses.is_empty();
        self.windows.showing == Showing::OneRun
            && self.subject().is_none()
            && self
                .looking
                .run
                .is_none_or(|run| !has_losses(run) && self.runs.all[run].record.outcome.is_none())
            && !self.shown().into_iter().any(has_losses)
    }

    pub fn watched_trial(&self) -> Option<&TrialView> {
        let trial = self.live.trial.as_ref();
        trial.filter(|_| self.looking.model == Model::Trial)
    }

    /// Classes of what is looked at, or of the open folder.
    pub fn looked_at_classes(&self) -> &[String] {
        if let Some(view) = self.watched_trial() {
            return &view.trial.classes;
        }
        let of_run = self.selected_run().map(RunView::classes);
        of_run
            .filter(|classes| !classes.is_empty())
            .unwrap_or(self.dataset.classes())
    }

    /// The class that is weighed against the rest: as chosen, else the rarest.
    pub fn weighed_class(&self) -> usize {
        let classes = self.looked_at_classes();
        let chosen = self.looking.class.as_ref();
        let chosen = chosen.and_then(|name| classes.iter().position(|class| class == name));
        let started = self.selected_run().and_then(|r| r.record.started.as_ref());
        let counts = match (&self.dataset.view, started) {
            (Some(view), _) if view.dataset.classes == classes => view.counts.as_slice(),
            (_, Some(started)) => &started.n_train,
            _ => &[],
        };
        let rarest = || counts.iter().enumerate().rev().min_by_key(|(_, n)| **n);
        chosen.or_else(|| Some(rarest()?.0)).unwrap_or(0)
    }

    /// What is looked at says so of single images: validation images, and those of other parts where they were judged.
    pub fn predictions_on(&self, part: Part) -> Option<&Predictions> {
        match self.watched_trial() {
            Some(view) => (part == Part::Val).then_some(&view.trial.predictions),
            None => self.selected_run()?.predictions_on(part),
        }
    }

    /// The same without the images' names.
    pub fn scores_on(&self, part: Part) -> Option<&Arc<Scores>> {
        self.predictions_on(part).map(Predictions::scores)
    }

    /// Over all thresholds of what is looked at; empty where its scores are not known.
    pub fn curve(&self) -> Arc<Vec<OperatingPoint>> {
        let scores = self.scores_on(self.looking.part);
        let curve = scores.map(|scores| self.derived.curve(scores, self.weighed_class()));
        curve.unwrap_or_default()
    }

    /// What a score for a class is worth under a run, with that undone in it: how many of the validation images that score like it
    /// are of the class. `None` where the run's scores are not known, which those of the selected run are, or too few images score
    /// like it.
    pub fn chance(&self, (run, undo): (usize, &Undo), class_idx: usize, score: f32) -> Option<Chance> {
        let scores = self.runs.all.get(run)?.predictions_on(Part::Val)?.scores();
        let shown = self.derived.shown(scores, undo);
        self.derived.chances(&shown, class_idx).at(score)
    }

    /// The rule by which what is looked at judges images; `None`: the largest score decides.
    pub(in crate::app) fn rule(&self) -> Option<Threshold> {
        let at = self.looking.threshold.filter(|_| !self.looking.is_baseline())?;
        let class_idx = self.weighed_class();
        Some(Threshold { class_idx, at })
    }

    /// The matrix at the threshold. Of the pretrained baseline no scores are known.
    pub(in crate::app) fn at_threshold(&self) -> Option<Arc<Confusion>> {
        let rule = self.rule()?;
        let scores = self.scores_on(self.looking.part)?;
        Some(self.derived.matrix(scores, rule))
    }
}
