//! The command line as scripts and people meet it: every wrong input with its message and exit code, and one whole
//! run with what it prints and what it leaves behind.
#![cfg(feature = "torch")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use counterweight::disk::weights::{TensorData, write_safetensors};
use counterweight::engine::backbone::Parameters;
use counterweight::experiment::backbone;
use serde_json::Value;

/// A folder with an image folder of two classes in it: 12 dark images, 8 light ones, 32 pixels each.
struct World {
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = World {
            home: tempfile::tempdir().unwrap(),
        };
        world.class("data/dark", 12, 40);
        world.class("data/light", 8, 200);
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn class(&self, name: &str, n_images: u8, brightness: u8) {
        fs::create_dir_all(self.at(name)).unwrap();
        for i in 0..n_images {
            let image = image::RgbImage::from_fn(32, 32, |x, y| {
                image::Rgb([brightness + i, (x * 3 + y) as u8, brightness])
            });
            image.save(self.at(name).join(format!("{i:02}.png"))).unwrap();
        }
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.at(name).parent().unwrap()).unwrap();
        fs::write(self.at(name), bytes).unwrap();
    }

    /// A ResNet-18 that fits, with one weight that is no number.
    fn weights_with_a_nan(&self, name: &str) {
        let backbone = backbone("resnet18").unwrap();
        let mut state = Parameters::random(backbone, 0, tch::Device::Cpu)
            .unwrap()
            .to_state_dict()
            .unwrap();
        if let TensorData::F32(values) = &mut state.tensors[0].data {
            values[0] = f32::NAN;
        }
        write_safetensors(&self.at(name), &state.tensors).unwrap();
    }

    /// Runs the program in this world.
    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_counterweight"))
            .args(arguments)
            .current_dir(self.home.path())
            .env("HF_HUB_OFFLINE", "1")
            .env("TORCH_HOME", self.at("torch"))
            .env("HF_HOME", self.at("hub"))
            .env("COUNTERWEIGHT_FEATURES", self.at("features"))
            .output()
            .unwrap()
    }

    fn train(&self, more: &[&str]) -> Output {
        let quick = [
            "train",
            "--weights",
            "none",
            "--image-size",
            "32",
            "--precision",
            "f32",
            "--epochs",
            "1",
        ];
        let mut arguments = quick.to_vec();
        if !more.contains(&"--data") && !more.contains(&"--config") {
            arguments.extend(["--data", "data"]);
        }
        // A flag may be given once; the quick ones give way.
        for flag in more.iter().filter(|word| word.starts_with("--")) {
            if let Some(place) = arguments.iter().position(|word| word == flag) {
                arguments.drain(place..place + 2);
            }
        }
        arguments.extend(more);
        self.run(&arguments)
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(output)))
}

