//! Where runs are kept: one place, wherever the program is started.

use std::fs;

use super::world::{World, json, stderr, stdout};

#[test]
fn runs_are_found_wherever_the_program_is_started() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let elsewhere = world.at("data/dark");
    let listed = json(
        &world
            .command(&["runs", "--json"])
            .current_dir(&elsewhere)
            .output()
            .unwrap(),
    );
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    let name = listed[0]["run"].as_str().unwrap();
    assert!(world.runs().join(name).is_dir());
    // The folder that was started from gets nothing.
    assert!(!world.at("runs").exists() && !elsewhere.join("runs").exists());

    // A place that the user chose in the window.
    let choice = world.at("user/counterweight/runs-folder.json");
    let chosen = serde_json::json!({"format": 1, "runs": world.at("chosen")});
    fs::write(&choice, chosen.to_string()).unwrap();
    let none = world.run(&["runs"]);
    assert!(stdout(&none).contains("No runs in") && stdout(&none).contains("chosen"));
    assert!(world.train(&[]).status.success());
    assert_eq!(fs::read_dir(world.at("chosen")).unwrap().count(), 1);

    // One that cannot be read is not passed over.
    fs::write(&choice, r#"{"format": 9, "runs": "there"}"#).unwrap();
    let refused = world.run(&["runs"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("runs-folder.json"),
        "{}",
        stderr(&refused)
    );
    assert!(json(&world.run(&["runs", "--json", "--runs", "chosen"])).is_array());
}

#[test]
fn runs_of_an_earlier_version_are_told_of_and_found_by_name() {
    let world = World::new();
    assert!(world.train(&["--runs", "runs"]).status.success());
    let listed = world.run(&["runs"]);
    assert!(
        stderr(&listed).contains("runs of an earlier version, too"),
        "{}",
        stderr(&listed)
    );
    assert!(stdout(&listed).contains("No runs in"));
    let run = fs::read_dir(world.at("runs")).unwrap().next().unwrap().unwrap();
    let name = run.file_name().into_string().unwrap();
    let predicted = world.run(&["predict", &name, "data/dark/00.png", "--json"]);
    assert!(predicted.status.success(), "{}", stderr(&predicted));
}

/// A narrow terminal shows no more of a long name.
#[test]
fn a_run_is_found_by_the_beginning_of_its_name_where_only_one_begins_so() {
    let world = World::new();
    assert!(world.train(&["--seed", "1"]).status.success());
    assert!(world.train(&["--seed", "2"]).status.success());
    let runs = fs::read_dir(world.runs()).unwrap();
    let names: Vec<String> = runs
        .map(|run| run.unwrap().file_name().into_string().unwrap())
        .collect();
    let [one, other] = &names[..] else {
        panic!("{names:?}")
    };
    let n_same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let image = "data/dark/00.png";
    let found = world.run(&["predict", &one[..n_same + 1], image, "--json"]);
    assert!(found.status.success(), "{}", stderr(&found));
    let both = world.run(&["predict", &one[..n_same], image, "--json"]);
    assert_eq!(both.status.code(), Some(2));
    assert!(
        stderr(&both).contains("is how the names of 2 runs in"),
        "{}",
        stderr(&both)
    );
}
