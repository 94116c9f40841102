//! Which runs were judged by the same images.

use super::runs::{faces, list, on};
use super::*;
use crate::experiment::{LabelCounts, LabelsOverlay, Predictions};

#[test]
fn a_table_that_was_relabelled_in_its_place_is_another_dataset() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let mut of = |name: &str, data_fingerprint: &str| {
        list(&mut state, &mut desk, name, &on("/data/faces"), data_fingerprint)
    };
    let runs = [
        ("2026-11-22-120000-a", "ab"),
        ("2026-11-22-120100-b", "cd"),
        ("2026-11-22-120200-c", ""),
    ];
    let [before, after, unknown] = runs.map(|(name, data_fingerprint)| of(name, data_fingerprint));
    state.apply_action(Action::Look(LookAction::Run(before)), &mut desk);
    assert!(state.is_on_same_images(before, Part::Val) && state.is_on_same_images(unknown, Part::Val));
    assert!(!state.is_on_same_images(after, Part::Val));
}

#[test]
fn runs_of_another_split_or_of_a_folder_that_has_grown_are_counted_and_not_drawn() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    let first = list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/faces"),
        "ab",
    );
    let same = Config {
        class_weights: "1,8".parse().unwrap(),
        epochs: 30,
        ..on("/data/faces")
    };
    let second = list(&mut state, &mut desk, "2026-11-22-120100-b", &same, "ab");
    let seeded = Config {
        seed: 7,
        ..on("/data/faces")
    };
    let third = list(&mut state, &mut desk, "2026-11-22-120200-c", &seeded, "ab");
    state.apply_action(Action::Look(LookAction::Run(first)), &mut desk);
    assert_eq!(state.drawn(), [second, first]);
    let said = "1 shown run was evaluated on another split and is not drawn";
    assert_eq!(state.not_drawn().as_deref(), Some(said));
    state.apply_action(Action::Look(LookAction::Run(third)), &mut desk);
    assert_eq!(state.drawn(), [third]);
    // The same rule on more images gives other parts.
    state.apply_action(Action::Look(LookAction::Run(first)), &mut desk);
    let started = state.runs.all[second].record.started.as_mut().unwrap();
    started.n_val = vec![31, 6];
    state.runs.all[second].n_events += 1;
    assert_eq!(state.drawn(), [first]);
}

/// What was decided about training images says nothing of validation images: before and after are of the same.
#[test]
fn runs_with_the_same_labels_on_the_images_of_a_figure_are_drawn_together() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    let mut add = |state: &mut AppState, name: &str, version: &str, truth: &[usize]| {
        let overlay = LabelsOverlay {
            file: "runs/labels/faces.jsonl".into(),
            version: version.into(),
        };
        let config = Config {
            labels_overlay: Some(overlay).filter(|_| !version.is_empty()),
            ..on("/data/faces")
        };
        let run = list(state, &mut desk, name, &config, "ab");
        let images: Vec<std::path::PathBuf> = (0..3).map(|i| format!("{i}.png").into()).collect();
        let said = Predictions::new(images.into(), 2, truth.to_vec(), vec![0.5; 6]).unwrap();
        state.runs.all[run].calls = vec![(Part::Val, said.calls(None))];
        run
    };
    let before = add(&mut state, "2026-11-22-120000-a", "", &[0, 0, 1]);
    let after = add(&mut state, "2026-11-22-120100-b", "v1", &[0, 0, 1]);
    let other = add(&mut state, "2026-11-22-120200-c", "v2", &[0, 1, 1]);
    // Divided and labelled as one of them, it need not be read.
    let like = add(&mut state, "2026-11-22-120300-d", "v1", &[0, 0, 1]);
    state.runs.all[like].calls.clear();
    state.runs.all[like].shown = true;
    state.apply_action(Action::Look(LookAction::Run(before)), &mut desk);
    assert_eq!(state.drawn(), [like, after, before]);
    assert!(state.runs_of_unknown_labels().is_empty());
    let said = "1 shown run was evaluated with other labels and is not drawn";
    assert_eq!(state.not_drawn().as_deref(), Some(said));
    assert_eq!(state.dots().len(), 3);
    state.apply_action(Action::Look(LookAction::Against(Some(after))), &mut desk);
    let sentence = state.against_in_a_sentence().unwrap();
    assert!(!sentence.contains("with its own labels"), "{sentence}");
    assert_eq!(state.labels_of_compared(&[before, after]), None);
    assert!(state.labels_of_compared(&[before, other]).is_some());
    // As long as nothing is known of them, they are others; that is looked up.
    state.runs.all[after].calls.clear();
    assert_eq!(state.drawn(), [before]);
    assert!(state.runs_of_unknown_labels().contains(&after));
    assert!(state.runs_held_together().contains(&after));
}

/// Before and after a decision stand beside each other, each by its own labels, and never in one plot.
#[test]
fn a_run_with_other_labels_is_held_against_and_not_drawn() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    let with = |file: &str, version: &str| Config {
        labels_overlay: Some(LabelsOverlay {
            file: file.into(),
            version: version.into(),
        }),
        ..on("/data/faces")
    };
    let mut add =
        |state: &mut AppState, name: &str, config: &Config| list(state, &mut desk, name, config, "ab");
    let before = add(&mut state, "2026-11-22-120000-a", &on("/data/faces"));
    let after = add(
        &mut state,
        "2026-11-22-120100-b",
        &with("runs/labels/faces.jsonl", "v1"),
    );
    let copied = add(&mut state, "2026-11-22-120200-c", &with("b/labels.jsonl", "v1"));
    let started = state.runs.all[after].record.started.as_mut().unwrap();
    started.labels = Some(LabelCounts {
        relabelled: 12,
        excluded: 3,
        ..LabelCounts::default()
    });
    started.n_train = vec![57, 12];
    let words = state.runs.all[after].labels_in_words();
    assert_eq!(words.as_deref(), Some("labels: 12 relabelled, 3 excluded"));
    assert_eq!(state.runs.all[before].labels_in_words(), None);
    state.apply_action(Action::Look(LookAction::Run(before)), &mut desk);
    assert_eq!(state.drawn(), [before]);
    let said = "2 shown runs were evaluated with other labels and are not drawn";
    assert_eq!(state.not_drawn().as_deref(), Some(said));
    assert!(state.references().contains(&after));
    state.apply_action(Action::Look(LookAction::Against(Some(after))), &mut desk);
    let sentence = state.against_in_a_sentence().unwrap();
    assert!(sentence.contains("with its own labels"), "{sentence}");
    assert!(!state.against().unwrap().is_paired());
    assert!(state.labels_of_compared(&[before, after]).is_some());
    // The same decisions in another file are no others.
    assert_eq!(state.labels_of_compared(&[after, copied]), None);
}
