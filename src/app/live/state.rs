//! Live weights: what is looked at, and what the sliders show at once.
//!
//! With the features of every image on disk, a weighting costs a fraction of a second. So the form is followed: each
//! change of weights is tried, the latest wins, and at most one trial is under way.

use std::borrow::Cow;

use crate::app::action::Outside;
use crate::app::fit::weighting_name::weighting_name;
use crate::app::jobs::Purpose;
use crate::app::runs::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{Config, Evaluation, Part};
use crate::metrics::{ClassView, Confusion, OperatingPoint, Scores, class_views};
use crate::protocol::{
    AskFeatures, ComputeFeatures, FeaturesStatus, ReadScores, RunScores, Trial, TryWeights,
};
use crate::visible::visible_names;

/// So few images are computed on the way to the first trial.
const FEW_MISSING: usize = 64;

/// The pictures that can be drawn of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClassPlot {
    #[default]
    TradeOff,
    PrecisionRecall,
    Roc,
    Calibration,
}

impl ClassPlot {
    pub const ALL: [ClassPlot; 4] = [
        ClassPlot::TradeOff,
        ClassPlot::PrecisionRecall,
        ClassPlot::Roc,
        ClassPlot::Calibration,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ClassPlot::TradeOff => "Trade-off",
            ClassPlot::PrecisionRecall => "Precision and recall",
            ClassPlot::Roc => "ROC",
            ClassPlot::Calibration => "Calibration",
        }
    }
}

/// A weighting that was tried and is not a run.
#[derive(Debug, Clone)]
pub struct TrialView {
    pub trial: Trial,
    pub scores: Scores,
}

impl TrialView {
    pub fn label(&self) -> String {
        weighting_name(&self.trial.config.class_weights, &self.trial.classes)
    }
}

#[derive(Debug, Clone, Default)]
pub struct Live {
    /// How many images have features, as the form would compute them, or why that cannot be told; `None` while it is
    /// asked.
    pub features: Option<Result<FeaturesStatus, String>>,
    /// The form as it was last followed.
    followed: Option<Config>,
    /// Whether the form changed since the trial under way was asked for.
    wants_trial: bool,
    /// Whether the next trial's outcome is what is looked at, as the user asked for it.
    wants_to_see: bool,
    pub trial: Option<TrialView>,
    /// Whether matrix and figures are the trial's and not the selected run's.
    pub watching: bool,
    pub plot: ClassPlot,
    /// The class that is weighed against the rest, where the user chose one.
    pub(in crate::app) class: Option<String>,
    pub threshold: Option<f32>,
    /// The matrix at that threshold.
    pub(in crate::app) at_threshold: Option<Confusion>,
    /// What was looked for and found, in words.
    pub found: Option<String>,
    /// Over all thresholds of what is looked at.
    pub curve: Vec<OperatingPoint>,
}

/// What matrix, figures and curves are about: the selected run, or the trial.
pub struct Subject<'a> {
    pub label: String,
    /// As they are shown.
    pub classes: Cow<'a, [String]>,
    pub evaluation: &'a Evaluation,
    /// The images that were judged.
    pub part: Part,
    /// At the threshold, where one is set; else the evaluation's.
    pub confusion: &'a Confusion,
    pub threshold: Option<f32>,
}

impl Subject<'_> {
    /// What its figures of each class are computed from.
    pub fn class_views(&self) -> Vec<ClassView> {
        let Evaluation {
            roc_auc,
            average_precision,
            ..
        } = self.evaluation;
        class_views(self.confusion, roc_auc, average_precision)
    }
}

