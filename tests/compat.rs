//! What earlier versions wrote is read for ever, and means what it meant; what a newer one wrote is left as it is. In
//! `fixtures/compat`, `format-N` is a run as the program wrote it while N was the newest format, without its large model
//! file; `features-N` is a store of features, `settings-N.json` the window's settings, and `labels-N.jsonl` a journal of label
//! decisions (that of format 1 is the run's of format 3).

use std::fs;
use std::path::{Path, PathBuf};

use counterweight::app::{SETTINGS_FORMAT, read_settings};
use counterweight::disk::dataset::labels::decided_by;
use counterweight::disk::feature_store::{FeatureSetKey, FeatureStore, Numerics};
use counterweight::disk::runs::saved::{read_environment, read_run, read_split};
use counterweight::disk::runs::scores::{read_decision, read_scores};
use counterweight::disk::runs::tag::write_tag;
use counterweight::experiment::{
    CONFIG_FORMATS, ClassWeights, Config, Dataset, EVENT_FORMATS, FrozenTransform, Outcome, Part, RunTag,
    When,
};

use counterweight::protocol::Cancel;

fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/compat");
    fixtures.join(name)
}

/// What earlier versions left may be read, and a store that is opened may be tidied: never the fixture itself.
fn copied(name: &str) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let target = to.join(path.file_name().unwrap());
            match path.is_dir() {
                true => copy(&path, &target),
                false => drop(fs::copy(&path, &target).unwrap()),
            }
        }
    }
    let home = tempfile::tempdir().unwrap();
    copy(&fixture(name), home.path());
    home
}

/// Who raises a format leaves a run of the one before here.
#[test]
fn every_format_that_is_read_has_a_run() {
    for format in
        EVENT_FORMATS.oldest.min(CONFIG_FORMATS.oldest)..=EVENT_FORMATS.newest.max(CONFIG_FORMATS.newest)
    {
        let dir = fixture(&format!("format-{format}"));
        let run = read_run(&dir).unwrap_or_else(|e| panic!("{e}"));
        assert!(run.doubts.is_empty(), "{:?}", run.doubts);
    }
}

