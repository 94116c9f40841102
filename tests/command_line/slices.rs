//! `counterweight slices`: where a class is found less.

use serde_json::Value;

use crate::world::{World, json, stderr, stdout};

/// Light images lie in two folders and are of three persons; dark ones in one folder, and of one.
fn world() -> World {
    let world = World::new();
    let mut lines = vec!["path,label,person,place,id".to_owned()];
    for i in 0..12 {
        lines.push(format!(
            "data/dark/{i:02}.png,dark,ann,{},{i}",
            if i < 6 { "in" } else { "out" }
        ));
    }
    for i in 0..8 {
        let place = if i % 2 == 0 { "in" } else { "out" };
        lines.push(format!("data/light/{i:02}.png,light,bob,{place},{}", 20 + i));
    }
    world.file("labels.csv", (lines.join("\n") + "\n").as_bytes());
    world
}

fn sliced(world: &World, run: &str, more: &[&str]) -> Value {
    let output = world.run(&[&["slices", run, "--json"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    json(&output)
}

#[test]
fn slices_count_what_the_predictions_say() {
    let world = world();
    let output = world.train(&["--labels", "labels.csv", "--train-share", "0.3", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let run = json(&output);
    let name = run["run"].as_str().unwrap();
    let all = sliced(&world, name, &[]);
    // The rarest class is the one that is asked about.
    assert_eq!(
        (all["class"].as_str(), all["part"].as_str()),
        (Some("light"), Some("val"))
    );
    let slices = all["slices"].as_array().unwrap();
    let of = |property: &str| -> Vec<&Value> {
        slices
            .iter()
            .filter(|slice| slice["property"] == property)
            .collect()
    };
    for property in ["brightness", "colour", "place", "person"] {
        assert!(of(property).len() > 1, "{property}: {all}");
    }
    // One size, type and aspect ratio for all.
    assert!(of("size").is_empty() && of("file type").is_empty(), "{all}");
    let sum = |property: &str, class: &str, key: &str| -> u64 {
        let slices = of(property);
        slices
            .iter()
            .map(|slice| slice["classes"][class][key].as_u64().unwrap())
            .sum()
    };
    let confusion = &run["confusion"];
    for property in ["brightness", "place"] {
        for (i, class) in ["dark", "light"].iter().enumerate() {
            assert_eq!(
                sum(property, class, "found"),
                confusion[i][i].as_u64().unwrap(),
                "{property}"
            );
            let n = confusion[i][0].as_u64().unwrap() + confusion[i][1].as_u64().unwrap();
            assert_eq!(sum(property, class, "images"), n, "{property}");
        }
    }
    // All of the class lie in one folder: there is no rest to hold it against.
    assert!(
        of("folder").iter().all(|slice| slice["against_rest"].is_null()),
        "{all}"
    );
    assert!(
        of("place")
            .iter()
            .all(|slice| slice["against_rest"]["p_holm"].is_number()),
        "{all}"
    );
    let dark = sliced(&world, name, &["--class", "dark"]);
    let by_place = sliced(&world, name, &["--by", "Place", "--class", "dark"]);
    assert_eq!(
        (
            by_place["compared"].as_u64(),
            by_place["slices"].as_array().unwrap().len()
        ),
        (dark["compared"].as_u64(), 2)
    );
    // Asked for alone, a slice is as sure as among all: it is held against chance with what else was looked at.
    let among_all = dark["slices"].as_array().unwrap();
    for slice in by_place["slices"].as_array().unwrap() {
        assert!(among_all.contains(slice), "{slice} {dark}");
    }
    let text = stdout(&world.run(&["slices", name, "--by", "place"]));
    assert!(
        text.contains("Where light is found less") && text.contains("may be chance"),
        "{text}"
    );
    let output = world.run(&["slices", name, "--by", "weather"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("they differ in"), "{}", stderr(&output));
}

/// The run knows its table by where it lay.
#[test]
fn a_table_that_was_moved_is_named_anew() {
    let world = world();
    let output = world.train(&["--labels", "labels.csv", "--train-share", "0.3", "--json"]);
    let run = json(&output);
    let name = run["run"].as_str().unwrap();
    let has_place = |all: &Value| {
        let slices = all["slices"].as_array().unwrap();
        slices.iter().any(|slice| slice["property"] == "place")
    };
    assert!(has_place(&sliced(&world, name, &[])));
    std::fs::rename(world.at("labels.csv"), world.at("moved.csv")).unwrap();
    let without = sliced(&world, name, &[]);
    assert!(!has_place(&without), "{without}");
    assert!(
        without["left_out"]
            .to_string()
            .contains("The table's columns are not known any more"),
        "{without}"
    );
    assert!(has_place(&sliced(&world, name, &["--labels", "moved.csv"])));
    std::fs::rename(world.at("data"), world.at("elsewhere")).unwrap();
    std::fs::create_dir(world.at("new")).unwrap();
    std::fs::rename(world.at("elsewhere"), world.at("new/data")).unwrap();
    let all = sliced(&world, name, &["--labels", "moved.csv", "--data", "new"]);
    assert!(
        has_place(&all) && all["left_out"].as_array().unwrap().is_empty(),
        "{all}"
    );
}
