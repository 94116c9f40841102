//! Trainings that end otherwise than by themselves, or print for nobody.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::world::{World, json, stderr};

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_there_is() {
    let world = World::new();
    let mut child = world
        .command(&[
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

/// Such as `| head`.
#[test]
fn a_training_goes_on_when_its_reader_is_gone() {
    let world = World::new();
    let mut child = world
        .command(&[
            "train",
            "--data",
            "data",
            "--weights",
            "none",
            "--image-size",
            "32",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let runs = json(&world.run(&["runs", "--json"]));
    assert_eq!(runs[0]["state"], "finished", "{runs}");
}
