//! `make bench`: one training by `tests/reference/notebook.py` and by us, on the same folder, weights, epochs and
//! machine, one after the other, and the bare network with its images already in memory as the limit of both.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Parser;
use counterweight::disk::weights::read_state_dict;
use counterweight::engine::backbone::{Mode, Network, Parameters};
use counterweight::engine::device;
use counterweight::engine::report::Report;
use counterweight::engine::train;
use counterweight::experiment::{
    BatchNorm, ClassWeights, Config, DeviceChoice, Precision, RunRecord, SplitMethod, WeightsSource, backbone,
};
use counterweight::protocol::{Cancel, TrainRequest};
use serde_json::Value;
use tch::{Kind, Tensor};

const BATCH: usize = 126;
const SIDE: u32 = 128;
const EPOCHS: u32 = 2;

#[derive(Debug, Parser)]
struct Args {
    /// Python with torch, torchvision and safetensors
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Image folder of two classes
    #[arg(long)]
    data: PathBuf,
    /// ResNet-18 weights
    #[arg(long)]
    weights: PathBuf,
    /// Also compute in bf16 where the hardware has none
    #[arg(long)]
    force_bf16: bool,
}

fn main() {
    let args = Args::parse();
    let device = device::choose(DeviceChoice::Auto).expect("a device");
    println!(
        "{}, {}, {} threads",
        device::name(device),
        device::cpu_capability(),
        tch::get_num_threads()
    );
    println!(
        "ResNet-18, {SIDE} px, batches of {BATCH}, {EPOCHS} epochs, one evaluation at their end (ours: after each)\n"
    );
    let reference = reference(&args);
    println!(
        "{:<34} {:>12} {:>10} {:>10} {:>8}",
        "", "training", "evaluation", "total", "ratio"
    );
    println!("{:<34} {:>12} {:>10} {:>10} {:>8}", "", "images/s", "s", "s", "");
    let total = reference.train_secs + reference.eval_secs;
    row(
        "reference (PyTorch, f32)",
        reference.images_per_sec,
        reference.eval_secs,
        total,
        1.0,
    );
    let mut precisions = vec![Precision::F32];
    if args.force_bf16 || device::has_bf16(device) {
        precisions.push(Precision::Bf16);
    } else {
        println!("(no bf16 in this hardware; --force-bf16 computes in it all the same)");
    }
    for precision in precisions {
        let kind = if precision == Precision::Bf16 {
            Kind::BFloat16
        } else {
            Kind::Float
        };
        let limit = bare_images_per_sec(&args.weights, kind);
        let plain = ours(&args, precision, 1);
        let rate = rate_of_first_epoch(&plain);
        let ratio = rate / reference.images_per_sec;
        row(
            &format!("ours {precision}, first epoch"),
            rate,
            seconds(&plain, "validate"),
            f64::NAN,
            ratio,
        );
        let whole = ours(&args, precision, EPOCHS);
        let spent = seconds(&whole, "train") + seconds(&whole, "validate");
        let images_per_sec = whole.timing.as_ref().map_or(0.0, |t| t.images_per_sec);
        let label = format!("ours {precision}, {EPOCHS} epochs");
        row(
            &label,
            images_per_sec,
            seconds(&whole, "validate"),
            spent,
            total / spent,
        );
        let waited = whole.timing.as_ref().map_or(0.0, |t| t.waited_secs);
        println!(
            "  bare {precision} network, images in memory: {limit:.1} images/s; the first epoch runs at {:.0} % of \
             that; waited for decoded images: {waited:.2} s",
            rate / limit * 100.0
        );
    }
}

fn row(label: &str, images_per_sec: f64, eval_secs: f64, total_secs: f64, ratio: f64) {
    let total = if total_secs.is_nan() {
        "".into()
    } else {
        format!("{total_secs:.1}")
    };
    println!("{label:<34} {images_per_sec:>12.1} {eval_secs:>10.1} {total:>10} {ratio:>7.2}x");
}

struct Reference {
    images_per_sec: f64,
    train_secs: f64,
    eval_secs: f64,
}

fn reference(args: &Args) -> Reference {
    let output = Command::new(&args.python)
        .arg("tests/reference/notebook.py")
        .arg("--data")
        .arg(&args.data)
        .arg("--weights18")
        .arg(&args.weights)
        .args(["--no-raw", "--batch-norm", "frozen", "--normalize", "imagenet"])
        .args(["--resize", &SIDE.to_string(), "--batch", &BATCH.to_string()])
        .args(["--experiment", &format!("18:1,8:{EPOCHS}:1e-3")])
        .stderr(Stdio::inherit())
        .output()
        .expect("python starts");
    assert!(output.status.success(), "the reference failed");
    let result: Value = serde_json::from_slice(&output.stdout).expect("the reference's JSON");
    let figure = |name: &str| result["experiments"][0][name].as_f64().expect("a figure");
    Reference {
        images_per_sec: figure("train_images_per_second"),
        train_secs: figure("train_seconds"),
        eval_secs: figure("eval_seconds"),
    }
}

/// One whole run, as `counterweight train` does it.
fn ours(args: &Args, precision: Precision, epochs: u32) -> RunRecord {
    let runs = tempfile::tempdir().expect("a folder for the run");
    let config = Config {
        data: args.data.clone(),
        weights: WeightsSource::File(args.weights.clone()),
        class_weights: ClassWeights::Given(vec![1.0, 8.0]),
        split: SplitMethod::Random,
        batch: BATCH,
        image_size: SIDE,
        precision,
        epochs,
        ..Config::default()
    };
    let mut ignore = |_| {};
    let mut report = Report::new(Cancel::new(), &mut ignore);
    let request = TrainRequest {
        config,
        runs_dir: runs.path().to_path_buf(),
    };
    train::run(&request, &mut report).expect("our run");
    report.record
}

fn seconds(record: &RunRecord, phase: &str) -> f64 {
    record
        .timing
        .as_ref()
        .and_then(|t| t.seconds.get(phase).copied())
        .unwrap_or(0.0)
}

fn rate_of_first_epoch(record: &RunRecord) -> f64 {
    let n: usize = record.started.iter().flat_map(|s| &s.n_train).sum();
    n as f64 / seconds(record, "train")
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
