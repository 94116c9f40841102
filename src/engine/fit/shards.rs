//! A training's heads, shared out among the processor's cores. Those of one shard go through the steps together: on a core
//! of their own, or by tensor operations that have all cores or the graphics card.

use std::ops::Range;

use tch::{Device, Tensor};

use super::member::Member;
use super::setup::Setup;
use super::training::Training;
use crate::engine::device::simd;
use crate::engine::device::slices::floats;
use crate::engine::device::threads;
use crate::engine::features::Table;
use crate::engine::head::objective::Objective;
use crate::engine::head::per_core::LinearTrainer;
use crate::engine::head::stacked::StackTrainer;
use crate::engine::head::{Head, Heads};
use crate::error::Result;
use crate::experiment::Optimizer;

/// Multiplications of one head's step up to which loops are the quicker way: for 126 images and 512 features about sixty
/// classes. There both take 0.4 ms; at two classes loops take 15 µs and tensors 120.
const MOST_IN_LOOPS: usize = 4_000_000;

#[derive(Debug)]
pub struct Shard {
    /// The heads' places among all of the training.
    pub heads: Range<usize>,
    solver: Solver,
}

#[derive(Debug)]
enum Solver {
    /// All at once, by tensor operations: wherever the features are.
    ByTensors(Heads, StackTrainer),
    /// One by one, in plain loops on the processor.
    InLoops(Vec<LinearTrainer>),
}

/// The heads in as many shards as can be trained side by side, each in the way that is quicker here.
///
/// # Errors
/// A libtorch fault.
pub fn shards(setup: &Setup, training: &Training) -> Result<Vec<Shard>> {
    let n_parameters = training.heads.flat.numel() / training.heads.n_heads;
    let is_small = setup.config.batch * n_parameters <= MOST_IN_LOOPS;
    let in_loops = setup.network.device == Device::Cpu && is_small && simd::pays();
    shards_by(setup, training, in_loops)
}

fn shards_by(setup: &Setup, training: &Training, in_loops: bool) -> Result<Vec<Shard>> {
    let n_heads = training.heads.n_heads;
    let n_each = n_heads.div_ceil(n_shards(setup, n_heads, in_loops));
    let parts = (0..n_heads).step_by(n_each);
    let parts = parts.map(|first| first..(first + n_each).min(n_heads));
    let shard = |heads: Range<usize>| {
        let solver = match in_loops {
            true => in_loops_of(training, setup.config.optimizer, heads.clone())?,
            false => by_tensors_of(training, setup.config.optimizer, heads.clone())?,
        };
        Ok(Shard { heads, solver })
    };
    parts.map(shard).collect()
}

fn n_shards(setup: &Setup, n_heads: usize, in_loops: bool) -> usize {
    let n_threads = threads::n_threads().max(1) as usize;
    if !setup.config.features_are_fixed() || setup.network.device != Device::Cpu {
        return 1;
    }
    match n_heads {
        _ if in_loops => n_threads.min(n_heads),
        // A few heads have more of all cores than of one each.
        _ if n_heads < n_threads => 1,
        _ => n_threads,
    }
}

fn by_tensors_of(training: &Training, optimizer: Optimizer, heads: Range<usize>) -> Result<Solver> {
    let members = &training.members[heads.clone()];
    let lrs: Vec<f64> = members.iter().map(|m| m.config.lr).collect();
    let objectives: Vec<Objective> = members.iter().map(Member::objective).collect();
    let heads = training.heads.part(heads)?;
    let trainer = StackTrainer::new(&heads, optimizer, &lrs, &objectives)?;
    Ok(Solver::ByTensors(heads, trainer))
}

fn in_loops_of(training: &Training, optimizer: Optimizer, heads: Range<usize>) -> Result<Solver> {
    let trainer = |i: usize| {
        let member = &training.members[i];
        let flat: Vec<f32> = Vec::try_from(&training.heads.part(i..i + 1)?.flat)?;
        Ok(LinearTrainer::new(
            flat,
            optimizer,
            member.config.lr,
            member.objective(),
        ))
    };
    Ok(Solver::InLoops(heads.map(trainer).collect::<Result<_>>()?))
}

