//! Trainings that end otherwise than by themselves, or print for nobody.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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

#[test]
fn what_failed_is_said_when_its_reader_is_gone() {
    let world = World::new();
    world.weights_with_a_nan("nan.safetensors");
    let what = [
        "--data",
        "data",
        "--weights",
        "nan.safetensors",
        "--image-size",
        "32",
        "--json",
    ];
    for command in [&["train"][..], &["sweep", "--class-weights", "1,2"]] {
        let mut child = world
            .command(&[command, &what].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("NaN"), "{}", stderr(&output));
    }
}

/// The one run's folder.
#[cfg(unix)]
fn run_dir(world: &World) -> PathBuf {
    let mut dirs = fs::read_dir(world.runs()).unwrap();
    dirs.next().unwrap().unwrap().path()
}

/// Such as a script that waits for something else: the training waits for it, in bounded memory, and can be stopped.
#[cfg(unix)]
#[test]
fn a_training_whose_reader_is_slow_waits_for_it() {
    let world = World::new();
    let endless = [
        "--epochs",
        "1000000",
        "--image-size",
        "32",
        "--weights",
        "none",
        "--json",
    ];
    let mut child = world
        .command(&[&["train", "--data", "data"], &endless[..]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let n_bytes = || fs::metadata(run_dir(&world).join("events.jsonl")).map_or(0, |file| file.len());
    let began = Instant::now();
    let mut before = None;
    // What goes on without a reader grows by hundreds of lines a second.
    loop {
        std::thread::sleep(Duration::from_secs(1));
        assert!(began.elapsed() < Duration::from_secs(120), "it goes on and on");
        if !world.runs().exists() {
            continue;
        }
        let now = n_bytes();
        if now > 0 && before == Some(now) {
            break;
        }
        before = Some(now);
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    // It is kept before anybody reads on.
    let model = run_dir(&world).join("model.safetensors");
    while !model.is_file() {
        std::thread::sleep(Duration::from_millis(50));
        assert!(began.elapsed() < Duration::from_secs(120));
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    // No line was lost to it.
    let told = said.lines().filter(|line| line.contains("\"evaluated\"")).count();
    let written = fs::read_to_string(run_dir(&world).join("events.jsonl")).unwrap();
    assert_eq!(
        told,
        written
            .lines()
            .filter(|line| line.contains("\"evaluated\""))
            .count()
    );
}

/// As where a disk gets full: what is smallest and cannot be made again is there, and the rest is said.
#[cfg(unix)]
#[test]
fn where_the_model_has_no_room_the_head_is_kept() {
    let world = World::new();
    let limited = |limit: &str, arguments: &[&str]| {
        let mut program = world.command(arguments);
        let mut shell = Command::new("sh");
        // In blocks of 512 bytes, or of 1,024.
        shell.args(["-c", &format!("ulimit -f {limit}; exec \"$@\""), "sh"]);
        shell.arg(program.get_program()).args(program.get_args());
        shell.current_dir(world.home.path());
        program
            .get_envs()
            .for_each(|(name, value)| _ = shell.env(name, value.unwrap()));
        program = shell;
        program.output().unwrap()
    };
    let train = [
        "train",
        "--data",
        "data",
        "--arch",
        "squeezenet1_0",
        "--weights",
        "none",
        "--image-size",
        "32",
    ];
    let output = limited(
        "1000",
        &[&train[..], &["--epochs", "1", "--precision", "f32"]].concat(),
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("model.safetensors: cannot write") && said.contains("allow larger files (ulimit -f)"),
        "{said}"
    );
    let dir = run_dir(&world);
    for (name, is_there) in [
        ("head.safetensors", true),
        ("predictions.csv", true),
        ("model.safetensors", false),
    ] {
        assert_eq!(dir.join(name).is_file(), is_there, "{name}");
    }
    let names = || {
        fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
    };
    assert!(
        !names().any(|name| name.starts_with('.')),
        "nothing is left half written"
    );
    let runs = json(&world.run(&["runs", "--json"]));
    assert_eq!(runs[0]["state"], "failed", "{runs}");
    // A table that was there stays.
    assert!(
        world
            .train(&["--arch", "squeezenet1_0", "--runs", "others"])
            .status
            .success()
    );
    let other = fs::read_dir(world.at("others"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    world.file("out.csv", b"path,class,dark,light,error\n");
    let output = limited(
        "0",
        &["predict", other.to_str().unwrap(), "data", "--csv", "out.csv"],
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("out.csv: cannot write"),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        fs::read(world.at("out.csv")).unwrap(),
        b"path,class,dark,light,error\n"
    );
}
