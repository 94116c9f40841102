//! `--folds`: training images as judged by heads that did not learn them.

use serde_json::Value;

use super::world::{World, json, stderr, stdout};

const FOLDS: [&str; 4] = ["--folds", "3", "--repeats", "2"];

fn counts(of: &Value) -> Vec<u64> {
    let rows = of["confusion"].as_array().unwrap().iter();
    let cells = rows.flat_map(|row| row.as_array().unwrap().iter());
    cells.map(|n| n.as_u64().unwrap()).collect()
}

#[test]
fn each_training_image_is_judged_once_and_the_run_stays_what_it_was() {
    let world = World::new();
    let plain = json(&world.train(&["--epochs", "2", "--json"]));
    let folded = json(&world.train(&[&["--epochs", "2", "--json"], &FOLDS[..]].concat()));
    assert_eq!(plain["confusion"], folded["confusion"]);
    assert_eq!(plain["loss"], folded["loss"]);
    assert_eq!(plain["out_of_fold"], Value::Null);
    let whole = &folded["out_of_fold"];
    let folds = whole["folds"].as_array().unwrap();
    let place = |fold: &Value| (fold["repeat"].as_u64().unwrap(), fold["fold"].as_u64().unwrap());
    let places: Vec<(u64, u64)> = folds.iter().map(place).collect();
    assert_eq!(places, [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]);
    let mut sum = vec![0; 4];
    for fold in &folds[..3] {
        sum.iter_mut().zip(counts(fold)).for_each(|(sum, n)| *sum += n);
    }
    assert_eq!(sum, counts(whole));
    // 70 % of 12 and of 8.
    assert_eq!((sum[0] + sum[1], sum[2] + sum[3]), (8, 6));

    let run = folded["run"].as_str().unwrap();
    let mistakes = json(&world.run(&["images", run, "--part", "train", "--mistakes", "--json"]));
    assert_eq!(mistakes["n"], sum[1] + sum[2]);
    let all = json(&world.run(&["images", run, "--part", "train", "--json"]));
    assert_eq!(
        (all["n"].as_u64(), &all["images"][0]["part"]),
        (Some(14), &"train".into())
    );
    let refused = world.run(&["images", plain["run"].as_str().unwrap(), "--part", "train"]);
    assert!(stderr(&refused).contains("A run that was trained with --folds judges each"));
}

#[test]
fn folds_are_told_with_how_far_they_differ() {
    let world = World::new();
    let output = world.train(&FOLDS);
    let text = stdout(&output);
    assert!(text.contains("Training images, out of fold"), "{text}");
    assert!(text.contains("(3 folds; the first of 2 repeats)"), "{text}");
    let balanced = text
        .lines()
        .find(|line| line.starts_with("balanced accuracy"))
        .unwrap_or_default();
    assert!(balanced.ends_with(" 6"), "{text}");
    for (arguments, said) in [
        (&["--folds", "1"][..], "one fold leaves nothing to train on"),
        (&["--repeats", "2"], "--repeats does nothing with --folds 0"),
        (
            &["--folds", "3", "--batch-norm", "batch"],
            "they need frozen statistics",
        ),
    ] {
        let output = world.train(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    // There are no more folds than images.
    let output = world.train(&["--folds", "50"]);
    assert!(
        stderr(&output).contains("into 14 folds and not 50"),
        "{}",
        stderr(&output)
    );
}
