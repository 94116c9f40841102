//! `make bench`: how long the notebook's procedure and an expert's own script take, and how long we do, on the same
//! folder, weights and machine, one after the other; the bare network and the head alone as the limits of it. With
//! `--memory`, what a million images cost.

mod peers;
mod synthetic;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use counterweight::disk::FeatureStore;
use counterweight::disk::weights::read_state_dict;
use counterweight::engine::backbone::{Mode, Network, Parameters};
use counterweight::engine::device;
use counterweight::engine::fit::run;
use counterweight::experiment::{
    BatchNorm, ClassWeights, Config, DeviceChoice, Part, Precision, RunRecord, SplitMethod, Stop,
    WeightsSource, backbone,
};
use counterweight::jobs::progress::Reporter;
use counterweight::metrics::per_class;
use counterweight::protocol::{Cancel, Event, FitEvent, Train};
use tch::{Kind, Tensor};

const BATCH: usize = 126;
const SIDE: u32 = 128;
const EPOCHS: u32 = 2;
/// How often a rate is taken that is told as a share of another.
const ROUNDS: usize = 3;
/// The notebook's weightings of its ResNet-18.
const WEIGHTINGS: [[f64; 2]; 3] = [[1.0, 1.0], [1.0, 3.0], [1.0, 8.0]];

#[derive(Debug, Parser)]
pub struct Args {
    /// Python with torch, torchvision, scikit-learn and safetensors
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Image folder of two classes
    #[arg(long)]
    data: Option<PathBuf>,
    /// ResNet-18 weights
    #[arg(long)]
    weights: Option<PathBuf>,
    /// f32, bf16 or auto
    #[arg(long, default_value = "auto")]
    precision: Precision,
    /// Only these; all where none is named
    #[arg(long)]
    only: Vec<Section>,
    /// Also train on 10,000, 100,000 and 1,000,000 made-up images; takes minutes and 2.1 GB of disk
    #[arg(long)]
    memory: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Section {
    Head,
    Extraction,
    Notebook,
    Expert,
}

fn main() {
    counterweight::memory::keep_large_blocks();
    let args = Args::parse();
    let device = device::choose(DeviceChoice::Auto).expect("a device");
    println!(
        "{}, {}, {} threads",
        device::name(device),
        device::cpu_capability(),
        tch::get_num_threads()
    );
    let wants = |section| args.only.is_empty() || args.only.contains(&section);
    if wants(Section::Head) {
        synthetic::heads();
    }
    if args.memory {
        synthetic::memory();
    }
    let (Some(data), Some(weights)) = (&args.data, &args.weights) else {
        println!("\n(--data and --weights were not given: no images)");
        return;
    };
    let ours = Ours {
        data: data.clone(),
        weights: weights.clone(),
        precision: args.precision,
        runs: tempfile::tempdir().expect("a folder"),
    };
    if wants(Section::Extraction) {
        extraction(&ours);
    }
    if wants(Section::Notebook) {
        against_the_notebook(&args.python, &ours);
    }
    if wants(Section::Expert) {
        against_the_expert(&args.python, &ours);
    }
}

/// Our program, on the benchmark's folder.
pub struct Ours {
    data: PathBuf,
    weights: PathBuf,
    precision: Precision,
    runs: tempfile::TempDir,
}

/// One run, from the request to the last file of its folder.
struct Timed {
    record: RunRecord,
    wall_secs: f64,
}

impl Ours {
    fn store(&self, name: &str) -> FeatureStore {
        FeatureStore::at(self.runs.path().join(name))
    }

    fn run(&self, store: &FeatureStore, weights: [f64; 2], stop: Stop) -> Timed {
        let config = Config {
            data: self.data.clone(),
            weights: WeightsSource::File(self.weights.clone()),
            class_weights: ClassWeights::Given(weights.to_vec()),
            split: SplitMethod::Random,
            batch: BATCH,
            image_size: SIDE,
            precision: self.precision,
            epochs: EPOCHS,
            stop,
            ..Config::default()
        };
        let record = RefCell::new(RunRecord::default());
        let fold = |event| {
            if let Event::Fit(FitEvent::Run(fact)) = event {
                record.borrow_mut().apply(&fact);
            }
        };
        let request = Train {
            config,
            runs_dir: self.runs.path().join("runs"),
        };
        let began = Instant::now();
        run::run(&request, store, &mut Reporter::quiet(&Cancel::new()), &fold).expect("our run");
        Timed {
            wall_secs: began.elapsed().as_secs_f64(),
            record: record.into_inner(),
        }
    }

    /// All three weightings, one run each.
    fn session(&self, store: &FeatureStore, stop: Stop) -> Vec<Timed> {
        WEIGHTINGS
            .iter()
            .map(|&weights| self.run(store, weights, stop))
            .collect()
    }
}

impl Timed {
    fn seconds(&self, phase: &str) -> f64 {
        let seconds = self.record.timing.as_ref().map(|t| &t.seconds);
        seconds.and_then(|s| s.get(phase).copied()).unwrap_or_default()
    }

