//! Which runs belong to the open folder, and which may stand in one plot.

use super::*;
use crate::experiment::Identity;
use crate::protocol::{Handled, RunsCommand, RunsEvent};

/// Faces at that path, whose files have that fingerprint.
pub(super) fn faces(root: &str, place: &str, fingerprint: &str) -> Dataset {
    Dataset {
        root: root.into(),
        identity: Identity {
            place: place.into(),
            fingerprint: fingerprint.into(),
        },
        ..dataset(&[100, 20])
    }
}

/// A finished run with a test part.
pub(super) fn list(
    state: &mut AppState,
    desk: &mut Desk,
    name: &str,
    config: &Config,
    data_fingerprint: &str,
) -> usize {
    let started = Started {
        n_train: vec![60, 12],
        n_val: vec![30, 6],
        n_test: vec![10, 2],
        ..Started::of_two_classes(config.clone())
    };
    let RunEvent::Evaluated(validated) = evaluation([[27, 3], [2, 4]]) else {
        panic!()
    };
    let tested = Evaluation {
        part: Part::Test,
        ..validated.clone()
    };
    let events = [
        RunEvent::Started(Box::new(started)),
        RunEvent::Evaluated(validated),
        RunEvent::Evaluated(tested),
        RunEvent::Ended {
            outcome: Outcome::Finished,
            timing: Timing::default(),
        },
    ];
    let listed = ListedRun {
        data_fingerprint: data_fingerprint.into(),
        ..listed(name, config, &events)
    };
    list_run(state, desk, listed)
}

pub(super) fn on(data: &str) -> Config {
    Config {
        data: data.into(),
        ..Config::default()
    }
}

#[test]
fn a_run_of_another_folder_with_the_same_classes_is_in_no_figure_of_this_one() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let others = list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/other"),
        "cd",
    );
    let own = list(
        &mut state,
        &mut desk,
        "2026-11-22-120100-b",
        &on("/data/faces"),
        "",
    );
    let moved = list(
        &mut state,
        &mut desk,
        "2026-11-22-120200-c",
        &on("/old/faces"),
        "ab",
    );
    state.look_at_own_run();
    // Opened by a link.
    state.take_dataset(faces("link", "/data/faces", "ab"), &mut desk);
    assert!(!state.is_of_folder(others) && state.is_of_folder(own) && state.is_of_folder(moved));
    assert_eq!(state.shown(), [moved, own]);
    state.apply_action(Action::Look(LookAction::Run(own)), &mut desk);
    let in_trade_off: Vec<usize> = state.dots().iter().map(|dot| dot.run).collect();
    assert_eq!(in_trade_off, [own, moved]);
    assert_eq!(state.judges(), [own, moved]);
    assert!(state.judged_parts().contains(&Part::Test));
    // It judges where it is chosen, and stands alone in its plots.
    state.apply_action(Action::Look(LookAction::Run(others)), &mut desk);
    assert_eq!(state.judges(), [others, moved, own]);
    assert!(state.drawn().is_empty());
    assert_eq!(state.dots().len(), 1);
    assert!(
        state
            .not_drawn()
            .unwrap()
            .starts_with("2 shown runs were evaluated on another split")
    );
}

#[test]
fn the_test_of_another_folder_is_not_this_ones() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/other"),
        "cd",
    );
    assert!(state.judged_parts().contains(&Part::Test), "no folder is open");
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    assert!(!state.judged_parts().contains(&Part::Test));
    assert_eq!(state.looking.run, None);
}

#[test]
fn the_runs_that_say_so_are_of_one_sweep_and_it_says_what_it_varies() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    for (i, weight) in [1.0, 2.5, 4.0].into_iter().enumerate() {
        let config = Config {
            class_weights: ClassWeights::Given(vec![1.0, weight]),
            ..on("/data/faces")
        };
        // Over the end of a second.
        let run = list(
            &mut state,
            &mut desk,
            &format!("2026-11-22-12000{i}-x"),
            &config,
            "ab",
        );
        let started = state.runs.all[run].record.started.as_mut().unwrap();
        started.sweep = Some("2026-11-22-120000-x".into());
        started.class_weights = vec![1.0, weight];
    }
    list(
        &mut state,
        &mut desk,
        "2026-11-22-120003-y",
        &on("/data/faces"),
        "ab",
    );
    let list = state.run_list();
    let ListRow::Sweep(row) = &list.rows[1] else {
        panic!("{list:?}")
    };
    assert_eq!(
        (row.name().as_str(), row.extent().as_str()),
        ("sweep of REAL", "3 from 1 : 1 to 1 : 4")
    );
    assert_eq!(row.runs, [2, 1, 0]);
    // With every run by itself they are rows like any other.
    let order = ListOrder {
        groups: Grouping::Nothing,
        by: RunSort::Weight,
        reversed: true,
    };
    state.apply_action(
        Action::Runs(RunsAction::List(ListAction::SetOrder(order))),
        &mut desk,
    );
    // Of what weighs the same, the newest first.
    assert_eq!(state.run_list().runs(), [3, 0, 1, 2]);
}

