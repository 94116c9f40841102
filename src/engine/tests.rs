//! What the weight lab promises, on a small folder of drawn images and a random SqueezeNet: kept features change no
//! number, heads together are heads alone, and a stop keeps what was computed.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use tch::{Kind, Reduction, Tensor};
use tempfile::TempDir;

use crate::disk::feature_store::FeatureStore;
use crate::disk::images::loader::{Loader, Plan};
use crate::engine::backbone::Mode;
use crate::engine::features::Features;
use crate::engine::features::pixels::batch_features;
use crate::engine::fit::converged::GRADIENT_TOLERANCE;
use crate::engine::fit::member::Member;
use crate::engine::fit::run::{settle_images, train};
use crate::engine::fit::setup::{Prepared, Setup, prepare};
use crate::engine::fit::training::Training;
use crate::engine::head::stacked::StackTrainer;
use crate::engine::head::{Head, Heads};
use crate::engine::worker;
use crate::experiment::{
    BatchNorm, ClassWeights, Config, DeviceChoice, MOST_ITERATIONS, Optimizer, Part, Precision, RunRecord,
    Stop, WeightsSource,
};
use crate::jobs::journal::Journal;
use crate::jobs::progress::Reporter;
use crate::protocol::{Cancel, Event, Job, Link, link};

const SIDE: u32 = 32;

pub struct World {
    pub home: TempDir,
    pub store: FeatureStore,
}

/// What a training has come to.
pub struct Trained {
    pub setup: Setup,
    features: Features,
    members: Vec<Member>,
    heads: Heads,
    pub records: Vec<RunRecord>,
}

impl Trained {
    fn n_computed(&self) -> usize {
        self.features.images().n_computed
    }
}

impl World {
    /// 80 dark images and 40 light ones.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let store = FeatureStore::at(home.path().join("features"));
        let world = World { home, store };
        for (class, n_images) in [("dark", 80), ("light", 40)] {
            let folder = world.data().join(class);
            std::fs::create_dir_all(&folder).unwrap();
            for i in 0..n_images {
                draw(
                    &folder.join(format!("{i:02}.png")),
                    i,
                    if class == "dark" { 20 } else { 50 },
                );
            }
        }
        world
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.home.path().join("data")
    }

    pub fn config(&self) -> Config {
        Config {
            data: self.data(),
            arch: "squeezenet1_0".into(),
            weights: WeightsSource::Random,
            class_weights: ClassWeights::Given(vec![1.0, 3.0]),
            epochs: 3,
            batch: 10,
            image_size: SIDE,
            device: DeviceChoice::Cpu,
            precision: Precision::F32,
            ..Config::default()
        }
    }

    /// Ready to train, with all features that can be there.
    pub fn prepared(&self, configs: &[Config]) -> (Setup, Features, Vec<Member>) {
        let mut quiet = Reporter::quiet(&Cancel::new());
        let prepared = prepare(configs, &self.store, &mut quiet, |_| ()).unwrap();
        let Prepared {
            setup,
            mut features,
            members,
            ..
        } = prepared;
        if let Features::Table(table) = &mut features {
            table
                .complete(&setup.network, &setup.split.all(), &mut quiet)
                .unwrap();
        }
        (setup, features, members)
    }

    pub fn trained(&self, configs: &[Config]) -> Trained {
        let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
        journal.begin_sweep(configs.len());
        let prepared = prepare(configs, &self.store, &mut quiet, |_| ()).unwrap();
        let Prepared {
            mut setup,
            mut features,
            members,
            ..
        } = prepared;
        let mut training = Training::new(&setup, &mut features, members).unwrap();
        settle_images(&mut setup, &mut training, &mut quiet, &mut journal).unwrap();
        train(&setup, &mut training, &mut quiet, &mut journal).unwrap();
        let Training { members, heads, .. } = training;
        Trained {
            setup,
            features,
            members,
            heads,
            records: journal.runs.into_iter().map(|log| log.record).collect(),
        }
    }

    pub fn start(&self) -> Link {
        let (link, end) = link(Arc::new(|_| {}));
        worker::start_with(self.store.clone(), end).unwrap();
        link
    }
}

