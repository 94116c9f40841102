//! Weightings against each other: every run a dot, and a sweep that makes many of them.

use crate::app::action::Outside;
use crate::app::jobs::Purpose;
use crate::app::notices::ToastKind;
use crate::app::runs::run::RunView;
use crate::app::state::{AppState, sentence_case};
use crate::experiment::{ClassWeights, Config, Part, split, weight_grid};
use crate::metrics::of_class;
use crate::protocol::{HeadChoice, Sweep};

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

/// Which weights of one class a sweep tries: `count` of them, each the same factor above the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepChoice {
    pub class_idx: usize,
    pub from: f64,
    pub to: f64,
    pub count: usize,
}

impl AppState {
    /// Every run of the same images and classes as a dot, in order of its line and weight.
    pub fn dots(&self) -> Vec<Dot> {
        self.dots_on(self.part())
    }

    /// The same by the images of that part. What is tried now is held against runs that judged the same images as it.
    pub(in crate::app) fn dots_on(&self, part: Part) -> Vec<Dot> {
        let class_idx = self.weighed_class();
        let tried = self.watched_trial().map(|view| &view.trial.config);
        let chosen = || self.selected_run().map(|run| &run.config);
        let reference = tried.or_else(chosen).unwrap_or(&self.settings.form);
        let same_images = |c: &Config| split::is_same_split(c, reference);
        let mut lines: Vec<Config> = Vec::new();
        let mut dots = Vec::new();
        for (index, run) in self.runs.iter().enumerate() {
            if run.deleted || run.classes() != self.looked_at_classes() || !same_images(&run.config) {
                continue;
            }
            let Some(mut dot) = dot(index, run, class_idx, part) else {
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

    pub(in crate::app) fn sweep(&mut self, choice: SweepChoice, outside: &mut dyn Outside) {
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
        let weights = match weight_grid(choice.from, choice.to, choice.count) {
            Ok(weights) => weights,
            Err(message) => return self.tell(ToastKind::Error, sentence_case(&message)),
        };
        let request = Sweep {
            heads: weights.into_iter().map(head).collect(),
            config: config.clone(),
            runs_dir: self.folders.runs_dir.clone(),
        };
        let heads = request.heads.clone();
        let config = Box::new(config);
        self.submit(request, Purpose::Sweep { config, heads }, outside);
    }
}

fn dot(index: usize, run: &RunView, class_idx: usize, part: Part) -> Option<Dot> {
    let confusion = &run.evaluation_on(part)?.confusion;
    let class = of_class(confusion, class_idx)?;
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
