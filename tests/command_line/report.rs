//! The report as one page: it says what `evaluate` says, needs nothing but itself, obeys no name, and says what is missing.

use std::fs;
use std::path::PathBuf;

use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;

use super::world::{World, json, stderr, stdout};

pub fn trained(world: &World, more: &[&str]) -> String {
    let arguments = [&["--json"], more].concat();
    let run = json(&world.train(&arguments));
    run["run"].as_str().unwrap().to_owned()
}

pub fn dir(world: &World, run: &str) -> PathBuf {
    world.runs().join(run)
}

/// The text of the page that the program wrote.
pub fn report(world: &World, runs: &[&str]) -> String {
    let arguments = [&["report"], runs, &["-o", "report.html"]].concat();
    let output = world.run(&arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    fs::read_to_string(world.at("report.html")).unwrap()
}

/// As strictly as XML is.
pub fn parsed(html: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(html, options).unwrap()
}

pub fn find<'a>(within: Node<'a, 'a>, name: &str, attributes: &[(&str, &str)]) -> Vec<Node<'a, 'a>> {
    let fits = |node: &Node| {
        attributes
            .iter()
            .all(|(name, value)| node.attribute(*name) == Some(value))
    };
    let found = within
        .descendants()
        .filter(|node| node.has_tag_name(name) && fits(node));
    found.collect()
}

pub fn text(node: Node) -> String {
    node.descendants()
        .filter_map(|node| node.text().filter(|_| node.is_text()))
        .collect()
}

/// The figure of that key in a row of a table.
pub fn figure(row: Node<'_, '_>, key: &str) -> Option<f64> {
    let cell = row
        .children()
        .find(|cell| cell.attribute("data-figure") == Some(key))
        .unwrap();
    let data = cell.children().find(|node| node.has_tag_name("data"))?;
    data.attribute("value")?.parse().ok()
}

/// A figure's 95 % interval, or none, as `evaluate` has it.
fn has_interval(row: Node<'_, '_>, key: &str, judged: &Value, about: &str) {
    let cell = row
        .children()
        .find(|cell| cell.attribute("data-figure") == Some(key));
    for (name, end) in [("data-low", "low"), ("data-high", "high")] {
        let shown = cell
            .unwrap()
            .attribute(name)
            .map(|end| end.parse::<f64>().unwrap());
        match (shown, judged[key][end].as_f64()) {
            (Some(shown), Some(expected)) => {
                assert!(
                    (shown - expected).abs() < 1e-9,
                    "{about} {key} {end}: {shown} for {expected}"
                );
            }
            (shown, expected) => assert_eq!(shown, expected, "{about} {key} {end}"),
        }
    }
}

/// How far its probabilities and its scores can be taken at their word.
fn is_as_reliable(page: &Document, run: &str, part: &str, judged: &Value) {
    let rows = |kind| {
        let wanted = [("data-reliability", kind), ("data-of", run), ("data-part", part)];
        find(page.root(), "tr", &wanted)
    };
    let near = |row: Node<'_, '_>, key: &str, expected: &Value| {
        let (shown, expected) = (figure(row, key).unwrap(), expected.as_f64().unwrap());
        assert!(
            (shown - expected).abs() < 1e-6,
            "{run} {part} {key}: {shown} for {expected}"
        );
    };
    let is_undone = judged["scores"] != judged["probabilities"];
    assert_eq!(rows("scores").len(), usize::from(is_undone));
    for kind in ["probabilities", "scores"]
        .into_iter()
        .take(1 + usize::from(is_undone))
    {
        near(rows(kind)[0], "ece", &judged[kind]["ece"]);
        near(rows(kind)[0], "brier", &judged[kind]["brier"]["score"]);
        near(rows(kind)[0], "log_loss", &judged[kind]["log_loss"]);
    }
}

