//! What runs are counted for a goal, and what a goal does to what is looked at.

use super::*;
use crate::app::SweepChoice;
use crate::experiment::{Goal, Predictions, RunRates, SplitMethod};
use crate::metrics::{Aim, Bounds, Met, Rates, Undo};
use crate::protocol::{RateRuns, RatedRun, RunScores, RunsCommand, RunsEvent, SearchedRun, SearchedRuns};

fn set(state: &mut AppState, desk: &mut Desk, recall: f64) {
    let goal = Goal {
        class: state.dataset.classes()[1].clone(),
        bounds: Bounds {
            recall: Some(recall),
            ..Bounds::default()
        },
        aim: Aim::default(),
    };
    state.apply_action(Action::Goal(GoalAction::Set(Some(goal))), desk);
}

/// The requests to count runs, with their jobs.
fn counted(desk: &Desk) -> Vec<(u64, RateRuns)> {
    let commands = desk.commands.iter();
    let requests = commands.filter_map(|(job, command)| match command {
        Command::Runs(RunsCommand::RateRuns(request)) => Some((job.id, request.clone())),
        _ => None,
    });
    requests.collect()
}

/// Four images of each class by two persons.
fn predictions() -> Predictions {
    let of_second = [0.1, 0.2, 0.3, 0.4, 0.9, 0.8, 0.7, 0.3];
    let probabilities = of_second.iter().flat_map(|p| [1.0 - p, *p]).collect();
    let images = (0..8).map(|i| format!("{i}.png").into()).collect();
    let persons = ["ann", "bob"].map(str::to_owned);
    let persons: Vec<String> = persons.iter().cycle().take(8).cloned().collect();
    let predictions = Predictions::new(images, 2, vec![0, 0, 0, 0, 1, 1, 1, 1], probabilities);
    predictions.unwrap().in_groups(&persons)
}

#[test]
fn a_run_by_groups_is_counted_once_and_by_its_groups() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.runs.all[run].config.split = SplitMethod::Groups;
    assert!(counted(&desk).is_empty(), "no goal wants to know");
    set(&mut state, &mut desk, 0.5);
    let (id, request) = counted(&desk).remove(0);
    assert_eq!(request.runs, [(state.runs.all[run].dir.clone(), None)]);
    assert_eq!(state.goal_of_run(run), None, "not known yet");
    let predictions = predictions();
    let rated = RatedRun {
        run_dir: request.runs[0].0.clone(),
        rates: RunRates {
            decision: None,
            parts: Ok(vec![(
                Part::Val,
                Rates::of_scores(predictions.scores(), predictions.groups(), None),
            )]),
            in_groups: true,
        },
    };
    state.apply_event(id, RunsEvent::Rated(vec![rated]).into(), &mut desk);
    state.apply_event(id, Event::Done, &mut desk);
    // Three of four; by two persons nobody knows more than that it is something between none and all.
    assert_eq!(state.goal_of_run(run), Some(Met::Perhaps));
    assert_eq!(counted(&desk).len(), 1);
    set(&mut state, &mut desk, 0.9);
    assert_eq!(counted(&desk).len(), 1, "another share needs no other count");
}

#[test]
fn a_run_that_cannot_be_counted_is_asked_once_and_told_by_its_matrix() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.runs.all[run].config.split = SplitMethod::Groups;
    set(&mut state, &mut desk, 0.1);
    let (id, _) = counted(&desk).remove(0);
    let gone = Event::Failed {
        message: "the folder is gone".into(),
        failure: Failure::Fault,
    };
    state.apply_event(id, gone, &mut desk);
    assert_eq!(counted(&desk).len(), 1);
    // Four of six: 30 to 90 %.
    assert_eq!(state.goal_of_run(run), Some(Met::Surely));
}

