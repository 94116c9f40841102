//! The weight lab: what the sliders show at once, the trade-off between two recalls, and thresholds.
//!
//! With the features of every image on disk, a weighting costs a fraction of a second. So the form is followed: each
//! change of weights is tried, the latest wins, and at most one trial is under way.

use super::action::Outside;
use super::jobs::Purpose;
use super::run::RunView;
use super::state::AppState;
use super::toast::ToastKind;
use crate::experiment::{ClassWeights, Config, Decision, Evaluation, Part};
use crate::metrics::{Confusion, Goal, OperatingPoint, Scores, Threshold, per_class, percent, thousands};
use crate::protocol::{Command, FeaturesStatus, HeadChoice, RunScores, SweepRequest, Trial};

/// Images that could not be decoded have no features and never will; so few may be missing.
const FEW_MISSING: usize = 64;

/// The pictures that can be drawn of one class against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabPlot {
    #[default]
    TradeOff,
    PrecisionRecall,
    Roc,
    Calibration,
}

impl LabPlot {
    pub const ALL: [LabPlot; 4] = [
        LabPlot::TradeOff,
        LabPlot::PrecisionRecall,
        LabPlot::Roc,
        LabPlot::Calibration,
    ];

    pub fn name(self) -> &'static str {
        match self {
            LabPlot::TradeOff => "Trade-off",
            LabPlot::PrecisionRecall => "Precision and recall",
            LabPlot::Roc => "ROC",
            LabPlot::Calibration => "Calibration",
        }
    }
}

/// Which weights of one class a sweep tries: `count` of them, each the same factor above the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepChoice {
    pub class_idx: usize,
    pub from: f64,
    pub to: f64,
    pub count: usize,
}

impl SweepChoice {
    /// `count` weights from `from` to `to`, evenly on a log scale.
    pub fn weights(&self) -> Vec<f64> {
        let steps = self.count.max(2) - 1;
        let factor = self.to / self.from;
        let weight = |i: usize| self.from * factor.powf(i as f64 / steps as f64);
        // Three digits are what a label can show.
        (0..self.count).map(|i| (weight(i) * 1e3).round() / 1e3).collect()
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
        self.trial.config.class_weights.label().replace(':', " : ")
    }
}

#[derive(Debug, Clone, Default)]
pub struct Lab {
    /// How many images have features, as the form would compute them; `None` while that is asked.
    pub features: Option<FeaturesStatus>,
    /// The form as it was last followed.
    followed: Option<Config>,
    /// Whether the form changed since the trial under way was asked for.
    wants_trial: bool,
    /// Whether the next trial's outcome is what is looked at, as the user asked for it.
    wants_to_see: bool,
    pub trial: Option<TrialView>,
    /// Whether matrix and figures are the trial's and not the selected run's.
    pub watching: bool,
    pub plot: LabPlot,
    /// The class that is weighed against the rest, where the user chose one.
    class: Option<String>,
    pub threshold: Option<f32>,
    /// The matrix at that threshold.
    at_threshold: Option<Confusion>,
    /// What was looked for and found, in words.
    pub found: Option<String>,
    /// Over all thresholds of what is looked at.
    pub curve: Vec<OperatingPoint>,
}

/// What matrix, figures and curves are about: the selected run, or the trial.
pub struct Subject<'a> {
    pub label: String,
    pub classes: &'a [String],
    pub evaluation: &'a Evaluation,
    /// At the threshold, where one is set; else the evaluation's.
    pub confusion: &'a Confusion,
    pub threshold: Option<f32>,
}

/// A weighting in the trade-off.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    pub run: usize,
    /// How often the class counts for each time the others do.
    pub weight: f64,
    pub recall: f64,
    pub rest_recall: f64,
    pub precision: Option<f64>,
    /// Dots of one line differ in nothing but their weights.
    pub line: usize,
    /// No other dot is better in one recall and as good in the other.
    pub on_front: bool,
}

