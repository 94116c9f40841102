//! Figures that look right are right: classes that vanish, images that were trained on, tables that lost rows.

use std::fs;
use std::path::{Path, PathBuf};

use super::world::{World, json, stderr};

/// The one run there is.
fn run_dir(world: &World) -> PathBuf {
    let mut dirs = fs::read_dir(world.runs())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    dirs.next().unwrap()
}

/// Begins as a PNG does, and is none.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let end = bytes.len() - 16;
    bytes[50..end].fill(0);
    fs::write(path, bytes).unwrap();
}

fn evaluate(world: &World, data: &str, more: &[&str]) -> (serde_json::Value, String) {
    let run = run_dir(world);
    let arguments = ["evaluate", run.to_str().unwrap(), "--data", data, "--json"];
    let output = world.run(&[&arguments[..], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    (json(&output), stderr(&output))
}

fn n_judged(figures: &serde_json::Value) -> u64 {
    let rows = figures["confusion"].as_array().unwrap().iter();
    rows.flat_map(|row| row.as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .sum()
}

#[test]
fn a_class_of_which_nothing_can_be_read_fails_the_run() {
    let world = World::new();
    (0..8).for_each(|i| damage(&world.at(&format!("data/light/{i:02}.png"))));
    for batch_norm in ["frozen", "batch"] {
        let output = world.train(&["--batch-norm", batch_norm]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.contains("class light has no training image that can be read, of 6"),
            "{message}"
        );
        assert!(message.contains("such as light/0"), "{message}");
    }
    let listed = world.run(&["runs", "--json"]);
    let runs = json(&listed);
    assert!(
        runs.as_array()
            .unwrap()
            .iter()
            .all(|run| run["state"] == "failed"),
        "{runs}"
    );
}

#[test]
fn weights_count_what_is_trained_on_and_one_warning_tells_of_the_rest() {
    let world = World::new();
    (0..4).for_each(|i| damage(&world.at(&format!("data/dark/{i:02}.png"))));
    let output = world.train(&["--class-weights", "balanced", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let split = fs::read_to_string(run_dir(&world).join("split.csv")).unwrap();
    let n_train = |class: &str| {
        split
            .lines()
            .filter(|l| l.contains(&format!(",{class},train,")))
            .count() as f64
    };
    let (dark, light) = (n_train("dark"), n_train("light"));
    assert!(dark < 8.0, "{split}");
    let listed = json(&world.run(&["runs", "--json"]));
    assert_eq!(listed[0]["state"], "finished", "{listed}");
    let printed = json(&output);
    let weights = printed["class_weights"].as_array().unwrap();
    let n = dark + light;
    assert!(
        (weights[0].as_f64().unwrap() - n / (2.0 * dark)).abs() < 1e-9,
        "{printed}"
    );
    let events = fs::read_to_string(run_dir(&world).join("events.jsonl")).unwrap();
    let warnings: Vec<&str> = events
        .lines()
        .filter(|line| line.contains("\"warning\""))
        .collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[0].contains("4 images are left out: ") && warnings[0].contains("and 2 more"),
        "{warnings:?}"
    );
    assert!(warnings[1].contains("4 of 12 of dark"), "{warnings:?}");
    // The list of images is of those that were trained on and judged, each with its content.
    assert_eq!(split.lines().count(), 1 + 16);
    assert!(
        split
            .lines()
            .skip(1)
            .all(|line| line.rsplit(',').next().unwrap().len() == 64),
        "{split}"
    );
}

#[test]
fn what_was_trained_on_is_known_whatever_it_is_called() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let (as_it_was, _) = evaluate(&world, "data", &[]);
    assert_eq!(as_it_was["images"], "the run's own 6 val images");
    // One image more, a copy of one that the run knows; another is renamed, another saved again as other bytes.
    fs::copy(world.at("data/dark/03.png"), world.at("data/dark/new.png")).unwrap();
    fs::rename(world.at("data/dark/05.png"), world.at("data/dark/renamed.png")).unwrap();
    let path = world.at("data/light/02.png");
    let bytes = [fs::read(&path).unwrap(), b"more".to_vec()].concat();
    fs::write(&path, bytes).unwrap();
    let (after, _) = evaluate(&world, "data", &[]);
    let n_known = n_judged(&after);
    assert!((6..=7).contains(&n_known), "{after}");
    // A copy elsewhere, with an image that is really new.
    let copy = std::process::Command::new("cp")
        .arg("-r")
        .arg(world.at("data"))
        .arg(world.at("copy"))
        .status();
    assert!(copy.unwrap().success());
    image::RgbImage::from_pixel(32, 32, image::Rgb([9, 99, 199]))
        .save(world.at("copy/dark/really.png"))
        .unwrap();
    let (copied, said) = evaluate(&world, "copy", &[]);
    assert!(
        copied["images"]
            .as_str()
            .unwrap()
            .contains("that the run has never seen"),
        "{copied}"
    );
    assert!(said.contains("trained on left out"), "{said}");
    assert!(n_judged(&copied) <= n_known + 2, "{copied}");
    let (val, _) = evaluate(&world, "copy", &["--part", "val"]);
    assert!(n_judged(&val) <= 7, "{val}");
}

#[test]
fn another_folder_with_the_same_names_is_judged_whole() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    world.class("other/dark", 12, 41);
    world.class("other/light", 8, 201);
    let (figures, _) = evaluate(&world, "other", &[]);
    assert_eq!(figures["images"], "all images of the folder");
    assert_eq!(n_judged(&figures), 20);
}

/// The world's image folder again, each picture as `save` makes it.
fn saved_again(world: &World, name: &str, save: impl Fn(image::DynamicImage, &Path)) {
    for class in ["dark", "light"] {
        fs::create_dir_all(world.at(name).join(class)).unwrap();
        for entry in fs::read_dir(world.at("data").join(class)).unwrap() {
            let path = entry.unwrap().path();
            let copy = world.at(name).join(class).join(path.file_stem().unwrap());
            save(image::open(&path).unwrap(), &copy);
        }
    }
}

#[test]
fn a_folder_saved_again_elsewhere_is_still_what_was_trained_on() {
    let world = World::new();
    // Pictures that differ from each other, as real ones do.
    for (class, n) in [("dark", 12), ("light", 8)] {
        for i in 0..n {
            let picture = image::RgbImage::from_fn(32, 32, |x, y| {
                let wave = ((x * (i % 5 + 1)) as f32 / 9.0).sin() * ((y * (i / 5 + 1)) as f32 / 7.0).cos();
                let level = 128.0 + wave * 100.0;
                image::Rgb([
                    level as u8,
                    (i * 12) as u8,
                    if class == "dark" { 30 } else { 220 },
                ])
            });
            picture
                .save(world.at(&format!("data/{class}/{i:02}.png")))
                .unwrap();
        }
    }
    assert!(world.train(&[]).status.success());
    // With loss, and under another ending.
    saved_again(&world, "small", |picture, copy| {
        picture.to_rgb8().save(copy.with_extension("jpg")).unwrap();
    });
    let (figures, said) = evaluate(&world, "small", &[]);
    assert!(
        said.contains(
            "14 left out that have the name of an image that the run was trained on and look nearly the same"
        ),
        "{said}"
    );
    assert_eq!(n_judged(&figures), 6, "{figures}");
    // Once the features are gone nothing can be compared, which is said where the paths are the same ones.
    saved_again(&world, "bright", |picture, copy| {
        picture.brighten(1).save(copy.with_extension("png")).unwrap();
    });
    fs::remove_dir_all(world.at("features")).unwrap();
    let (figures, said) = evaluate(&world, "bright", &[]);
    assert!(
        said.contains("14 of the images that are evaluated have the name of"),
        "{said}"
    );
    assert_eq!(n_judged(&figures), 20, "{figures}");
}

#[test]
fn a_piece_of_the_folder_knows_its_parts_and_says_when_nothing_is_fair() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let split = fs::read_to_string(run_dir(&world).join("split.csv")).unwrap();
    let of = |part: &str| -> Vec<String> {
        let rows = split.lines().filter(|line| line.contains(&format!(",{part},")));
        rows.map(|row| row.split(',').next().unwrap().to_owned())
            .collect()
    };
    let copy = |name: &str, paths: &[String]| {
        for path in paths {
            let to = world.at(name).join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(world.at("data").join(path), to).unwrap();
        }
    };
    // Less than half of what the run was made of, and more of it trained on than not.
    copy("piece", &of("val"));
    copy("piece", &of("train")[..1]);
    let (figures, _) = evaluate(&world, "piece", &["--part", "val"]);
    assert_eq!(figures["images"], "the run's own val images");
    assert_eq!(n_judged(&figures), 6);
    copy("trained", &of("train"));
    let run = run_dir(&world);
    let output = world.run(&["evaluate", run.to_str().unwrap(), "--data", "trained"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("trained on every image of this folder"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn images_that_changed_their_class_are_told() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let (_, said) = evaluate(&world, "data", &[]);
    assert!(!said.contains("in another class"), "{said}");
    for (from, to) in [("dark", "aside"), ("light", "dark"), ("aside", "light")] {
        fs::rename(world.at("data").join(from), world.at("data").join(to)).unwrap();
    }
    let (_, said) = evaluate(&world, "data", &[]);
    assert!(
        said.contains(
            "6 of the evaluated images lie in another class than the run had them in, such as dark/"
        ),
        "{said}"
    );
}

#[test]
fn a_head_that_is_not_the_models_is_not_believed() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let run = run_dir(&world);
    let head = run.join("head.safetensors");
    let mut bytes = fs::read(&head).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 0x80;
    fs::write(&head, bytes).unwrap();
    for arguments in [&["evaluate", "--data", "data"][..], &["predict", "data"]] {
        let arguments = [&arguments[..1], &[run.to_str().unwrap()], &arguments[1..]].concat();
        let message = stderr(&world.run(&arguments));
        assert!(
            message.contains("is not the one of the head.safetensors beside it"),
            "{message}"
        );
    }
}

#[test]
fn tables_that_lost_rows_or_have_them_twice_are_refused() {
    let world = World::new();
    assert!(world.train(&[]).status.success());
    let run = run_dir(&world);
    let split = run.join("split.csv");
    let whole = fs::read_to_string(&split).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let short = lines[..lines.len() - 3].join("\n") + "\n";
    let doubled = whole.clone() + &lines[1..].join("\n") + "\n";
    for (text, words) in [
        (&short, "the run was made with"),
        (&doubled, "20 of its rows are there twice"),
    ] {
        fs::write(&split, text).unwrap();
        let output = world.run(&["evaluate", run.to_str().unwrap(), "--data", "data"]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(
            message.contains("split.csv: is not the run's split") && message.contains(words),
            "{message}"
        );
    }
}

#[test]
fn images_of_several_sizes_need_a_resize() {
    let world = World::new();
    image::RgbImage::new(40, 32)
        .save(world.at("data/dark/00.png"))
        .unwrap();
    let output = world.train(&["--resize", "none"]);
    let message = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(
        message.contains("its images have 2 sizes (19 of 32 x 32, 1 of 40 x 32)"),
        "{message}"
    );
}

#[test]
fn pictures_that_are_trained_on_and_judged_are_told() {
    let world = World::new();
    for i in 0..8 {
        fs::copy(
            world.at(&format!("data/light/{i:02}.png")),
            world.at(&format!("data/light/copy{i}.png")),
        )
        .unwrap();
    }
    let output = world.train(&[]);
    let message = stderr(&output);
    assert!(
        message.contains("also trained on, under another name"),
        "{message}"
    );
    let scanned = world.run(&["scan", "data"]);
    let text = String::from_utf8_lossy(&scanned.stdout).into_owned();
    assert!(text.contains("the same picture is there 2 times"), "{text}");
}

#[test]
fn a_folder_packed_on_a_mac_is_judged() {
    let world = World::new();
    let [here, there] = ["K\u{e4}se", "Ka\u{308}se"];
    for (folder, name) in [("linux", here), ("mac", there)] {
        world.class(&format!("{folder}/{name}"), 6, 40);
        world.class(&format!("{folder}/wurst"), 6, 160);
    }
    assert!(world.train(&["--data", "linux"]).status.success());
    evaluate(&world, "mac", &[]);
    let rows = (0..6).flat_map(|i| {
        [
            format!("{here}/{i:02}.png,g{i}"),
            format!("wurst/{i:02}.png,g{i}"),
        ]
    });
    let table = format!(
        "\u{feff}path;group\r\n{}\r\n",
        rows.collect::<Vec<_>>().join(" \r\n").replace(',', ";")
    );
    world.file("groups.csv", table.as_bytes());
    let output = world.train(&["--data", "mac", "--split", "groups", "--groups", "groups.csv"]);
    assert!(output.status.success(), "{}", stderr(&output));
}
