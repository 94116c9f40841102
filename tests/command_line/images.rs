//! `images`: the images behind a run's figures.

use std::fs;

use serde_json::Value;

use super::world::{World, json, stderr, stdout};

/// Two weightings on the same validation images.
fn two_runs(world: &World) -> [String; 2] {
    ["1,1", "1,30"].map(|weights| {
        let output = world.train(&[
            "--class-weights",
            weights,
            "--epochs",
            "3",
            "--test-share",
            "0.2",
            "--json",
        ]);
        json(&output)["run"].as_str().unwrap().to_owned()
    })
}

fn names(value: &serde_json::Value) -> Vec<&str> {
    let images = value["images"].as_array().unwrap().iter();
    images.map(|image| image["path"].as_str().unwrap()).collect()
}

#[test]
fn every_cell_has_the_images_that_its_matrix_counts() {
    let world = World::new();
    let [run, _] = two_runs(&world);
    for part in ["val", "test"] {
        let figures = json(&world.run(&["evaluate", &run, "--data", "data", "--part", part, "--json"]));
        let mut n_wrong = 0;
        for (i, truth) in ["dark", "light"].into_iter().enumerate() {
            for (j, predicted) in ["dark", "light"].into_iter().enumerate() {
                let cell = format!("{truth},{predicted}");
                let found = json(&world.run(&["images", &run, "--part", part, "--cell", &cell, "--json"]));
                let expected = figures["confusion"][i][j].as_u64().unwrap();
                assert_eq!(found["n"], expected, "{part} {cell}");
                for image in found["images"].as_array().unwrap() {
                    assert_eq!(
                        (&image["true"], &image["predicted"]),
                        (&truth.into(), &predicted.into())
                    );
                    assert_eq!(image["part"], part);
                    let p = image["scores"][truth].as_f64().unwrap();
                    assert!((image["loss"].as_f64().unwrap() + p.ln()).abs() < 1e-6);
                    let other = image["scores"].as_object().unwrap().values();
                    let other = other.map(|p| p.as_f64().unwrap()).fold(1.0, f64::min);
                    assert!((image["margin"].as_f64().unwrap() - (1.0 - 2.0 * other)).abs() < 1e-6);
                }
                n_wrong += if i == j { 0 } else { expected };
            }
        }
        let mistakes = json(&world.run(&["images", &run, "--part", part, "--mistakes", "--json"]));
        assert_eq!(mistakes["n"], n_wrong);
    }
}

#[test]
fn images_come_in_order_and_as_a_table() {
    let world = World::new();
    let [run, other] = two_runs(&world);
    let found = json(&world.run(&["images", &run, "--class", "dark", "--sort", "name", "--json"]));
    let mut sorted = names(&found);
    sorted.sort_unstable();
    assert_eq!(names(&found), sorted);
    let all = json(&world.run(&["images", &run, "--json"]));
    let losses = all["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["loss"].as_f64().unwrap());
    assert!(losses.clone().zip(losses.skip(1)).all(|(a, b)| a >= b));
    let first = json(&world.run(&["images", &run, "--limit", "1", "--json"]));
    assert_eq!((&first["n"], names(&first).len()), (&all["n"], 1));
    assert_eq!(names(&first)[0], names(&all)[0]);

    let output = world.run(&["images", &run, "--csv", "images.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let table = fs::read_to_string(world.at("images.csv")).unwrap();
    assert!(
        table.starts_with("path,part,true_class,predicted,loss,margin,dark,light,score dark,score light\n"),
        "{table}"
    );
    assert_eq!(table.lines().count() as u64, all["n"].as_u64().unwrap() + 1);

    let text = stdout(&world.run(&["images", &run, "--class", "dark"]));
    assert!(
        text.contains("validation images are dark, largest loss first"),
        "{text}"
    );
    assert!(text.contains("true class"), "{text}");

    // Each image is right or wrong before and now.
    let of = |only| {
        let found = json(&world.run(&["images", &run, "--against", &other, "--only", only, "--json"]));
        let images = found["images"].as_array().unwrap().clone();
        (found["n"].as_u64().unwrap(), images)
    };
    let wrong = |run: &str| {
        json(&world.run(&["images", run, "--mistakes", "--json"]))["n"]
            .as_u64()
            .unwrap()
    };
    let [fixed, broken, both] = ["fixed", "broken", "both-wrong"].map(of);
    assert_eq!(
        (broken.0 + both.0, fixed.0 + both.0),
        (wrong(&run), wrong(&other))
    );
    assert!(fixed.1.iter().all(|image| image["true"] == image["predicted"]));
    assert!(
        fixed
            .1
            .iter()
            .chain(&both.1)
            .all(|image| image["true"] != image["predicted_by_other"])
    );
    assert!(fixed.0 + broken.0 > 0, "the weightings differ");
}

#[test]
fn what_cannot_be_listed_is_said_with_what_can() {
    let world = World::new();
    let [run, _] = two_runs(&world);
    for (arguments, said) in [
        (
            &["--part", "train"][..],
            "keeps no predictions of its training images",
        ),
        (&["--cell", "dark,grey"], "has no cell \"dark,grey\""),
        (&["--class", "grey"], "its classes are dark, light"),
        (&["--sort", "size"], "is none of loss, confidence, margin, name"),
        (&["--only", "fixed"], "--against"),
        (&["--cell", "dark,light", "--mistakes"], "cannot be used with"),
    ] {
        let output = world.run(&[&["images", &run], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[test]
fn images_like_one_come_first() {
    let world = World::new();
    // A copy is most like it, and what is of the other class least.
    std::fs::copy(world.at("data/dark/03.png"), world.at("data/dark/copy.png")).unwrap();
    let output = world.train(&["--train-share", "0.3", "--json"]);
    let run = json(&output)["run"].as_str().unwrap().to_owned();
    let by = |image: &str| {
        let output = world.run(&["images", &run, "--similar-to", image, "--json"]);
        assert!(output.status.success(), "{}", stderr(&output));
        json(&output)["images"].as_array().unwrap().clone()
    };
    let images = by("dark/03.png");
    let cosine = |image: &Value| image["similarity"].as_f64().unwrap();
    assert!(
        images.windows(2).all(|two| cosine(&two[0]) >= cosine(&two[1])),
        "{images:?}"
    );
    assert_eq!(images.last().unwrap()["true"], "light");
    assert_eq!(
        by("data/dark/copy.png"),
        images,
        "the same pixels, named from here"
    );
    let text = stdout(&world.run(&["images", &run, "--similar-to", "dark/03.png", "--limit", "2"]));
    assert!(
        text.contains("similarity") && text.contains("most like the chosen image first"),
        "{text}"
    );
    let refused = world.run(&["images", &run, "--similar-to", "dark/99.png"]);
    assert!(
        stderr(&refused).contains("is not among the images of"),
        "{}",
        stderr(&refused)
    );
}