impl Shard {
    /// Of all its heads together.
    pub fn n_parameters(&self) -> usize {
        match &self.solver {
            Solver::ByTensors(heads, _) => heads.flat.numel(),
            Solver::InLoops(trainers) => trainers.iter().map(LinearTrainer::n_parameters).sum(),
        }
    }

    /// One step of every head on these images; returns each head's loss before it.
    ///
    /// # Errors
    /// An image has no features; a libtorch fault.
    pub fn step(&mut self, features: &Table, device: Device, indices: &[usize]) -> Result<Vec<f32>> {
        match &mut self.solver {
            Solver::ByTensors(heads, trainer) => {
                let labels = features.images.labels_of(indices, device)?;
                trainer.step(heads, &features.gather(indices, device)?, &labels)
            }
            Solver::InLoops(trainers) => {
                let (rows, labels) = (features.rows(indices)?, features.images.classes_of(indices));
                Ok(trainers.iter_mut().map(|t| t.step(&rows, &labels)).collect())
            }
        }
    }

    /// The same on features that are not kept. `features` `[n, n_features]`, `labels` `[n]` of class indices.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn step_on(&mut self, features: &Tensor, labels: &Tensor) -> Result<Vec<f32>> {
        match &mut self.solver {
            Solver::ByTensors(heads, trainer) => trainer.step(heads, features, labels),
            Solver::InLoops(trainers) => {
                let labels: Vec<i64> = Vec::try_from(labels)?;
                let labels: Vec<usize> = labels.into_iter().map(|label| label as usize).collect();
                let n_features = features.size()[1] as usize;
                let rows: Vec<&[f32]> = floats(features)?.chunks(n_features).collect();
                Ok(trainers.iter_mut().map(|t| t.step(&rows, &labels)).collect())
            }
        }
    }

    /// What the heads have become; the first is `self.heads.start`.
    ///
    /// # Errors
    /// A libtorch fault.
    pub fn now(&self) -> Result<Vec<Head>> {
        match &self.solver {
            Solver::ByTensors(heads, _) => (0..heads.n_heads).map(|i| heads.head(i)).collect(),
            Solver::InLoops(trainers) => trainers.iter().map(LinearTrainer::head).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fit::epochs::train_epoch;
    use crate::engine::tests::World;
    use crate::experiment::{BatchNorm, ClassWeights, Config};
    use crate::jobs::journal::Journal;
    use crate::jobs::progress::Reporter;
    use crate::protocol::Cancel;

    /// Three heads of one sweep after an epoch, `[n_heads * n_classes * (n_features + 1)]`.
    fn trained(world: &World, batch_norm: BatchNorm, in_loops: bool) -> Tensor {
        let config = |weight: f64, lr: f64| Config {
            class_weights: ClassWeights::Given(vec![1.0, weight]),
            batch_norm,
            lr,
            ..world.config()
        };
        let configs = [config(1.0, 1e-3), config(8.0, 1e-3), config(3.0, 1e-2)];
        let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
        journal.begin_sweep(configs.len());
        let (setup, mut features, members) = world.prepared(&configs);
        let mut training = Training::new(&setup, &mut features, members).unwrap();
        let mut shards = shards_by(&setup, &training, in_loops).unwrap();
        assert_eq!(matches!(shards[0].solver, Solver::InLoops(_)), in_loops);
        train_epoch(&setup, &mut training, &mut shards, 1, &mut quiet, &mut journal).unwrap();
        training.heads.flat
    }

    #[test]
    fn heads_become_the_same_in_loops_and_by_tensors() {
        let world = World::new();
        for batch_norm in [BatchNorm::Frozen, BatchNorm::Batch] {
            let [tensors, loops] = [false, true].map(|in_loops| trained(&world, batch_norm, in_loops));
            let difference = f64::try_from((tensors - loops).abs().max()).unwrap();
            assert!(difference < 1e-5, "{batch_norm}: {difference:.1e}");
        }
    }
}
