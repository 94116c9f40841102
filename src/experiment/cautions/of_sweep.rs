//! What the runs of a sweep give reason to be careful with.

use crate::experiment::config::weighting_name;
use crate::experiment::run::{Caution, Code, RunRecord, Started};
use crate::experiment::{ClassWeights, Part};
use crate::metrics::{overall, plain};

/// With fewer values there is no inside.
const LEAST: usize = 3;

/// Of which of the runs, by its place, and what: the best by balanced accuracy on validation images, where it has the first
/// or the last of the weights, or of the learning rates, that were tried.
pub fn cautions_of_sweep(runs: &[&RunRecord]) -> Vec<(usize, Caution)> {
    let tried: Vec<Tried> = (0..runs.len())
        .filter_map(|place| Tried::of(place, runs[place]))
        .collect();
    // Of equals the first.
    let best = (tried.iter().rev()).max_by(|one, other| one.merit.total_cmp(&other.merit));
    let Some(best) = best else {
        return Vec::new();
    };
    let edges = [weights_edge(best, &tried), lr_edge(best, &tried)];
    let caution = |message| (best.place, Caution::new(Code::AtTheEdge, message));
    edges.into_iter().flatten().map(caution).collect()
}

struct Tried<'a> {
    place: usize,
    merit: f64,
    started: &'a Started,
    /// Logarithms of the weights, their mean taken away: those that train the same are the same.
    weights: Vec<f64>,
}

impl<'a> Tried<'a> {
    fn of(place: usize, record: &'a RunRecord) -> Option<Self> {
        let started = record.started.as_ref()?;
        let merit = overall(&record.latest(Part::Val)?.confusion).balanced_accuracy?;
        let logs: Vec<f64> = started.class_weights.iter().map(|weight| weight.ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        // A class of no weight is at no place between others.
        mean.is_finite().then(|| Tried {
            place,
            merit,
            started,
            weights: logs.iter().map(|log| log - mean).collect(),
        })
    }

    fn has_weights_of(&self, other: &Tried) -> bool {
        let mut pairs = self.weights.iter().zip(&other.weights);
        pairs.all(|(one, two)| (one - two).abs() < 1e-9)
    }

    fn is_equal(&self) -> bool {
        self.weights.iter().all(|weight| weight.abs() < 1e-9)
    }
}

/// Weights are in an order where they differ in one direction: one class, or some together, heavier and heavier.
fn weights_edge(best: &Tried, tried: &[Tried]) -> Option<String> {
    let lr = best.started.config.lr;
    let others: Vec<&Tried> = tried
        .iter()
        .filter(|other| other.started.config.lr == lr)
        .collect();
    let away = |other: &Tried| -> Vec<f64> {
        let pairs = other.weights.iter().zip(&best.weights);
        pairs.map(|(one, two)| one - two).collect()
    };
    let furthest = others
        .iter()
        .map(|other| away(other))
        .max_by(|one, two| dot(one, one).total_cmp(&dot(two, two)))?;
    let length = dot(&furthest, &furthest).sqrt();
    let mut places = Vec::new();
    for other in &others {
        let away = away(other);
        let along = dot(&away, &furthest) / length;
        let aside = dot(&away, &away) - along * along;
        // One that lies aside of the line: the weights are in no order.
        if length == 0.0 || aside > 1e-6 {
            return None;
        }
        if !places.iter().any(|&known: &f64| (known - along).abs() < 1e-9) {
            places.push(along);
        }
    }
    let is_at_end = places.iter().all(|&place| place > -1e-9);
    // Lighter than equal is nothing that a rare class is ever given.
    (is_at_end && places.len() >= LEAST && !best.is_equal()).then(|| {
        let classes = &best.started.classes;
        let name = weighting_name(&ClassWeights::Given(best.started.class_weights.clone()), classes);
        format!(
            "of the {} weightings tried the best by balanced accuracy, {name}, is the outermost: what lies beyond may be better and \
             was not tried; take more on that side",
            places.len()
        )
    })
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn lr_edge(best: &Tried, tried: &[Tried]) -> Option<String> {
    let mut rates: Vec<f64> = tried
        .iter()
        .filter(|other| other.has_weights_of(best))
        .map(|other| other.started.config.lr)
        .collect();
    rates.sort_by(f64::total_cmp);
    rates.dedup();
    let lr = best.started.config.lr;
    let is_at_end = rates.first() == Some(&lr) || rates.last() == Some(&lr);
    (is_at_end && rates.len() >= LEAST).then(|| {
        format!(
            "of the {} learning rates tried the best by balanced accuracy, {}, is the outermost: what lies beyond may be better and \
             was not tried; take more on that side",
            rates.len(),
            plain(lr)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Config, Evaluation, RunEvent};

    /// A run with those weights and that learning rate, which finds `found` of 100 of either class.
    fn run(class_weights: [f64; 2], lr: f64, found: u64) -> RunRecord {
        let config = Config {
            lr,
            ..Config::default()
        };
        let started = Started {
            class_weights: class_weights.to_vec(),
            ..Started::of_two_classes(config)
        };
        let evaluated = Evaluation::of_counts(Part::Val, [[found, 100 - found], [100 - found, found]]);
        RunRecord::from_events(&[
            RunEvent::Started(Box::new(started)),
            RunEvent::Evaluated(evaluated),
        ])
    }

    fn places(runs: &[RunRecord]) -> Vec<usize> {
        let runs: Vec<&RunRecord> = runs.iter().collect();
        cautions_of_sweep(&runs).iter().map(|(place, _)| *place).collect()
    }

    #[test]
    fn the_best_at_an_end_is_said() {
        let weights = |found: [u64; 4]| -> Vec<RunRecord> {
            let weights = [[1.0, 1.0], [1.0, 2.0], [0.5, 2.0], [1.0, 8.0]];
            (0..4).map(|i| run(weights[i], 0.1, found[i])).collect()
        };
        assert_eq!(places(&weights([50, 60, 70, 80])), [3]);
        assert_eq!(places(&weights([50, 60, 80, 70])), [0; 0]);
        // Equal weights are where every sweep begins.
        assert_eq!(places(&weights([80, 60, 70, 50])), [0; 0]);
        let rates = |found: [u64; 3]| -> Vec<RunRecord> {
            (0..3)
                .map(|i| run([1.0, 2.0], [0.3, 0.1, 0.2][i], found[i]))
                .collect()
        };
        assert_eq!(places(&rates([80, 60, 70])), [0]);
        assert_eq!(places(&rates([60, 70, 80])), [0; 0]);
        assert_eq!(places(&weights([50, 60, 70, 80])[2..]), [0; 0]);
        assert_eq!(places(&[]), [0; 0]);
    }
}
