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

#[test]
fn runs_in_folds_are_told_apart_and_what_is_learnt_is_said() {
    let world = World::new();
    let plain = json(&world.train(&["--json"]));
    let listed = stdout(&world.run(&["runs"]));
    assert!(!listed.contains("folds"), "{listed}");
    let folded = json(&world.train(&[&["--json"], &FOLDS[..]].concat()));
    let listed = stdout(&world.run(&["runs"]));
    assert!(listed.contains("3 folds, 2 times"), "{listed}");
    for (run, better) in [
        (&plain, "a run that is judged in folds"),
        (&folded, "`counterweight images RUN --part train` lists it"),
    ] {
        let run = run["run"].as_str().unwrap();
        let output = world.run(&["evaluate", run, "--data", "data", "--part", "train"]);
        let said = stderr(&output);
        assert!(
            said.contains("the head has learnt these images") && said.contains(better),
            "{said}"
        );
        let on_val = world.run(&["evaluate", run, "--data", "data"]);
        assert!(!stderr(&on_val).contains("learnt"), "{}", stderr(&on_val));
    }
}

/// What is said of validation images is whole, and is shown.
#[test]
fn a_damaged_line_of_a_fold_costs_the_folds_alone() {
    let world = World::new();
    let run = json(&world.train(&[&["--json"], &FOLDS[..]].concat()));
    let (name, dir) = (
        run["run"].as_str().unwrap(),
        world.runs().join(run["run"].as_str().unwrap()),
    );
    let damages: [(&str, &str, Vec<u8>); 4] = [
        (
            "events.jsonl",
            "\"fold\":{\"repeat\":1,\"fold\":2}",
            b"\"fold\":{\"repeat\":1,\"fold\":2".to_vec(),
        ),
        (
            "events.jsonl",
            "\"event\":\"evaluated\",\"when\":\"out-of-fold\"",
            b"\xff\xfe,\"when\":\"out-of-fold\"".to_vec(),
        ),
        ("predictions.csv", ",train,dark,0", b",train,da\xffrk,0".to_vec()),
        ("predictions.csv", ",train,light,0", b",tra".to_vec()),
    ];
    for (file, from, to) in damages {
        let path = dir.join(file);
        let whole = std::fs::read(&path).unwrap();
        let at = whole
            .windows(from.len())
            .position(|bytes| bytes == from.as_bytes())
            .expect(from);
        let damaged = [&whole[..at], &to, &whole[at + from.len()..]].concat();
        std::fs::write(&path, damaged).unwrap();
        let listed = world.run(&["runs", "--json"]);
        assert_eq!(
            json(&listed).as_array().unwrap().len(),
            1,
            "{from}: {}",
            stderr(&listed)
        );
        assert_eq!(
            stderr(&listed).contains("its folds came to is left out"),
            file == "events.jsonl"
        );
        let on_val = world.run(&["images", name, "--json"]);
        assert_eq!(json(&on_val)["n"], 6, "{from}: {}", stderr(&on_val));
        let of_folds = world.run(&["images", name, "--part", "train", "--json"]);
        let said = stderr(&of_folds);
        assert!(
            !of_folds.status.success() && said.contains(file) && said.contains("left out"),
            "{from}: {said}"
        );
        std::fs::write(&path, whole).unwrap();
    }
    // What is not of a fold is as strict as it was.
    let path = dir.join("predictions.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen(",val,dark,0", ",val,dork,0", 1)).unwrap();
    let on_val = world.run(&["images", name]);
    assert!(
        stderr(&on_val).contains("names no class of the run"),
        "{}",
        stderr(&on_val)
    );
}
