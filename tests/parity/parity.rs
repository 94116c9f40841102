//! `make parity`: the same trainings by `tests/reference/notebook.py` and by us, number by number.
//!
//! Lossless images (the demo's leaves), f32, ResNet-18 and ResNet-34 with random weights and random BatchNorm
//! statistics, both BatchNorm modes. With `--data` and `--weights18`, a folder of JPEGs as well: there the decoders
//! differ, and the difference is shown rather than bounded.

mod against;
mod tiny;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use against::{Difference, Dump, Told};
use clap::Parser;
use counterweight::disk::dataset::demo;
use counterweight::disk::weights::write_safetensors;
use counterweight::engine::backbone::Parameters;
use counterweight::experiment::{BatchNorm, ClassWeights, Normalize, Precision, WeightsSource, backbone};
use counterweight::metrics::{Confusion, per_class, percent};
use counterweight::protocol::Cancel;

/// What counts as equal, on lossless images in f32.
const LOSS_TOLERANCE: f32 = 1e-4;
const LOGIT_TOLERANCE: f32 = 1e-3;
const BATCH: usize = 126;

#[derive(Debug, Parser)]
struct Args {
    /// Python with torch, torchvision and safetensors
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// A folder of JPEGs to show the difference on
    #[arg(long, requires = "weights18")]
    data: Option<PathBuf>,
    /// Its ResNet-18 weights
    #[arg(long)]
    weights18: Option<PathBuf>,
    /// Make the golden of `make test` again, in this folder, and do nothing else
    #[arg(long)]
    golden: Option<PathBuf>,
    /// Compare the recalls on `--data` under three weightings and three splits, and do nothing else
    #[arg(long, requires = "data")]
    recalls: bool,
    /// In which numbers our backbone computes then: f32, bf16 or auto
    #[arg(long, default_value = "f32")]
    precision: Precision,
    /// Where the work is done
    #[arg(long, default_value = "target/parity")]
    work: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let (true, Some(data), Some(weights)) = (args.recalls, &args.data, &args.weights18) {
        compare_recalls(&args, data, weights);
        return ExitCode::SUCCESS;
    }
    if let Some(dir) = &args.golden {
        make_golden(&args, dir);
        return ExitCode::SUCCESS;
    }
    let leaves = args.work.join("leaves");
    demo::draw(&leaves, &Cancel::new(), &mut |_, _| {}).expect("the drawn images");
    let mut all_equal = true;
    println!(
        "{:<56} {:>7} {:>12} {:>12}  confusion",
        "lossless images", "losses", "loss within", "logit within"
    );
    for arch in ["18", "34"] {
        let weights = args.work.join(format!("resnet{arch}.safetensors"));
        make_weights(&args.python, arch, &weights);
        for (batch_norm, normalize) in [
            (BatchNorm::Batch, Normalize::None),
            (BatchNorm::Frozen, Normalize::Imagenet),
        ] {
            let told = Told {
                data: leaves.clone(),
                weights: WeightsSource::File(weights.clone()),
                batch: BATCH,
                batch_norm,
                normalize,
                resize: None,
                precision: Precision::F32,
            };
            for (label, difference) in run_both(&args, arch, &weights, &told, &["3,1", "8,1"]) {
                all_equal &= show(&label, &difference);
            }
        }
    }
    if let (Some(data), Some(weights)) = (&args.data, &args.weights18) {
        println!("\nJPEG images (another decoder: shown, not bounded)");
        let told = jpeg(data, weights, Precision::F32);
        for (label, difference) in run_both(&args, "18", weights, &told, &["1,8"]) {
            show(&label, &difference);
        }
    }
    if all_equal {
        println!(
            "\nAll losses within {LOSS_TOLERANCE:e}, all logits within {LOGIT_TOLERANCE:e}, matrices identical"
        );
        return ExitCode::SUCCESS;
    }
    println!("\nNot equal to the reference");
    ExitCode::FAILURE
}

/// Runs the reference, then ours on its dump, for each weighting.
fn run_both(
    args: &Args,
    arch: &str,
    weights: &Path,
    told: &Told,
    weightings: &[&str],
) -> Vec<(String, Difference)> {
    let dump = args.work.join(format!("dump-{arch}-{}", told.batch_norm));
    run_notebook(args, arch, weights, told, weightings, &dump);
    (0..weightings.len())
        .map(|k| {
            let dump = Dump::read(&dump, k);
            let weighting = ClassWeights::Given(dump.class_weights.clone()).label();
            let label = format!(
                "{} {weighting}, BatchNorm {}, normalise {}",
                dump.arch, told.batch_norm, told.normalize
            );
            (label, dump.compare(told))
        })
        .collect()
}

/// Those that Grad-CAM is compared on.
const GRAD_CAM_IMAGES: [&str; 3] = ["dark/03.png", "light/00.png", "light/07.png"];