#[test]
fn a_run_of_the_first_format_means_what_it_meant() {
    let dir = fixture("format-1");
    let run = read_run(&dir).unwrap();
    assert_eq!(run.config.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    assert_eq!((run.config.epochs, run.config.seed), (3, 5));
    assert_eq!((&*run.tag.name, run.tag.starred), ("eight to one", true));
    assert_eq!(run.record.outcome, Some(Outcome::Finished));
    assert_eq!(run.record.losses.len(), 9);
    let started = run.record.started.as_ref().unwrap();
    assert_eq!(
        (&started.n_train[..], &started.n_test[..]),
        (&[14, 5][..], &[5, 1][..])
    );
    let val = run.record.latest(Part::Val).unwrap();
    assert_eq!(val.when, When::Epoch(3));
    assert_eq!(val.loss, 0.8071011041112649);
    let counts: Vec<&[u64]> = val.confusion.rows().collect();
    assert_eq!(counts, [[0, 5], [0, 2]]);
    assert_eq!(read_environment(&dir).unwrap().device, "cpu");
    let split = read_split(&dir, started).unwrap();
    assert_eq!((split.len(), split[0].content.len()), (32, 64));
    let decision = read_decision(&dir).unwrap().unwrap();
    assert_eq!((&*decision.class, decision.threshold), ("REAL", 0.65));
    let scores = read_scores(&dir).unwrap().parts;
    let parts: Vec<(Part, usize)> = scores.iter().map(|(part, s)| (*part, s.images().len())).collect();
    assert_eq!(parts, [(Part::Val, 7), (Part::Test, 6)]);
    let kept = scores[0].1.scores().confusion(decision.rule(&started.classes));
    let counts: Vec<&[u64]> = kept.rows().collect();
    assert_eq!(counts, [[5, 0], [0, 2]]);
}

#[test]
fn a_run_of_the_third_format_knows_the_labels_it_was_trained_with() {
    let dir = fixture("format-3");
    let run = read_run(&dir).unwrap();
    let overlay = run.config.labels_overlay.as_ref().unwrap();
    assert_eq!(
        (overlay.file.to_str(), overlay.version.len()),
        (Some("/runs/labels/faces-9c48a836.jsonl"), 16)
    );
    let started = run.record.started.as_ref().unwrap();
    assert_eq!(
        started.labels.unwrap().to_string(),
        "1 relabelled, 1 excluded, 2 kept together"
    );
    let split = read_split(&dir, started).unwrap();
    let relabelled = split.iter().find(|row| row.path == "FAKE/03.png").unwrap();
    assert_eq!((split.len(), &*relabelled.class), (31, "REAL"));
    // Without the images, only what the journal itself says.
    let nowhere = Dataset::default();
    let store = FeatureStore::in_memory();
    let decided = decided_by(&dir.join("labels.jsonl"), &nowhere, &store, &Cancel::new()).unwrap();
    assert_eq!(
        (decided.version(), decided.n_absent),
        (overlay.version.clone(), 4)
    );
}

/// The second format of decisions tells images of one content apart.
#[test]
fn decisions_of_the_second_format_are_about_single_copies() {
    let store = FeatureStore::in_memory();
    let file = fixture("labels-2.jsonl");
    let decided = decided_by(&file, &Dataset::default(), &store, &Cancel::new()).unwrap();
    assert_eq!((decided.n_absent, decided.damage), (2, None));
    let places = [("FAKE/05.png", 0), ("FAKE/06.png", 1), ("REAL/07.png", 2)];
    let places = places.map(|(path, i)| (path.to_owned(), i)).into();
    let (found, n_absent) = decided.overlay.find(&[("07a4".to_owned(), places)].into());
    let excluded: Vec<usize> = found
        .iter()
        .filter(|(_, l)| l.is_excluded)
        .map(|(i, _)| *i)
        .collect();
    assert_eq!((excluded, n_absent), (vec![0, 2], 0));
}

#[test]
fn a_run_of_the_fifth_format_knows_with_what_care_it_is_to_be_read() {
    let run = read_run(&fixture("format-5")).unwrap();
    let codes: Vec<&str> = run
        .record
        .cautions
        .iter()
        .map(|caution| caution.code.name())
        .collect();
    assert_eq!(codes, ["CW001", "CW002", "CW004", "CW009"]);
    assert!(run.record.warnings.is_empty(), "{:?}", run.record.warnings);
    // Earlier ones have none.
    assert!(read_run(&fixture("format-4")).unwrap().record.cautions.is_empty());
}

#[test]
fn a_run_of_the_fourth_format_knows_what_its_folds_said() {
    let dir = fixture("format-4");
    let run = read_run(&dir).unwrap();
    assert_eq!((run.config.folds, run.config.repeats), (3, 2));
    let folds: Vec<When> = run.record.folds().map(|fold| fold.when).collect();
    assert_eq!((folds.len(), folds[5]), (6, When::Fold { repeat: 2, fold: 3 }));
    let whole = run.record.latest(Part::Train).unwrap();
    assert_eq!((whole.when, whole.confusion.total()), (When::OutOfFold, 19));
    let scores = read_scores(&dir).unwrap().parts;
    let (part, predictions) = &scores[0];
    assert_eq!((*part, predictions.images().len()), (Part::Train, 19));
    assert_eq!(predictions.scores().confusion(None), whole.confusion);
    // Before, a run had none.
    let earlier = read_run(&fixture("format-3")).unwrap();
    assert_eq!((earlier.config.folds, earlier.config.repeats), (0, 1));
}

/// Format 1 called the pretrained baseline `raw`.
#[test]
fn the_baseline_of_the_first_format_is_known_by_its_earlier_name() {
    let config: Config = serde_json::from_str(r#"{"format":1,"raw":true}"#).unwrap();
    let now = Config {
        baseline: true,
        ..Config::default()
    };
    assert_eq!(config, now);
    let when: When = serde_json::from_str(r#""raw""#).unwrap();
    assert_eq!(when, When::Baseline);
    let newer: Config =
        serde_json::from_str(&format!(r#"{{"format":{}}}"#, CONFIG_FORMATS.newest + 1)).unwrap();
    assert_eq!(
        newer.problems().next().map(|problem| problem.field),
        Some("format")
    );
}

#[test]
fn a_run_whose_tag_is_newer_is_shown_without_it_and_the_tag_stays() {
    let home = copied("format-1");
    let path = home.path().join("tag.json");
    let newer = r#"{"format":2,"name":"eight to one","colour":"red"}"#;
    fs::write(&path, newer).unwrap();
    let run = read_run(home.path()).unwrap();
    assert_eq!(run.tag, RunTag::default());
    assert!(
        run.doubts.len() == 1 && run.doubts[0].contains("tag.json: has tag format 2"),
        "{:?}",
        run.doubts
    );
    let error = write_tag(home.path(), &RunTag::default()).unwrap_err();
    assert!(error.to_string().contains("update this one"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}

#[test]
fn features_that_an_earlier_version_kept_are_found() {
    let numerics = Numerics {
        parameters: [7; 32],
        weights: "none".into(),
        n_features: 4,
        precision: "f32".into(),
        device_kind: "cpu".into(),
        library: "1".into(),
    };
    let transform = FrozenTransform::of(&Config::default()).unwrap();
    let key = FeatureSetKey::new(&transform, None, &numerics);
    let home = copied("features-4");
    let store = FeatureStore::at(home.path());
    let mut set = store.open(&key);
    assert_eq!(set.take_problems(), Vec::<String>::new());
    let row = set.find(&[2; 32]).map(|at| set.row(at).to_vec());
    assert_eq!(row, Some(vec![4.0, 5.0, 6.0, 7.0]));
    let listed = store.listing().sets;
    assert_eq!((&*listed[0].about, listed[0].n_images), (key.about(), 2));
}

#[test]
fn settings_of_the_first_format_mean_what_they_meant() {
    let text = fs::read_to_string(fixture("settings-1.json")).unwrap();
    let (settings, unread) = read_settings(Some(&text));
    assert_eq!(unread, None);
    assert_eq!(settings.format, SETTINGS_FORMAT);
    assert_eq!(settings.form.class_weights, ClassWeights::Given(vec![1.0, 8.0]));
    assert_eq!((settings.form.epochs, settings.zoom), (3, 1.25));
    assert_eq!(settings.recent, [PathBuf::from("faces")]);
}
