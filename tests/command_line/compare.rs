//! `counterweight compare`: runs on the same images held against each other.

use serde_json::Value;

use crate::world::{World, json, stderr, stdout};

fn run(world: &World, more: &[&str]) -> String {
    let output = world.train(&[&["--epochs", "3", "--test-share", "0.2", "--json"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    json(&output)["run"].as_str().unwrap().to_owned()
}

fn pairs(compared: &Value) -> &Vec<Value> {
    compared["pairs"].as_array().unwrap()
}

#[test]
fn what_differs_is_told_with_its_interval_and_the_images_behind_it() {
    let world = World::new();
    let [even, heavy, heavier] =
        ["1,1", "1,30", "1,60"].map(|weights| run(&world, &["--class-weights", weights]));
    let output = world.run(&["compare", &even, &heavy, &heavier, "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let compared = json(&output);
    let runs = compared["runs"].as_array().unwrap();
    assert_eq!((runs.len(), runs[0]["run"].as_str()), (3, Some(even.as_str())));
    // Balanced accuracy, two recalls and an area, three times.
    assert_eq!((pairs(&compared).len(), &compared["compared"]), (12, &12.into()));
    let judged = json(&world.run(&["evaluate", &heavy, "--data", "data", "--json"]));
    let before = json(&world.run(&["evaluate", &even, "--data", "data", "--json"]));
    let first = &pairs(&compared)[0];
    assert_eq!(
        (first["a"].as_str(), first["b"].as_str()),
        (Some(&*even), Some(&*heavy))
    );
    assert_eq!(first["metric"], "balanced_accuracy");
    let value = |of: &Value| of["balanced_accuracy"].as_f64().unwrap();
    let difference = first["difference"].as_f64().unwrap();
    assert!((difference - (value(&judged) - value(&before))).abs() < 1e-9);
    assert!(first["low"].as_f64().unwrap() <= difference && difference <= first["high"].as_f64().unwrap());
    // As many images as `images` lists.
    for only in ["fixed", "broken"] {
        let listed = json(&world.run(&["images", &heavy, "--against", &even, "--only", only, "--json"]));
        assert_eq!(listed["n"], first[only], "{only}");
    }
    for pair in pairs(&compared) {
        assert!(pair["p_holm"].as_f64().unwrap() >= pair["p"].as_f64().unwrap());
    }
    // What evaluate says of a figure, compare says, too.
    for key in ["balanced_accuracy", "mcc"] {
        assert_eq!(runs[1]["intervals"][key], judged["intervals"][key], "{key}");
    }
    let text = stdout(&world.run(&["compare", &even, &heavy, "--part", "test"]));
    assert!(
        text.starts_with("2 runs on ") && text.contains(" test images"),
        "{text}"
    );
    assert!(text.contains(&format!("{heavy} against {even}: ")), "{text}");
    assert!(text.contains("Holm's correction"), "{text}");
}

#[test]
fn groups_are_drawn_whole() {
    let world = World::new();
    let by_number = ["--split", "groups", "--group-pattern", r"^(\d\d)"];
    let runs =
        ["1,1", "1,30"].map(|weights| run(&world, &[&by_number[..], &["--class-weights", weights]].concat()));
    let compared = json(&world.run(&["compare", &runs[0], &runs[1], "--json"]));
    assert_eq!(compared["runs"][0]["intervals"]["in_groups"], true, "{compared}");
}

#[test]
fn lost_groups_are_told() {
    let world = World::new();
    let rows = ["dark", "light"].map(|class| (0..12).map(move |i| format!("{class}/{i:02}.png,g{i}\n")));
    let table = format!("path,group\n{}", rows.into_iter().flatten().collect::<String>());
    world.file("groups.csv", table.as_bytes());
    let by_table = ["--split", "groups", "--groups", "groups.csv"];
    let runs =
        ["1,1", "1,30"].map(|weights| run(&world, &[&by_table[..], &["--class-weights", weights]].concat()));
    let evaluate = ["evaluate", &runs[0], "--data", "data"];
    let compare = ["compare", &runs[0], &runs[1]];
    let said = "narrower than they should be";
    for arguments in [&evaluate[..], &compare] {
        let text = stdout(&world.run(arguments));
        assert!(text.contains("by groups") && !text.contains(said), "{text}");
    }
    std::fs::remove_file(world.at("groups.csv")).unwrap();
    for arguments in [&evaluate[..], &compare] {
        let output = world.run(arguments);
        let text = stdout(&output);
        assert!(text.contains(said), "{text}{}", stderr(&output));
    }
    let compared = json(&world.run(&[&compare[..], &["--json"]].concat()));
    assert_eq!(
        compared["runs"][0]["intervals"]["groups_lost"], true,
        "{compared}"
    );
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    let world = World::new();
    let [one, other] = ["1", "2"].map(|seed| run(&world, &["--seed", seed]));
    for (arguments, said) in [
        (vec![&*one], "2 values required"),
        (vec![&one, &one], "is given twice"),
        (
            vec![&one, &other],
            "only runs of one folder, one split and the same labels",
        ),
        (
            vec![&one, "no-such-run"],
            "is neither a run folder nor the name of one",
        ),
        (
            vec![&one, &other, "--part", "train"],
            "keeps no predictions of its training images",
        ),
    ] {
        let output = world.run(&[&["compare"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = stderr(&output);
        assert!(text.contains(said), "{text}");
    }
}
