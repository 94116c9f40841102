//! `counterweight selfcheck`: what the program runs on, and a tiny training in every way it can compute, held against
//! each other. The images are arithmetic, the backbone is random, so nothing is read or fetched.

use std::time::Instant;

use tch::{Device, Kind, Tensor};

use crate::engine::LIBTORCH_VERSION;
use crate::engine::backbone::{Mode, Network, Parameters};
use crate::engine::device;
use crate::engine::device::threads;
use crate::engine::features::pixels::to_input;
use crate::engine::features::precision::precision_name;
use crate::engine::head::objective::Objective;
use crate::engine::head::stacked::StackTrainer;
use crate::engine::head::{Head, Heads};
use crate::error::Result;
use crate::experiment::{BACKBONES, BatchNorm, Normalize, Optimizer};
use crate::protocol::{Cancel, SelfCheck, TinyTraining};

const N_IMAGES: usize = 32;
const SIDE: usize = 64;
const N_STEPS: usize = 20;
/// Losses of the same steps may differ by this much between devices: f32 sums in another order.
const TOLERANCE_F32: f32 = 1e-3;
/// And in bf16, which keeps 8 bits of a number.
const TOLERANCE_BF16: f32 = 0.1;

/// Reports what there is, and whether everything agrees and learns.
///
/// # Errors
/// Stopped; a libtorch fault.
pub fn run(cancel: &Cancel) -> Result<SelfCheck> {
    let no_cuda = device::load_cuda().map(str::to_owned);
    let mut trainings: Vec<TinyTraining> = Vec::new();
    let mut reference: Option<Vec<f32>> = None;
    for way in ways() {
        cancel.check()?;
        let began = Instant::now();
        let losses = way.train(cancel)?;
        let against = reference.get_or_insert_with(|| losses.clone());
        let differences = losses.iter().zip(against.iter()).map(|(a, b)| (a - b).abs());
        trainings.push(TinyTraining {
            what: way.name(),
            first_loss: losses[0],
            last_loss: losses[N_STEPS - 1],
            difference: differences.fold(
                0.0,
                |worst: f32, d| if d > worst || d.is_nan() { d } else { worst },
            ),
            tolerance: if way.kind == Kind::BFloat16 {
                TOLERANCE_BF16
            } else {
                TOLERANCE_F32
            },
            seconds: began.elapsed().as_secs_f64(),
        });
    }
    let agrees = |t: &TinyTraining| t.difference <= t.tolerance && t.last_loss < t.first_loss;
    let all_agree = trainings.iter().all(agrees);
    Ok(SelfCheck {
        libtorch: LIBTORCH_VERSION.into(),
        cpu: device::cpu_capability(),
        threads: threads::n_threads() as usize,
        no_cuda,
        trainings,
        all_agree,
    })
}

/// One way to compute the same thing.
#[derive(Debug, Clone, Copy)]
struct Way {
    device: Device,
    kind: Kind,
    batch_norm: BatchNorm,
}

/// Layer by layer on the CPU first: that is the plainest, and what the others are held against.
fn ways() -> Vec<Way> {
    let layers = Way {
        device: Device::Cpu,
        kind: Kind::Float,
        batch_norm: BatchNorm::Batch,
    };
    let folded = device::all().into_iter().flat_map(|device| {
        [Kind::Float, Kind::BFloat16].map(|kind| Way {
            device,
            kind,
            batch_norm: BatchNorm::Frozen,
        })
    });
    std::iter::once(layers).chain(folded).collect()
}

impl Way {
    fn name(&self) -> String {
        let kind = precision_name(self.kind);
        let norm = if self.batch_norm == BatchNorm::Batch {
            "layer by layer"
        } else {
            "folded"
        };
        format!("{}, {kind}, {norm}", device::name(self.device))
    }

    /// The losses of [`N_STEPS`] steps on images of two brightnesses, in eval mode.
    fn train(&self, cancel: &Cancel) -> Result<Vec<f32>> {
        let backbone = &BACKBONES[0];
        let parameters = Parameters::random(backbone, 0, self.device)?;
        let network = Network::new(backbone, &parameters, self.batch_norm, self.kind)?;
        let input = to_input(
            &images(),
            [N_IMAGES, SIDE, SIDE],
            Normalize::Imagenet,
            self.device,
            self.kind,
        )?;
        let features = network.features(&input, Mode::Eval, cancel)?;
        let labels: Vec<i64> = (0..N_IMAGES).map(|i| (i % 2) as i64).collect();
        let labels = Tensor::f_from_slice(&labels)?.f_to_device(self.device)?;
        let head = Head::new(backbone.n_features, 2, 0, self.device)?;
        let mut heads = Heads::starting_at(&head, 1)?;
        let mut trainer =
            StackTrainer::new(&heads, Optimizer::Adam, &[1e-3], &[Objective::new(&[1.0, 3.0])])?;
        (0..N_STEPS)
            .map(|_| Ok(trainer.step(&mut heads, &features, &labels)?[0]))
            .collect()
    }
}

/// RGB bytes `[N_IMAGES, SIDE, SIDE, 3]`: a pattern that differs from image to image, odd ones brighter.
fn images() -> Vec<u8> {
    let pixel = |k: usize| {
        let image = k / (SIDE * SIDE * 3);
        ((k * 31 + image * 17) % 97 + (image % 2) * 80) as u8
    };
    (0..N_IMAGES * SIDE * SIDE * 3).map(pixel).collect()
}
