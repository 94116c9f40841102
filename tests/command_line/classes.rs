//! Classes that are missing, unreadable or many: what the figures go over is said where they stand.

use std::fs;

use super::world::{World, json, stderr, stdout};

/// The run's name, the last of the listing.
fn run_of(world: &World) -> String {
    let runs = json(&world.run(&["runs", "--json"]));
    runs[0]["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_class_without_images_takes_no_part_in_a_mean_in_silence() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    world.class("half/dark", 5, 90);
    fs::create_dir(world.at("half/light")).unwrap();
    let run = run_of(&world);
    let output = world.run(&["evaluate", &run, "--data", "half"]);
    assert!(
        stderr(&output)
            .contains("no image of class light is evaluated: the means are over the other classes"),
        "{}",
        stderr(&output)
    );
    assert!(
        stdout(&output).contains("(over 1 of 2 classes; the other has no image here)"),
        "{}",
        stdout(&output)
    );
    let figures = json(&world.run(&["evaluate", &run, "--data", "half", "--json"]));
    assert_eq!(figures["classes_without_images"], serde_json::json!(["light"]));
}

#[test]
fn a_class_of_which_no_header_can_be_read_is_refused_by_name() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    world.class("torn/dark", 5, 90);
    for i in 0..4 {
        world.file(&format!("torn/light/{i}.png"), b"\x89PNG\r\n\x1a\n");
    }
    let run = run_of(&world);
    let judged = world.run(&["evaluate", &run, "--data", "torn"]);
    let trained = world.train(&["--data", "torn"]);
    for output in [judged, trained] {
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("class light: none of the 4 images can be read, such as light/0.png"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn files_that_a_scan_leaves_out_are_gathered_in_a_training() {
    let world = World::new();
    for i in 0..4 {
        world.file(&format!("data/light/torn{i}.png"), b"\x89PNG\r\n\x1a\n");
    }
    let output = world.train(&[]);
    let said = stderr(&output);
    assert!(said.contains("4 images are left out: "), "{said}");
    assert!(
        said.contains("a large share of images is left out: 4 of 12 of light"),
        "{said}"
    );
    assert_eq!(said.matches("torn").count(), 2, "{said}");
}

#[test]
fn what_is_left_out_of_the_own_folder_is_said() {
    let world = World::new();
    assert!(
        world
            .train(&["--train-share", "0.5", "--test-share", "0.25"])
            .status
            .success()
    );
    let run = run_of(&world);
    let said = stderr(&world.run(&["evaluate", &run, "--data", "data"]));
    assert!(said.contains("5 test images are left out"), "{said}");
    let before = json(&world.run(&["evaluate", &run, "--data", "data", "--json"]));
    // All are saved again under other names: what was trained on is known by what the network sees in it.
    for i in 0..8 {
        let old = world.at(&format!("data/light/{i:02}.png"));
        let image = image::open(&old).unwrap();
        image.save(world.at(&format!("data/light/anew{i}.bmp"))).unwrap();
        fs::remove_file(old).unwrap();
    }
    let output = world.run(&["evaluate", &run, "--data", "data", "--json"]);
    let said = stderr(&output);
    assert!(
        said.contains(
            "4 of the images that the run knows are not in this folder any more, and 4 new ones are evaluated"
        ),
        "{said}"
    );
    assert!(
        said.contains("4 left out that are, to the last pixel, images that the run was trained on"),
        "{said}"
    );
    // The validation and test images among them count as new; nothing tells them from new ones, and both are fair to judge.
    let of_light = |figures: &serde_json::Value| {
        figures["confusion"][1]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n.as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((of_light(&before), of_light(&json(&output))), (2, 4));
}

#[test]
fn a_preset_beside_its_own_numbers_is_trained_once() {
    let world = World::new();
    let output = world.run(&[
        "sweep",
        "--data",
        "data",
        "--weights",
        "none",
        "--image-size",
        "32",
        "--epochs",
        "1",
        "--class-weights",
        "1,1.5",
        "--class-weights",
        "dark=1,light=1.5",
        "--class-weights",
        "dark=2,light=3",
        "--json",
    ]);
    let swept = json(&output);
    assert_eq!(swept["runs"].as_array().unwrap().len(), 1, "{swept}");
    let said = stderr(&output);
    assert!(
        said.contains("the weights 1 : 1.5 were asked for in two ways and are trained once"),
        "{said}"
    );
}

#[test]
fn many_classes_are_rows() {
    let world = World::new();
    for class in 0..14_u8 {
        world.class(&format!("many/class_{class:02}"), 4, class * 16);
    }
    let arguments = ["--data", "many", "--arch", "squeezenet1_0"];
    let text = stdout(&world.train(&arguments));
    assert!(
        text.contains("largest confusions") || text.contains("were predicted correctly"),
        "{text}"
    );
    let run = run_of(&world);
    let output = world.run(&["evaluate", &run, "--data", "many", "--full"]);
    let text = stdout(&output);
    assert!(text.contains("true \\ predicted"), "{text}");
    let of_class = text.lines().filter(|line| line.starts_with("class_07")).count();
    assert_eq!(of_class, 2, "a row in the matrix and one of figures: {text}");
    let listed = stdout(&world.run(&["runs"]));
    assert!(listed.lines().all(|line| line.chars().count() < 200), "{listed}");
    let predicted = stdout(&world.run(&["predict", &run, "many/class_03/00.png"]));
    assert!(predicted.contains("10 more)"), "{predicted}");
}
