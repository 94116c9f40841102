//! Weightings against each other: every run a dot.

use std::sync::Arc;

use super::dots::{Asked, Dot, mark_front};
use super::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Part};
use crate::metrics::of_class;

/// A class's recall under two weightings.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    pub class_idx: usize,
    pub before: f64,
    pub after: f64,
}

impl AppState {
    /// Every run of the same images and classes as a dot, in order of its line and weight.
    pub fn dots(&self) -> Arc<Vec<Dot>> {
        self.dots_on(self.looking.part)
    }

    /// The same by the images of that part. What is tried now is held against runs that judged the same images as it.
    pub(in crate::app) fn dots_on(&self, part: Part) -> Arc<Vec<Dot>> {
        let tried = self.watched_trial().map(|view| &view.trial.config);
        let runs: Vec<(usize, bool)> = (self.runs.all.iter())
            .map(|run| (run.n_events, run.deleted))
            .collect();
        let folder = self.dataset.view.as_ref().map(|view| &view.dataset.identity);
        let asked = Asked {
            part,
            class_idx: self.weighed_class(),
            classes: self.looked_at_classes(),
            folder,
            looked_at: (
                self.looking.run.filter(|_| tried.is_none()),
                tried.unwrap_or(&self.settings.form),
            ),
            runs: &runs,
        };
        self.derived.dots.get(asked, || self.computed_dots(&asked))
    }

    fn computed_dots(&self, asked: &Asked) -> Vec<Dot> {
        let mut lines: Vec<Config> = Vec::new();
        let mut dots = Vec::new();
        for (index, run) in self.runs.all.iter().enumerate() {
            if run.deleted || run.classes() != asked.classes || !self.is_on_same_images(index) {
                continue;
            }
            let Some(mut dot) = dot(index, run, asked.class_idx, asked.part) else {
                continue;
            };
            let line = Config {
                class_weights: ClassWeights::Equal,
                baseline: false,
                folds: 0,
                repeats: 1,
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

    /// Who gains and who pays from the next lighter weighting to this one, on the same line: each class whose recall is
    /// another, the one that pays most first. The lighter run, too; `None` where this is the lightest.
    pub fn price(&self, dot: &Dot) -> Option<(usize, Vec<Price>)> {
        let part = self.looking.part;
        let dots = self.dots();
        let lighter = dots
            .iter()
            .filter(|other| other.line == dot.line && other.weight < dot.weight);
        let lighter = lighter.max_by(|a, b| a.weight.total_cmp(&b.weight))?.run;
        let matrix = |run: usize| Some(&self.runs.all[run].evaluation_on(part)?.confusion);
        let (before, after) = (matrix(lighter)?, matrix(dot.run)?);
        let price = |class_idx| {
            let recall = |matrix| of_class(matrix, class_idx)?.recall;
            Some(Price {
                class_idx,
                before: recall(before)?,
                after: recall(after)?,
            })
        };
        let mut prices: Vec<Price> = (0..before.n_classes()).filter_map(price).collect();
        prices.retain(|price| price.before != price.after);
        prices.sort_by(|a, b| a.gain().total_cmp(&b.gain()));
        Some((lighter, prices))
    }
}

impl Price {
    pub fn gain(&self) -> f64 {
        self.after - self.before
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
