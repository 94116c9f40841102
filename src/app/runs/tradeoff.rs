//! Weightings against each other: every run a dot.

use super::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Part};
use crate::metrics::of_class;

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
    /// Every run of the same images and classes as a dot, in order of its line and weight.
    pub fn dots(&self) -> Vec<Dot> {
        self.dots_on(self.looking.part())
    }

    /// The same by the images of that part. What is tried now is held against runs that judged the same images as it.
    pub(in crate::app) fn dots_on(&self, part: Part) -> Vec<Dot> {
        let class_idx = self.weighed_class();
        let mut lines: Vec<Config> = Vec::new();
        let mut dots = Vec::new();
        for (index, run) in self.runs.all.iter().enumerate() {
            if run.deleted || run.classes() != self.looked_at_classes() || !self.is_on_same_images(index) {
                continue;
            }
            let Some(mut dot) = dot(index, run, class_idx, part) else {
                continue;
            };
            let line = Config {
                class_weights: ClassWeights::Equal,
                baseline: false,
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
}

fn dot(index: usize, run: &RunView, class_idx: usize, part: Part) -> Option<Dot> {
    let confusion = &run.evaluation_on(part)?.confusion;
    let class = of_class(confusion, class_idx)?;
    Some(Dot {
        run: index,
        weight: run.weight_of(class_idx)?,
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