/// Arguments of `train`, what the message must hold, and the exit code.
type Wrong<'a> = (&'a [&'a str], &'a [&'a str], i32);

#[test]
fn wrong_input_is_named_with_what_to_do() {
    let world = World::new();
    world.class("one/only", 4, 10);
    world.class("empty/full", 4, 10);
    fs::create_dir_all(world.at("empty/void")).unwrap();
    world.class("single/many", 6, 10);
    world.class("single/lone", 1, 90);
    world.file("broken/a/1.png", b"\x89PNG\r\n\x1a\n");
    world.file("broken/b/1.jpg", b"no image");
    fs::create_dir_all(world.at("hollow")).unwrap();
    world.file("file.txt", b"text");
    world.file("text.safetensors", b"this is a text file, not weights");
    world.file("runs-file", b"");
    world.weights_with_a_nan("nan.safetensors");
    let wrong: &[Wrong] = &[
        (&["--data", "nowhere"], &["nowhere: there is no such folder"], 2),
        (&["--data", "file.txt"], &["file.txt"], 2),
        (&["--data", "hollow"], &["hollow", "one sub-folder"], 2),
        (&["--data", "one"], &["one class only (only)"], 2),
        (&["--data", "empty"], &["void"], 2),
        (&["--data", "single"], &["lone"], 2),
        (&["--data", "broken"], &["broken"], 2),
        (
            &["--weights", "random"],
            &["random: there is no such file", "none (random)"],
            2,
        ),
        (&["--weights", "text.safetensors"], &["text.safetensors"], 2),
        (
            &["--weights", "imagenet"],
            &["resnet18-f37072fd.pth", "--weights FILE"],
            2,
        ),
        (
            &["--class-weights", "1,2,3"],
            &["3 class weights for 2 classes (dark, light)"],
            2,
        ),
        (&["--class-weights", "1,-1"], &["-1 is not a number from 0 up"], 2),
        (
            &["--class-weights", "1,NaN"],
            &["NaN is not a number from 0 up"],
            2,
        ),
        (&["--class-weights", "dark=1"], &["class light has no weight"], 2),
        (&["--lr", "0"], &["learning rate 0 must be above 0"], 2),
        (&["--lr", "NaN"], &["learning rate NaN"], 2),
        (
            &["--weights", "nan.safetensors"],
            &["no longer a number", "or other weights"],
            1,
        ),
        (&["--batch", "0"], &["batch must be at least 1"], 2),
        (&["--epochs", "0"], &["epochs must be at least 1"], 2),
        (&["--arch", "vgg16"], &["\"vgg16\" is not known", "resnet18"], 2),
        (&["--device", "cuda:99"], &["cuda:99 is not there"], 2),
        (&["--split", "groups"], &["CSV file (path,group)"], 2),
        (&["--split", "folders"], &["data"], 2),
        (&["--runs", "runs-file"], &["runs-file"], 2),
        (&["--config", "file.txt"], &["file.txt: is not a run's config"], 2),
        (&["--train-share", "1"], &["train share 1 must be"], 2),
    ];
    for (arguments, words, code) in wrong {
        let output = world.train(arguments);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {message}");
        let errors: Vec<&str> = message
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        assert_eq!(
            errors.len(),
            1,
            "{arguments:?}: one line tells the error: {message}"
        );
        for word in *words {
            assert!(
                errors[0].contains(word),
                "{arguments:?}: {word:?} is not in {message}"
            );
        }
    }
    let runs = fs::read_dir(world.at("runs")).map_or(0, Iterator::count);
    assert_eq!(runs, 1, "only the training on a NaN began a run");
}

#[test]
fn a_run_from_start_to_prediction() {
    let world = World::new();
    world.file("data/dark/torn.png", b"\x89PNG\r\n\x1a\n");
    let arguments = [
        "--json",
        "--raw",
        "--epochs",
        "3",
        "--class-weights",
        "dark=1,light=2",
        "--test-share",
        "0.2",
    ];
    let output = world.train(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let run = json(&output);
    assert_eq!(run["outcome"], "finished");
    assert_eq!(run["classes"], serde_json::json!(["dark", "light"]));
    assert_eq!(run["class_weights"], serde_json::json!([1.0, 2.0]));
    assert!(
        run["raw_confusion"].is_array() && run["per_class"][1]["recall"].is_number(),
        "{run}"
    );
    assert!(run["warnings"][0].as_str().unwrap().contains("torn.png"), "{run}");
    for line in stderr(&output).lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["event"].is_string(), "{line}");
    }
    let dir = PathBuf::from(run["dir"].as_str().unwrap());
    let files = [
        "config.json",
        "environment.json",
        "split.csv",
        "events.jsonl",
        "predictions.csv",
    ];
    for file in files.iter().chain(&["model.safetensors", "head.safetensors"]) {
        assert!(world.at("").join(&dir).join(file).is_file(), "{file}");
    }
    the_same_again(&world, &run, &dir);
    judge_with(&world, &run, &dir);
}

/// The run folder's config makes the same run: every loss, every figure.
fn the_same_again(world: &World, run: &Value, dir: &Path) {
    let config = dir.join("config.json");
    let again = world.run(&["train", "--config", config.to_str().unwrap(), "--json"]);
    let again = json(&again);
    for key in [
        "confusion",
        "raw_confusion",
        "loss",
        "weighted_loss",
        "per_class",
        "test",
    ] {
        assert_eq!(again[key], run[key], "{key}");
    }
    let losses = |dir: &str| -> Vec<Value> {
        let text = fs::read_to_string(world.at("").join(dir).join("events.jsonl")).unwrap();
        let events = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        events
            .filter(|e| e["event"] == "steps")
            .flat_map(|e| e["losses"].as_array().unwrap().clone())
            .collect()
    };
    assert_eq!(
        losses(again["dir"].as_str().unwrap()),
        losses(run["dir"].as_str().unwrap())
    );
}

/// `evaluate` finds the run's own figures again, and `predict` the probabilities of `predictions.csv`.
fn judge_with(world: &World, run: &Value, dir: &Path) {
    let name = run["run"].as_str().unwrap();
    let judged = json(&world.run(&["evaluate", name, "--data", "data", "--json"]));
    assert_eq!(judged["confusion"], run["confusion"], "{judged}");
    let text = fs::read_to_string(world.at("").join(dir).join("predictions.csv")).unwrap();
    let row: Vec<&str> = text.lines().nth(1).unwrap().split(',').collect();
    let image = format!("data/{}", row[0]);
    let output = world.run(&["predict", name, &image, "data/dark/torn.png", "--json"]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "one of the two is unreadable: {}",
        stderr(&output)
    );
    let lines: Vec<Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let probability = lines[0]["probabilities"]["light"].as_f64().unwrap();
    assert!(
        (probability - row[4].parse::<f64>().unwrap()).abs() < 1e-5,
        "{lines:?} {row:?}"
    );
    assert!(
        lines[1]["error"]
            .as_str()
            .unwrap()
            .contains("ends before its image"),
        "{lines:?}"
    );
    let listed = json(&world.run(&["runs", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(
        world
            .run(&["evaluate", "no-such-run", "--data", "data"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_scan_tells_classes_and_issues() {
    let world = World::new();
    world.file("data/dark/torn.png", b"\x89PNG\r\n\x1a\n");
    let found = json(&world.run(&["scan", "data", "--json"]));
    assert_eq!(found["images"], 20);
    assert_eq!(
        found["classes"][1],
        serde_json::json!({"name": "light", "images": 8})
    );
    assert_eq!(found["issues"][0]["path"], "dark/torn.png");
    assert_eq!(world.run(&["scan", "nowhere"]).status.code(), Some(2));
}

#[test]
fn a_sweep_makes_its_runs_on_features_that_the_cache_lists() {
    let world = World::new();
    let sweep = [
        "sweep",
        "--data",
        "data",
        "--weights",
        "none",
        "--arch",
        "squeezenet1_0",
        "--image-size",
        "32",
        "--precision",
        "f32",
        "--class-weights",
        "1,1",
        "--grid",
        "light=2:8:3",
        "--json",
    ];
    let swept = json(&world.run(&sweep));
    let weights: Vec<&Value> = swept["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["class_weights"])
        .collect();
    assert_eq!(
        serde_json::json!(weights),
        serde_json::json!([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0], [1.0, 8.0]])
    );
    assert!(
        swept["seconds"]["wall"].as_f64() > swept["seconds"]["train"].as_f64(),
        "{swept}"
    );
    let run = &swept["runs"][3];
    assert_eq!(
        (&run["outcome"], &run["cached_images"]),
        (&"finished".into(), &0.into())
    );
    let judged = json(&world.run(&[
        "evaluate",
        run["run"].as_str().unwrap(),
        "--data",
        "data",
        "--json",
    ]));
    assert_eq!(judged["confusion"], run["confusion"], "{judged}");

    let listing = json(&world.run(&["cache", "--json"]));
    assert_eq!(listing["spaces"][0]["images"], 20, "{listing}");
    let mut converged = sweep[..11].to_vec();
    converged[0] = "train";
    converged.extend(["--stop", "converged", "--json"]);
    let run = json(&world.run(&converged));
    assert_eq!(
        (&run["outcome"], &run["cached_images"]),
        (&"finished".into(), &20.into()),
        "{run}"
    );
    converged.extend(["--lr", "0.1"]);
    let refused = world.run(&converged);
    assert!(
        refused.status.code() == Some(2) && stderr(&refused).contains("--lr does nothing"),
        "{refused:?}"
    );
    assert_eq!(
        json(&world.run(&["cache", "limit", "1MB", "--json"]))["limit_bytes"],
        1_000_000
    );
    assert_eq!(
        world.run(&["cache", "clear", "0123456789abcdef"]).status.code(),
        Some(2)
    );
    let cleared = json(&world.run(&["cache", "clear", "--json"]));
    assert_eq!(
        (&cleared["bytes"], &cleared["limit_bytes"]),
        (&0.into(), &1_000_000.into())
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_there_is() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let world = World::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_counterweight"))
        .args([
            "train",
            "--data",
            "data",
            "--weights",
            "none",
            "--image-size",
            "32",
            "--epochs",
            "100000",
            "--json",
        ])
        .current_dir(world.home.path())
        .env("COUNTERWEIGHT_FEATURES", world.at("features"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines
        .find(|line| line.as_ref().unwrap().contains("\"evaluated\""))
        .unwrap()
        .unwrap();
    let asked = std::time::Instant::now();
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    for line in lines {
        line.unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let run = json(&output);
    assert_eq!(run["outcome"], "stopped");
    assert!(run["confusion"].is_array(), "{run}");
    let model = world.at(run["dir"].as_str().unwrap()).join("model.safetensors");
    assert!(
        model.is_file() && asked.elapsed().as_secs() < 60,
        "{:?}",
        asked.elapsed()
    );
}
