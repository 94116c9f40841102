//! `counterweight labels`, and what a training makes of decisions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::world::{World, json, stderr, stdout};

fn labels(world: &World, more: &[&str]) -> Value {
    let mut arguments = vec!["labels", "data", "--json"];
    arguments.extend(more);
    let output = world.run(&arguments);
    assert!(output.status.success(), "{more:?}: {}", stderr(&output));
    json(&output)
}

fn refused(world: &World, more: &[&str]) -> String {
    let mut arguments = vec!["labels", "data"];
    arguments.extend(more);
    let output = world.run(&arguments);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    stderr(&output)
}

/// What each file of a folder holds, by its path.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path.display().to_string(), fs::read(&path).unwrap())),
        }
    }
    found
}

/// Path, class and part of each image that a run saw.
fn split(run: &str, world: &World) -> BTreeMap<String, (String, String)> {
    let table = fs::read_to_string(world.runs().join(run).join("split.csv")).unwrap();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), (fields[1].to_owned(), fields[2].to_owned()))
    };
    table.lines().skip(1).map(row).collect()
}

fn trained(world: &World, more: &[&str]) -> Value {
    let output = world.train(&[&["--json"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    json(&output)
}

#[test]
fn decisions_are_made_listed_undone_and_brought_again() {
    let world = World::new();
    let before = files(&world.at("data"));
    assert_eq!(labels(&world, &[])["images"], Value::Array(vec![]));
    // By their path in the folder, and from here.
    let set = labels(
        &world,
        &["set", "dark/00.png", "data/dark/01.png", "--as", "light"],
    );
    assert_eq!(
        (&set["relabelled"], &set["done"]),
        (&2.into(), &"2 images labelled light".into())
    );
    labels(&world, &["exclude", "light/00.png"]);
    labels(&world, &["note", "light/00.png", "--text", "blurred, \"badly\""]);
    labels(&world, &["together", "dark/05.png", "dark/06.png"]);
    let listed = labels(&world, &["list"]);
    assert_eq!(
        [
            &listed["relabelled"],
            &listed["excluded"],
            &listed["kept_together"],
            &listed["noted"]
        ],
        [2, 1, 2, 1].map(Value::from).each_ref()
    );
    assert_eq!(listed["images"][0]["path"], "dark/00.png");
    assert_eq!(
        (&listed["images"][0]["class"], &listed["images"][0]["label"]),
        (&"dark".into(), &"light".into())
    );
    let undone = labels(&world, &["undo"]);
    assert_eq!(
        (&undone["kept_together"], &undone["done"]),
        (&0.into(), &"undone: 2 images kept together".into())
    );
    assert_eq!(labels(&world, &["redo"])["kept_together"], 2);
    assert_eq!(labels(&world, &["clear", "light/00.png"])["excluded"], 0);
    let text = stdout(&world.run(&["labels", "data", "undo"]));
    assert!(
        text.contains("2 relabelled, 1 excluded, 2 kept together, 1 with a note"),
        "{text}"
    );
    let text = stdout(&world.run(&["labels", "data"]));
    assert!(
        text.contains("An undo takes back: 2 images kept together"),
        "{text}"
    );
    assert_eq!(
        files(&world.at("data")),
        before,
        "the image folder is never touched"
    );
}

#[test]
fn what_cannot_be_meant_is_refused_and_nothing_is_written() {
    let world = World::new();
    for (more, expected) in [
        (
            &["set", "dark/00.png", "--as", "grey"][..],
            "there is no class \"grey\"; the folder has dark, light",
        ),
        (&["exclude", "dark/77.png"], "is not among the folder's images"),
        (&["undo"], "there is nothing to undo"),
        (&["redo"], "there is nothing to redo"),
        (&["together", "dark/00.png"], "takes two images at least"),
        (&["import", "none.csv"], "none.csv"),
    ] {
        let said = refused(&world, more);
        assert!(said.contains(expected), "{more:?}: {said}");
    }
    let done = labels(&world, &["set", "dark/00.png", "--as", "dark"]);
    assert_eq!((&done["done"], &done["undo"]), (&Value::Null, &Value::Null));
}

#[test]
fn decisions_travel_as_a_table() {
    let world = World::new();
    labels(&world, &["set", "dark/00.png", "--as", "light"]);
    labels(&world, &["exclude", "light/00.png"]);
    labels(&world, &["note", "light/00.png", "--text", "a, b"]);
    labels(&world, &["export", "decided.csv"]);
    let table = fs::read_to_string(world.at("decided.csv")).unwrap();
    assert_eq!(
        table,
        "path,label,action,note\ndark/00.png,light,relabel,\nlight/00.png,light,exclude,\"a, b\"\n"
    );
    // Another user of the same images.
    let runs = world.at("others");
    let runs = runs.to_str().unwrap();
    let imported = labels(&world, &["import", "decided.csv", "--runs", runs]);
    assert_eq!(
        (&imported["relabelled"], &imported["excluded"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        labels(&world, &["undo", "--runs", runs])["images"],
        Value::Array(vec![])
    );
    world.file(
        "bad.csv",
        b"path,label,action\ndark/00.png,light,relabel\ndark/01.png,,relabel\n",
    );
    let said = refused(&world, &["import", "bad.csv"]);
    assert!(said.contains("line 3 says relabel and no label"), "{said}");
    world.file("precious.csv", b"my,own\n1,2\n");
    for there in ["precious.csv", "decided.csv"] {
        let said = refused(&world, &["export", there]);
        assert!(said.contains("is there already, and is left as it is"), "{said}");
    }
    world.file(
        "groups.csv",
        b"path,group\ndark/05.png,a\ndark/06.png,a\ndark/07.png,b\nlight/05.png,c\nlight/06.png,c\n",
    );
    let grouped = labels(&world, &["import", "groups.csv"]);
    assert_eq!(
        (&grouped["kept_together"], &grouped["done"]),
        (&4.into(), &"4 images kept together".into())
    );
}

#[test]
fn a_training_takes_the_decisions_and_every_other_image_stays_where_it_was() {
    let world = World::new();
    let plain = trained(&world, &[]);
    let plain = split(plain["run"].as_str().unwrap(), &world);
    labels(&world, &["set", "dark/00.png", "--as", "light"]);
    labels(&world, &["exclude", "dark/01.png"]);
    let output = world.train(&[]);
    let said = stderr(&output) + &stdout(&output);
    assert!(
        said.contains("Labels as decided: 1 relabelled, 1 excluded"),
        "{said}"
    );
    let run = trained(&world, &[]);
    assert_eq!(
        (&run["labels"]["relabelled"], &run["labels"]["excluded"]),
        (&1.into(), &1.into())
    );
    let decided = split(run["run"].as_str().unwrap(), &world);
    assert_eq!(decided.len(), plain.len() - 1);
    for (path, (class, part)) in &decided {
        let (class_before, part_before) = &plain[path];
        assert_eq!(part, part_before, "{path}");
        assert_eq!(class == class_before, path != "dark/00.png", "{path}");
    }
    // The lists name what differs, and a scan counts as decided.
    let listed = stdout(&world.run(&["runs"]));
    assert!(
        listed.contains("1 relabelled, 1 excluded") && listed.contains("as in the folder"),
        "{listed}"
    );
    let scanned = json(&world.run(&["scan", "data", "--json"]));
    assert_eq!(scanned["as_decided"], serde_json::json!([10, 9]));
    let said = stdout(&world.run(&["scan", "data"]));
    assert!(
        said.contains("as decided") && said.contains("Labels as decided: 1 relabelled, 1 excluded"),
        "{said}"
    );
    // An old run stays what it was, and its copy trains the same again.
    let copy = world
        .runs()
        .join(run["run"].as_str().unwrap())
        .join("labels.jsonl");
    labels(&world, &["undo"]);
    let again = trained(&world, &["--labels-overlay", copy.to_str().unwrap()]);
    assert_eq!(again["confusion"], run["confusion"]);
    assert_eq!(
        again["labels_overlay"]["version"],
        run["labels_overlay"]["version"]
    );
    let without = trained(&world, &["--labels-overlay", "none"]);
    assert_eq!(
        (&without["labels"], &without["labels_overlay"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(split(without["run"].as_str().unwrap(), &world), plain);
}

#[test]
fn a_run_is_evaluated_with_the_labels_it_was_trained_with() {
    let world = World::new();
    labels(
        &world,
        &[
            "set",
            "dark/00.png",
            "dark/01.png",
            "dark/02.png",
            "--as",
            "light",
        ],
    );
    labels(&world, &["exclude", "light/00.png"]);
    let run = trained(&world, &[]);
    let name = run["run"].as_str().unwrap();
    labels(&world, &["undo"]);
    labels(&world, &["undo"]);
    let output = world.run(&["evaluate", name, "--data", "data", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(json(&output)["confusion"], run["confusion"]);
    let said = stderr(&output);
    assert!(
        said.contains("evaluated with the labels that the run was trained with (3 relabelled, 1 excluded)"),
        "{said}"
    );
}

/// A folder's own parts are followed by itself, and what is judged by stays.
#[test]
fn of_the_folders_own_parts_a_copy_of_what_is_judged_by_is_not_trained_on() {
    let world = World::new();
    for (part, n_images) in [("train", 6), ("val", 3)] {
        world.class(&format!("parts/{part}/dark"), n_images, 40);
        world.class(&format!("parts/{part}/light"), n_images, 200);
    }
    let trained = |more: &[&str]| trained(&world, &[&["--data", "parts"], more].concat());
    let before = trained(&[]);
    let parts = |run: &Value| split(run["run"].as_str().unwrap(), &world);
    assert_eq!(parts(&before)["val/dark/00.png"].1, "val");
    let cautions = before["cautions"].to_string();
    assert!(
        cautions.contains("6 validation images are also trained on"),
        "{cautions}"
    );
    for class in ["dark", "light"] {
        for i in 0..3 {
            let [train, val] = ["train", "val"].map(|part| format!("{part}/{class}/0{i}.png"));
            let kept = world.run(&["labels", "parts", "together", &train, &val]);
            assert!(kept.status.success(), "{}", stderr(&kept));
        }
    }
    let after = trained(&[]);
    let warned = after["warnings"].to_string();
    assert!(
        warned.contains("6 images are not trained on, being kept together with images of val/ or test/"),
        "{warned}"
    );
    let cautions = after["cautions"].to_string();
    assert!(!cautions.contains("also trained on"), "{cautions}");
    assert_eq!(parts(&after).len(), parts(&before).len() - 6);
    assert_eq!(parts(&after)["val/dark/00.png"].1, "val");
}

#[test]
fn a_class_that_decisions_empty_is_named() {
    let world = World::new();
    let all: Vec<String> = (0..8).map(|i| format!("light/{i:02}.png")).collect();
    let mut arguments = vec!["exclude"];
    arguments.extend(all.iter().map(String::as_str));
    labels(&world, &arguments);
    let output = world.train(&[]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("class light has no image to train on"), "{said}");
}

#[test]
fn an_image_that_was_moved_keeps_its_decision_and_one_that_changed_loses_it() {
    let world = World::new();
    labels(&world, &["exclude", "dark/00.png", "dark/01.png"]);
    fs::rename(world.at("data/dark/00.png"), world.at("data/dark/renamed.png")).unwrap();
    fs::copy(world.at("data/dark/05.png"), world.at("data/dark/01.png")).unwrap();
    let listed = labels(&world, &[]);
    let paths: Vec<&str> = listed["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| image["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["dark/renamed.png"]);
    assert_eq!(listed["absent"], 1);
}

#[test]
fn what_a_kill_left_half_written_is_set_aside_and_said() {
    let world = World::new();
    labels(&world, &["exclude", "dark/00.png"]);
    let file = labels(&world, &["exclude", "dark/01.png"])["file"]
        .as_str()
        .unwrap()
        .to_owned();
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 9]).unwrap();
    let output = world.run(&["labels", "data", "exclude", "dark/02.png", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(json(&output)["excluded"], 2);
    let said = json(&output)["notices"].to_string();
    assert!(
        said.contains("cannot be read from line 4 on") && said.contains("unreadable-1"),
        "{said}"
    );
    assert!(Path::new(&format!("{file}.unreadable-1")).exists());
}

#[test]
fn the_cleaned_folder_is_a_new_one() {
    let world = World::new();
    labels(&world, &["set", "dark/00.png", "--as", "light"]);
    labels(&world, &["exclude", "dark/01.png"]);
    let made = labels(&world, &["copy", "cleaned"]);
    assert_eq!(
        (&made["images"], &made["relabelled"], &made["excluded"]),
        (&19.into(), &1.into(), &1.into())
    );
    let scanned = json(&world.run(&["scan", "cleaned", "--json"]));
    assert_eq!(
        (&scanned["classes"][0]["images"], &scanned["classes"][1]["images"]),
        (&10.into(), &9.into())
    );
    let said = refused(&world, &["copy", "cleaned"]);
    assert!(said.contains("is there already"), "{said}");
    let said = refused(&world, &["copy", "data/cleaned"]);
    assert!(said.contains("in the image folder itself"), "{said}");
}
