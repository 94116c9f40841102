//! `--labels FILE`: a table says which images there are and of which class, in place of folders.

use std::fs;

use serde_json::Value;

use crate::world::{World, json, stderr, stdout};

/// A row for each image of the world, in the order of its folders. `row` gets the class, the number and the path.
fn table(header: &str, row: impl Fn(&str, usize, &str) -> String) -> String {
    let mut lines = vec![header.to_owned()];
    for (class, n) in [("dark", 12), ("light", 8)] {
        lines.extend((0..n).map(|i| row(class, i, &format!("data/{class}/{i:02}.png"))));
    }
    lines.join("\n") + "\n"
}

fn plain() -> String {
    table("image_path,label", |class, _, path| format!("{path},{class}"))
}

fn of(world: &World, arguments: &[&str]) -> Value {
    let output = world.run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    json(&output)
}

fn trained(world: &World, more: &[&str]) -> Value {
    let output = world.train(&[&["--json"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    json(&output)
}

fn file_of(run: &Value, name: &str) -> String {
    let dir = run["dir"].as_str().unwrap();
    fs::read_to_string(format!("{dir}/{name}")).unwrap()
}

#[test]
fn a_table_trains_what_its_folders_train() {
    let world = World::new();
    world.file("labels.csv", plain().as_bytes());
    let by_folder = trained(&world, &[]);
    let by_table = trained(&world, &["--labels", "labels.csv"]);
    assert_eq!(by_table["classes"], by_folder["classes"]);
    assert_eq!(by_table["cached_images"], 20, "features are known by content");
    // The same images, split and head; only the paths start one folder higher.
    let from_root = file_of(&by_table, "predictions.csv").replace("data/", "");
    assert_eq!(from_root, file_of(&by_folder, "predictions.csv"));
    // The run says where its labels came from, and can be run again by what it says.
    let config: Value = serde_json::from_str(&file_of(&by_table, "config.json")).unwrap();
    let place = world.home.path().canonicalize().unwrap();
    assert_eq!(config["label_table"], place.join("labels.csv").to_str().unwrap());
    assert_eq!(config["data"], place.to_str().unwrap());
    let config = format!("{}/config.json", by_table["dir"].as_str().unwrap());
    let again = trained(&world, &["--config", &config]);
    assert_eq!(
        file_of(&again, "predictions.csv"),
        file_of(&by_table, "predictions.csv")
    );
    // Paths that start in another folder.
    world.file("tables/short.csv", plain().replace("data/", "").as_bytes());
    let elsewhere = trained(&world, &["--labels", "tables/short.csv", "--data", "data"]);
    assert_eq!(
        file_of(&elsewhere, "predictions.csv"),
        file_of(&by_folder, "predictions.csv")
    );
}

#[test]
fn columns_for_parts_and_groups_divide_the_images() {
    let world = World::new();
    let part = |i: usize| ["train", "train", "val", "test"][i % 4];
    let parts = table("path;label;split", |class, i, path| {
        format!("{path};{class};{}", part(i))
    });
    world.file("parts.csv", parts.as_bytes());
    let run = trained(&world, &["--labels", "parts.csv"]);
    let config: Value = serde_json::from_str(&file_of(&run, "config.json")).unwrap();
    assert_eq!(config["split"], "folders");
    let split = file_of(&run, "split.csv");
    assert!(split.contains("data/dark/03.png,dark,test"), "{split}");
    let groups = table("path,label,group", |class, i, path| {
        format!("{path},{class},{class}{}", i / 2)
    });
    world.file("groups.csv", groups.as_bytes());
    let run = trained(&world, &["--labels", "groups.csv"]);
    let config: Value = serde_json::from_str(&file_of(&run, "config.json")).unwrap();
    assert_eq!(config["split"], "groups");
    let split = file_of(&run, "split.csv");
    let part_of = |name: &str| {
        let row = split.lines().find(|line| line.contains(name)).unwrap();
        row.split(',').nth(2).unwrap().to_owned()
    };
    for i in 0..6 {
        let [one, other] = [2 * i, 2 * i + 1].map(|i| part_of(&format!("data/dark/{i:02}.png")));
        assert_eq!(one, other, "{split}");
    }
    // The folder's flag takes a table too, as all other commands do.
    let run = trained(&world, &["--data", "parts.csv"]);
    let config: Value = serde_json::from_str(&file_of(&run, "config.json")).unwrap();
    assert_eq!(config["split"], "folders");
    assert!(config["label_table"].as_str().unwrap().ends_with("parts.csv"));
    // What is asked for counts.
    let run = trained(&world, &["--labels", "parts.csv", "--split", "stratified"]);
    let config: Value = serde_json::from_str(&file_of(&run, "config.json")).unwrap();
    assert_eq!(config["split"], "stratified");
    // Images to test and none to validate on: what could be trained on would be the test images.
    world.file("two.csv", parts.replace(";val", ";test").as_bytes());
    let output = world.train(&["--labels", "two.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output)
            .contains("the table puts no image in val; fill its column split in, or choose another split"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn every_command_that_takes_a_folder_takes_a_table() {
    let world = World::new();
    world.file("labels.csv", plain().as_bytes());
    let scanned = of(&world, &["scan", "--labels", "labels.csv", "--json"]);
    assert_eq!(scanned["images"], 20);
    assert_eq!(of(&world, &["scan", "labels.csv", "--json"]), scanned);
    let health = of(
        &world,
        &["health", "--labels", "labels.csv", "--no-features", "--json"],
    );
    assert!(
        health["data"].as_str().unwrap().ends_with("labels.csv"),
        "{health}"
    );
    let run = trained(&world, &["--labels", "labels.csv"]);
    let name = run["run"].as_str().unwrap();
    let evaluated = of(&world, &["evaluate", name, "--labels", "labels.csv", "--json"]);
    assert_eq!(evaluated["images"], "the run's own 6 val images");
    assert_eq!(evaluated["confusion"], run["confusion"]);
    let swept = world.run(&[
        "sweep",
        "--labels",
        "labels.csv",
        "--weights",
        "none",
        "--image-size",
        "32",
        "--grid",
        "light=1:4:3",
    ]);
    assert!(swept.status.success(), "{}", stderr(&swept));
    // Decisions belong to the table, and not to the folder that it lies in.
    let decided = of(
        &world,
        &[
            "labels",
            "labels.csv",
            "--json",
            "set",
            "data/dark/00.png",
            "--as",
            "light",
        ],
    );
    assert_eq!(decided["images"][0]["label"], "light", "{decided}");
    assert_eq!(
        of(&world, &["labels", "data", "--json"])["images"],
        Value::Array(vec![])
    );
    let relabelled = trained(&world, &["--labels", "labels.csv"]);
    assert_eq!(relabelled["labels"]["relabelled"], 1, "{relabelled}");
    // The cleaned folder may lie beside the table, where its images lie, too.
    let copied = world.run(&["labels", "labels.csv", "copy", "cleaned"]);
    assert!(copied.status.success(), "{}", stderr(&copied));
    let n_files = |class: &str| fs::read_dir(world.at("cleaned").join(class)).unwrap().count();
    assert_eq!((n_files("dark"), n_files("light")), (11, 9));
}

#[test]
fn what_a_table_lacks_is_said() {
    let world = World::new();
    let mut text = plain();
    text += "data/dark/none.png,dark\ndata/light/none.png,light\ndata/dark/more.png,\n";
    world.file("labels.csv", text.as_bytes());
    let output = world.run(&["scan", "--labels", "labels.csv"]);
    let said = stdout(&output);
    assert!(
        said.contains("data/dark/none.png: there is no such file; check its path (missing)"),
        "{said}"
    );
    assert!(
        said.contains("data/dark/more.png: the table gives it no label, so it is left out"),
        "{said}"
    );
    let output = world.train(&["--labels", "labels.csv"]);
    assert!(output.status.success());
    let warned = stderr(&output);
    assert!(
        warned.contains("2 images are left out: there is no such file; check its path (data/dark/none.png and data/light/none.png)"),
        "{warned}"
    );
    assert!(warned.contains("1 of 9 of light"), "{warned}");
    for (text, expect) in [
        (
            "path,label\ndata/dark/00.png,a\ndata/dark/00.png,b\n",
            "lines 2 and 3 give data/dark/00.png the labels",
        ),
        (
            "path,species\ndata/dark/00.png,a\n",
            "its first line must name the columns path",
        ),
        (
            "path,label\nno.png,a\nno2.png,b\n",
            "not one of the 2 images that it names is there, such as no.png",
        ),
    ] {
        world.file("wrong.csv", text.as_bytes());
        let output = world.train(&["--labels", "wrong.csv"]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(expect), "{}", stderr(&output));
    }
}

#[test]
fn a_scan_of_a_table_speaks_of_its_columns() {
    let world = World::new();
    let part = |i: usize| ["train", "train", "val", ""][i % 4];
    let parts = table("path,label,split", |class, i, path| {
        format!("{path},{class},{}", part(i))
    });
    world.file("parts.csv", parts.as_bytes());
    let said = stdout(&world.run(&["scan", "--labels", "parts.csv"]));
    assert!(
        said.contains("Its column for parts names 10 images to train on, 5 to validate on and 0 to test on"),
        "{said}"
    );
    assert!(
        said.contains("its column split says nothing of 5 images"),
        "{said}"
    );
    assert!(!said.contains("folder"), "{said}");
    let groups = table("path,label,group", |class, i, path| {
        format!("{path},{class},{class}{}", i / 2)
    });
    world.file("groups.csv", groups.as_bytes());
    let said = stdout(&world.run(&["scan", "--labels", "groups.csv"]));
    assert!(
        said.contains("Its column group says what belongs together"),
        "{said}"
    );
    // A table of something else is said to be that.
    world.file(
        "decided.csv",
        b"path,label,action,note\ndata/dark/00.png,light,relabel,\n",
    );
    let said = stderr(&world.run(&["scan", "decided.csv"]));
    assert!(
        said.contains("by its column action it is a table of decisions about labels"),
        "{said}"
    );
}