impl AppState {
    /// What is looked at, once there is something to see.
    pub fn subject(&self) -> Option<Subject<'_>> {
        let (label, classes, evaluation) = match self.watched_trial() {
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
                (run.label(), run.classes(), run.evaluation(self.untouched)?)
            }
        };
        let threshold = self.lab.threshold.filter(|_| self.lab.at_threshold.is_some());
        let at_threshold = self.lab.at_threshold.as_ref();
        Some(Subject {
            label,
            classes,
            evaluation,
            confusion: at_threshold.unwrap_or(&evaluation.confusion),
            threshold,
        })
    }

    pub fn watched_trial(&self) -> Option<&TrialView> {
        self.lab.trial.as_ref().filter(|_| self.lab.watching)
    }

    /// Whether weights can be tried at once.
    pub fn features_ready(&self) -> bool {
        self.lab
            .features
            .is_some_and(|f| f.n_images > 0 && f.n_ready + FEW_MISSING.min(f.n_images / 10) >= f.n_images)
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
    pub fn lab_classes(&self) -> &[String] {
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
    pub fn lab_class(&self) -> usize {
        let classes = self.lab_classes();
        let chosen = self
            .lab
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

    /// Every run of the same images and classes as a dot, in order of its line and weight.
    pub fn dots(&self) -> Vec<Dot> {
        let class_idx = self.lab_class();
        let reference = self.selected_run().map_or(&self.settings.form, |r| &r.config);
        let same_images = |c: &Config| {
            let images = |c: &Config| (c.data.clone(), c.split, c.train_share, c.test_share, c.seed);
            images(c) == images(reference)
        };
        let mut lines: Vec<Config> = Vec::new();
        let mut dots = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            if run.classes() != self.lab_classes() || !same_images(&run.config) {
                continue;
            }
            let Some(mut dot) = dot(index, run, class_idx) else {
                continue;
            };
            let line = Config {
                class_weights: ClassWeights::Equal,
                raw: false,
                ..run.config.clone()
            };
            dot.line = lines.iter().position(|l| *l == line).unwrap_or_else(|| {
                lines.push(line);
                lines.len() - 1
            });
            dots.push(dot);
        }
        dots.sort_by(|a, b| a.line.cmp(&b.line).then(a.weight.total_cmp(&b.weight)));
        mark_front(&mut dots);
        dots
    }

    /// After any change: asks for what the form now needs. Called once after each action and event.
    pub(super) fn follow_form(&mut self, outside: &mut dyn Outside) {
        let Some(view) = &self.dataset else { return };
        let now = Config {
            data: view.dataset.root.clone(),
            ..self.settings.form.clone()
        };
        if self.lab.followed.as_ref() != Some(&now) {
            let same_features = self
                .lab
                .followed
                .as_ref()
                .is_some_and(|f| feature_key(f) == feature_key(&now));
            self.lab.followed = Some(now.clone());
            if !same_features {
                self.ask_features(outside);
            } else if self.features_ready() {
                (self.lab.wants_trial, self.lab.wants_to_see) = (true, true);
            }
        }
        let may_try = self.features_ready() && self.train_problem().is_none() && !now.uses_batch_statistics();
        if self.lab.wants_trial && may_try && !self.is_trying() {
            self.lab.wants_trial = false;
            self.submit(Command::TryWeights(Box::new(now)), Purpose::Try, outside);
        }
    }

    pub(super) fn ask_features(&mut self, outside: &mut dyn Outside) {
        for job in self
            .jobs
            .iter()
            .filter(|j| matches!(j.purpose, Purpose::AskFeatures))
        {
            job.job.cancel.cancel();
        }
        self.lab.features = None;
        let Some(config) = self.lab.followed.clone() else {
            return;
        };
        if config.uses_batch_statistics() || !config.problems().is_empty() {
            return;
        }
        self.submit(
            Command::AskFeatures(Box::new(config)),
            Purpose::AskFeatures,
            outside,
        );
    }

    pub(super) fn compute_features(&mut self, outside: &mut dyn Outside) {
        let Some(config) = self.lab.followed.clone() else {
            return;
        };
        if self.train_problem().is_none() && !self.is_computing_features() {
            self.submit(
                Command::ComputeFeatures(Box::new(config)),
                Purpose::ComputeFeatures,
                outside,
            );
        }
    }

    /// The first trial is made unasked, so that what all share is ready when the first slider moves.
    pub(super) fn take_features(&mut self, status: FeaturesStatus) {
        self.lab.features = Some(status);
        if self.features_ready() {
            self.lab.wants_trial = true;
            self.lab.wants_to_see = self.selected.is_none();
        }
    }

    pub(super) fn take_trial(&mut self, trial: Trial) {
        let scores = Scores::new(
            trial.classes.len(),
            trial.labels.to_vec(),
            trial.probabilities.clone(),
        );
        let Some(scores) = scores else { return };
        self.lab.trial = Some(TrialView { trial, scores });
        if std::mem::take(&mut self.lab.wants_to_see) && !self.lab.watching {
            self.lab.watching = true;
            self.lab.threshold = None;
        }
        if self.lab.watching {
            self.refresh_curve();
        }
    }

    /// Looks at the trial, or back at the selected run.
    pub(super) fn watch_trial(&mut self, watching: bool) {
        self.lab.watching = watching && self.lab.trial.is_some();
        self.look_anew();
    }

    /// What is looked at is another: its threshold is its own.
    pub(super) fn look_anew(&mut self) {
        let decision = self.selected_run().and_then(|r| r.decision.clone());
        let decision = decision.filter(|_| !self.lab.watching);
        self.lab.threshold = decision.as_ref().map(|d| d.threshold);
        self.lab.found = None;
        if let Some(decision) = decision {
            self.lab.class = Some(decision.class);
        }
        self.refresh_curve();
    }

    pub(super) fn refresh_curve(&mut self) {
        let class_idx = self.lab_class();
        let curve = self
            .subject_scores(Part::Val)
            .map(|scores| scores.operating_points(class_idx));
        self.lab.curve = curve.unwrap_or_default();
        self.refresh_threshold();
    }

    fn refresh_threshold(&mut self) {
        let class_idx = self.lab_class();
        let rule = self.lab.threshold.map(|at| Threshold { class_idx, at });
        let scores = self.subject_scores(Part::Val);
        self.lab.at_threshold = rule.and_then(|rule| scores.map(|s| s.confusion(Some(rule))));
    }

    pub(super) fn set_lab_class(&mut self, class_idx: usize) {
        self.lab.class = self.lab_classes().get(class_idx).cloned();
        (self.lab.threshold, self.lab.found) = (None, None);
        self.refresh_curve();
    }

    pub(super) fn set_threshold(&mut self, threshold: Option<f32>) {
        (self.lab.threshold, self.lab.found) = (threshold, None);
        self.refresh_threshold();
    }

    /// Chooses on the validation images, and says what the choice comes to on images that it was not chosen on.
    pub(super) fn find(&mut self, goal: &Goal) {
        let class_idx = self.lab_class();
        let Some(class) = self.lab_classes().get(class_idx).cloned() else {
            return;
        };
        let aim = in_words(goal, &class);
        let Some(scores) = self.subject_scores(Part::Val) else {
            return;
        };
        let n_images = thousands(scores.n_images() as u64);
        let Some((rule, _)) = scores.choose(class_idx, goal) else {
            self.lab.found = Some(format!("No threshold gives {aim}"));
            return;
        };
        let on_test = self.subject_scores(Part::Test).map(|test| {
            let confusion = test.confusion(Some(rule));
            let recall = per_class(&confusion)[class_idx].recall;
            let balanced = crate::metrics::overall(&confusion).balanced_accuracy;
            format!(
                "on {} test images: recall of {class} {}, balanced accuracy {}",
                thousands(test.n_images() as u64),
                percent(recall, 1),
                percent(balanced, 1)
            )
        });
        let elsewhere =
            on_test.unwrap_or_else(|| "no test split, so the figures flatter the choice a little".into());
        self.lab.threshold = Some(rule.at);
        self.lab.found = Some(format!(
            "{aim}, chosen on {n_images} validation images; {elsewhere}"
        ));
        self.refresh_threshold();
    }

    /// The run with the smallest weight that finds the class so often.
    pub(super) fn find_weight(&mut self, least_recall: f64) {
        let class = self
            .lab_classes()
            .get(self.lab_class())
            .cloned()
            .unwrap_or_default();
        let mut dots = self.dots();
        dots.sort_by(|a, b| a.weight.total_cmp(&b.weight));
        match dots.iter().find(|d| d.recall >= least_recall) {
            Some(dot) => {
                self.select_run(dot.run);
                self.watch_trial(false);
                self.lab.found = Some(format!(
                    "Smallest weight with recall of {class} at least {}, of {} weightings",
                    percent(Some(least_recall), 0),
                    dots.len()
                ));
            }
            None => {
                let message = format!(
                    "None of {} weightings finds {} of {class}; sweep higher weights",
                    dots.len(),
                    percent(Some(least_recall), 0)
                );
                self.lab.found = Some(message);
            }
        }
    }

    /// The threshold becomes the run's own, or is taken from it.
    pub(super) fn keep_threshold(&mut self, outside: &mut dyn Outside) {
        let Some(index) = self.selected.filter(|_| !self.lab.watching) else {
            return;
        };
        let class = self
            .lab_classes()
            .get(self.lab_class())
            .cloned()
            .unwrap_or_default();
        let chosen_for = self.lab.found.clone().unwrap_or_else(|| "by hand".into());
        let decision = self.lab.threshold.map(|at| Decision::new(class, at, chosen_for));
        let run = &mut self.runs[index];
        let told = match &decision {
            Some(d) => format!("{} now calls {} from {:.3} on", run.label(), d.class, d.threshold),
            None => format!("{} calls by the largest probability again", run.label()),
        };
        run.decision.clone_from(&decision);
        let run_dir = run.dir.clone();
        self.submit(Command::Decide { run_dir, decision }, Purpose::Decide, outside);
        self.tell(ToastKind::Ok, told);
    }

    pub(super) fn read_scores(&mut self, outside: &mut dyn Outside) {
        let Some(run) = self.selected_run() else { return };
        let asked =
            |j: &super::jobs::JobView| matches!(&j.purpose, Purpose::ReadScores { dir } if *dir == run.dir);
        if run.scores.is_some() || !run.can_predict() || self.jobs.iter().any(asked) {
            return;
        }
        let (run_dir, classes) = (run.dir.clone(), run.classes().to_vec());
        let dir = run_dir.clone();
        self.submit(
            Command::ReadScores { run_dir, classes },
            Purpose::ReadScores { dir },
            outside,
        );
    }

    pub(super) fn take_scores(&mut self, scores: RunScores) {
        // Scores are large; those of one run at a time are enough.
        for run in &mut self.runs {
            run.scores = None;
        }
        if let Some(index) = self.run_of_dir(&scores.run_dir) {
            self.runs[index].scores = Some(scores.parts.into());
            self.refresh_curve();
        }
    }

    pub(super) fn sweep(&mut self, choice: SweepChoice, outside: &mut dyn Outside) {
        let (Some(view), None) = (&self.dataset, self.train_problem()) else {
            return;
        };
        let n_classes = view.counts.len();
        let config = Config {
            data: view.dataset.root.clone(),
            ..self.settings.form.clone()
        };
        let head = |weight: f64| {
            let mut weights = vec![1.0; n_classes];
            if let Some(slot) = weights.get_mut(choice.class_idx) {
                *slot = weight;
            }
            HeadChoice {
                class_weights: ClassWeights::Given(weights),
                lr: config.lr,
            }
        };
        let request = SweepRequest {
            heads: choice.weights().into_iter().map(head).collect(),
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let heads = request.heads.clone();
        let config = Box::new(config);
        self.submit(
            Command::Sweep(Box::new(request)),
            Purpose::Sweep { config, heads },
            outside,
        );
    }
}

fn dot(index: usize, run: &RunView, class_idx: usize) -> Option<Dot> {
    let confusion = &run.evaluation(false)?.confusion;
    let class = *per_class(confusion).get(class_idx)?;
    let weights = &run.record.started.as_ref()?.class_weights;
    let others: Vec<f64> = weights
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != class_idx)
        .map(|(_, w)| w.ln())
        .collect();
    let mean = (others.iter().sum::<f64>() / others.len().max(1) as f64).exp();
    Some(Dot {
        run: index,
        weight: weights.get(class_idx)? / mean,
        recall: class.recall?,
        rest_recall: class.specificity?,
        precision: class.precision,
        line: 0,
        on_front: false,
    })
}

/// Those that no other beats: Pareto's front.
fn mark_front(dots: &mut [Dot]) {
    let figures: Vec<(f64, f64)> = dots.iter().map(|d| (d.recall, d.rest_recall)).collect();
    for dot in dots {
        let beaten = figures.iter().any(|&(recall, rest)| {
            let as_good = recall >= dot.recall && rest >= dot.rest_recall;
            as_good && (recall > dot.recall || rest > dot.rest_recall)
        });
        dot.on_front = !beaten;
    }
}

fn in_words(goal: &Goal, class: &str) -> String {
    match goal {
        Goal::RecallAtLeast(least) => format!("Recall of {class} at least {}", percent(Some(*least), 0)),
        Goal::LeastCost(_) => "Least cost".into(),
        Goal::BalancedAccuracy => "Best balanced accuracy".into(),
        Goal::F1 => format!("Best F1 of {class}"),
        Goal::Mcc => "Best MCC".into(),
    }
}

/// What the features depend on: with the same, they are the same.
fn feature_key(config: &Config) -> impl PartialEq + use<> {
    let c = config.clone();
    let split = (c.split, c.train_share, c.test_share, c.seed);
    let transform = (c.image_size, c.resize, c.normalize, c.batch_norm);
    (c.data, c.arch, c.weights, transform, c.precision, c.device, split)
}
