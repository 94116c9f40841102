//! Those we are measured against: `tests/reference/notebook.py` and `tests/reference/expert.py`.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{BATCH, EPOCHS, SIDE, WEIGHTINGS};

pub struct Expert {
    pub total_secs: f64,
    /// Of each weighting.
    pub fit_secs: Vec<f64>,
    pub recalls: String,
}

/// Seconds of the three trainings, each with one evaluation at its end.
pub fn notebook(python: &Path, data: &Path, weights: &Path) -> f64 {
    let mut arguments: Vec<String> = ["--no-raw", "--batch-norm", "frozen", "--normalize", "imagenet"]
        .map(String::from)
        .to_vec();
    arguments.extend([
        "--resize".into(),
        SIDE.to_string(),
        "--batch".into(),
        BATCH.to_string(),
    ]);
    for [a, b] in WEIGHTINGS {
        arguments.extend(["--experiment".into(), format!("18:{a},{b}:{EPOCHS}:1e-3")]);
    }
    let result = run(python, "notebook", data, weights, &arguments);
    let of_experiment = |e: &Value| number(&e["train_seconds"]) + number(&e["eval_seconds"]);
    let experiments = result["experiments"].as_array().expect("experiments");
    experiments.iter().map(of_experiment).sum()
}

pub fn expert(python: &Path, data: &Path, weights: &Path) -> Expert {
    let result = run(
        python,
        "expert",
        data,
        weights,
        &["--resize".into(), SIDE.to_string()],
    );
    let runs = result["runs"].as_array().expect("runs");
    let recalls = |run: &Value| {
        let words: Vec<String> = run["recalls"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|r| format!("{:.1}", number(r) * 100.0))
            .collect();
        words.join("/")
    };
    let words: Vec<String> = runs.iter().map(recalls).collect();
    Expert {
        total_secs: number(&result["total_seconds"]),
        fit_secs: runs.iter().map(|run| number(&run["seconds"])).collect(),
        recalls: format!("recalls {} %", words.join(", ")),
    }
}

fn run(python: &Path, script: &str, data: &Path, weights: &Path, arguments: &[String]) -> Value {
    let output = Command::new(python)
        .arg(format!("tests/reference/{script}.py"))
        .arg("--data")
        .arg(data)
        .arg("--weights18")
        .arg(weights)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{script}.py failed");
    serde_json::from_slice(&output.stdout).expect("the reference's JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}
