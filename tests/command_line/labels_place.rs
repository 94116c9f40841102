//! `counterweight labels` where a folder was moved or copied, and where it holds an image more than once.

use std::fs;

use serde_json::Value;

use crate::world::{World, json, stderr, stdout};

/// What stands of the decisions about a folder, after that was asked of them.
fn labels(world: &World, dir: &str, more: &[&str]) -> Value {
    let output = world.run(&[&["labels", dir, "--json"], more].concat());
    assert!(output.status.success(), "{more:?}: {}", stderr(&output));
    json(&output)
}

fn excluded(listed: &Value) -> Vec<&str> {
    let images = listed["images"].as_array().unwrap().iter();
    images
        .filter(|image| image["excluded"] == true)
        .map(|image| image["path"].as_str().unwrap())
        .collect()
}

#[test]
fn a_folder_that_was_moved_keeps_its_decisions() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png", "dark/01.png"]);
    let first = labels(&world, "data", &["exclude", "light/00.png"]);
    fs::rename(world.at("data"), world.at("moved")).unwrap();
    let moved = labels(&world, "moved", &[]);
    assert_eq!(excluded(&moved).len(), 3);
    let said = moved["notices"].to_string();
    assert!(
        said.contains("these images lay at") && said.contains("data before"),
        "{said}"
    );
    // A training takes them, too, and says so.
    let output = world.train(&["--data", "moved"]);
    let said = stderr(&output) + &stdout(&output);
    assert!(
        said.contains("Labels as decided: 3 excluded") && said.contains("these images lay at"),
        "{said}"
    );
    // An undo reaches back over the move, and the folder is one of its own from then on.
    let undone = labels(&world, "moved", &["undo"]);
    assert_eq!(excluded(&undone).len(), 2);
    let said = undone["notices"].to_string();
    assert!(said.contains("was taken over with this decision"), "{said}");
    assert_eq!(labels(&world, "moved", &[])["notices"], Value::Array(vec![]));
    assert_ne!(undone["file"], first["file"]);
    // Moved back, it goes on from there.
    fs::rename(world.at("moved"), world.at("data")).unwrap();
    let back = labels(&world, "data", &["redo"]);
    assert_eq!((excluded(&back).len(), &back["file"]), (3, &first["file"]));
}

#[test]
fn a_folder_that_grew_and_was_moved_keeps_its_decisions_and_another_has_none_of_them() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png"]);
    fs::copy(world.at("data/dark/05.png"), world.at("data/dark/50.png")).unwrap();
    fs::rename(world.at("data"), world.at("moved")).unwrap();
    assert_eq!(excluded(&labels(&world, "moved", &[])), ["dark/00.png"]);
    fs::copy(world.at("moved/dark/05.png"), world.at("moved/dark/00.png")).unwrap();
    let other = labels(&world, "moved", &[]);
    assert_eq!(
        (&other["images"], &other["notices"]),
        (&Value::Array(vec![]), &Value::Array(vec![]))
    );
}

#[test]
fn a_folder_is_known_by_its_only_decided_image_whatever_that_is_called_now() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png"]);
    fs::rename(world.at("data/dark/00.png"), world.at("data/dark/renamed.png")).unwrap();
    fs::rename(world.at("data"), world.at("moved")).unwrap();
    assert_eq!(excluded(&labels(&world, "moved", &[])), ["dark/renamed.png"]);
}

#[test]
fn a_folder_that_was_renamed_keeps_its_decisions_where_another_took_its_place() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png", "dark/01.png"]);
    fs::rename(world.at("data"), world.at("moved")).unwrap();
    world.class("data/dark", 6, 90);
    world.class("data/light", 6, 190);
    let moved = labels(&world, "moved", &[]);
    assert_eq!(excluded(&moved), ["dark/00.png", "dark/01.png"]);
    let said = moved["notices"].to_string();
    assert!(said.contains("where other images lie now"), "{said}");
    // The new one has none of them, and says so.
    let new = labels(&world, "data", &[]);
    assert_eq!(
        (&new["images"], &new["absent"]),
        (&Value::Array(vec![]), &0.into())
    );
    let said = new["notices"].to_string();
    assert!(said.contains("about 2 images that another folder held"), "{said}");
    // A training takes none of them either.
    let trained = world.train(&["--json"]);
    assert!(trained.status.success(), "{}", stderr(&trained));
    assert_eq!(json(&trained)["labels"], Value::Null);
    // Each goes on by itself.
    let of_new = labels(&world, "data", &["exclude", "light/03.png"]);
    assert_eq!(excluded(&of_new), ["light/03.png"]);
    let refused = world.run(&["labels", "data", "redo"]);
    assert!(
        stderr(&refused).contains("nothing to redo"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(excluded(&labels(&world, "moved", &["undo"])), [""; 0]);
    assert_eq!(excluded(&labels(&world, "moved", &["redo"])).len(), 2);
    assert_eq!(excluded(&labels(&world, "data", &[])), ["light/03.png"]);
    // Back at its place it has what was decided meanwhile, and the other does not.
    fs::rename(world.at("data"), world.at("new")).unwrap();
    fs::rename(world.at("moved"), world.at("data")).unwrap();
    assert_eq!(excluded(&labels(&world, "data", &[])).len(), 2);
    assert_eq!(excluded(&labels(&world, "new", &[])), ["light/03.png"]);
}

/// What some of its images are named by is another dataset.
#[test]
fn decisions_that_a_moved_folder_went_on_from_are_no_others() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png"]);
    fs::rename(world.at("data"), world.at("moved")).unwrap();
    labels(&world, "moved", &["exclude", "dark/01.png"]);
    fs::create_dir(world.at("few")).unwrap();
    for class in ["dark", "light"] {
        fs::create_dir(world.at("few").join(class)).unwrap();
        let name = format!("{class}/00.png");
        fs::copy(world.at("moved").join(&name), world.at("few").join(&name)).unwrap();
    }
    let few = labels(&world, "few", &[]);
    assert_eq!(few["images"], Value::Array(vec![]), "{few}");
}

