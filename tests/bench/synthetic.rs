//! The head alone, on made-up features of which no image exists: its speed at the notebook's size, and what ten
//! thousand to a million images cost in time and memory.

use std::path::Path;
use std::time::Instant;

use counterweight::disk::dataset::demo;
use counterweight::disk::feature_store::{FeatureSet, FeatureSetKey, FeatureStore, Numerics};
use counterweight::disk::images::content::{ContentHash, content_hash};
use counterweight::disk::runs::folder::Environment;
use counterweight::disk::scan;
use counterweight::disk::{Loader, Plan};
use counterweight::engine::backbone::{Network, Parameters};
use counterweight::engine::device::threads::n_decoders;
use counterweight::engine::features::{Features, Table};
use counterweight::engine::fit::member::Member;
use counterweight::engine::fit::run::{settle_images, train};
use counterweight::engine::fit::setup::{Order, Prepared, Setup};
use counterweight::engine::fit::train_heads::train_heads;
use counterweight::engine::fit::training::Training;
use counterweight::experiment::{
    BatchNorm, Config, Dataset, FrozenTransform, ImageEntry, Resize, Split, Stop, backbone,
};
use counterweight::jobs::journal::Journal;
use counterweight::jobs::progress::Reporter;
use counterweight::protocol::Cancel;
use tch::{Device, Kind};

const N_FEATURES: usize = 512;
/// The notebook's images.
const N_TRAIN: usize = 45_798;
const N_VAL: usize = 19_628;

pub fn heads() {
    println!(
        "\nThe head: {N_TRAIN} x {N_FEATURES} features, 2 epochs of batches of 126, then {N_VAL} judged"
    );
    let home = tempfile::tempdir().expect("a folder");
    let (store, contents) = filled(home.path(), N_TRAIN + N_VAL);
    for n_heads in [1, 4, 32] {
        let prepared = || prepared(&store, &contents, N_TRAIN, n_heads, 2, Stop::Epochs);
        // As the slider does it: features are looked up before, and only the outcome is judged.
        let trial = best_of(5, || tried(&mut prepared()));
        let run = best_of(3, || timed(&mut prepared()));
        println!(
            "{n_heads:>3} heads, 2 epochs   judged once {trial:>7.3} s   a whole run, judged twice {run:>7.3} s"
        );
    }
    let secs = timed(&mut prepared(&store, &contents, N_TRAIN, 1, 1, Stop::Converged));
    println!("  1 head until converged                {secs:>7.3} s");
}

/// Images are the demo's under ever new names, through the loader as it is; their features are made up, as the network
/// would take hours and knows nothing of how many there are.
pub fn memory() {
    println!(
        "\nMemory: images through the loader, made-up features into the cache, one epoch and its evaluation"
    );
    let home = tempfile::tempdir().expect("a folder");
    let leaves = home.path().join("leaves");
    demo::draw(&leaves, &Cancel::new(), &mut |_, _| {}).expect("the drawn images");
    for n_images in [10_000, 100_000, 1_000_000] {
        let features = home.path().join(n_images.to_string());
        let began = Instant::now();
        let (store, contents, most) = loaded(&features, &leaves, n_images);
        let loading = began.elapsed().as_secs_f64();
        let mut prepared = prepared(&store, &contents, n_images / 10 * 7, 1, 1, Stop::Epochs);
        let training = timed(&mut prepared);
        let each = |secs: f64| secs / n_images as f64 * 1e6;
        println!(
            "{n_images:>9} images  loaded and kept {:>6.1} µs each, at most {most} MB;  trained and judged {:>5.2} µs \
             each, {} MB, and {} MB mapped",
            each(loading),
            each(training),
            resident("RssAnon"),
            resident("RssFile")
        );
        drop(prepared);
        std::fs::remove_dir_all(&features).expect("room for the next");
    }
}

/// The store, what is in it, and the most megabytes held while it was filled.
fn loaded(home: &Path, leaves: &Path, n_images: usize) -> (FeatureStore, Vec<ContentHash>, u64) {
    let drawn = scan(&leaves.into(), &Cancel::new(), &mut |_| {})
        .expect("the drawn images")
        .images;
    let indices: Vec<usize> = (0..n_images).collect();
    let plan = Plan {
        root: leaves.to_path_buf(),
        paths: drawn
            .iter()
            .map(|image| (&image.path).into())
            .cycle()
            .take(n_images)
            .collect(),
        batches: indices.chunks(126).map(<[usize]>::to_vec).collect(),
        resize: Resize::Square,
        image_size: 128,
        n_threads: n_decoders(),
    };
    let store = FeatureStore::at(home);
    let mut set = store.open(&key());
    let mut contents = Vec::with_capacity(n_images);
    let mut most = 0;
    for batch in Loader::start(plan, Cancel::new()).expect("a loader") {
        let batch = batch.expect("a batch");
        let rows = made_up(batch.indices.len());
        for (&i, row) in batch.indices.iter().zip(rows.chunks(N_FEATURES)) {
            contents.push(keep(&mut set, i, row));
        }
        most = most.max(resident("RssAnon"));
    }
    set.write_out();
    set.tidy_up([]);
    (store, contents, most)
}

