//! Cautions: with what care a run's figures are to be read.

use serde_json::Value;

use super::world::{World, json, stderr};

fn codes(run: &Value) -> Vec<&str> {
    let cautions = run["cautions"].as_array().unwrap();
    cautions
        .iter()
        .map(|caution| caution["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_run_says_with_what_care_it_is_to_be_read_and_keeps_that() {
    let world = World::new();
    // Twelve of sixteen training images are dark, and dark is the heavier class.
    let trained = world.train(&["--class-weights", "9,1"]);
    let said = stderr(&trained);
    assert!(
        said.contains("warning: CW001: light has 2 images in validation"),
        "{said}"
    );
    assert!(
        said.contains("warning: CW002: validation has 6 images in all"),
        "{said}"
    );
    assert!(
        said.contains("warning: CW009: dark has 57 % of the training images"),
        "{said}"
    );
    let listed = json(&world.run(&["runs", "--json"]));
    let kept = codes(&listed[0]);
    assert!(
        kept.starts_with(&["CW001", "CW002"]) && kept.contains(&"CW009"),
        "{kept:?}"
    );

    let muted = world.train(&["--class-weights", "9,1", "--mute", "CW001,cw009"]);
    let said = stderr(&muted);
    assert!(
        !said.contains("CW001") && said.contains("CW002") && !said.contains("CW009"),
        "{said}"
    );
    let listed = json(&world.run(&["runs", "--json"]));
    assert_eq!(codes(&listed[0]), codes(&listed[1]));

    let unknown = world.train(&["--mute", "CW999"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        stderr(&unknown).contains("cautions are CW001, CW002"),
        "{}",
        stderr(&unknown)
    );
}

/// A head that can tell all training images apart says so; one whose classes hold the same images does not.
#[test]
fn what_is_learnt_by_heart_is_said_and_what_is_not_is_not() {
    let world = World::new();
    world.class("same/one", 10, 90);
    world.class("same/two", 10, 90);
    let converged = |data: &str| {
        let quick = [
            "train",
            "--weights",
            "none",
            "--image-size",
            "32",
            "--precision",
            "f32",
            "--stop",
            "converged",
        ];
        json(&world.run(&[&quick[..], &["--data", data, "--json"]].concat()))
    };
    let separable = converged("data");
    assert!(codes(&separable).contains(&"CW005"), "{separable}");
    let alike = converged("same");
    assert!(!codes(&alike).contains(&"CW005"), "{alike}");
}

#[test]
fn the_runs_of_a_sweep_say_each_kind_once() {
    let world = World::new();
    let swept = world.run(&[
        "sweep",
        "--data",
        "data",
        "--weights",
        "none",
        "--arch",
        "squeezenet1_0",
        "--image-size",
        "32",
        "--precision",
        "f32",
        "--grid",
        "light=2:8:3",
    ]);
    let said = stderr(&swept);
    assert_eq!(said.matches("CW002").count(), 1, "{said}");
    assert!(said.contains("(2 more runs have the same caution)"), "{said}");
}
