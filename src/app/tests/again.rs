//! Runs tried again with the labels as they were decided since: which are, what is taken of it, and where it stands.

use super::runs::{faces, list, on};
use super::*;
use crate::app::goal::cost_rules::Rule;
use crate::app::looking::state::Model;
use crate::app::runs::dots::Dot;
use crate::app::runs::footings::Footing;
use crate::experiment::{Goal, LabelsOverlay, Predictions};
use crate::metrics::{Aim, Bounds};
use crate::protocol::{RunsCommand, Trial};

fn decided(version: &str, config: &Config) -> Config {
    let overlay = LabelsOverlay {
        file: "runs/labels/faces.jsonl".into(),
        version: version.into(),
    };
    Config {
        labels_overlay: Some(overlay),
        ..config.clone()
    }
}

/// On three validation images with those labels.
fn said(truth: [usize; 3]) -> Predictions {
    let images: Vec<PathBuf> = (0..3).map(|i| format!("{i}.png").into()).collect();
    Predictions::new(images.into(), 2, truth.to_vec(), vec![0.5; 6]).unwrap()
}

fn trial(config: &Config, rows: [[u64; 2]; 2]) -> Trial {
    Trial {
        config: config.clone(),
        classes: vec!["FAKE".into(), "REAL".into()],
        class_weights: vec![1.0, 1.0],
        n_train: vec![60, 12],
        losses: vec![0.5],
        epoch_starts: vec![0],
        evaluation: Evaluation::of_counts(Part::Val, rows),
        predictions: said([0, 1, 1]),
        seconds: 0.1,
    }
}

/// Three shown runs of the open folder: at equal weights, at 1 : 8, and one that has the labels `v1`; the first is looked at. The
/// form has the labels `v1`.
fn decided_since() -> (AppState, Desk, [usize; 3]) {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    let eight = Config {
        class_weights: "1,8".parse().unwrap(),
        ..on("/data/faces")
    };
    let runs = [
        ("2026-11-22-120000-a", on("/data/faces"), [0, 0, 1]),
        ("2026-11-22-120100-b", eight, [0, 0, 1]),
        (
            "2026-11-22-120200-c",
            decided("v1", &on("/data/faces")),
            [0, 1, 1],
        ),
    ];
    let runs = runs.map(|(name, config, truth)| {
        let run = list(&mut state, &mut desk, name, &config, "ab");
        state.runs.all[run].calls = vec![(Part::Val, said(truth).calls(None))];
        run
    });
    state.apply_action(Action::Look(LookAction::Run(runs[0])), &mut desk);
    state.settings.form = decided("v1", &on("/data/faces"));
    state.live.followed = Some(state.settings.form.clone());
    (state, desk, runs)
}

/// What is looked at was tried with the labels as decided, and so was the second run.
fn tried(state: &mut AppState, second: usize) {
    let config = decided("v1", &on("/data/faces"));
    state.live.trial = Some(crate::app::live::state::TrialView::new(trial(
        &config,
        [[28, 2], [1, 5]],
    )));
    state.looking.turn_to(Model::Trial, None);
    let config = decided("v1", &state.runs.all[second].config);
    state.take_tried_again(second, &trial(&config, [[20, 10], [0, 6]]));
}

#[test]
fn the_shown_runs_with_other_labels_are_tried_again() {
    let (mut state, _, [first, second, third]) = decided_since();
    let begun = |state: &mut AppState| {
        state.begin_again();
        let mut runs = Vec::new();
        while let Some(run) = state.live.again.next() {
            runs.push(run);
        }
        runs
    };
    assert_eq!(begun(&mut state), [second, first]);
    // What is looked at is tried by itself, and before them.
    state.live.again_like = Some(first);
    assert_eq!(begun(&mut state), [second]);
    state.runs.all[third].config.labels_overlay = None;
    assert_eq!(begun(&mut state), [third, second]);
    // Other features than those that are there, and one that is not shown.
    state.runs.all[third].config.seed = 7;
    state.runs.all[second].shown = false;
    assert!(begun(&mut state).is_empty());
}

#[test]
fn what_was_tried_of_other_labels_or_classes_is_not_taken() {
    let (mut state, _, [_, second, _]) = decided_since();
    let rows = [[20, 10], [0, 6]];
    let of_others = trial(&decided("v0", &state.runs.all[second].config), rows);
    state.take_tried_again(second, &of_others);
    let mut renamed = trial(&decided("v1", &state.runs.all[second].config), rows);
    renamed.classes[0] = "OTHER".into();
    state.take_tried_again(second, &renamed);
    assert!(state.live.again.of(second).is_none());
    tried(&mut state, second);
    assert!(state.live.again.of(second).is_some());
    // After a further decision it says nothing.
    state.begin_again();
    assert!(state.live.again.of(second).is_none());
}