pub fn draw(path: &Path, i: u32, brightness: u32) {
    let image = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let wave = (x * (3 + i % 7) + y * (1 + i % 5) + i * 11) % 150;
        image::Rgb([0, 1, 2].map(|channel| (wave + brightness + channel * 17) as u8))
    });
    image.save(path).unwrap();
}

/// The losses of a training whose every batch goes through the network.
fn losses_without_keeping(trained: &Trained) -> Vec<f32> {
    let Trained {
        setup,
        features: kept,
        ..
    } = trained;
    let config = &setup.config;
    let head = Head::new(setup.network.n_features, 2, config.seed, setup.network.device).unwrap();
    let mut heads = Heads::starting_at(&head, 1).unwrap();
    let objective = trained.members[0].objective();
    let mut trainer = StackTrainer::new(&heads, Optimizer::Adam, &[config.lr], &[objective]).unwrap();
    let orders: Vec<Vec<usize>> = (1..=config.epochs)
        .map(|epoch| setup.epoch_order(epoch))
        .collect();
    let plan = Plan {
        root: setup.dataset.root.clone(),
        paths: setup.dataset.images.iter().map(|i| (&i.path).into()).collect(),
        batches: orders
            .iter()
            .flat_map(|o| o.chunks(config.batch).map(<[usize]>::to_vec))
            .collect(),
        resize: config.resize,
        image_size: SIDE,
        n_threads: 2,
    };
    let loader = Loader::start(plan, Cancel::new()).unwrap();
    let step = |batch: crate::error::Result<crate::disk::Batch>| {
        let batch = batch.unwrap();
        let network = &setup.network;
        let features = batch_features(network, Mode::Eval, &batch, config.normalize, &Cancel::new()).unwrap();
        let labels = kept.images().labels_of(&batch.indices, network.device).unwrap();
        trainer.step(&mut heads, &features, &labels).unwrap()[0]
    };
    loader.map(step).collect()
}

#[test]
fn kept_features_change_no_loss_and_are_computed_once_whatever_the_files_are_called() {
    let world = World::new();
    let first = world.trained(&[world.config()]);
    let cold = &first.records;
    assert_eq!((first.n_computed(), first.features.n_cached()), (120, 0));
    let slow = losses_without_keeping(&first);
    assert_eq!(cold[0].losses.len(), slow.len());
    for (kept, computed) in cold[0].losses.iter().zip(&slow) {
        assert!((kept - computed).abs() < 1e-5, "{kept} {computed}");
    }
    let again = world.trained(&[world.config()]);
    assert_eq!((again.n_computed(), again.features.n_cached()), (0, 120));
    assert_eq!(again.records[0].losses, cold[0].losses);
    // Another name costs nothing, a copy neither; a changed pixel and a new image cost themselves.
    let dark = world.data().join("dark");
    std::fs::rename(dark.join("03.png"), dark.join("moved.png")).unwrap();
    std::fs::copy(dark.join("04.png"), dark.join("copied.png")).unwrap();
    draw(&dark.join("05.png"), 777, 20);
    draw(&dark.join("new.png"), 778, 20);
    assert_eq!(world.trained(&[world.config()]).n_computed(), 2);
    let other = Config {
        image_size: 48,
        ..world.config()
    };
    assert_eq!(world.trained(&[other]).n_computed(), 121, "all but the copy");
}

#[test]
fn batch_statistics_keep_nothing() {
    let world = World::new();
    let config = Config {
        batch_norm: BatchNorm::Batch,
        epochs: 1,
        ..world.config()
    };
    let trained = world.trained(&[config]);
    assert!(matches!(trained.features, Features::Live(_)));
    assert!(world.store.listing().sets.is_empty());
}

#[test]
fn a_sweep_of_heads_is_each_head_alone() {
    let world = World::new();
    let config = |weight: f64, lr: f64| Config {
        class_weights: ClassWeights::Given(vec![1.0, weight]),
        lr,
        ..world.config()
    };
    let configs = [config(1.0, 1e-3), config(8.0, 1e-3), config(3.0, 1e-2)];
    let together = world.trained(&configs).records;
    for (config, swept) in configs.iter().zip(&together) {
        let alone = world.trained(std::slice::from_ref(config)).records;
        assert_eq!(swept.losses.len(), alone[0].losses.len());
        for (a, b) in swept.losses.iter().zip(&alone[0].losses) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
        let confusion = |record: &RunRecord| record.latest(Part::Val).unwrap().confusion.clone();
        assert_eq!(confusion(swept), confusion(&alone[0]));
    }
}

