//! How long is waited for what a frame must not do itself, with far more of it than usual. Measurements, not checks:
//! `cargo test --release --test window --no-default-features --features gui -- --ignored --nocapture waited`.
//! Frames themselves are measured by `make bench`.

use std::time::Instant;

use counterweight::app::Settings;
use counterweight::disk::runs::folder::RunFolder;
use counterweight::disk::runs::follow::Follower;
use counterweight::experiment::{Config, SplitMethod, split};

use super::{Bench, scripted};

#[test]
#[ignore = "a measurement"]
fn waited_for_a_split_of_a_million_images() {
    let data = scripted::dataset("big".as_ref(), &[("FAKE", 900_000), ("REAL", 100_000)]);
    let groups: Vec<String> = (0..data.images.len()).map(|i| format!("{:06}", i / 5)).collect();
    for method in [SplitMethod::Random, SplitMethod::Stratified, SplitMethod::Groups] {
        let start = Instant::now();
        let groups = (method == SplitMethod::Groups).then_some(&groups[..]);
        let split = split::split(&data, method, 0.7, 0.1, 0, groups).unwrap();
        std::hint::black_box(data.counts_of(split.train.iter().copied()));
        println!("{method}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    }
    let counts = data.counts();
    let start = Instant::now();
    split::stratified_counts(&data.classes, &counts, 0.7, 0.1).unwrap();
    println!(
        "stratified, counts alone: {:.3} ms",
        start.elapsed().as_secs_f64() * 1e3
    );
}

#[test]
#[ignore = "a measurement"]
fn waited_for_a_look_at_five_hundred_runs() {
    let home = tempfile::tempdir().unwrap();
    let data = scripted::two_classes("faces".as_ref());
    let script = scripted::training(&Config::default(), &data, "r");
    for run in 0..500 {
        let mut folder = RunFolder::create(home.path(), &Config::default()).unwrap();
        let n_events = script.len() - usize::from(run % 2 == 0);
        script[..n_events].iter().for_each(|e| folder.append(e).unwrap());
    }
    let mut follower = Follower::new(home.path());
    for what in ["first look", "second look", "third look"] {
        let start = Instant::now();
        follower.poll(&mut |_| Ok(())).unwrap();
        println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    }
}

#[test]
#[ignore = "a measurement"]
fn waited_for_a_frame_of_a_thousand_classes() {
    let mut bench = Bench::with(Settings::default(), [1280.0, 800.0]);
    let data = scripted::many("many".as_ref(), 1000);
    bench.give(data.clone());
    for i in 0..3 {
        bench.list(&format!("2026-11-22-12000{i}-a"), &Config::default(), Some(&data));
    }
    let started = Instant::now();
    bench.harness.run_steps(20);
    println!("{:.1} ms a frame", started.elapsed().as_secs_f64() * 50.0);
}
