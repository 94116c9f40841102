//! How long a frame takes on the processor with far more on the screen than usual. A measurement, not a check:
//! `cargo test --release --test window --no-default-features --features gui -- --ignored --nocapture frame`.

use std::time::Instant;

use counterweight::app::Settings;
use counterweight::disk::follow::Follower;
use counterweight::disk::run_folder::RunFolder;
use counterweight::experiment::{Config, RunEvent, RunRecord, RunTag, SplitMethod, Steps, split};
use counterweight::protocol::{Event, ListedRun};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

const RUNS: usize = 20;
const LOSSES: usize = 100_000;
const FRAMES: usize = 300;

#[test]
#[ignore = "a measurement"]
fn frame_time_of_twenty_long_runs_and_fifty_classes() {
    let mut bench = Bench::with(Settings::default(), [1920.0, 1080.0]);
    let data = scripted::many("many".as_ref(), 50);
    bench.give(data.clone());
    for run in 0..RUNS {
        let name = format!("2026-11-22-12{run:02}00-resnet18-{run}");
        let mut record = RunRecord::default();
        for event in scripted::training(&Config::default(), &data, &name) {
            match event {
                RunEvent::Steps(_) => {}
                event => record.apply(&event),
            }
        }
        record.apply(&RunEvent::Steps(Steps {
            epoch: 1,
            first: 1,
            losses: (0..LOSSES)
                .map(|i| 1.0 / (1.0 + i as f32 / 2e4) + 0.1 * ((i * 7919 % 101) as f32 / 101.0))
                .collect(),
            elapsed_secs: 60.0,
        }));
        let listed = ListedRun {
            dir: name.clone().into(),
            name,
            config: Config::default(),
            record,
            decision: None,
            tag: RunTag::default(),
            n_events: 0,
            written: false,
        };
        bench.send(0, Event::RunListed(Box::new(listed)));
        bench.frames();
        let hidden = bench
            .harness
            .query_by_label_contains("Show run equal")
            .map(|node| node.click_accesskit());
        if hidden.is_some() {
            bench.frames();
        }
    }
    assert_eq!(bench.state().shown().len(), RUNS);
    let mut millis: Vec<f64> = (0..FRAMES)
        .map(|i| {
            // The pointer moves over the plot, so that hovering is paid for, too.
            bench.harness.hover_at(egui::pos2(400.0 + i as f32 * 3.0, 200.0));
            let start = Instant::now();
            bench.harness.step();
            let output = bench.harness.output();
            let shapes = output.shapes.clone();
            std::hint::black_box(bench.harness.ctx.tessellate(shapes, output.pixels_per_point));
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    println!(
        "{RUNS} runs of {LOSSES} losses, 50 classes: median {:.2} ms, worst 1 % {:.2} ms a frame",
        millis[FRAMES / 2],
        millis[FRAMES * 99 / 100]
    );
}

#[test]
#[ignore = "a measurement"]
fn frame_time_of_a_split_of_a_million_images() {
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
fn frame_time_of_a_look_at_five_hundred_runs() {
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
