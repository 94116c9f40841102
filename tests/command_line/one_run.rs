//! One whole run, with what it prints, what it leaves behind, and what judges with it afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::world::{World, json, stderr};

#[test]
fn a_run_from_start_to_prediction() {
    let world = World::new();
    world.file("data/dark/torn.png", b"\x89PNG\r\n\x1a\n");
    let arguments = [
        "--json",
        "--baseline",
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
        run["baseline_confusion"].is_array() && run["per_class"][1]["recall"].is_number(),
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
        "baseline_confusion",
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

/// `evaluate` finds the run's own figures again, and `predict` the scores of `predictions.csv`.
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
    let probability = lines[0]["scores"]["light"].as_f64().unwrap();
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
