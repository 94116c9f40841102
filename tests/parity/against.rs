//! Our training held against a dump of `tests/reference/notebook.py --dump`: its split, batch order and initial head,
//! our engine, then every loss and logit side by side.

use std::path::{Path, PathBuf};

use counterweight::disk::feature_store::FeatureStore;
use counterweight::disk::weights::{StateDict, TensorData, read_state_dict};
use counterweight::engine::fit::run::{settle_images, train};
use counterweight::engine::fit::setup::{Order, Prepared, prepare};
use counterweight::engine::fit::training::Training;
use counterweight::engine::head::Head;
use counterweight::experiment::{
    BatchNorm, ClassWeights, Config, DeviceChoice, Normalize, Part, Precision, Resize, SplitMethod,
    WeightsSource,
};
use counterweight::jobs::journal::Journal;
use counterweight::jobs::progress::Reporter;
use counterweight::metrics::Confusion;
use counterweight::protocol::Cancel;
use serde::Deserialize;

/// What one experiment of the reference did.
#[derive(Debug, Deserialize)]
pub struct Dump {
    pub arch: String,
    pub class_weights: Vec<f64>,
    epochs: u32,
    lr: f64,
    confusion: Vec<Vec<u64>>,
    files: Vec<String>,
    train: Vec<usize>,
    val: Vec<usize>,
    /// Training images in the order they were seen, epoch by epoch.
    batches: Vec<Vec<usize>>,
    #[serde(skip)]
    tensors: StateDict,
}

/// What the reference was told beside the dump.
#[derive(Debug, Clone)]
pub struct Told {
    pub data: PathBuf,
    pub weights: WeightsSource,
    pub batch: usize,
    pub batch_norm: BatchNorm,
    pub normalize: Normalize,
    /// Side in pixels; none: as the files are.
    pub resize: Option<u32>,
    /// Ours; the reference computes in f32.
    pub precision: Precision,
}

/// How far apart ours and the reference's are.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    pub n_losses: usize,
    pub n_logits: usize,
    pub loss: f32,
    pub logit: f32,
    pub ours: Confusion,
    pub reference: Confusion,
}

impl Dump {
    /// Experiment `k` of a `--dump` folder.
    pub fn read(dir: &Path, k: usize) -> Dump {
        let text = std::fs::read_to_string(dir.join(format!("experiment{k}.json"))).expect("the dump's JSON");
        let mut dump: Dump = serde_json::from_str(&text).expect("a dump");
        dump.tensors =
            read_state_dict(&dir.join(format!("experiment{k}.safetensors"))).expect("the dump's tensors");
        dump
    }

    /// The numbers of that name.
    pub fn floats(&self, name: &str) -> &[f32] {
        let tensor = self.tensors.tensors.iter().find(|t| t.name == name);
        match tensor.map(|t| &t.data) {
            Some(TensorData::F32(values)) => values,
            _ => panic!("the dump has no {name}"),
        }
    }

    /// Trains as the reference did and compares.
    pub fn compare(&self, told: &Told) -> Difference {
        self.compare_in(&mut self.prepared(told))
    }

    /// Everything that the experiments of one dump share: data, network and, with frozen statistics, the features.
    pub fn prepared(&self, told: &Told) -> Prepared {
        let mut quiet = Reporter::quiet(&Cancel::new());
        let configs = [self.config(told)];
        let prepared =
            prepare(&configs, &FeatureStore::in_memory(), &mut quiet, |_| ()).expect("the reference's setup");
        let ours = prepared.setup.dataset.images.iter();
        let ours: Vec<&str> = ours.map(|image| image.path.as_str()).collect();
        assert_eq!(ours, self.files, "torchvision reads the folder in another order");
        prepared
    }

    /// The same with a setup that may have served another experiment before.
    pub fn compare_in(&self, prepared: &mut Prepared) -> Difference {
        let Prepared {
            setup,
            features,
            members,
            ..
        } = prepared;
        setup.split.train = self.train.clone();
        setup.split.val = self.val.clone();
        setup.order = Order::Given(self.batches.clone());
        members[0].class_weights = self.class_weights.clone();
        let head = Head::from_values(
            self.floats("head0.weight"),
            self.floats("head0.bias"),
            setup.network.device,
        )
        .expect("the reference's head");
        let mut training = Training::from_head(&head, features, members.clone()).expect("one head");
        let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
        settle_images(setup, &mut training, &mut quiet, &mut journal).expect("images");
        train(setup, &mut training, &mut quiet, &mut journal).expect("a training");
        let record = &journal.runs[0].record;
        let evaluation = record.latest(Part::Val).expect("an evaluation");
        Difference {
            n_losses: record.losses.len(),
            n_logits: training.val[0].logits.len(),
            loss: largest_difference(&record.losses, self.floats("losses")),
            logit: largest_difference(&training.val[0].logits, self.floats("val_logits")),
            ours: evaluation.confusion.clone(),
            reference: Confusion::try_from(self.confusion.clone()).expect("a square matrix"),
        }
    }

    fn config(&self, told: &Told) -> Config {
        Config {
            data: told.data.clone(),
            arch: self.arch.clone(),
            weights: told.weights.clone(),
            class_weights: ClassWeights::Given(self.class_weights.clone()),
            epochs: self.epochs,
            lr: self.lr,
            batch: told.batch,
            batch_norm: told.batch_norm,
            normalize: told.normalize,
            resize: if told.resize.is_some() {
                Resize::Square
            } else {
                Resize::None
            },
            image_size: told.resize.unwrap_or(Config::default().image_size),
            split: SplitMethod::Random,
            device: DeviceChoice::Auto,
            precision: told.precision,
            ..Config::default()
        }
    }
}

fn largest_difference(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len(), "another number of values");
    ours.iter()
        .zip(theirs)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst })
}
