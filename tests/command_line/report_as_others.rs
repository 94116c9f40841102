//! What a report says of runs against each other, of groups, of cautions and of costs is what the other commands say.

use std::fs;

use serde_json::Value;

use super::report::{dir, figure, find, parsed, report, says_what_evaluate_says, text, trained};
use super::world::{World, json, stderr};

#[test]
fn runs_are_held_against_each_other_as_compare_holds_them() {
    let world = World::new();
    let [even, heavy] = ["1,1", "1,30"].map(|weights| {
        trained(
            &world,
            &["--epochs", "3", "--test-share", "0.2", "--class-weights", weights],
        )
    });
    let html = report(&world, &[&heavy, &even]);
    let page = parsed(&html);
    for part in ["val", "test"] {
        let compared = json(&world.run(&["compare", &even, &heavy, "--part", part, "--json"]));
        let row = find(page.root(), "tr", &[("data-against", &even), ("data-part", part)]);
        assert_eq!(row.len(), 1, "{part}");
        let cells: Vec<_> = row[0]
            .children()
            .filter(|cell| cell.attribute("data-p").is_some())
            .collect();
        let pairs = compared["pairs"].as_array().unwrap();
        assert_eq!(cells.len(), pairs.len());
        for (cell, pair) in cells.iter().zip(pairs) {
            assert_eq!(cell.attribute("data-figure"), pair["metric"].as_str());
            let end = |name: &str| cell.attribute(name).map(|end| end.parse::<f64>().unwrap());
            let value = find(*cell, "data", &[])[0]
                .attribute("value")
                .unwrap()
                .parse::<f64>();
            let shown = [value.ok(), end("data-low"), end("data-high"), end("data-p")];
            let expected = ["difference", "low", "high", "p_holm"].map(|key| pair[key].as_f64());
            assert_eq!(shown, expected, "{part} {pair}");
            let needed = find(*cell, "small", &[])
                .iter()
                .find_map(|node| node.attribute("data-needed"));
            let expected = pair["images_needed"].as_u64().filter(|_| pair["sure"] == false);
            assert_eq!(needed.map(|n| n.parse::<u64>().unwrap()), expected, "{pair}");
        }
        for key in ["fixed", "broken"] {
            assert_eq!(figure(row[0], key), pairs[0][key].as_f64(), "{part} {key}");
        }
    }
    // In the same words.
    let said = world.run(&["compare", &even, &heavy]);
    let said = String::from_utf8(said.stdout).unwrap();
    let sentence = said
        .lines()
        .find_map(|line| line.split_once("against ")?.1.split_once(": "))
        .unwrap()
        .1;
    let pair = text(find(page.root(), "p", &[("class", "pair")])[0]);
    assert!(
        pair.to_lowercase().contains(&sentence.to_lowercase()),
        "{pair}: {sentence}"
    );
}

#[test]
fn images_of_one_group_count_as_the_few_that_they_are_worth() {
    let world = World::new();
    let by_number = ["--split", "groups", "--group-pattern", r"^(\d\d)"];
    let run = trained(&world, &by_number);
    let page = report(&world, &[&run]);
    let judged = json(&world.run(&["evaluate", &run, "--data", "data", "--part", "val", "--json"]));
    assert_eq!(judged["intervals"]["in_groups"], true, "{judged}");
    says_what_evaluate_says(&parsed(&page), &run, 1, "val", &judged);
    assert!(
        page.contains("Images of one group resemble each other; they count as the few that they are worth")
    );
}

#[test]
fn cautions_stand_with_their_codes_among_the_warnings() {
    let world = World::new();
    let run = trained(&world, &["--class-weights", "9,1"]);
    let listed = json(&world.run(&["runs", "--json"]));
    let cautions = listed[0]["cautions"].as_array().unwrap();
    assert!(cautions.len() > 1, "{listed}");
    let html = report(&world, &[&run]);
    let page = parsed(&html);
    let section = find(page.root(), "section", &[("id", "warnings")])[0];
    for caution in cautions {
        let code = caution["code"].as_str().unwrap();
        let shown = find(section, "p", &[("data-code", code)]);
        let said = shown
            .iter()
            .map(|shown| text(*shown).to_lowercase())
            .collect::<String>();
        let message = caution["message"]
            .as_str()
            .unwrap()
            .trim_end_matches('.')
            .to_lowercase();
        assert!(
            said.contains(&code.to_lowercase()) && said.contains(&message),
            "{said}: {caution}"
        );
    }
}

#[test]
fn mistakes_cost_what_evaluate_says_where_it_is_used() {
    let world = World::new();
    let runs =
        ["1,3", "1,1"].map(|weights| trained(&world, &["--class-weights", weights, "--test-share", "0.2"]));
    let threshold = r#"{"format": 1, "class": "light", "threshold": 0.45, "chosen_for": "it"}"#;
    fs::write(dir(&world, &runs[0]).join("threshold.json"), threshold).unwrap();
    let there = ["--prevalence", "light=1/50", "--miss-cost", "20"];
    let arguments = [&["report", &runs[0], &runs[1], "-o", "report.html"], &there[..]].concat();
    let output = world.run(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    let html = fs::read_to_string(world.at("report.html")).unwrap();
    let page = parsed(&html);
    let cost = |run: &str, part: &str| {
        let arguments = [
            &["evaluate", run, "--data", "data", "--part", part, "--json"],
            &there[..],
        ]
        .concat();
        let judged: Value = json(&world.run(&arguments));
        judged["elsewhere"]["cost_of_thousand"].as_f64().unwrap()
    };
    for run in &runs {
        let row = find(page.root(), "tr", &[("data-cost-of", run)])[0];
        let shown = find(row, "data", &[]);
        for (data, part) in shown.iter().zip(["val", "test"]) {
            let shown: f64 = data.attribute("value").unwrap().parse().unwrap();
            assert!((shown - cost(run, part)).abs() < 1e-9, "{run} {part}: {shown}");
        }
    }
    let said = text(find(page.root(), "section", &[("id", "cost")])[0]);
    assert!(
        said.contains(
            "Where 2.0\u{a0}% of images are light and a missed light costs as much as 20 false alarms, "
        ),
        "{said}"
    );
    assert!(said.contains(" costs least of these runs: "), "{said}");
    let unknown = world.run(&[
        "report",
        &runs[0],
        "-o",
        "other.html",
        "--prevalence",
        "bright=0.1",
    ]);
    assert!(stderr(&unknown).contains("no class is named bright; the classes are dark, light"));
    assert!(!world.at("other.html").exists());
    // As the folder is, where nothing is said of it.
    let page = report(&world, &[&runs[0]]);
    assert!(
        page.contains(
            "of images are light as in the folder and a missed light costs as much as a false alarm"
        )
    );
}