#[test]
fn a_kept_threshold_is_what_a_run_is_held_to() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let run_dir = state.runs.all[run].dir.clone();
    set(&mut state, &mut desk, 0.1);
    assert!(counted(&desk).is_empty(), "its matrix says it");
    let scores = RunScores {
        folds_damage: None,
        run_dir: run_dir.clone(),
        parts: vec![(Part::Val, predictions())],
    };
    state.apply_event(0, RunsEvent::Scored(Box::new(scores)).into(), &mut desk);
    state.apply_action(Action::Judge(JudgeAction::SetThreshold(Some(0.95))), &mut desk);
    assert_eq!(
        state
            .standing(Part::Val)
            .unwrap()
            .rates
            .get(crate::metrics::Figure::Recall)
            .part,
        0
    );
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    let (_, request) = counted(&desk).remove(0);
    let decision = state.runs.all[run].decision.clone();
    assert!(decision.is_some());
    assert_eq!(request.runs, [(run_dir, decision)]);
    assert_eq!(state.goal_of_run(run), None, "not by what it was without");
}

#[test]
fn another_goal_takes_back_what_was_found_for_the_last() {
    let (mut state, mut desk) = open(&[100, 20]);
    train(&mut state, &mut desk, Outcome::Finished);
    set(&mut state, &mut desk, 0.5);
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    let (search, _) = desk.commands.last().unwrap().clone();
    set(&mut state, &mut desk, 0.6);
    assert!(search.cancel.is_cancelled());
    state.apply_action(Action::Goal(GoalAction::Set(None)), &mut desk);
    assert_eq!((state.goal(), state.looking.found.as_ref()), (None, None));
}

#[test]
fn without_a_run_there_is_nothing_to_find() {
    let (mut state, mut desk) = open(&[100, 20]);
    set(&mut state, &mut desk, 0.5);
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    let found = state.looking.found.clone().unwrap();
    assert!(
        found.starts_with("No weighting was trained on these images yet"),
        "{found}"
    );
    // It is no longer true once a sweep has begun.
    let choice = SweepChoice {
        class_idx: 1,
        from: 1.0,
        to: 4.0,
        count: 2,
    };
    state.apply_action(Action::Fit(FitAction::Sweep(choice)), &mut desk);
    let sweep = state.jobs.training().or(state.jobs.all.last()).unwrap();
    let (id, dir) = (sweep.job.id, "runs/2026-11-22-120300-a".into());
    state.apply_event(id, Event::Fit(FitEvent::RunCreated { dir }), &mut desk);
    assert_eq!(state.runs.all.len(), 1);
    assert_eq!(state.looking.found, None);
}

/// Eight images of two persons: three of four are found, and none of the others is taken for one.
#[test]
fn the_sentence_counts_groups_and_a_score_is_told_for_what_it_is_worth() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let run_dir = state.runs.all[run].dir.clone();
    let scored = |state: &mut AppState, desk: &mut Desk, predictions| {
        let run_dir = run_dir.clone();
        let parts = vec![(Part::Val, predictions)];
        let scores = RunScores {
            run_dir,
            parts,
            folds_damage: None,
        };
        state.apply_event(0, RunsEvent::Scored(Box::new(scores)).into(), desk);
    };
    scored(&mut state, &mut desk, predictions());
    let told = state.in_a_sentence().unwrap();
    assert!(told.contains("(95 % intervals, by groups)"), "{told}");
    assert_eq!(
        state.chance((run, &Undo::default()), 1, 0.5),
        None,
        "eight images are too few"
    );
    let images = (0..40).map(|i| format!("{i}.png").into()).collect();
    let probabilities = (0..40).flat_map(|i| [1.0 - i as f32 / 40.0, i as f32 / 40.0]);
    let truth = (0..40).map(|i| usize::from(i >= 30)).collect();
    let many = Predictions::new(images, 2, truth, probabilities.collect()).unwrap();
    scored(&mut state, &mut desk, many);
    let chance = state.chance((run, &Undo::default()), 1, 0.5).unwrap();
    assert_eq!((chance.n_of_class, chance.n_images), (0, 30));
    assert!(!state.in_a_sentence().unwrap().contains("by groups"));
}

fn searches(desk: &Desk) -> Vec<&Job> {
    let commands = desk.commands.iter();
    let of_search =
        commands.filter(|(_, command)| matches!(command, Command::Runs(RunsCommand::SearchRuns(_))));
    of_search.map(|(job, _)| job).collect()
}