#[test]
fn three_trainings_of_one_second_are_no_sweep() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let sweeps = |state: &AppState| {
        let list = state.run_list();
        list.rows
            .iter()
            .filter(|row| matches!(row, ListRow::Sweep(_)))
            .count()
    };
    for (i, n_sweeps) in [0, 0, 0, 1].into_iter().enumerate() {
        let config = Config {
            class_weights: ClassWeights::Given(vec![1.0, i as f64]),
            ..on("/data/faces")
        };
        list(
            &mut state,
            &mut desk,
            &format!("2026-11-22-120000-{i}"),
            &config,
            "ab",
        );
        assert_eq!(sweeps(&state), n_sweeps, "{i}");
    }
    // Nor are those that differ in more.
    let other = Config {
        seed: 3,
        ..on("/data/faces")
    };
    list(&mut state, &mut desk, "2026-11-22-120000-other", &other, "ab");
    assert_eq!(
        state.run_list().rows.len(),
        3,
        "the sweep, what is looked at of it, and the other"
    );
}

#[test]
fn what_is_in_training_stays_where_others_are_deleted() {
    let (mut state, mut desk) = open(&[100, 20]);
    let first = train(&mut state, &mut desk, Outcome::Finished);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Fit(FitAction::Train), &mut desk);
    let id = desk.last().0.id;
    let dir = PathBuf::from("runs/2026-11-22-130000-x");
    state.apply_event(id, Event::Fit(FitEvent::RunCreated { dir }), &mut desk);
    let all = vec![first, second, 2];
    state.apply_action(Action::Runs(RunsAction::Delete(all)), &mut desk);
    let (job, Command::Runs(RunsCommand::TrashRuns(request))) = desk.last() else {
        panic!()
    };
    let (job_id, dirs) = (job.id, request.dirs.clone());
    assert_eq!(dirs.len(), 2);
    assert!(
        state
            .notices
            .toasts
            .iter()
            .any(|t| t.text.contains("still training"))
    );
    let trashed = Handled {
        done: dirs,
        failures: vec![],
    };
    state.apply_event(job_id, Event::Runs(RunsEvent::Trashed(trashed)), &mut desk);
    state.apply_event(job_id, Event::Done, &mut desk);
    assert_eq!(state.runs.trashed, [vec![first, second]]);
    assert_eq!(state.run_list().n_all, 1);
    let undo = Offer::RestoreRuns(vec![first, second]);
    assert!(
        state
            .notices
            .toasts
            .iter()
            .any(|t| t.offer.as_ref() == Some(&undo))
    );
}

#[test]
fn a_folder_comes_back_with_the_run_that_was_looked_at() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let older = list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/faces"),
        "ab",
    );
    list(
        &mut state,
        &mut desk,
        "2026-11-22-120100-b",
        &on("/data/faces"),
        "ab",
    );
    let others = list(
        &mut state,
        &mut desk,
        "2026-11-22-120200-c",
        &on("/data/leaves"),
        "cd",
    );
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    state.apply_action(Action::Look(LookAction::Run(older)), &mut desk);
    state.take_dataset(faces("/data/leaves", "/data/leaves", "cd"), &mut desk);
    assert_eq!(state.looking.run, Some(others));
    state.take_dataset(faces("/data/faces", "/data/faces", "ab"), &mut desk);
    assert_eq!(state.looking.run, Some(older));
}

fn count(desk: &Desk, is_such: impl Fn(&RunsCommand) -> bool) -> usize {
    let commands = desk.commands.iter();
    let such = commands.filter(|(_, command)| matches!(command, Command::Runs(command) if is_such(command)));
    such.count()
}

fn fault() -> Event {
    Event::Failed {
        message: "not there".into(),
        failure: Failure::Fault,
    }
}

#[test]
fn a_key_that_is_pressed_twice_deletes_a_run_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    for _often in 0..2 {
        state.apply_action(Action::Runs(RunsAction::Delete(vec![run])), &mut desk);
    }
    let is_delete = |command: &RunsCommand| matches!(command, RunsCommand::TrashRuns(_));
    assert_eq!(count(&desk, is_delete), 1);
    // It could not be; then it can be tried again.
    let id = desk.last().0.id;
    state.apply_event(id, fault(), &mut desk);
    state.apply_action(Action::Runs(RunsAction::Delete(vec![run])), &mut desk);
    assert_eq!(count(&desk, is_delete), 2);
}

#[test]
fn what_cannot_be_brought_back_leaves_the_others_their_turn() {
    let (mut state, mut desk) = open(&[100, 20]);
    let first = train(&mut state, &mut desk, Outcome::Finished);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    state.runs.trashed = vec![vec![first], vec![second]];
    state.apply_action(Action::Runs(RunsAction::Restore(vec![second])), &mut desk);
    let id = desk.last().0.id;
    state.apply_event(id, fault(), &mut desk);
    assert_eq!(state.runs.trashed, [vec![second], vec![first]]);
}

