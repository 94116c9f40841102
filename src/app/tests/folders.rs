//! Two folders, one after the other: what was set for one is not set for the other.

use super::*;
use crate::protocol::{FoundSettings, RunsEvent};

fn folder(root: &str, classes: [&str; 2], part: Option<Part>) -> Dataset {
    let image = |i: usize| ImageEntry {
        path: format!("{}/{i}.png", classes[i % 2]),
        class_idx: i % 2,
        folder: part.map(|train| if i < 20 { train } else { Part::Val }),
    };
    Dataset {
        root: root.into(),
        classes: classes.map(String::from).to_vec(),
        images: (0..30).map(image).collect(),
        ..Dataset::default()
    }
}

#[test]
fn settings_stay_with_their_folder_and_weights_with_their_class() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(folder("faces", ["FAKE", "REAL"], None), &mut desk);
    state.apply_action(
        Action::Fit(FitAction::SetWeight {
            class_idx: 1,
            weight: 16.0,
        }),
        &mut desk,
    );
    state.settings.form.epochs = 50;
    state.settings.form.weights = WeightsSource::Random;
    state.apply_action(Action::Dataset(DatasetAction::OpenGallery(Some(1))), &mut desk);
    state.take_dataset(folder("faces", ["FAKE", "REAL"], None), &mut desk);
    assert_eq!(state.dataset.gallery.class, Some(1));
    state.take_dataset(folder("insects", ["ants", "bees"], None), &mut desk);
    assert_eq!(state.dataset.gallery.class, None);
    assert_eq!(state.settings.form.class_weights, ClassWeights::Equal);
    assert_eq!(state.settings.form.epochs, Config::default().epochs);
    assert_eq!(state.settings.form.weights, Config::default().weights);
    // A file of weights is meant for all.
    state.settings.form.weights = WeightsSource::File("/w.pth".into());
    state.take_dataset(folder("leaves", ["ill", "well"], None), &mut desk);
    assert_eq!(state.settings.form.weights, WeightsSource::File("/w.pth".into()));
    state.take_dataset(folder("faces", ["FAKE", "REAL"], None), &mut desk);
    assert_eq!(
        state.settings.form.class_weights,
        ClassWeights::Given(vec![1.0, 16.0])
    );
    assert_eq!(state.settings.form.epochs, 50);
    // Another class beside it: the weight stays with its own.
    state.take_dataset(folder("faces", ["BLUR", "REAL"], None), &mut desk);
    assert_eq!(
        state.settings.form.class_weights,
        ClassWeights::Given(vec![1.0, 16.0])
    );
}

#[test]
fn settings_of_a_file_suit_the_folder_in_which_they_are_taken() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(folder("insects", ["ants", "bees"], None), &mut desk);
    let found = FoundSettings {
        path: "config.json".into(),
        config: Config {
            class_weights: ClassWeights::Given(vec![1.0, 16.0]),
            ..Config::default()
        },
        classes: ["FAKE", "REAL"].map(String::from).to_vec(),
    };
    state.apply_event(0, RunsEvent::SettingsRead(Box::new(found)).into(), &mut desk);
    let offer = state.notices.toasts.last().unwrap().offer.clone().unwrap();
    state.take_dataset(folder("faces", ["FAKE", "REAL"], None), &mut desk);
    state.apply_action(Action::accept(&offer), &mut desk);
    let form = &state.settings.form;
    assert_eq!(form.data, Path::new("faces"));
    assert_eq!(form.class_weights, ClassWeights::Given(vec![1.0, 16.0]));
}

#[test]
fn a_folder_with_parts_is_split_by_them_and_the_next_is_not() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(folder("parts", ["a", "b"], Some(Part::Train)), &mut desk);
    assert_eq!(state.settings.form.split, SplitMethod::Folders);
    assert!(
        state
            .notices
            .toasts
            .iter()
            .any(|toast| toast.text.contains("divided into parts"))
    );
    state.take_dataset(folder("plain", ["a", "b"], None), &mut desk);
    assert_eq!(state.settings.form.split, SplitMethod::Stratified);
    // Parts without one to validate on cannot be split by.
    state.take_dataset(folder("tests", ["a", "b"], Some(Part::Test)), &mut desk);
    assert_eq!(state.settings.form.split, SplitMethod::Stratified);
}

#[test]
fn a_file_address_is_a_path() {
    for (text, path) in [
        ("file:///media/x/My%20Folder", "/media/x/My Folder"),
        ("file:///tmp/K%C3%A4se%2Bwurst", "/tmp/K\u{e4}se+wurst"),
        ("file://localhost/a%zzb", "/a%zzb"),
        ("/plain/100%20", "/plain/100%20"),
    ] {
        let mut state = AppState::new(Folders::default(), Settings::default());
        state.dataset.path_text = text.into();
        assert_eq!(state.typed_path(), Some(path.into()), "{text}");
    }
}