/// At a minimum nothing is to be gained in any direction; autograd says so, of the loss as scikit-learn writes it.
#[test]
fn where_a_head_has_converged_the_gradient_is_nothing() {
    let world = World::new();
    let config = |weight: f64| Config {
        stop: Stop::Converged,
        class_weights: ClassWeights::Given(vec![1.0, weight]),
        ..world.config()
    };
    let Trained {
        setup,
        features: kept,
        members,
        heads,
        records,
    } = world.trained(&[config(1.0), config(20.0)]);
    for (i, record) in records.iter().enumerate() {
        assert!(record.warnings.is_empty(), "{:?}", record.warnings);
        assert!(
            record.losses.len() < MOST_ITERATIONS / 2,
            "{} iterations",
            record.losses.len()
        );
        assert!(record.losses.last() < record.losses.first());
        let (train, device) = (&setup.split.train, setup.network.device);
        let features = kept.table().unwrap().gather(train, device).unwrap();
        let labels = kept.images().labels_of(train, device).unwrap();
        let head = heads.head(i).unwrap();
        let weight = head.weight.copy().set_requires_grad(true);
        let bias = head.bias.copy().set_requires_grad(true);
        let class_weights = Tensor::from_slice(&members[i].class_weights).to_kind(Kind::Float);
        let logits = features.linear(&weight, Some(&bias));
        let loss = logits.cross_entropy_loss(&labels, Some(&class_weights), Reduction::Sum, -100, 0.0);
        let total = class_weights.index_select(0, &labels).sum(Kind::Float);
        // One row of weights, the difference of the two: |w1 - w0|² / 2.
        let difference = weight.select(0, 1) - weight.select(0, 0);
        let objective = (loss + difference.square().sum(Kind::Float) * 0.5) / total;
        objective.backward();
        for gradient in [weight.grad(), bias.grad()] {
            let largest = f64::try_from(gradient.abs().max()).unwrap();
            assert!(largest < 3.0 * GRADIENT_TOLERANCE, "head {i}: {largest:.1e}");
        }
    }
}

/// All events of a job, up to its end.
pub fn told(link: &Link, job: &Job) -> Vec<Event> {
    let mut events = Vec::new();
    for (id, event) in &link.events {
        if id == job.id {
            let is_end = matches!(event, Event::Done | Event::Failed { .. });
            events.push(event);
            if is_end {
                break;
            }
        }
    }
    events
}

#[test]
fn a_stop_keeps_what_was_computed() {
    let world = World::new();
    let cancel = Cancel::new();
    let stop = cancel.clone();
    let n_seen = Cell::new(0);
    let stop_halfway = move |event: Event| {
        if let Event::Progress(progress) = event
            && progress.phase == crate::protocol::Phase::Features
        {
            n_seen.set(n_seen.get().max(progress.done));
            if n_seen.get() >= 40 {
                stop.cancel();
            }
        }
    };
    let mut progress = Reporter::new(cancel, &stop_halfway);
    let prepared = prepare(&[world.config()], &world.store, &mut progress, |_| ()).unwrap();
    let Prepared {
        mut setup,
        mut features,
        members,
        ..
    } = prepared;
    let mut training = Training::new(&setup, &mut features, members).unwrap();
    let mut journal = Journal::unheard();
    let stopped = settle_images(&mut setup, &mut training, &mut progress, &mut journal)
        .and_then(|()| train(&setup, &mut training, &mut progress, &mut journal));
    assert!(matches!(stopped, Err(crate::error::Error::Stopped)));
    let n_computed = features.images().n_computed;
    drop(features);
    let rest = world.trained(&[world.config()]);
    assert_eq!(n_computed + rest.n_computed(), 120);
    assert!(
        rest.features.n_cached() >= 40 || n_computed == 120,
        "{n_computed}"
    );
}
