//! Probabilities have the class weights undone, in text, JSON and CSV; `--raw-scores` gives what the head says. Verdicts are the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::world::{World, json, stderr, stdout};

/// A run of 1 : 30, and the images of its validation part.
fn weighted(world: &World) -> (String, Vec<String>) {
    let run = json(&world.train(&["--class-weights", "1,30", "--epochs", "3", "--json"]));
    let name = run["run"].as_str().unwrap().to_owned();
    let found = json(&world.run(&["images", &name, "--json"]));
    let images = found["images"].as_array().unwrap().iter();
    let path = |image: &Value| format!("data/{}", image["path"].as_str().unwrap());
    (name, images.map(path).collect())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// `q / w`, made to sum to one.
fn undone(dark: f64, light: f64) -> f64 {
    light / 30.0 / (dark + light / 30.0)
}

#[test]
fn predictions_are_undone_and_their_verdicts_are_not() {
    let world = World::new();
    let (run, images) = weighted(&world);
    let with = |more: &[&str]| {
        let mut arguments = vec!["predict", &run];
        arguments.extend(images.iter().map(String::as_str));
        arguments.extend(more);
        world.run(&arguments)
    };
    let lines =
        |text: &str| -> Vec<Value> { text.lines().map(|l| serde_json::from_str(l).unwrap()).collect() };
    let shown = lines(&stdout(&with(&["--json"])));
    let raw = lines(&stdout(&with(&["--json", "--raw-scores"])));
    assert_eq!(shown.len(), images.len());
    for (shown, raw) in shown.iter().zip(&raw) {
        assert_eq!(
            (&shown["class"], &shown["scores"]),
            (&raw["class"], &raw["probabilities"])
        );
        assert!(raw.get("scores").is_none(), "{raw}");
        let [dark, light] = ["dark", "light"].map(|class| number(&shown["scores"][class]));
        let probability = number(&shown["probabilities"]["light"]);
        assert!((probability - undone(dark, light)).abs() < 1e-6, "{shown}");
        assert_eq!(shown["class"] == "light", light > dark);
    }
    let output = with(&[]);
    assert!(
        stderr(&output).contains("predicts light from a probability of 3.2 % on"),
        "{}",
        stderr(&output)
    );
    assert!(!stderr(&with(&["--raw-scores"])).contains("note:"));
    // The table has the scores last.
    with(&["--csv", "shown.csv"]);
    with(&["--csv", "raw.csv", "--raw-scores"]);
    let row = |name: &str| -> Vec<Vec<String>> {
        let text = fs::read_to_string(world.at(name)).unwrap();
        text.lines()
            .map(|line| line.split(',').map(String::from).collect())
            .collect()
    };
    let (shown, raw) = (row("shown.csv"), row("raw.csv"));
    assert_eq!(
        raw[0].join(","),
        "path,class,dark,light,error,run,threshold_class,threshold"
    );
    assert_eq!(
        shown[0].join(","),
        format!("{},score dark,score light", raw[0].join(","))
    );
    assert_eq!((&shown[1][1], &shown[1][8..]), (&raw[1][1], &raw[1][2..4]));
}

#[test]
fn images_and_evaluations_are_of_undone_probabilities() {
    let world = World::new();
    let (run, _) = weighted(&world);
    let found = json(&world.run(&["images", &run, "--sort", "confidence", "--json"]));
    let images = found["images"].as_array().unwrap();
    let confidence = |image: &Value| number(&image["probabilities"][image["predicted"].as_str().unwrap()]);
    assert!(
        images.is_sorted_by(|a, b| confidence(a) >= confidence(b)),
        "{found}"
    );
    let of_true = |image: &Value| number(&image["scores"][image["true"].as_str().unwrap()]);
    assert!(
        images
            .iter()
            .all(|image| (number(&image["loss"]) + of_true(image).ln()).abs() < 1e-6)
    );
    let text = stdout(&world.run(&["images", &run]));
    assert!(
        text.contains("predicts light from a probability of 3.2 % on"),
        "{text}"
    );

    let figures = json(&world.run(&["evaluate", &run, "--data", "data", "--json"]));
    let raw = json(&world.run(&["evaluate", &run, "--data", "data", "--json", "--raw-scores"]));
    assert_eq!(
        (&figures["confusion"], &figures["scores"]),
        (&raw["confusion"], &raw["probabilities"])
    );
    assert_ne!(figures["probabilities"]["ece"], figures["scores"]["ece"]);
    assert!((number(&figures["scores"]["log_loss"]) - number(&figures["loss"])).abs() < 1e-5);
    let brier = &figures["probabilities"]["brier"];
    let [score, reliability, resolution, uncertainty, remainder] =
        ["score", "reliability", "resolution", "uncertainty", "remainder"].map(|key| number(&brier[key]));
    assert!(
        (reliability - resolution + uncertainty + remainder - score).abs() < 1e-9,
        "{brier}"
    );
    let text = stdout(&world.run(&["evaluate", &run, "--data", "data"]));
    assert!(
        text.contains("With light 30 times as heavy it learns as if"),
        "{text}"
    );
    assert!(text.contains("Scores as weighted"), "{text}");
}

/// Weights alone make no image less sure: by the scores nearly every image of the lighter run's class would have fallen.
#[test]
fn an_image_is_less_sure_where_the_probability_that_is_shown_fell() {
    let world = World::new();
    let (heavy, _) = weighted(&world);
    let equal = json(&world.train(&["--epochs", "3", "--json"]));
    let equal = equal["run"].as_str().unwrap();
    let shown = |run: &str| -> BTreeMap<String, Option<f64>> {
        let found = json(&world.run(&["images", run, "--json"]));
        let of_image = |image: &Value| {
            let truth = image["true"].as_str().unwrap();
            let of_truth = number(&image["probabilities"][truth]);
            let path = image["path"].as_str().unwrap().to_owned();
            (path, (image["predicted"] == truth).then_some(of_truth))
        };
        found["images"].as_array().unwrap().iter().map(of_image).collect()
    };
    let (of_heavy, of_equal) = (shown(&heavy), shown(equal));
    for (now, before) in [(&heavy[..], equal), (equal, &heavy)] {
        let found = json(&world.run(&[
            "images",
            now,
            "--against",
            before,
            "--only",
            "less-sure",
            "--json",
        ]));
        let listed = found["images"].as_array().unwrap().iter();
        let listed: BTreeSet<&str> = listed.map(|image| image["path"].as_str().unwrap()).collect();
        let (of_now, of_before) = match now == heavy {
            true => (&of_heavy, &of_equal),
            false => (&of_equal, &of_heavy),
        };
        let fell = of_now.iter().filter(|(path, now)| {
            let before = of_before[*path];
            (**now)
                .zip(before)
                .is_some_and(|(now, before)| before - now >= 0.1)
        });
        let fell: BTreeSet<&str> = fell.map(|(path, _)| path.as_str()).collect();
        assert_eq!(listed, fell, "{now} against {before}");
    }
}
