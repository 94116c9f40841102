//! `health`: faults that were planted in the demo's leaves are found, and little else.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use counterweight::disk::dataset::demo;
use counterweight::protocol::Cancel;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};
use serde_json::Value;

use super::world::{World, json, stderr, stdout};

type Pair = BTreeSet<String>;

/// The demo's first leaves, laid out as parts, with faults; and what was planted.
struct Planted {
    world: World,
    exact: Vec<Pair>,
    /// Saved again, and cropped.
    near: Vec<Pair>,
    blank: BTreeSet<String>,
}

const N_ILL: usize = 40;
const N_WELL: usize = 72;

impl Planted {
    fn new() -> Self {
        let world = World::new();
        demo::draw(&world.at("demo"), &Cancel::new(), &mut |_, _| {}).unwrap();
        let mut planted = Planted {
            world,
            exact: vec![],
            near: vec![],
            blank: BTreeSet::new(),
        };
        for part in ["train", "val"] {
            for class in ["blighted", "healthy"] {
                fs::create_dir_all(planted.world.at(&format!("data/{part}/{class}"))).unwrap();
            }
        }
        fs::remove_dir_all(planted.world.at("data/dark")).unwrap();
        fs::remove_dir_all(planted.world.at("data/light")).unwrap();
        planted.leaves();
        planted.copies();
        planted
    }

    /// One class is kept as JPEG; 12 of it lie in the folder of the other.
    fn leaves(&self) {
        for i in 0..N_ILL {
            let to = self.data(&format!("{}/blighted/{i:03}.png", part(i)));
            fs::copy(self.leaf("blighted", i), to).unwrap();
        }
        for i in 0..N_WELL {
            let class = if i % 6 == 5 { "blighted" } else { "healthy" };
            let leaf = image::open(self.leaf("healthy", i)).unwrap();
            self.jpeg(&format!("{}/{class}/h{i:03}.jpg", part(i)), &leaf, 92);
        }
    }

    /// Each of another leaf, in the other part.
    fn copies(&mut self) {
        for i in 0..10 {
            let (from, to) = (
                format!("{}/blighted/{i:03}.png", part(i)),
                format!("{}/blighted/same{i}.png", other(i)),
            );
            fs::copy(self.data(&from), self.data(&to)).unwrap();
            self.exact.push(Pair::from([from, to]));
        }
        for i in 10..20 {
            let (from, to) = (
                format!("{}/blighted/{i:03}.png", part(i)),
                format!("{}/blighted/again{i}.jpg", other(i)),
            );
            self.jpeg(&to, &image::open(self.leaf("blighted", i)).unwrap(), 60);
            self.near.push(Pair::from([from, to]));
        }
        for i in 20..25 {
            let (from, to) = (
                format!("{}/blighted/{i:03}.png", part(i)),
                format!("{}/blighted/part{i}.png", other(i)),
            );
            let leaf = image::open(self.leaf("blighted", i)).unwrap();
            leaf.crop_imm(i as u32 % 6, 3, 56, 58)
                .save(self.data(&to))
                .unwrap();
            self.near.push(Pair::from([from, to]));
        }
        for i in 0..5u8 {
            let name = format!("train/healthy/blank{i}.png");
            RgbImage::from_pixel(64, 64, image::Rgb([240 - i, 240, 240]))
                .save(self.data(&name))
                .unwrap();
            self.blank.insert(name);
        }
    }

    fn leaf(&self, class: &str, i: usize) -> PathBuf {
        self.world.at(&format!("demo/{class}/leaf-{i:04}.png"))
    }

    fn data(&self, name: &str) -> PathBuf {
        self.world.at("data").join(name)
    }

    fn jpeg(&self, name: &str, image: &DynamicImage, quality: u8) {
        let mut bytes = Vec::new();
        image
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
            .unwrap();
        fs::write(self.data(name), bytes).unwrap();
    }
}

fn part(i: usize) -> &'static str {
    if i % 4 == 3 { "val" } else { "train" }
}

fn other(i: usize) -> &'static str {
    if i % 4 == 3 { "train" } else { "val" }
}

fn groups(found: &Value, key: &str) -> Vec<Pair> {
    let groups = found[key].as_array().unwrap().iter();
    let paths = |group: &Value| {
        group
            .as_array()
            .unwrap()
            .iter()
            .map(|path| path.as_str().unwrap().to_owned())
            .collect()
    };
    groups.map(paths).collect()
}

/// Precision and recall of groups of two.
fn scores(found: &[Pair], planted: &[Pair]) -> [f64; 2] {
    let n_right = found.iter().filter(|group| planted.contains(group)).count() as f64;
    [
        n_right / found.len().max(1) as f64,
        n_right / planted.len() as f64,
    ]
}