#[test]
fn a_run_that_was_tried_again_is_a_hollow_dot_beside_the_trial_alone() {
    let (mut state, mut desk, [_, second, third]) = decided_since();
    tried(&mut state, second);
    let dots = state.dots();
    let of = |dots: &[Dot]| {
        let mut of: Vec<(usize, bool)> = dots.iter().map(|dot| (dot.run, dot.again)).collect();
        of.sort_unstable();
        of
    };
    assert_eq!(of(&dots), [(second, true), (third, false)]);
    let hollow = dots.iter().find(|dot| dot.again).unwrap();
    assert_eq!((hollow.recall, hollow.rest_recall), (1.0, 20.0 / 30.0));
    let judged = state.evaluation_of(hollow).unwrap();
    assert_eq!(judged.confusion.get(0, 1), 10);
    assert!(state.dots_on(Part::Test).iter().all(|dot| !dot.again));
    // As it was judged, beside the run that was judged alike.
    state.apply_action(Action::Look(LookAction::Run(second)), &mut desk);
    assert_eq!(of(&state.dots()), [(0, false), (second, false)]);
}

/// A run's folder holds what it said by its own labels: it is none to search among those with others, or to cost what it would.
#[test]
fn what_was_tried_again_is_neither_searched_nor_a_rule_of_its_own() {
    let (mut state, mut desk, [_, second, third]) = decided_since();
    tried(&mut state, second);
    let rules = state.cost_rules();
    let runs = rules.rules.iter().filter_map(|(rule, _)| match rule {
        Rule::Run(run) => Some(*run),
        _ => None,
    });
    assert_eq!(runs.collect::<Vec<_>>(), [third]);
    let goal = Goal {
        class: "REAL".into(),
        bounds: Bounds {
            recall: Some(0.5),
            ..Bounds::default()
        },
        aim: Aim::default(),
    };
    state.apply_action(Action::Goal(GoalAction::Set(Some(goal))), &mut desk);
    state.find_best(&mut desk);
    let Command::Runs(RunsCommand::SearchRuns(request)) = desk.last().1 else {
        panic!("{:?}", desk.last().1)
    };
    assert_eq!(request.runs, [state.runs.all[third].dir.clone()]);
}

/// The trade-off on validation images goes by the labels of validation images, whichever are looked at.
#[test]
fn labels_are_compared_on_the_images_that_are_asked_for() {
    let (mut state, mut desk, [first, _, third]) = decided_since();
    for (run, truth) in [(first, [1, 1, 0]), (third, [1, 1, 0])] {
        let on_test = said(truth).calls(None);
        state.runs.all[run].calls.push((Part::Test, on_test));
    }
    state.apply_action(Action::Look(LookAction::Part(Part::Test)), &mut desk);
    assert_eq!(state.looking.part, Part::Test);
    let runs = |dots: &[Dot]| dots.iter().map(|dot| dot.run).collect::<Vec<_>>();
    assert!(runs(&state.dots()).contains(&third), "the same on test images");
    assert!(!runs(&state.dots_on(Part::Val)).contains(&third));
    state.apply_action(Action::Look(LookAction::Part(Part::Val)), &mut desk);
    assert!(!runs(&state.dots()).contains(&third));
}

/// One of two that were divided alike is known on validation images alone, and must not hide what the other tells of test images.
#[test]
fn labels_are_those_of_any_run_alike_that_tells_them() {
    let (mut state, mut desk, [first, second, third]) = decided_since();
    state.runs.all[third].calls.clear();
    let like = list(
        &mut state,
        &mut desk,
        "2026-11-22-120300-d",
        &decided("v1", &on("/data/faces")),
        "ab",
    );
    state.runs.all[like].calls = vec![(Part::Test, said([1, 1, 0]).calls(None))];
    let also = list(
        &mut state,
        &mut desk,
        "2026-11-22-120400-e",
        &decided("v1", &on("/data/faces")),
        "ab",
    );
    state.runs.all[also].calls = vec![(Part::Val, said([0, 0, 1]).calls(None))];
    state.apply_action(Action::Look(LookAction::Run(first)), &mut desk);
    assert_eq!(state.footings(Part::Val)[third], Footing::SameImages);
    assert_eq!(state.footings(Part::Val)[second], Footing::SameImages);
}