/// A training from the first look at the features to the last figure.
fn timed(prepared: &mut Prepared) -> f64 {
    let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
    let (setup, mut training) = begun(prepared, &mut journal);
    let began = Instant::now();
    settle_images(setup, &mut training, &mut quiet, &mut journal).expect("features");
    train(setup, &mut training, &mut quiet, &mut journal).expect("a training");
    began.elapsed().as_secs_f64()
}

fn tried(prepared: &mut Prepared) -> f64 {
    let (mut quiet, mut journal) = (Reporter::quiet(&Cancel::new()), Journal::unheard());
    let (setup, mut training) = begun(prepared, &mut journal);
    settle_images(setup, &mut training, &mut quiet, &mut journal).expect("features");
    let began = Instant::now();
    train_heads(setup, &mut training, false, &mut quiet, &mut journal).expect("a training");
    began.elapsed().as_secs_f64()
}

fn begun<'a>(prepared: &'a mut Prepared, journal: &mut Journal) -> (&'a mut Setup, Training<'a>) {
    let Prepared {
        setup,
        features,
        members,
        ..
    } = prepared;
    journal.begin_sweep(members.len());
    let training = Training::new(setup, features, members.clone()).expect("heads");
    (setup, training)
}

fn best_of(n: usize, measure: impl Fn() -> f64) -> f64 {
    (0..n).map(|_| measure()).fold(f64::INFINITY, f64::min)
}

fn config() -> Config {
    Config {
        batch_norm: BatchNorm::Frozen,
        ..Config::default()
    }
}

fn key() -> FeatureSetKey {
    let numerics = Numerics {
        parameters: [0; 32],
        weights: "none".into(),
        n_features: N_FEATURES,
        precision: "f32".into(),
        device_kind: "cpu".into(),
        library: "none".into(),
    };
    FeatureSetKey::new(&FrozenTransform::of(&config()).expect("frozen"), None, &numerics)
}

/// A store of features like a network's: from 0 up, of each class around its own mean.
fn filled(home: &Path, n_images: usize) -> (FeatureStore, Vec<ContentHash>) {
    let store = FeatureStore::at(home);
    let mut set = store.open(&key());
    let mut contents = Vec::with_capacity(n_images);
    tch::manual_seed(1);
    for from in (0..n_images).step_by(10_000) {
        let rows = made_up((n_images - from).min(10_000));
        for (i, row) in rows.chunks(N_FEATURES).enumerate() {
            contents.push(keep(&mut set, from + i, row));
        }
    }
    set.write_out();
    set.tidy_up([]);
    (store, contents)
}

/// From 0 up, as after a ReLU; `[n, N_FEATURES]`.
fn made_up(n: usize) -> Vec<f32> {
    let rows = tch::Tensor::randn([n as i64, N_FEATURES as i64], (Kind::Float, Device::Cpu)).abs();
    Vec::try_from(rows.view([-1])).expect("numbers")
}

/// Puts a row around its class's mean into the cache, under a name of its own.
fn keep(set: &mut FeatureSet, i: usize, row: &[f32]) -> ContentHash {
    let content = content_hash(&i.to_le_bytes());
    let mut row = row.to_vec();
    row[0] += label(i) as f32;
    set.add(content, &row);
    content
}

/// Every sixth image is of the rare class.
fn label(i: usize) -> i64 {
    i64::from(i.is_multiple_of(6))
}

fn prepared(
    store: &FeatureStore,
    contents: &[ContentHash],
    n_train: usize,
    n_heads: usize,
    epochs: u32,
    stop: Stop,
) -> Prepared {
    let backbone = backbone("resnet18").expect("a backbone");
    let parameters = Parameters::random(backbone, 0, Device::Cpu).expect("parameters");
    let network = Network::new(backbone, &parameters, BatchNorm::Frozen, Kind::Float).expect("a network");
    let config = Config {
        epochs,
        stop,
        ..config()
    };
    let labels: Vec<i64> = (0..contents.len()).map(label).collect();
    let image = |i: usize| ImageEntry {
        path: String::new(),
        class_idx: label(i) as usize,
        folder: None,
    };
    let member = |i: usize| Member {
        config: config.clone(),
        class_weights: vec![1.0, 1.0 + i as f64 / 2.0],
        failure: None,
    };
    Prepared {
        members: (0..n_heads).map(member).collect(),
        features: Features::Table(Table::known(&config, labels, contents, store.open(&key()))),
        warnings: vec![],
        cautions: vec![],
        setup: Setup {
            labels: None,
            groups: None,
            config: config.clone(),
            backbone,
            dataset: Dataset {
                classes: vec!["common".into(), "rare".into()],
                images: (0..contents.len()).map(image).collect(),
                ..Dataset::default()
            },
            split: Split {
                train: (0..n_train).collect(),
                val: (n_train..contents.len()).collect(),
                test: vec![],
            },
            parameters,
            network,
            order: Order::Seeded,
            environment: Environment {
                program: String::new(),
                git_revision: String::new(),
                libtorch: String::new(),
                device: "cpu".into(),
                precision: "f32".into(),
                threads: 0,
                weights_file: String::new(),
                data_fingerprint: String::new(),
            },
        },
    }
}

/// Of this process, in megabytes; 0 where the system does not tell.
fn resident(kind: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
    let kilobytes: Option<u64> = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0) / 1000
}