impl AppState {
    /// What is looked at, once there is something to see.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let part = self.part();
        let (label, classes, evaluation) = match self.watched_trial() {
            Some(_) if part == Part::Test => return None,
            Some(view) => {
                let trial = &view.trial;
                (
                    format!("live {}", view.label()),
                    trial.classes.as_slice(),
                    &trial.evaluation,
                )
            }
            None => {
                let run = self.selected_run()?;
                let evaluation = match part {
                    Part::Test if self.untouched => None,
                    Part::Test => run.evaluation_on(part),
                    Part::Val | Part::Train => run.evaluation(self.untouched),
                };
                (run.label(), run.classes(), evaluation?)
            }
        };
        let threshold = self.live.threshold.filter(|_| self.live.at_threshold.is_some());
        let at_threshold = self.live.at_threshold.as_ref();
        Some(Subject {
            label,
            classes: visible_names(classes),
            evaluation,
            part,
            confusion: at_threshold.unwrap_or(&evaluation.confusion),
            threshold,
        })
    }

    pub fn watched_trial(&self) -> Option<&TrialView> {
        self.live.trial.as_ref().filter(|_| self.live.watching)
    }

    /// Whether weights can be tried at once.
    pub fn features_ready(&self) -> bool {
        let Some(Ok(status)) = &self.live.features else {
            return false;
        };
        status.n_ready > 0 && status.n_missing() <= FEW_MISSING.min(status.n_images / 10)
    }

    pub fn is_computing_features(&self) -> bool {
        self.jobs
            .iter()
            .any(|j| matches!(j.purpose, Purpose::ComputeFeatures))
    }

    pub fn is_trying(&self) -> bool {
        self.jobs.iter().any(|j| matches!(j.purpose, Purpose::Try))
    }

    /// Classes of what is looked at, or of the open folder.
    pub fn looked_at_classes(&self) -> &[String] {
        let of_run = || {
            self.selected_run()
                .map(RunView::classes)
                .filter(|c| !c.is_empty())
        };
        let of_folder = || self.dataset.as_ref().map(|d| d.dataset.classes.as_slice());
        match self.watched_trial() {
            Some(view) => &view.trial.classes,
            None => of_run().or_else(of_folder).unwrap_or(&[]),
        }
    }

    /// The class that is weighed against the rest: as chosen, else the rarest.
    pub fn weighed_class(&self) -> usize {
        let classes = self.looked_at_classes();
        let chosen = self
            .live
            .class
            .as_ref()
            .and_then(|name| classes.iter().position(|c| c == name));
        let started = self.selected_run().and_then(|r| r.record.started.as_ref());
        let counts = match (&self.dataset, started) {
            (Some(view), _) if view.dataset.classes == classes => view.counts.as_slice(),
            (_, Some(started)) => &started.n_train,
            _ => &[],
        };
        let rarest = counts
            .iter()
            .enumerate()
            .rev()
            .min_by_key(|(_, n)| **n)
            .map(|(i, _)| i);
        chosen.or(rarest).unwrap_or(0)
    }

    /// What is looked at says so of single images: validation images, and test images where there are any.
    pub fn subject_scores(&self, part: Part) -> Option<&Scores> {
        match self.watched_trial() {
            Some(view) => (part == Part::Val).then_some(&view.scores),
            None => {
                let scores = self.selected_run()?.scores.as_ref()?;
                scores.iter().find(|(p, _)| *p == part).map(|(_, s)| s)
            }
        }
    }

    /// After any change: asks for what the form now needs. Called once after each action and event.
    pub(in crate::app) fn follow_form(&mut self, outside: &mut dyn Outside) {
        let Some(view) = &self.dataset else { return };
        let now = Config {
            data: view.dataset.root.clone(),
            ..self.settings.form.clone()
        };
        if self.live.followed.as_ref() != Some(&now) {
            let same_features = self
                .live
                .followed
                .as_ref()
                .is_some_and(|f| f.without_head() == now.without_head());
            self.live.followed = Some(now.clone());
            if !same_features {
                self.ask_features(outside);
            } else if self.features_ready() {
                (self.live.wants_trial, self.live.wants_to_see) = (true, true);
            }
        }
        let may_try = self.features_ready() && self.train_problem().is_none() && !now.uses_batch_statistics();
        if self.live.wants_trial && may_try && !self.is_trying() {
            self.live.wants_trial = false;
            self.submit(
                TryWeights {
                    config: Box::new(now),
                },
                Purpose::Try,
                outside,
            );
        }
    }

    pub(in crate::app) fn ask_features(&mut self, outside: &mut dyn Outside) {
        for job in self
            .jobs
            .iter()
            .filter(|j| matches!(j.purpose, Purpose::AskFeatures))
        {
            job.job.cancel.cancel();
        }
        self.live.features = None;
        let Some(config) = self.live.followed.clone() else {
            return;
        };
        if config.uses_batch_statistics() || !config.problems().is_empty() {
            return;
        }
        self.submit(
            AskFeatures {
                config: Box::new(config),
            },
            Purpose::AskFeatures,
            outside,
        );
    }

    pub(in crate::app) fn compute_features(&mut self, outside: &mut dyn Outside) {
        let Some(config) = self.live.followed.clone() else {
            return;
        };
        if self.train_problem().is_none() && !self.is_computing_features() {
            self.submit(
                ComputeFeatures {
                    config: Box::new(config),
                },
                Purpose::ComputeFeatures,
                outside,
            );
        }
    }

    /// The first trial is made unasked, so that what all share is ready when the first slider moves.
    pub(in crate::app) fn take_features(&mut self, status: FeaturesStatus) {
        self.live.features = Some(Ok(status));
        if self.features_ready() {
            self.live.wants_trial = true;
            self.live.wants_to_see = self.selected.is_none();
        }
    }

    pub(in crate::app) fn take_trial(&mut self, trial: Trial) {
        let scores = Scores::new(
            trial.classes.len(),
            trial.labels.to_vec(),
            trial.probabilities.clone(),
        );
        let Some(scores) = scores else { return };
        // One that was asked for in a folder that was left since says nothing about this one.
        let is_of_another =
            |view: &crate::app::dataset::view::DatasetView| view.dataset.classes != trial.classes;
        if self.dataset.as_ref().is_some_and(is_of_another) {
            return;
        }
        self.live.trial = Some(TrialView { trial, scores });
        if std::mem::take(&mut self.live.wants_to_see) && !self.live.watching {
            self.live.watching = true;
            self.live.threshold = None;
        }
        if self.live.watching {
            // It was found among other scores; a threshold stays where it is, but is no longer the best of these.
            self.live.found = None;
            self.refresh_curve();
        }
    }

    /// Looks at the trial, or back at the selected run.
    pub(in crate::app) fn watch_trial(&mut self, watching: bool) {
        self.live.watching = watching && self.live.trial.is_some();
        self.look_anew();
    }

    /// What is looked at is another: its threshold is its own.
    pub(in crate::app) fn look_anew(&mut self) {
        let decision = self.selected_run().and_then(|r| r.decision.clone());
        let decision = decision.filter(|_| !self.live.watching);
        self.live.threshold = decision.as_ref().map(|d| d.threshold);
        self.live.found = None;
        if let Some(decision) = decision {
            self.live.class = Some(decision.class);
        }
        self.refresh_curve();
    }

    pub(in crate::app) fn refresh_curve(&mut self) {
        let class_idx = self.weighed_class();
        let curve = self
            .subject_scores(self.part())
            .map(|scores| scores.operating_points(class_idx));
        self.live.curve = curve.unwrap_or_default();
        self.refresh_threshold();
    }

    pub(in crate::app) fn read_scores(&mut self, outside: &mut dyn Outside) {
        let Some(run) = self.selected_run() else { return };
        let asked = |j: &crate::app::jobs::JobView| matches!(&j.purpose, Purpose::ReadScores { dir } if *dir == run.dir);
        if run.scores.is_some() || run.scores_failed || !run.can_predict() || self.jobs.iter().any(asked) {
            return;
        }
        let dir = run.dir.clone();
        self.submit(
            ReadScores { run_dir: dir.clone() },
            Purpose::ReadScores { dir },
            outside,
        );
    }

    pub(in crate::app) fn take_scores(&mut self, scores: RunScores) {
        // Scores are large; those of one run at a time are enough.
        for run in &mut self.runs {
            run.scores = None;
        }
        if let Some(index) = self.run_of_dir(&scores.run_dir) {
            self.runs[index].scores = Some(scores.parts.into());
            self.refresh_curve();
        }
    }
}
