//! Which runs are of one sweep, and what it varies.

use std::collections::BTreeMap;

use crate::app::runs::run::RunView;
use crate::experiment::{ClassWeights, Config, began, weighting_name};
use crate::metrics::plain;
use crate::visible::visible;

/// Runs of earlier versions do not say that they are of a sweep. As many that began in one second, and differ in nothing but
/// their weights, are: no training is over so soon.
const LEAST_UNSAID: usize = 4;

/// Of so many classes all weights are written.
const WRITTEN: usize = 4;

/// The sweep of each run that is of one, by the run's index.
pub(in crate::app) fn sweeps_of(runs: &[RunView]) -> BTreeMap<usize, String> {
    let mut sweeps = BTreeMap::new();
    let mut by_second: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, run) in runs.iter().enumerate() {
        let said = run.record.started.as_ref().and_then(|s| s.sweep.as_ref());
        match said {
            Some(sweep) => drop(sweeps.insert(index, sweep.clone())),
            None => by_second.entry(run.second()).or_default().push(index),
        }
    }
    // A folder that was given another name says nothing of when its run began.
    let dated = by_second
        .into_iter()
        .filter(|(second, _)| began(second).is_some());
    for (second, together) in dated {
        for (n, alike) in alike_but_for_weights(runs, &together).into_iter().enumerate() {
            if alike.len() >= LEAST_UNSAID {
                sweeps.extend(alike.into_iter().map(|run| (run, format!("{second} {n}"))));
            }
        }
    }
    sweeps
}

fn alike_but_for_weights(runs: &[RunView], indices: &[usize]) -> Vec<Vec<usize>> {
    let mut kinds: Vec<(Config, Vec<usize>)> = Vec::new();
    // Whoever began alone in its second needs no comparison.
    if indices.len() < LEAST_UNSAID {
        return vec![];
    }
    for &index in indices {
        let config = Config {
            class_weights: ClassWeights::Equal,
            lr: 0.0,
            ..runs[index].config.clone()
        };
        match kinds.iter_mut().find(|(kind, _)| *kind == config) {
            Some((_, alike)) => alike.push(index),
            None => kinds.push((config, vec![index])),
        }
    }
    kinds.into_iter().map(|(_, alike)| alike).collect()
}

/// The class whose weight these runs vary, and from where to where, such as `1 : 1 to 1 : 24`; `None` where they differ in
/// more than that.
pub(in crate::app) fn what_varies(runs: &[&RunView]) -> Option<(String, String)> {
    let class_idx = class_that_varies(runs)?;
    let classes = runs.first()?.classes();
    let weight = |run: &&&RunView| match &run.config.class_weights {
        ClassWeights::Given(given) => given.get(class_idx).copied().unwrap_or(1.0),
        _ => 1.0,
    };
    let least = runs.iter().min_by(|a, b| weight(a).total_cmp(&weight(b)))?;
    let most = runs.iter().max_by(|a, b| weight(a).total_cmp(&weight(b)))?;
    let named = |run: &RunView| match &run.config.class_weights {
        // From one to the other, so also where all weigh the same.
        ClassWeights::Given(given) if given.len() <= WRITTEN => {
            given.iter().copied().map(plain).collect::<Vec<_>>().join(" : ")
        }
        weights => weighting_name(weights, classes),
    };
    let class = visible(classes.get(class_idx)?).into_owned();
    Some((class, format!("{} to {}", named(least), named(most))))
}

/// The only class whose weight is not the same in all.
fn class_that_varies(runs: &[&RunView]) -> Option<usize> {
    let given = |run: &&RunView| match &run.config.class_weights {
        ClassWeights::Given(given) => Some(given.clone()),
        _ => None,
    };
    let all: Vec<Vec<f64>> = runs.iter().map(given).collect::<Option<_>>()?;
    let first = all.first()?;
    let varies = |class_idx: &usize| all.iter().any(|one| one.get(*class_idx) != first.get(*class_idx));
    let mut varying = (0..first.len()).filter(varies);
    let only = varying.next()?;
    varying.next().is_none().then_some(only)
}