#[test]
fn after_a_move_half_of_what_was_decided_about_must_be_there() {
    for (n_gone, expected) in [(2, 2), (3, 0)] {
        let world = World::new();
        let all = ["dark/00.png", "dark/01.png", "dark/02.png", "dark/03.png"];
        labels(&world, "data", &[&["exclude"][..], &all].concat());
        for gone in &all[..n_gone] {
            fs::remove_file(world.at("data").join(gone)).unwrap();
        }
        fs::rename(world.at("data"), world.at("moved")).unwrap();
        let moved = labels(&world, "moved", &[]);
        assert_eq!(excluded(&moved).len(), expected, "{n_gone} are gone");
    }
}

#[test]
fn a_copy_leaves_a_folder_its_decisions_where_what_was_decided_about_is_gone_from_it() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png"]);
    world.copy_folder("data", "copied");
    fs::remove_file(world.at("data/dark/00.png")).unwrap();
    let copy = labels(&world, "copied", &[]);
    assert_eq!(copy["images"], Value::Array(vec![]));
    assert!(
        copy["notices"].to_string().contains("holds the same images"),
        "{copy}"
    );
}

#[test]
fn of_two_copies_each_has_its_own_decisions_and_says_whose_there_are() {
    let world = World::new();
    labels(&world, "data", &["exclude", "dark/00.png"]);
    world.copy_folder("data", "copied");
    let copy = labels(&world, "copied", &[]);
    assert_eq!(copy["images"], Value::Array(vec![]));
    let said = copy["notices"].to_string();
    assert!(
        said.contains("holds the same images") && said.contains("import it here"),
        "{said}"
    );
    let own = labels(&world, "copied", &["exclude", "dark/01.png"]);
    assert_eq!(excluded(&own), ["dark/01.png"]);
    assert_eq!(excluded(&labels(&world, "data", &[])), ["dark/00.png"]);
}

#[test]
fn of_exact_copies_all_but_one_are_left_out() {
    let world = World::new();
    fs::copy(world.at("data/dark/00.png"), world.at("data/dark/copy.png")).unwrap();
    fs::copy(world.at("data/dark/00.png"), world.at("data/light/copy.png")).unwrap();
    let out = labels(&world, "data", &["exclude", "dark/copy.png", "light/copy.png"]);
    assert_eq!(excluded(&out), ["dark/copy.png", "light/copy.png"]);
    let file = fs::read_to_string(out["file"].as_str().unwrap()).unwrap();
    assert!(
        file.contains(r#""path":"dark/copy.png","copies":["dark/00.png","light/copy.png"]"#),
        "{file}"
    );
    // A move of one does not bring it back, and that of the other that stayed does not leave it out.
    fs::rename(world.at("data/dark/copy.png"), world.at("data/dark/copy-2.png")).unwrap();
    let moved = labels(&world, "data", &[]);
    assert_eq!(excluded(&moved), ["dark/copy-2.png", "light/copy.png"]);
    fs::rename(world.at("data/dark/00.png"), world.at("data/dark/first.png")).unwrap();
    fs::rename(world.at("data/dark/copy-2.png"), world.at("data/dark/copy.png")).unwrap();
    assert_eq!(
        excluded(&labels(&world, "data", &[])),
        ["dark/copy.png", "light/copy.png"]
    );
    // Nor does the end of those that were left out.
    fs::remove_file(world.at("data/dark/copy.png")).unwrap();
    let one = labels(&world, "data", &[]);
    assert_eq!(
        (excluded(&one), &one["absent"]),
        (vec!["light/copy.png"], &1.into())
    );
    let output = world.train(&["--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(json(&output)["labels"]["excluded"], 1);
    let said = stdout(&world.run(&["labels", "data"]));
    assert!(
        said.contains("1 decision is about an image that is not in the folder now"),
        "{said}"
    );
}
