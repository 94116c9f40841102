//! Names that hold anything, tables that take their place whole, predictions over folders as they are found.

use std::fs;
use std::path::{Path, PathBuf};

use super::world::{World, json, stderr, stdout};

fn trained() -> (World, PathBuf) {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let run = fs::read_dir(world.runs())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    (world, run)
}

#[cfg(unix)]
#[test]
fn names_with_control_letters_are_harmless_in_every_output() {
    let world = World::new();
    world.class("odd/a\nb", 6, 40);
    world.class("odd/c\x1b[31mred", 6, 160);
    world.file("odd/c\x1b[31mred/x\x1b]0;title\x07.png", b"no image");
    let hidden = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
    let check = |output: &std::process::Output, what: &str| {
        let text = stdout(output) + &stderr(output);
        assert!(!hidden(&text), "{what}: {text:?}");
        text
    };
    let scanned = check(&world.run(&["scan", "odd"]), "scan");
    assert!(
        scanned.contains("a\\nb") && scanned.contains("c\\x1b[31mred"),
        "{scanned}"
    );
    check(&world.run(&["scan", "odd", "--json"]), "scan --json");
    check(&world.train(&["--data", "odd"]), "train");
    check(&world.train(&["--data", "odd", "--json"]), "train --json");
    let run = fs::read_dir(world.runs())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(
        run.join("tag.json"),
        r#"{"name":"a\u001b[2Jb","note":"x\u0007y","starred":true}"#,
    )
    .unwrap();
    let run = run.to_str().unwrap().to_owned();
    check(&world.run(&["runs"]), "runs");
    check(&world.run(&["evaluate", &run, "--data", "odd"]), "evaluate");
    let predicted = check(&world.run(&["predict", &run, "odd"]), "predict");
    assert_eq!(
        predicted.lines().filter(|line| line.contains(".png")).count(),
        13,
        "{predicted}"
    );
    let listed = check(&world.run(&["images", &run]), "images");
    assert!(listed.contains("a\\nb"), "{listed}");
    check(&world.run(&["images", &run, "--json"]), "images --json");
    check(&world.run(&["images", &run, "--class", "x\x1b[31m"]), "a class");
    check(&world.run(&["scan", "nowhere\x1b[31m"]), "an error");
    check(
        &world.train(&["--data", "odd", "--class-weights", "x\x1b[31m=3"]),
        "a weighting",
    );
}

#[test]
fn a_table_never_replaces_what_is_none_and_a_failed_job_leaves_the_old_one() {
    let (world, run) = trained();
    let run = run.to_str().unwrap();
    let image = world.at("data/dark/00.png");
    let before = fs::read(&image).unwrap();
    let refused = world.run(&["predict", run, "data/light", "--csv", "data/dark/00.png"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        stderr(&refused).contains("is not a table"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(fs::read(&image).unwrap(), before);
    // A table of somebody's own, also one that looks like ours.
    for own in [
        "path,label\ndark/00.png,dark\n",
        "path,class,camera,age,error\ndark/00.png,dark,left,30,\n",
    ] {
        world.file("own.csv", own.as_bytes());
        for command in [&["predict", run, "data/light"][..], &["images", run]] {
            let refused = world.run(&[command, &["--csv", "own.csv"]].concat());
            assert_eq!(refused.status.code(), Some(2), "{command:?}");
            let said = stderr(&refused);
            assert!(
                said.contains("is there already and is not a table of") && said.contains("name another file"),
                "{said}"
            );
            assert_eq!(fs::read_to_string(world.at("own.csv")).unwrap(), own);
        }
    }
    let yesterday = "path,class,dark,light,error\nold.png,dark,1,0,\n";
    world.file("out.csv", yesterday.as_bytes());
    let failed = world.run(&["predict", run, "no-such.png", "--csv", "out.csv"]);
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(fs::read_to_string(world.at("out.csv")).unwrap(), yesterday);
    let predicted = world.run(&["predict", run, "data/light", "--csv", "out.csv"]);
    assert!(predicted.status.success(), "{}", stderr(&predicted));
    let table = fs::read_to_string(world.at("out.csv")).unwrap();
    assert!(
        table.starts_with(
            "path,class,dark,light,error,run,threshold_class,threshold,score dark,score light\n"
        ) && table.lines().count() == 9,
        "{table}"
    );
    let name = Path::new(run).file_name().unwrap().to_str().unwrap();
    assert_eq!(table.matches(&format!(",,{name},,,0.")).count(), 8, "{table}");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let mut command = world.command(&["train", "--epochs", "1", "--data"]);
    let output = command
        .arg(std::ffi::OsStr::from_bytes(b"da\xffta"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("what --data is given is not UTF-8: da\u{fffd}ta"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn one_bad_entry_costs_a_row_of_a_prediction() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let (world, run) = trained();
    let run = run.to_str().unwrap();
    fs::create_dir_all(world.at("in/.ipynb_checkpoints")).unwrap();
    for (from, to) in [
        ("dark/00.png", "in/0.png"),
        ("light/00.png", "in/.ipynb_checkpoints/0.png"),
    ] {
        fs::copy(world.at(&format!("data/{from}")), world.at(to)).unwrap();
    }
    world.file("in/._0.png", b"\0\x05\x16\x07");
    let odd = world.at("in").join(std::ffi::OsStr::from_bytes(b"1\xff.png"));
    fs::copy(world.at("data/dark/01.png"), odd).unwrap();
    symlink("nowhere.png", world.at("in/2.png")).unwrap();
    symlink("3.png", world.at("in/3.png")).unwrap();
    symlink("..", world.at("in/up")).unwrap();
    let output = world.run(&["predict", run, "in"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        text.contains("2.png  unreadable: this link leads to nothing"),
        "{text}"
    );
    assert!(
        text.contains("3.png  unreadable: this link leads to itself"),
        "{text}"
    );
    assert_eq!(
        text.lines().filter(|line| line.contains(" %")).count(),
        2,
        "{text}"
    );
}

#[test]
fn a_training_from_inside_the_image_folder_can_be_repeated() {
    let world = World::new();
    for _twice in 0..2 {
        let output = world.train(&["--data", "data", "--runs", "data/runs"]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let scanned = json(&world.run(&["scan", "data", "--json"]));
    assert_eq!(scanned["classes"].as_array().unwrap().len(), 2, "{scanned}");
}
