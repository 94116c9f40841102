//! `scan --check`: what only decoding tells.

use std::fs;

use super::world::{World, json, stderr, stdout};

/// One of three images of `light` is damaged inside, which neither header nor end shows.
fn world() -> World {
    let world = World::new();
    world.class("checked/dark", 4, 10);
    world.class("checked/light", 3, 90);
    let first = fs::read_dir(world.at("checked/light")).unwrap().next().unwrap();
    let path = first.unwrap().path();
    let mut bytes = fs::read(&path).unwrap();
    let data = bytes.windows(4).position(|name| name == b"IDAT").unwrap();
    bytes[data + 9] ^= 0xff;
    fs::write(path, bytes).unwrap();
    world
}

#[test]
fn what_a_look_from_outside_has_found_is_not_denied() {
    let world = World::new();
    let whole = fs::read(world.at("data/light/00.png")).unwrap();
    world.file("data/light/00.png", &whole[..whole.len() / 2]);
    let told = stdout(&world.run(&["scan", "data", "--check"]));
    assert!(
        told.contains("1 issue") && told.contains("light/00.png"),
        "{told}"
    );
    assert!(
        told.contains("no damage was found beside the issues listed"),
        "{told}"
    );
}

#[test]
fn damage_inside_is_named_with_the_share_of_each_class() {
    let world = world();
    let quick = world.run(&["scan", "checked"]);
    assert!(quick.status.success(), "{}", stderr(&quick));
    assert!(!stdout(&quick).contains("damaged"), "{}", stdout(&quick));
    let checked = world.run(&["scan", "checked", "--check"]);
    assert!(checked.status.success(), "{}", stderr(&checked));
    let told = "Every image was decoded; 1 is damaged and will be left out (light 1 of 3, 33.3 %)";
    for expected in [told, "its PNG data is damaged", "(cannot be decoded)"] {
        assert!(
            stdout(&checked).contains(expected),
            "{expected}: {}",
            stdout(&checked)
        );
    }
}

#[test]
fn scripts_get_the_same_and_progress_with_speed_and_time_left() {
    let world = world();
    let output = world.run(&["scan", "checked", "--check", "--json"]);
    let found = json(&output);
    assert_eq!(found["checked"]["n_checked"], serde_json::json!([4, 3]));
    assert_eq!(found["checked"]["n_failed"], serde_json::json!([0, 1]));
    assert_eq!(found["checked"]["is_whole"], true);
    let issues = found["issues"].as_array().unwrap();
    assert!(
        issues.iter().any(|issue| issue["kind"] == "undecodable"),
        "{issues:?}"
    );
    let progress = stderr(&output);
    let last = progress.lines().rfind(|line| line.contains("\"check\"")).unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!((&last["done"], &last["total"]), (&7.into(), &7.into()));
    assert!(last["per_second"].as_f64().unwrap() > 0.0);
    assert_eq!(last["left_seconds"], 0.0);
}