/// Nothing can serve it.
fn nothing(state: &AppState, run: usize) -> Event {
    let run_dir = state.runs.all[run].dir.clone();
    let found = Ok(None);
    RunsEvent::Searched(SearchedRuns {
        runs: vec![SearchedRun { run_dir, found }],
        worth: None,
    })
    .into()
}

#[test]
fn what_was_searched_for_another_goal_or_folder_is_no_answer() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    set(&mut state, &mut desk, 0.5);
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    set(&mut state, &mut desk, 0.6);
    // The first has not noticed yet that nobody wants it.
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    let ids: Vec<u64> = searches(&desk).iter().map(|job| job.id).collect();
    assert_eq!(ids.len(), 2);
    let answer = nothing(&state, run);
    state.apply_event(ids[0], answer.clone(), &mut desk);
    assert_eq!(state.looking.found, None);
    let second = Dataset {
        root: "second".into(),
        ..dataset(&[10, 10])
    };
    state.take_dataset(second, &mut desk);
    assert!(searches(&desk)[1].cancel.is_cancelled());
    state.apply_event(ids[1], answer, &mut desk);
    assert_eq!(state.looking.found, None);
}

#[test]
fn what_came_since_the_search_is_counted() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    set(&mut state, &mut desk, 0.5);
    assert_eq!(state.n_since_search(), 0, "nothing was searched for");
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    let id = searches(&desk)[0].id;
    let answer = nothing(&state, run);
    state.apply_event(id, answer, &mut desk);
    assert_eq!(state.n_since_search(), 0);
    train(&mut state, &mut desk, Outcome::Finished);
    assert_eq!(state.n_since_search(), 1);
}

#[test]
fn a_search_that_found_nothing_is_not_why_a_threshold_is_kept() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    set(&mut state, &mut desk, 0.5);
    state.apply_action(Action::Judge(JudgeAction::SetThreshold(Some(0.8))), &mut desk);
    state.apply_action(Action::Goal(GoalAction::Find), &mut desk);
    let id = searches(&desk)[0].id;
    let answer = nothing(&state, run);
    state.apply_event(id, answer, &mut desk);
    let found = state.looking.found.clone().unwrap();
    assert!(found.starts_with("No threshold of 1 weighting can"), "{found}");
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    assert_eq!(
        state.runs.all[run].decision.as_ref().unwrap().chosen_for,
        "by hand"
    );
}

/// Of a sweep that has ended: balanced accuracy says nothing of what was asked for.
#[test]
fn after_a_sweep_the_run_that_surely_meets_the_goal_is_looked_at() {
    let (mut state, mut desk) = open(&[1000, 1000]);
    let matrices = [
        [[95, 5], [10, 90]],
        // Surely 80 % of the second class found, the second with fewer false positives.
        [[60, 40], [2, 98]],
        [[70, 30], [3, 97]],
        [[40, 60], [0, 100]],
    ];
    let runs: Vec<usize> = (0..4)
        .map(|n| {
            let events = [
                RunEvent::Started(Box::new(Started::of_two_classes(Config {
                    data: "faces".into(),
                    ..Config::default()
                }))),
                evaluation(matrices[n]),
                RunEvent::Ended {
                    outcome: Outcome::Finished,
                    timing: Timing::default(),
                },
            ];
            let name = format!("2026-11-22-120000-resnet18-{n}");
            let config = Config {
                data: "faces".into(),
                ..Config::default()
            };
            list_run(&mut state, &mut desk, listed(&name, &config, &events))
        })
        .collect();
    state.follow_sweep(&runs);
    assert_eq!(state.looking.run, Some(runs[0]));
    set(&mut state, &mut desk, 0.8);
    assert_eq!(state.goal_of_run(runs[0]), Some(Met::Surely));
    set(&mut state, &mut desk, 0.85);
    assert_eq!(state.goal_of_run(runs[0]), Some(Met::Perhaps));
    state.follow_sweep(&runs);
    assert_eq!(state.looking.run, Some(runs[2]));
    assert!(state.runs.all[runs[2]].shown);
    set(&mut state, &mut desk, 0.999);
    state.follow_sweep(&runs);
    assert_eq!(state.looking.run, Some(runs[0]), "none is sure");
}