    fn recalls(&self) -> String {
        let evaluation = self.record.latest(Part::Val).expect("an evaluation");
        let recalls = per_class(&evaluation.confusion);
        let words: Vec<String> = recalls
            .iter()
            .map(|m| format!("{:.1}", m.recall.unwrap_or_default() * 100.0))
            .collect();
        words.join("/")
    }
}

fn total(runs: &[Timed]) -> f64 {
    runs.iter().map(|run| run.wall_secs).sum()
}

fn row(label: &str, secs: f64, reference_secs: f64, note: &str) {
    println!(
        "{label:<44} {secs:>9.2} s {:>8.1} x   {note}",
        reference_secs / secs
    );
}

fn all_recalls(runs: &[Timed]) -> String {
    let words: Vec<String> = runs.iter().map(Timed::recalls).collect();
    format!("recalls {} %", words.join(", "))
}

/// By turns, for the machine's own pace changes by more than what is looked for.
fn extraction(ours: &Ours) {
    println!(
        "\nFeatures, ResNet-18 at {SIDE} px, batches of {BATCH}: from files into the cache, and the bare forward"
    );
    println!("pass of images in memory before and after it");
    let kind = kind_of(&ours.run(&ours.store("first"), WEIGHTINGS[0], Stop::Epochs));
    let bare = || bare_images_per_sec(&ours.weights, kind);
    let (mut before, mut shares) = (bare(), Vec::new());
    for round in 0..ROUNDS {
        let run = ours.run(
            &ours.store(&format!("extraction-{round}")),
            WEIGHTINGS[0],
            Stop::Epochs,
        );
        let timing = run.record.timing.as_ref().expect("timing");
        let (from_files, after) = (timing.backbone_images_per_sec, bare());
        let share = 2.0 * from_files / (before + after) * 100.0;
        println!(
            "{from_files:>9.1} images/s between {before:.1} and {after:.1} of the bare pass: {share:.0} %; waited {:.2} s \
             for pixels",
            timing.waited_secs
        );
        shares.push(share);
        before = after;
    }
    shares.sort_by(f64::total_cmp);
    println!("the median: {:.0} % of the bare pass", shares[ROUNDS / 2]);
    let looked_up = ours.run(&ours.store("first"), WEIGHTINGS[0], Stop::Epochs);
    println!(
        "the same folder again: {:.3} s to scan, {:.3} s to look its features up",
        looked_up.seconds("scan"),
        looked_up.seconds("hash")
    );
}

fn kind_of(run: &Timed) -> Kind {
    match run.record.started.as_ref().map(|s| s.precision.as_str()) {
        Some("bf16") => Kind::BFloat16,
        _ => Kind::Float,
    }
}

fn against_the_notebook(python: &Path, ours: &Ours) {
    println!("\nThe notebook's three trainings (1:1, 1:3, 1:8), {EPOCHS} epochs each, and their evaluations");
    let store = ours.store("notebook");
    let cold = ours.session(&store, Stop::Epochs);
    let warm = ours.session(&store, Stop::Epochs);
    let reference_secs = peers::notebook(python, &ours.data, &ours.weights);
    row(
        "the notebook's procedure, PyTorch f32",
        reference_secs,
        reference_secs,
        "",
    );
    row(
        "ours, nothing computed yet",
        total(&cold),
        reference_secs,
        &all_recalls(&cold),
    );
    row(
        "ours, features known",
        total(&warm),
        reference_secs,
        &all_recalls(&warm),
    );
    let phases = ["scan", "prepare", "hash", "features", "train", "validate", "save"];
    for run in [&cold[0], &warm[0]] {
        let words: Vec<String> = phases
            .iter()
            .map(|p| format!("{p} {:.2}", run.seconds(p)))
            .collect();
        println!("  the first of them: {}", words.join(", "));
    }
}

fn against_the_expert(python: &Path, ours: &Ours) {
    println!(
        "\nAn expert's script: features once, then scikit-learn's LogisticRegression for each weighting"
    );
    let store = ours.store("expert");
    let cold = ours.session(&store, Stop::Converged);
    let warm = ours.session(&store, Stop::Converged);
    let expert = peers::expert(python, &ours.data, &ours.weights);
    row(
        "the script",
        expert.total_secs,
        expert.total_secs,
        &expert.recalls,
    );
    row(
        "ours, nothing computed yet",
        total(&cold),
        expert.total_secs,
        &all_recalls(&cold),
    );
    for (i, run) in warm.iter().enumerate() {
        let label = format!("weighting {:?}: fit and judge", WEIGHTINGS[i]);
        let secs = run.seconds("train") + run.seconds("validate");
        let note = format!(
            "scikit-learn {:.2} s; whole run {:.2} s; {} iterations",
            expert.fit_secs[i],
            run.wall_secs,
            run.record.losses.len()
        );
        row(&label, secs, expert.fit_secs[i], &note);
    }
}

/// The network alone: the same batch again and again, already normalised and on the device.
fn bare_images_per_sec(weights: &Path, kind: Kind) -> f64 {
    const N_BATCHES: usize = 10;
    let device = device::choose(DeviceChoice::Auto).expect("a device");
    let backbone = backbone("resnet18").expect("a backbone");
    let state = read_state_dict(weights).expect("weights");
    let parameters = Parameters::from_state_dict(backbone, weights, &state, device).expect("parameters");
    let network = Network::new(backbone, &parameters, BatchNorm::Frozen, kind).expect("a network");
    let size = [BATCH as i64, i64::from(SIDE), i64::from(SIDE), 3];
    let input = Tensor::rand(size, (Kind::Float, device))
        .to_kind(kind)
        .permute([0, 3, 1, 2]);
    let forward = || {
        network
            .features(&input, Mode::Eval, &Cancel::new())
            .expect("features")
    };
    let _warm = forward();
    let began = Instant::now();
    for _ in 0..N_BATCHES {
        // Reading a number makes a GPU finish.
        f32::try_from(forward().sum(Kind::Float)).expect("a number");
    }
    (N_BATCHES * BATCH) as f64 / began.elapsed().as_secs_f64()
}