#[test]
fn planted_faults_are_found_and_little_else() {
    let planted = Planted::new();
    let quick = [
        "health",
        "data",
        "--weights",
        "none",
        "--image-size",
        "32",
        "--precision",
        "f32",
    ];
    let output = planted.world.run(&[&quick[..], &["--json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let found = json(&output);
    let exact = groups(&found, "duplicates");
    assert_eq!(scores(&exact, &planted.exact), [1.0, 1.0], "{exact:?}");
    let near = groups(&found, "near_duplicates");
    let [precision, recall] = scores(&near, &planted.near);
    assert!(precision >= 0.9 && recall >= 0.9, "{precision} {recall} {near:?}");
    let leaking = groups(&found, "leakage");
    assert!(
        planted.exact.iter().all(|pair| leaking.contains(pair)),
        "{leaking:?}"
    );
    assert_eq!(
        found["leakage_by_parts"][0]["parts"],
        serde_json::json!(["train", "val"])
    );
    let blank: BTreeSet<String> = found["quality"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|image| image["kind"] == "low-information")
        .map(|image| image["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(blank, planted.blank);
    let shortcuts = found["shortcuts"].as_array().unwrap();
    let file_type = shortcuts.iter().find(|s| s["property"] == "file type").unwrap();
    // Two thirds of the blighted ones are PNG files, and all healthy ones but five are JPEG.
    assert!(
        file_type["tells"] == true && file_type["balanced_accuracy"].as_f64().unwrap() > 0.75,
        "{shortcuts:?}"
    );
    for issue in found["label_issues"].as_array().unwrap() {
        assert_ne!(issue["label"], issue["suggested"]);
        assert!(issue["score"].as_f64().unwrap() <= 1.0);
    }
    assert!(
        found["head_balanced_accuracy"]
            .as_f64()
            .is_some_and(|share| share > 0.5)
    );
    assert_eq!(found["split"], "folders");

    let told = stdout(&planted.world.run(&quick));
    for words in [
        "exact duplicates",
        "Copies across the parts of the split",
        "train and val",
        "file type",
        "blank",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    keeps_together(&planted, leaking.len());
}

/// What is written is taken as groups, and then nothing leaks.
fn keeps_together(planted: &Planted, n_leaking: usize) {
    assert!(n_leaking >= 20);
    let write = ["health", "data", "--no-features", "--write-groups", "groups.csv"];
    let written = planted.world.run(&write);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(stdout(&written).contains("Nothing is said of labels, outliers and crops"));
    let again = planted.world.run(&write);
    assert!(stderr(&again).contains("is there already"), "{}", stderr(&again));
    let output = planted.world.run(&[
        "health",
        "data",
        "--no-features",
        "--groups",
        "groups.csv",
        "--json",
    ]);
    let found = json(&output);
    assert_eq!(found["split"], "groups", "{}", stderr(&output));
    assert_eq!(groups(&found, "leakage"), Vec::<Pair>::new());
    assert_eq!(groups(&found, "duplicates").len(), 10);
    // As decisions, they keep the folder's own parts, and what is judged by.
    let world = &planted.world;
    let imported = world.run(&["labels", "data", "import", "groups.csv"]);
    assert!(imported.status.success(), "{}", stderr(&imported));
    let quick = ["health", "data", "--no-features", "--json"];
    let found = json(&world.run(&quick));
    assert_eq!(
        (&found["split"], groups(&found, "leakage")),
        (&"folders".into(), Vec::<Pair>::new())
    );
    assert!(found["labels"]["kept_together"].as_u64().is_some_and(|n| n >= 40));
    let undone = world.run(&["labels", "data", "undo"]);
    assert!(undone.status.success(), "{}", stderr(&undone));
    // One of each exact copy is enough.
    let copies = groups(&json(&world.run(&quick)), "duplicates");
    let mut exclude = vec!["labels", "data", "exclude"];
    exclude.extend(
        copies
            .iter()
            .flat_map(|pair| pair.iter().skip(1).map(String::as_str)),
    );
    assert!(world.run(&exclude).status.success());
    let found = json(&world.run(&quick));
    assert_eq!(groups(&found, "duplicates"), Vec::<Pair>::new());
    assert!(found["settled"].as_u64().is_some_and(|n| n >= 10), "{found}");
}

/// The issue's worst case: every test image is a training image.
#[test]
fn all_test_images_that_are_training_images_are_named() {
    let world = World::new();
    for class in ["dark", "light"] {
        world.class(
            &format!("parts/train/{class}"),
            6,
            if class == "dark" { 30 } else { 190 },
        );
        fs::create_dir_all(world.at(&format!("parts/test/{class}"))).unwrap();
        fs::create_dir_all(world.at(&format!("parts/val/{class}"))).unwrap();
        world.class(
            &format!("parts/val/{class}"),
            3,
            if class == "dark" { 60 } else { 150 },
        );
        for i in 0..6 {
            let [from, to] =
                ["train", "test"].map(|part| world.at(&format!("parts/{part}/{class}/{i:02}.png")));
            fs::copy(from, to).unwrap();
        }
    }
    // There are no weights here and no network, which keeps nothing else from being found.
    let found = json(&world.run(&["health", "parts", "--json"]));
    assert!(
        found["left_out"].as_str().is_some_and(|why| !why.is_empty()),
        "{found:?}"
    );
    let named: BTreeSet<String> = groups(&found, "leakage").into_iter().flatten().collect();
    let tests: Vec<&String> = named.iter().filter(|path| path.starts_with("test/")).collect();
    assert_eq!(tests.len(), 12, "{named:?}");
}