/// Every figure of both tables, and the matrix, against what `evaluate` says of the part.
pub fn says_what_evaluate_says(page: &Document, run: &str, place: usize, part: &str, judged: &Value) {
    let rows = find(page.root(), "tr", &[("data-run", run), ("data-part", part)]);
    assert_eq!(rows.len(), 1, "{run} {part}");
    for key in ["balanced_accuracy", "accuracy", "macro_f1", "mcc"] {
        assert_eq!(figure(rows[0], key), judged[key].as_f64(), "{run} {part} {key}");
        has_interval(rows[0], key, &judged["intervals"], &format!("{run} {part}"));
    }
    let section = find(page.root(), "section", &[("id", &format!("run-{place}"))])[0];
    for (class_idx, class) in judged["per_class"].as_array().unwrap().iter().enumerate() {
        let row = find(
            section,
            "tr",
            &[("data-part", part), ("data-class", &class_idx.to_string())],
        )[0];
        for key in [
            "recall",
            "precision",
            "f1",
            "specificity",
            "roc_auc",
            "average_precision",
        ] {
            assert_eq!(
                figure(row, key),
                class[key].as_f64(),
                "{run} {part} {class_idx} {key}"
            );
            let intervals = &judged["intervals"]["per_class"][class_idx];
            has_interval(row, key, intervals, &format!("{run} {part} {class_idx}"));
        }
    }
    let number = |data: &Node| data.attribute("value").unwrap().parse::<f64>().unwrap() as u64;
    let tables = find(section, "table", &[("class", "matrix")]);
    let matrices: Vec<Vec<u64>> = tables
        .iter()
        .map(|table| find(*table, "data", &[]).iter().map(number).collect())
        .collect();
    let expected: Vec<u64> = (judged["confusion"].as_array().unwrap().iter())
        .flat_map(|row| row.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()))
        .collect();
    assert!(matrices.contains(&expected), "{matrices:?} {expected:?}");
}

/// Nothing is asked for, nothing runs, and who sees no figure hears what is in it.
fn stands_alone(page: &Document) {
    for node in page.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(
            !["script", "link", "iframe", "object", "embed", "base", "form"].contains(&name),
            "{name}"
        );
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(
                !attribute.name().starts_with("on"),
                "{}={value}",
                attribute.name()
            );
            if ["src", "href", "srcset", "poster", "action", "background"].contains(&attribute.name()) {
                assert!(
                    value.starts_with("data:image/jpeg;base64,") || value.starts_with('#'),
                    "{value}"
                );
            }
        }
        if name == "img" {
            assert!(!node.attribute("alt").unwrap().is_empty());
        }
        if name == "svg" && node.attribute("role").is_some() {
            for part in ["title", "desc"] {
                let said = node.children().find(|child| child.has_tag_name(part)).map(text);
                assert!(
                    said.is_some_and(|said| said.len() > 4),
                    "a drawing without {part}"
                );
            }
        }
    }
    let style = text(find(page.root(), "style", &[])[0]);
    assert!(!style.contains("url(") && !style.contains("@import"));
    let ids: Vec<&str> = page
        .descendants()
        .filter_map(|node| node.attribute("id"))
        .collect();
    for link in find(page.root(), "a", &[]) {
        assert!(ids.contains(&link.attribute("href").unwrap().trim_start_matches('#')));
    }
}