#[test]
fn a_folder_that_was_away_comes_back_without_a_notice_for_each_run() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let run = list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/faces"),
        "ab",
    );
    state.apply_action(Action::Runs(RunsAction::Edit(Some(run))), &mut desk);
    let gone = RunsEvent::Gone(state.runs.all[run].dir.clone());
    state.apply_event(0, gone.into(), &mut desk);
    assert_eq!((state.looking.run, state.runs.editing), (None, None));
    state.runs.all[run].scores_failed = true;
    list(
        &mut state,
        &mut desk,
        "2026-11-22-120000-a",
        &on("/data/faces"),
        "ab",
    );
    assert!(!state.runs.all[run].deleted && !state.runs.all[run].scores_failed);
    assert_eq!(state.looking.run, Some(run));
    assert!(state.notices.toasts.is_empty());
}

#[test]
fn a_place_below_the_home_folder_is_found_there_and_taken_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    let keep = Action::Runs(RunsAction::KeepIn("~/of mine".into()));
    state.apply_action(keep, &mut desk);
    let (job, Command::Runs(RunsCommand::KeepRunsIn(request))) = desk.last() else {
        panic!()
    };
    assert_eq!(request.dir, Path::new("/h/of mine"));
    let (id, kept) = (job.id, RunsEvent::KeptIn(request.dir.clone()));
    // Enter was pressed twice.
    state.apply_event(id, kept.clone().into(), &mut desk);
    state.apply_event(id, kept.into(), &mut desk);
    assert_eq!(state.folders.runs_dir, Path::new("/h/of mine"));
    assert_eq!(state.settings.more_runs, [PathBuf::from("runs")]);
}

/// Its facts are written to its folder before they come from its job.
#[test]
fn a_folder_that_is_left_and_listed_again_while_it_is_trained_in_counts_no_fact_twice() {
    let (mut state, mut desk) = super::open(&[100, 20]);
    let dir = PathBuf::from("runs");
    state.apply_action(Action::Fit(FitAction::Train), &mut desk);
    let id = desk.last().0.id;
    let run_dir = dir.join("2026-11-22-120300-resnet18-x");
    let mut tell =
        |state: &mut AppState, event: FitEvent| state.apply_event(id, Event::Fit(event), &mut desk);
    tell(&mut state, FitEvent::RunCreated { dir: run_dir.clone() });
    let steps = |first| {
        RunEvent::Steps(Steps {
            epoch: 1,
            first,
            losses: vec![0.9, 0.8],
            elapsed_secs: 0.5,
        })
    };
    let started = RunEvent::Started(Box::new(Started {
        iterations_per_epoch: 4,
        ..Started::of_two_classes(on("faces"))
    }));
    let facts = [started, steps(1), steps(3)];
    for fact in &facts[..2] {
        tell(&mut state, FitEvent::Run(fact.clone()));
    }
    let run = state.runs.of_dir(&run_dir).unwrap();
    let mut desk = Desk {
        n_jobs: id,
        ..Desk::default()
    };
    state.apply_action(Action::Runs(RunsAction::LeaveFolder(dir.clone())), &mut desk);
    // The place of new runs is always listed; this one is listed beside it.
    state.folders.runs_dir = "elsewhere".into();
    state.apply_action(Action::Runs(RunsAction::ListFolder(dir)), &mut desk);
    assert!(!state.runs.all[run].deleted);
    let again = listed("2026-11-22-120300-resnet18-x", &on("faces"), &facts);
    list_run(&mut state, &mut desk, again);
    state.apply_event(id, Event::Fit(FitEvent::Run(facts[2].clone())), &mut desk);
    assert_eq!(state.runs.all[run].record.losses.len(), 4);
    assert_eq!(state.runs.all[run].n_events, 3);
}

#[test]
fn a_place_for_runs_that_is_empty_against_expectation_is_said_to_be() {
    let told = |seen_in: Option<&str>, holds_no_runs| {
        let settings = Settings {
            runs_seen_in: seen_in.map(PathBuf::from),
            ..Settings::default()
        };
        let folders = Folders {
            runs_dir: "/disk/runs".into(),
            holds_no_runs,
            ..Folders::default()
        };
        let mut state = AppState::new(folders, settings);
        state.start(&mut Desk::default());
        let texts = state.notices.log.iter().map(|message| message.text.clone());
        let said = texts
            .filter(|text| text.contains("held runs when the window was last closed"))
            .count();
        state.remember_shown();
        (said, state.settings.runs_seen_in)
    };
    let place = || Some(PathBuf::from("/disk/runs"));
    // It is said until runs are there again.
    assert_eq!(told(Some("/disk/runs"), true), (1, place()));
    assert_eq!(told(Some("/disk/runs"), false), (0, place()));
    assert_eq!(told(Some("/other"), true), (0, Some("/other".into())));
    assert_eq!(told(None, true), (0, None));
}
