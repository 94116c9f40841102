//! Weightings against each other: every run a dot.

use std::sync::Arc;

use super::dots::{Asked, Dot, mark_front};
use super::footings::Footing;
use super::run::RunView;
use crate::app::state::AppState;
use crate::experiment::{ClassWeights, Config, Evaluation, Part};
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
        let footings = self.footings(part);
        let asked = Asked {
            part,
            class_idx: self.weighed_class(),
            classes: self.looked_at_classes(),
            footings: &footings,
            again: self.live.again.version(),
        };
        self.derived.dots.get(asked, || self.computed_dots(&asked))
    }

    fn computed_dots(&self, asked: &Asked) -> Vec<Dot> {
        let mut lines: Vec<Config> = Vec::new();
        let mut dots = Vec::new();
        for (index, run) in self.runs.all.iter().enumerate() {
            if run.deleted || run.classes() != asked.classes {
                continue;
            }
            let judged = match asked.footings.get(index) == Some(&Footing::SameImages) {
                true => run
                    .evaluation_on(asked.part)
                    .map(|evaluation| (evaluation, false)),
                false => self
                    .evaluation_again(index, asked.part)
                    .map(|evaluation| (evaluation, true)),
            };
            let Some(mut dot) = judged.and_then(|judged| dot(index, run, asked.class_idx, judged)) else {
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

    /// Of each dot whose run is shown and was judged in folds, how each fold fares: how far figures differ where nothing else
    /// does.
    pub fn fold_dots(&self, dots: &[Dot]) -> Vec<Dot> {
        let class_idx = self.weighed_class();
        let of_run = |of: &Dot| {
            let run = self.runs.all.get(of.run).filter(|run| run.shown && !of.again);
            let folds = run
                .into_iter()
                .flat_map(|run| run.record.folds().map(move |fold| (run, fold)));
            let fits =
                |(run, fold): &(&RunView, &Evaluation)| fold.confusion.n_classes() == run.classes().len();
            let dots = folds
                .filter(fits)
                .filter_map(|(run, fold)| dot(of.run, run, class_idx, (fold, false)));
            dots.collect::<Vec<_>>()
        };
        dots.iter().flat_map(of_run).collect()
    }

    /// What a run comes to by the labels of what is looked at, where it was judged by others and tried again.
    fn evaluation_again(&self, run: usize, part: Part) -> Option<&Evaluation> {
        let own = match self.watched_trial() {
            Some(view) => &view.trial.config,
            None => &self.selected_run()?.config,
        };
        let tried = self.live.again.of(run).filter(|_| part == Part::Val)?;
        own.divides_like(&tried.config).then_some(&tried.evaluation)
    }

    /// The evaluation that a dot stands for.
    pub fn evaluation_of(&self, dot: &Dot) -> Option<&Evaluation> {
        let part = self.looking.part;
        match dot.again {
            true => self.evaluation_again(dot.run, part),
            false => self.runs.all.get(dot.run)?.evaluation_on(part),
        }
    }

    /// Who gains and who pays from the next lighter weighting to this one, on the same line: each class whose recall is
    /// another, the one that pays most first. The lighter run, too; `None` where this is the lightest.
    pub fn price(&self, dot: &Dot) -> Option<(usize, Vec<Price>)> {
        let dots = self.dots();
        let lighter = dots
            .iter()
            .filter(|other| other.line == dot.line && other.weight < dot.weight);
        let lighter = lighter.max_by(|a, b| a.weight.total_cmp(&b.weight))?;
        let matrix = |dot: &Dot| Some(&self.evaluation_of(dot)?.confusion);
        let (before, after) = (matrix(lighter)?, matrix(dot)?);
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
        Some((lighter.run, prices))
    }
}

impl Price {
    pub fn gain(&self) -> f64 {
        self.after - self.before
    }
}

fn dot(index: usize, run: &RunView, class_idx: usize, judged: (&Evaluation, bool)) -> Option<Dot> {
    let (Evaluation { confusion, .. }, again) = judged;
    let class = of_class(confusion, class_idx)?;
    Some(Dot {
        run: index,
        weight: run.weight_of(class_idx)?,
        recall: class.recall?,
        rest_recall: class.specificity?,
        precision: class.precision,
        line: 0,
        on_front: false,
        again,
    })
}