/// The reference's dump of the tiny world, in both BatchNorm modes, and its Grad-CAM with the head that it began with.
fn make_golden(args: &Args, dir: &Path) {
    let images = tiny::draw(&args.work);
    let weights = args.work.join("golden.safetensors");
    let backbone = backbone("resnet18").expect("a backbone");
    let parameters = Parameters::random(backbone, 0, tch::Device::Cpu).expect("random parameters");
    let state = parameters.to_state_dict(0).expect("their values");
    write_safetensors(&weights, &state.tensors).expect("a weight file");
    for batch_norm in [BatchNorm::Batch, BatchNorm::Frozen] {
        let told = tiny::told(&images, batch_norm);
        run_notebook(
            args,
            "18",
            &weights,
            &told,
            &["1,3"],
            &dir.join(batch_norm.name()),
        );
    }
    let mut grad_cam = Command::new(&args.python);
    grad_cam
        .arg("tests/reference/grad_cam.py")
        .arg("--weights")
        .arg(&weights);
    grad_cam
        .arg("--head")
        .arg(dir.join("frozen/experiment0.safetensors"));
    grad_cam.arg("--out").arg(dir.join("grad-cam.json"));
    grad_cam.args(GRAD_CAM_IMAGES.map(|image| images.join(image)));
    run(grad_cam);
}

fn run_notebook(args: &Args, arch: &str, weights: &Path, told: &Told, weightings: &[&str], dump: &Path) {
    let mut notebook = Command::new(&args.python);
    notebook.arg("tests/reference/notebook.py");
    tell(&mut notebook, arch, weights, told, weightings, dump);
    run(notebook);
}

/// The arguments that say what we are told too.
fn tell(script: &mut Command, arch: &str, weights: &Path, told: &Told, weightings: &[&str], dump: &Path) {
    script.arg("--data").arg(&told.data);
    script
        .arg(format!("--weights{arch}"))
        .arg(weights)
        .arg("--dump")
        .arg(dump)
        .arg("--no-raw");
    script.args([
        "--batch-norm",
        told.batch_norm.name(),
        "--normalize",
        told.normalize.name(),
    ]);
    script.args(["--batch", &told.batch.to_string()]);
    if let Some(side) = told.resize {
        script.args(["--resize", &side.to_string()]);
    }
    for weighting in weightings {
        script
            .arg("--experiment")
            .arg(format!("{arch}:{weighting}:2:1e-3"));
    }
}

fn make_weights(python: &Path, arch: &str, path: &Path) {
    let mut script = Command::new(python);
    script.arg("tests/parity/random_weights.py").arg(arch).arg(path);
    run(script);
}

fn run(mut command: Command) {
    let status = command.stdout(Stdio::null()).status().expect("python starts");
    assert!(status.success(), "{command:?} failed");
}

fn show(label: &str, difference: &Difference) -> bool {
    let same_confusion = difference.ours == difference.reference;
    let confusion = if same_confusion { "identical" } else { "DIFFERS" };
    let Difference {
        n_losses,
        loss,
        logit,
        ..
    } = *difference;
    println!("{label:<56} {n_losses:>7} {loss:>12.1e} {logit:>12.1e}  {confusion}");
    loss <= LOSS_TOLERANCE && logit <= LOGIT_TOLERANCE && same_confusion
}

/// Recalls of both classes under three weightings and three splits, the reference's beside ours.
fn compare_recalls(args: &Args, data: &Path, weights: &Path) {
    let told = jpeg(data, weights, args.precision);
    let dump = args.work.join("recalls");
    let mut reference = Command::new(&args.python);
    reference
        .arg("tests/reference/with_kept_features.py")
        .args(["--seeds", "0,1,2"]);
    tell(
        &mut reference,
        "18",
        weights,
        &told,
        &["1,1", "1,3", "1,8"],
        &dump,
    );
    run(reference);
    println!(
        "seed  weights  {:>22}  {:>22}  loss within",
        "reference (both recalls)", "ours"
    );
    let mut prepared = None;
    for (seed, k) in (0..3).flat_map(|seed| [0, 1, 2].map(|k| (seed, k))) {
        let dump = Dump::read(&args.work.join(format!("recalls-{seed}")), k);
        let difference = dump.compare_in(prepared.get_or_insert_with(|| dump.prepared(&told)));
        let recalls = |confusion: &Confusion| {
            let shares = per_class(confusion).into_iter().map(|m| percent(m.recall, 1));
            shares.collect::<Vec<_>>().join(" / ")
        };
        let weighting = ClassWeights::Given(dump.class_weights.clone()).label();
        let [reference, ours] = [recalls(&difference.reference), recalls(&difference.ours)];
        println!(
            "{seed:>4}  {weighting:<7}  {reference:>22}  {ours:>22}  {:>11.1e}",
            difference.loss
        );
    }
}

/// The notebook's setting on a folder of JPEGs, its two errors mended.
fn jpeg(data: &Path, weights: &Path, precision: Precision) -> Told {
    Told {
        data: data.into(),
        weights: WeightsSource::File(weights.into()),
        batch: BATCH,
        batch_norm: BatchNorm::Frozen,
        normalize: Normalize::Imagenet,
        resize: Some(128),
        precision,
    }
}