#[test]
fn a_report_says_what_evaluate_says_and_stands_alone() {
    let world = World::new();
    let split = ["--test-share", "0.3", "--train-share", "0.4"];
    let runs = [
        trained(
            &world,
            &[&split[..], &["--class-weights", "dark=1,light=4"]].concat(),
        ),
        trained(&world, &split),
    ];
    // A threshold decides what is predicted, here as there.
    let threshold = r#"{"format": 1, "class": "light", "threshold": 0.45, "chosen_for": "recall of light at least 90 %"}"#;
    fs::write(dir(&world, &runs[0]).join("threshold.json"), threshold).unwrap();
    let html = report(&world, &[&runs[0], &runs[1]]);
    let page = parsed(&html);
    stands_alone(&page);
    for (place, run) in runs.iter().enumerate() {
        for part in ["val", "test"] {
            let judged = json(&world.run(&["evaluate", run, "--data", "data", "--part", part, "--json"]));
            says_what_evaluate_says(&page, run, place + 1, part, &judged);
            is_as_reliable(&page, run, part, &judged);
        }
    }
    let said = text(find(page.root(), "main", &[])[0]);
    // What is said of the probabilities that it predicts from is so.
    for expected in [
        "It predicts light from a probability of ",
        "1 : 4",
        "equal",
        "a threshold of 0.450 on the score for light",
        "recall of light at least 90 %",
        "20 images of 2 classes",
        "With light 4 times as heavy it learns as if",
        "Against equal weights: ",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // The command trains the same run again.
    let command = text(find(page.root(), "code", &[])[0]);
    assert!(
        command.starts_with("counterweight train ") && command.contains("dark=1,light=4"),
        "{command}"
    );
    assert!(html.len() < 1_000_000);
    // Again, over its own.
    assert_eq!(report(&world, &[&runs[0]]).matches("<tr data-run").count(), 2);
}

#[test]
fn names_with_markup_stay_names() {
    let world = World::new();
    let class = "<img src=x onerror=alert(1)> \"q\" & 'a'\u{202e}";
    world.class(&format!("odd/{class}"), 8, 40);
    world.class("odd/light", 8, 41);
    let image = world.at(&format!("odd/{class}/\"><script>alert(2)<!--.png"));
    fs::rename(world.at(&format!("odd/{class}/00.png")), image).unwrap();
    let run = trained(&world, &["--data", "odd"]);
    let tag = serde_json::json!({"format": 1, "name": "</title><script>", "note": "<b>bold</b>\n<i>", "starred": false});
    fs::write(dir(&world, &run).join("tag.json"), tag.to_string()).unwrap();
    let html = report(&world, &[&run]);
    stands_alone(&parsed(&html));
    let page = parsed(&html);
    assert!(
        find(page.root(), "script", &[]).is_empty()
            && find(page.root(), "b", &[]).iter().all(|b| text(*b) != "bold")
    );
    let said = text(page.root_element());
    assert!(
        said.contains("<img src=x onerror=alert(1)> \"q\" & 'a'\\u{202e}"),
        "{said}"
    );
    assert!(said.contains("</title><script>") && !html.contains('\u{202e}'));
}

#[test]
fn what_is_missing_is_said_where_it_would_stand() {
    let world = World::new();
    let whole = trained(&world, &[]);
    let unread = trained(&world, &["--class-weights", "dark=1,light=3"]);
    let elsewhere = trained(&world, &["--seed", "5", "--class-weights", "dark=1,light=2"]);
    fs::write(dir(&world, &unread).join("predictions.csv"), "path,part\nx").unwrap();
    // One that was killed: it has no end, and no evaluation.
    let killed = dir(&world, "2026-01-01-000000-killed");
    fs::create_dir_all(&killed).unwrap();
    fs::copy(
        dir(&world, &whole).join("config.json"),
        killed.join("config.json"),
    )
    .unwrap();
    let events = fs::read_to_string(dir(&world, &whole).join("events.jsonl")).unwrap();
    fs::write(
        killed.join("events.jsonl"),
        events.lines().next().unwrap().to_owned() + "\n",
    )
    .unwrap();
    let broken = dir(&world, "broken");
    fs::create_dir_all(&broken).unwrap();
    fs::write(broken.join("events.jsonl"), "{}\n").unwrap();
    fs::rename(world.at("data"), world.at("moved")).unwrap();

    let html = report(
        &world,
        &[&whole, &unread, &elsewhere, "2026-01-01-000000-killed", "broken"],
    );
    let page = parsed(&html);
    stands_alone(&page);
    let said = text(page.root_element());
    for expected in [
        "cannot be shown: ",
        "has no line, here and below, since single images cannot be read",
        "since it is not known of both what they say of each of the same images",
        "These runs were not all judged on the same images",
        "the folder was divided otherwise for one of them",
        "It never ended, and nobody writes it any more",
        "this could not be read and is missing here",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    // Of two splits nothing is held against each other.
    let pairs: Vec<String> = find(page.root(), "p", &[("class", "pair")])
        .into_iter()
        .map(text)
        .collect();
    assert!(pairs.iter().all(|pair| !pair.contains("1 : 2")), "{pairs:?}");
    assert_eq!(find(page.root(), "img", &[]).len(), 0);

    // A run that has only begun, alone.
    let page = report(&world, &["2026-01-01-000000-killed"]);
    assert!(page.contains("There is no answer yet"));
    // And nothing but damage.
    let output = world.run(&["report", "broken", "-o", "new.html"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(!world.at("new.html").exists());
}

#[test]
fn a_report_replaces_nothing_but_a_report() {
    let world = World::new();
    let run = trained(&world, &[]);
    world.file("mine.html", b"<!DOCTYPE html><html>my own</html>");
    for (place, why) in [
        ("mine.html", "is not a report of this program"),
        ("data", "is a folder"),
        ("data/report.html", "never written to"),
        ("none/report.html", "there is no folder"),
    ] {
        let output = world.run(&["report", &run, "-o", place]);
        assert_eq!(output.status.code(), Some(2), "{place}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    assert!(
        fs::read_to_string(world.at("mine.html"))
            .unwrap()
            .contains("my own")
    );
    let output = world.run(&["report", &run, &run, "-o", "one.html"]);
    assert_eq!(stdout(&output).trim(), "Wrote a report of 1 run to one.html");
}
