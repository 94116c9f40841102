//! How long is waited for what a frame must not do itself: dividing a million images, a look at five hundred runs.

use std::time::Instant;

use counterweight::disk::runs::folder::RunFolder;
use counterweight::disk::runs::follow::Follower;
use counterweight::experiment::{Config, SplitMethod, split};

use super::scripted;

pub fn report() {
    println!("\nWaited for, beside the frames");
    split_of_a_million_images();
    five_hundred_runs();
}

fn split_of_a_million_images() {
    let data = scripted::dataset("big".as_ref(), &[("FAKE", 900_000), ("REAL", 100_000)]);
    let groups: Vec<String> = (0..data.images.len()).map(|i| format!("{:06}", i / 5)).collect();
    for method in [SplitMethod::Random, SplitMethod::Stratified, SplitMethod::Groups] {
        let groups = (method == SplitMethod::Groups).then_some(&groups[..]);
        timed(&format!("a million images divided, {method}"), || {
            let split = split::split(&data, method, 0.7, 0.1, 0, groups).expect("a split");
            data.counts_of(split.train.iter().copied())
        });
    }
    let counts = data.counts();
    timed("the same by class, counts alone", || {
        split::stratified_counts(&data.classes, &counts, 0.7, 0.1).expect("counts")
    });
}

/// Every other one has not ended, so that its events are read again at each look.
fn five_hundred_runs() {
    let home = tempfile::tempdir().expect("a folder");
    let data = scripted::two_classes("faces".as_ref());
    let script = scripted::training(&Config::default(), &data, "r");
    for run in 0..500 {
        let mut folder = RunFolder::create(home.path(), &Config::default(), &[]).expect("a run folder");
        let n_events = script.len() - usize::from(run % 2 == 0);
        for event in &script[..n_events] {
            folder.append(event).expect("an event");
        }
    }
    let mut follower = Follower::new(home.path());
    for what in ["first look at 500 runs", "second look", "third look"] {
        timed(what, || {
            follower.poll(&|_| false, &mut |_| Ok(())).expect("a look")
        });
    }
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) {
    let start = Instant::now();
    std::hint::black_box(run());
    println!("  {what:<44} {:8.2} ms", start.elapsed().as_secs_f64() * 1e3);
}
