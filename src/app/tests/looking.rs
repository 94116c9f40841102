//! What is looked at is one value, and what is seen follows from it.

use super::*;
use crate::experiment::Goal;
use crate::experiment::Predictions;
use crate::metrics::{Aim, Bounds, LEAST_FOR_THRESHOLD};
use crate::protocol::{RunScores, RunsEvent};

/// Of four validation images; the last is taken for the first class at one half.
fn scores(last: f32) -> RunsEvent {
    scores_among(last, 0)
}

/// The same among so many more of the second class.
fn scores_among(last: f32, n_more: usize) -> RunsEvent {
    let of_first = [&[0.9, 0.7, 0.2, last][..], &vec![0.05; n_more]].concat();
    let probabilities = of_first.iter().flat_map(|p| [*p, 1.0 - p]).collect();
    let images = (0..of_first.len()).map(|i| format!("{i}.png").into()).collect();
    let truth = (0..of_first.len()).map(|i| usize::from(i > 1)).collect();
    let scores = Predictions::new(images, 2, truth, probabilities).unwrap();
    let run_dir = "runs/2026-11-22-120302-resnet18".into();
    let parts = vec![(Part::Val, scores)];
    RunsEvent::Scored(Box::new(RunScores {
        folds_damage: None,
        run_dir,
        parts,
    }))
}

/// A run that was judged before its training, too, and whose scores are known.
fn with_scores() -> (AppState, Desk) {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let RunEvent::Evaluated(raw) = evaluation([[15, 15], [3, 3]]) else {
        panic!()
    };
    let raw = Evaluation {
        when: When::Baseline,
        ..raw
    };
    state.runs.all[run].record.apply(&RunEvent::Evaluated(raw));
    state.runs.all[run].dir = "runs/2026-11-22-120302-resnet18".into();
    state.apply_event(0, scores(0.6).into(), &mut desk);
    (state, desk)
}

fn look(state: &mut AppState, desk: &mut Desk, action: LookAction) {
    state.apply_action(Action::Look(action), desk);
}

fn set_threshold(state: &mut AppState, desk: &mut Desk, at: Option<f32>) {
    state.apply_action(Action::Judge(JudgeAction::SetThreshold(at)), desk);
}

#[test]
fn matrix_and_curve_follow_threshold_class_and_scores() {
    let (mut state, mut desk) = with_scores();
    // The run's own matrix, which no threshold was asked of.
    assert_eq!(state.subject().unwrap().confusion().total(), 36);
    look(&mut state, &mut desk, LookAction::Class(0));
    set_threshold(&mut state, &mut desk, Some(0.5));
    let of_first = |state: &AppState| {
        let subject = state.subject().unwrap();
        [subject.confusion().get(0, 0), subject.confusion().get(1, 0)]
    };
    assert_eq!(of_first(&state), [2, 1]);
    set_threshold(&mut state, &mut desk, Some(0.8));
    assert_eq!(of_first(&state), [1, 0]);
    let curve = state.curve();
    assert_eq!(curve.len(), 4);
    // The same scores except for one image's, read again.
    state.apply_event(0, scores(0.85).into(), &mut desk);
    assert_eq!(of_first(&state), [1, 1]);
    assert_ne!(state.curve(), curve);
    look(&mut state, &mut desk, LookAction::Class(1));
    assert_eq!(state.looking.threshold, None);
    assert_eq!(state.subject().unwrap().confusion().total(), 36);
}

#[test]
fn a_threshold_is_the_trained_models() {
    let (mut state, mut desk) = with_scores();
    set_threshold(&mut state, &mut desk, Some(0.5));
    look(&mut state, &mut desk, LookAction::Baseline(true));
    let subject = state.subject().unwrap();
    assert_eq!((subject.threshold, subject.confusion().get(0, 1)), (None, 15));
    // Moving it shows what it is moved on.
    set_threshold(&mut state, &mut desk, Some(0.5));
    assert_eq!(state.looking.model, Model::Trained);
    assert_eq!(state.subject().unwrap().threshold, Some(0.5));
}

#[test]
fn a_kept_threshold_comes_back_with_its_run() {
    let (mut state, mut desk) = with_scores();
    let first = state.looking.run.unwrap();
    state.apply_event(0, scores_among(0.6, LEAST_FOR_THRESHOLD).into(), &mut desk);
    look(&mut state, &mut desk, LookAction::Class(0));
    let goal = Goal {
        class: state.dataset.classes()[0].clone(),
        bounds: Bounds::default(),
        aim: Aim::FewestFalsePositives,
    };
    state.apply_action(Action::Goal(GoalAction::Set(Some(goal))), &mut desk);
    state.apply_action(Action::Goal(GoalAction::FindThreshold), &mut desk);
    let (at, found) = (state.looking.threshold, state.looking.found.clone());
    assert!(at.is_some() && found.is_some());
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    assert_eq!((state.looking.run, state.looking.threshold), (Some(second), None));
    look(&mut state, &mut desk, LookAction::Run(first));
    assert_eq!((state.looking.threshold, state.looking.found.clone()), (at, None));
}

#[test]
fn a_kept_threshold_outlasts_a_look_at_the_baseline() {
    let (mut state, mut desk) = with_scores();
    let run = state.looking.run.unwrap();
    look(&mut state, &mut desk, LookAction::Class(0));
    set_threshold(&mut state, &mut desk, Some(0.8));
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    look(&mut state, &mut desk, LookAction::Baseline(true));
    assert_eq!(state.looking.threshold, None);
    // There is none of the baseline's to keep, and none of the run's to take away.
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    assert_eq!(
        state.runs.all[run].decision.as_ref().map(|d| d.threshold),
        Some(0.8)
    );
    look(&mut state, &mut desk, LookAction::Baseline(false));
    assert_eq!(state.looking.threshold, Some(0.8));
}

/// Heads that did not learn them judged them: they are as new to those as validation images are.
#[test]
fn training_images_that_were_judged_out_of_fold_have_slices() {
    use crate::app::windows::action::WindowAction;
    use crate::app::windows::state::Showing;
    use crate::protocol::HealthCommand;
    let (mut state, mut desk) = with_scores();
    look(&mut state, &mut desk, LookAction::Part(Part::Train));
    state.apply_action(Action::Window(WindowAction::Show(Showing::Slices)), &mut desk);
    let asked = |desk: &Desk| {
        let commands = desk.commands.iter();
        let parts = commands.filter_map(|(_, command)| match command {
            Command::Health(HealthCommand::ReadSlices(read)) => Some(read.part),
            _ => None,
        });
        parts.collect::<Vec<Part>>()
    };
    assert!(asked(&desk).is_empty(), "none of it was judged");
    let RunsEvent::Scored(mut scored) = scores(0.6) else {
        panic!()
    };
    scored.parts[0].0 = Part::Train;
    state.apply_event(0, RunsEvent::Scored(scored).into(), &mut desk);
    assert_eq!(asked(&desk), [Part::Train]);
    assert_eq!(
        state.slices_shown().map(|_| ()).unwrap_err(),
        "Looking at the images…"
    );
}
