//! Each entry, whole.

use std::collections::BTreeSet;

use super::super::choices::{BatchNorm, DeviceChoice, Normalize, Optimizer, Precision, WeightsSource};
use super::super::{BACKBONES, ClassWeights};
use super::*;

/// No field as it is by default.
fn other() -> Config {
    Config {
        format: Config::default().format,
        data: "faces".into(),
        label_table: Some("tables/labels.csv".into()),
        arch: BACKBONES[1].name.into(),
        weights: WeightsSource::Random,
        class_weights: ClassWeights::Given(vec![1.0, 8.0]),
        stop: Stop::Converged,
        epochs: 7,
        lr: 0.25,
        optimizer: Optimizer::Sgd,
        batch: 9,
        image_size: 64,
        resize: Resize::Crop,
        normalize: Normalize::None,
        batch_norm: BatchNorm::Batch,
        split: SplitMethod::Groups,
        groups: Some(Groups::Pattern("(a)".into())),
        labels_overlay: Some(LabelsOverlay::of("decided.csv")),
        train_share: 0.5,
        test_share: 0.25,
        seed: 3,
        device: DeviceChoice::Cuda(1),
        precision: Precision::Bf16,
        baseline: true,
        folds: 5,
        repeats: 2,
    }
}

#[test]
fn the_file_has_a_key_for_each_entry_and_each_has_flags_of_its_own() {
    let json = serde_json::to_value(Config::default()).unwrap();
    let in_file: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let in_table: BTreeSet<&str> = FIELDS.iter().map(|f| f.key).chain(["format"]).collect();
    assert_eq!(in_file, in_table);
    let flags: Vec<&str> = FIELDS.iter().flat_map(|f| f.flags).map(|f| f.name).collect();
    assert_eq!(flags.iter().collect::<BTreeSet<_>>().len(), flags.len());
}

#[test]
fn what_a_flag_says_is_what_it_reads() {
    let mut read = Config::default();
    for field in FIELDS {
        for flag in field.flags {
            if let Some(text) = (flag.text)(&other()) {
                (flag.set)(&mut read, &text).unwrap();
            }
        }
    }
    assert_eq!(read, other());
}

#[test]
fn what_has_no_effect_is_shown_as_a_dash() {
    let config = Config {
        lr: 1e-7,
        ..Config::default()
    };
    assert_eq!(LR.in_words(&config), "learning rate 1e-7");
    assert_eq!(LR.shown(&other()), "–");
}

#[test]
fn every_choice_stands_in_the_help() {
    fn names<T: ToString>(all: &[T]) -> Vec<String> {
        all.iter().map(T::to_string).collect()
    }
    let table: [(&Field, Vec<String>); 8] = [
        (&ARCH, BACKBONES.iter().map(|b| b.name.into()).collect()),
        (&STOP, names(Stop::ALL)),
        (&OPTIMIZER, names(Optimizer::ALL)),
        (&RESIZE, names(Resize::ALL)),
        (&NORMALIZE, names(Normalize::ALL)),
        (&BATCH_NORM, names(BatchNorm::ALL)),
        (&SPLIT, names(SplitMethod::ALL)),
        (&PRECISION, names(Precision::ALL)),
    ];
    for (field, names) in table {
        let help = field.help(&field.flags[0]).to_lowercase();
        assert!(names.iter().all(|name| help.contains(name.as_str())), "{help}");
    }
}

#[test]
fn a_help_says_what_holds_where_nothing_is_given() {
    let help = |field: &Field| field.help(&field.flags[0]);
    assert_eq!(
        help(&SPLIT),
        "How the images are divided [random, stratified, groups or folders; where nothing is given, folders if there \
         are train/ and val/; default: stratified]"
    );
    assert_eq!(help(&BATCH), "Images a step [default: 126]");
    assert_eq!(
        help(&BASELINE),
        "Evaluate the pretrained baseline first: the network with its untrained head"
    );
    assert!(!help(&DATA).contains("default"));
}

#[test]
fn heads_on_the_same_features_differ_in_the_head_alone() {
    let plain = other().without_head();
    for field in FIELDS {
        let is_reset = (field.is_same)(&plain, &Config::default());
        let is_of_head = field.group == Group::Head || field.key == LABELS_OVERLAY.key;
        assert_eq!(is_reset, is_of_head, "{}", field.key);
    }
}
