//! Random numbers: one seed, one stream for each purpose, the same on every machine and device.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_distr::{Distribution, StandardNormal};

/// What random numbers are for. Streams never overlap, so that one purpose drawing more does not change another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Head,
    Backbone,
    /// The order of training images in this epoch, from 1.
    Epoch(u32),
}

pub fn rng(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(match purpose {
        Purpose::Head => 1,
        Purpose::Backbone => 2,
        Purpose::Epoch(epoch) => (1 << 32) | u64::from(epoch),
    });
    rng
}

/// `n` numbers from the uniform distribution over [-bound, bound).
pub fn uniform(rng: &mut ChaCha8Rng, n: usize, bound: f32) -> Vec<f32> {
    (0..n).map(|_| rng.random_range(-bound..bound)).collect()
}

/// `n` numbers from the normal distribution with mean 0 and this standard deviation.
pub fn normal(rng: &mut ChaCha8Rng, n: usize, std: f32) -> Vec<f32> {
    let draws = StandardNormal.sample_iter(rng).take(n);
    draws.map(|x: f32| x * std).collect()
}

/// The training images of one epoch, in the order they are seen.
pub fn epoch_order(train: &[usize], seed: u64, epoch: u32) -> Vec<usize> {
    let mut order = train.to_vec();
    order.shuffle(&mut rng(seed, Purpose::Epoch(epoch)));
    order
}
