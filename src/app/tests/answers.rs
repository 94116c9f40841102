//! Answers that come when the user has gone on, or that are errors.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::app::Preset;
use crate::experiment::{Issue, IssueKind, Predictions};
use crate::protocol::{
    DatasetCommand, DatasetEvent, Failure, FitEvent, LiveEvent, Picture, RunsCommand, Thumbnail, Thumbnails,
    Trial,
};

#[test]
fn a_training_that_waited_does_not_bring_back_the_folder_that_was_left() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Fit(FitAction::Train), &mut desk);
    let training = desk.last().0.id;
    state.apply_action(Action::Dataset(DatasetAction::Open("leaves".into())), &mut desk);
    let scan = desk.last().0.id;
    let leaves = Dataset {
        root: "leaves".into(),
        ..dataset(&[30, 30])
    };
    state.apply_event(
        scan,
        Event::Dataset(DatasetEvent::Scanned(Box::new(leaves))),
        &mut desk,
    );
    state.apply_event(scan, Event::Done, &mut desk);
    let found = Event::Dataset(DatasetEvent::Scanned(Box::new(dataset(&[100, 20]))));
    state.apply_event(training, found, &mut desk);
    assert_eq!(state.settings.form.data, Path::new("leaves"));
    assert_eq!(state.dataset.view.as_ref().unwrap().counts, [30, 30]);
    assert_eq!(state.settings.recent[0], Path::new("leaves"));
}

#[test]
fn predictions_that_cannot_be_read_are_asked_for_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let asked = |desk: &Desk| {
        let commands = desk.commands.iter();
        let asked = commands.filter(|(_, c)| matches!(c, Command::Runs(RunsCommand::ReadScores(_))));
        asked.map(|(job, _)| job.id).collect::<Vec<_>>()
    };
    let [job] = asked(&desk)[..] else {
        panic!("{:?}", desk.commands)
    };
    let failed = Event::Failed {
        message: "predictions.csv: cannot read".into(),
        failure: Failure::Input,
    };
    state.apply_event(job, failed, &mut desk);
    state.apply_action(Action::Look(LookAction::Run(run)), &mut desk);
    assert_eq!(asked(&desk), [job]);
}

#[test]
fn features_that_cannot_be_looked_up_say_why_beside_the_sliders_and_nowhere_else() {
    let (mut state, mut desk) = open(&[100, 20]);
    let asked = |state: &AppState| {
        let job = state
            .jobs
            .all
            .iter()
            .find(|j| matches!(j.purpose, Purpose::AskFeatures));
        job.map(|j| j.job.id)
    };
    let failed = Event::Failed {
        message: "/w.pt: there is no such file".into(),
        failure: Failure::Input,
    };
    let job = asked(&state).unwrap();
    state.apply_event(job, failed, &mut desk);
    let reason = "/w.pt: there is no such file";
    assert_eq!(state.live.features, Some(Err(reason.into())));
    assert_eq!(state.notices.toasts, []);
    // Another letter of the path: another question.
    let form = Config {
        weights: WeightsSource::File("/w.pth".into()),
        ..state.settings.form.clone()
    };
    state.apply_action(Action::Fit(FitAction::SetForm(Box::new(form))), &mut desk);
    assert_eq!(state.live.features, None);
    assert!(asked(&state).is_some());
}

#[test]
fn a_file_of_weights_that_is_not_named_yet_is_asked_for() {
    let (mut state, mut desk) = open(&[100, 20]);
    let form = Config {
        weights: WeightsSource::File(PathBuf::new()),
        ..state.settings.form.clone()
    };
    state.jobs.all.clear();
    state.apply_action(Action::Fit(FitAction::SetForm(Box::new(form))), &mut desk);
    let problem = state.train_problem().unwrap();
    assert_eq!(problem, "Choose a file of weights, .safetensors or .pth");
    assert!(state.jobs.all.is_empty(), "{:?}", state.jobs.all);
}

#[test]
fn the_runs_of_one_sweep_stand_by_their_weights() {
    let (mut state, mut desk) = open(&[100, 20]);
    for (second, weights) in [
        ("10", "1,9.5"),
        ("10", "1,16"),
        ("10", "equal"),
        ("10", "1,9.25"),
        ("11", "1,2"),
    ] {
        let config = Config {
            class_weights: weights.parse().unwrap(),
            ..Config::default()
        };
        let name = format!("2026-11-22-1200{second}-resnet18-{weights}");
        list_run(&mut state, &mut desk, listed(&name, &config, &[]));
    }
    let order: Vec<String> = state
        .runs
        .newest_first()
        .iter()
        .map(|&r| state.runs.all[r].label())
        .collect();
    assert_eq!(order, ["1 : 2", "1 : 16", "1 : 9.5", "1 : 9.25", "equal"]);
}

#[test]
fn a_table_of_groups_in_the_folder_is_taken_when_groups_are_asked_for() {
    let (mut state, mut desk) = open(&[100, 20]);
    let table = PathBuf::from("faces/groups.csv");
    let with_table = Dataset {
        groups_table: Some(table.clone()),
        ..dataset(&[100, 20])
    };
    state.apply_event(
        1,
        Event::Dataset(DatasetEvent::Scanned(Box::new(with_table))),
        &mut desk,
    );
    let by_groups = |groups| Config {
        split: SplitMethod::Groups,
        groups,
        ..Config::default()
    };
    state.apply_action(
        Action::Fit(FitAction::SetForm(Box::new(by_groups(None)))),
        &mut desk,
    );
    assert_eq!(state.settings.form.groups, Some(Groups::Csv(table)));
    // Emptied on purpose, the field stays empty.
    state.apply_action(
        Action::Fit(FitAction::SetForm(Box::new(by_groups(None)))),
        &mut desk,
    );
    assert_eq!(state.settings.form.groups, None);
}

#[test]
fn a_warning_that_several_runs_have_in_common_is_told_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    let mut warn = |message: &str| {
        state.apply_action(Action::Fit(FitAction::Train), &mut desk);
        let id = desk.last().0.id;
        let dir = format!("runs/2026-11-22-12000{id}-x").into();
        state.apply_event(id, Event::Fit(FitEvent::RunCreated { dir }), &mut desk);
        let message = message.to_owned();
        state.apply_event(
            id,
            Event::Fit(FitEvent::Run(RunEvent::Warning { message })),
            &mut desk,
        );
        let run = state.runs.all.last().unwrap();
        (state.notices.log.len(), run.record.warnings.len())
    };
    assert_eq!(warn("FAKE/notes.pdf: left out"), (1, 1));
    assert_eq!(warn("FAKE/notes.pdf: left out"), (1, 1));
    assert_eq!(warn("REAL/cut.jpg: left out"), (2, 1));
    // A name may hold anything; it is the same warning however it is shown.
    assert_eq!(warn("REAL/\u{1b}cut.jpg: left out"), (3, 1));
    assert_eq!(warn("REAL/\u{1b}cut.jpg: left out"), (3, 1));
}

fn failed(checked: &mut Checked, path: &str) {
    checked.n_failed[0] += 1;
    checked.issues.push(Issue {
        path: path.into(),
        kind: IssueKind::Undecodable,
        message: "its PNG data is damaged".into(),
    });
}

#[test]
fn what_decoding_every_image_found_stays_until_the_folder_is_read_anew() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Dataset(DatasetAction::CheckImages), &mut desk);
    state.apply_action(Action::Dataset(DatasetAction::CheckImages), &mut desk);
    let asked = |desk: &Desk| {
        let is_check =
            |(_, c): &&(Job, Command)| matches!(c, Command::Dataset(DatasetCommand::CheckImages(_)));
        desk.commands
            .iter()
            .filter(is_check)
            .map(|(job, _)| job.clone())
            .collect::<Vec<_>>()
    };
    let [job] = &asked(&desk)[..] else {
        panic!("asked twice")
    };
    assert!(state.jobs.checking().is_some());
    let mut checked = Checked {
        place: "faces".into(),
        n_checked: vec![100, 20],
        n_failed: vec![0, 0],
        is_whole: true,
        ..Checked::default()
    };
    failed(&mut checked, "0/7.png");
    let of_another = Checked {
        place: "leaves".into(),
        ..checked.clone()
    };
    state.apply_event(
        job.id,
        Event::Dataset(DatasetEvent::Checked(Box::new(of_another))),
        &mut desk,
    );
    assert!(state.dataset.view.as_ref().unwrap().issues().is_empty());
    state.apply_event(
        job.id,
        Event::Dataset(DatasetEvent::Checked(Box::new(checked))),
        &mut desk,
    );
    state.apply_event(job.id, Event::Done, &mut desk);
    let issues = |state: &AppState| {
        let view = state.dataset.view.as_ref().unwrap();
        view.issues()
            .iter()
            .map(|issue| issue.path.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(issues(&state), ["0/7.png"]);
    // A training reads the folder, too.
    let again = Event::Dataset(DatasetEvent::Scanned(Box::new(dataset(&[100, 20]))));
    state.apply_event(99, again, &mut desk);
    assert_eq!(issues(&state), ["0/7.png"]);
    state.apply_action(Action::Dataset(DatasetAction::CheckImages), &mut desk);
    let job = asked(&desk)[1].clone();
    state.apply_action(Action::Dataset(DatasetAction::Open("faces".into())), &mut desk);
    assert!(job.cancel.is_cancelled());
    assert!(issues(&state).is_empty());
}

#[test]
fn what_is_tried_is_held_against_runs_that_judged_the_same_images() {
    let (mut state, mut desk) = open(&[100, 20]);
    train(&mut state, &mut desk, Outcome::Finished);
    assert_eq!(state.dots().len(), 1);
    // Another split: other images are judged.
    let form = Config {
        train_share: 0.5,
        ..state.settings.form.clone()
    };
    state.apply_action(Action::Fit(FitAction::SetForm(Box::new(form.clone()))), &mut desk);
    let RunEvent::Evaluated(evaluation) = evaluation([[27, 3], [2, 4]]) else {
        panic!()
    };
    let trial = Trial {
        config: form,
        classes: vec!["FAKE".into(), "REAL".into()],
        class_weights: vec![1.0, 1.0],
        n_train: vec![5, 5],
        losses: vec![0.5],
        epoch_starts: vec![0],
        evaluation,
        predictions: Predictions::new(Arc::from(["0/0.png".into()]), 2, vec![0], vec![0.5, 0.5]).unwrap(),
        seconds: 0.1,
    };
    state.apply_event(0, Event::Live(LiveEvent::Tried(Box::new(trial))), &mut desk);
    state.apply_action(Action::Look(LookAction::Trial(true)), &mut desk);
    assert!(state.watched_trial().is_some());
    assert!(state.dots().is_empty());
    state.apply_action(Action::Look(LookAction::Trial(false)), &mut desk);
    assert_eq!(state.dots().len(), 1);
}

#[test]
fn a_picture_that_ends_the_engine_costs_no_other() {
    let (mut state, mut desk) = open(&[100, 20]);
    let paths: Vec<PathBuf> = (0..5).map(|i| format!("{i}.webp").into()).collect();
    state.apply_action(
        Action::Dataset(DatasetAction::WantThumbnails(paths.clone())),
        &mut desk,
    );
    // The third one ends whatever looks at it.
    for _ in 0..20 {
        let is_open = |id: u64| state.jobs.all.iter().any(|job| job.job.id == id);
        let asked = desk.commands.iter().find_map(|(job, command)| match command {
            Command::Dataset(DatasetCommand::Thumbnails(Thumbnails { paths, .. })) if is_open(job.id) => {
                Some((job.id, paths.clone()))
            }
            _ => None,
        });
        let Some((id, asked)) = asked else {
            break;
        };
        let good = asked.iter().take_while(|path| **path != paths[2]);
        for path in good.clone() {
            let picture = Picture {
                size: [1, 1],
                rgb: vec![0; 3],
            };
            let thumbnail = Thumbnail {
                path: path.clone(),
                picture: Ok(picture),
            };
            state.apply_event(id, Event::Dataset(DatasetEvent::Thumbnail(thumbnail)), &mut desk);
        }
        let end = match good.count() == asked.len() {
            true => Event::Done,
            false => Event::Failed {
                message: "the engine's process crashed".into(),
                failure: Failure::Fault,
            },
        };
        state.apply_event(id, end, &mut desk);
    }
    let known: Vec<bool> = paths
        .iter()
        .map(|path| state.dataset.gallery.pictures.get(path).unwrap().is_ok())
        .collect();
    assert_eq!(known, [true, true, false, true, true]);
    assert_eq!(state.notices.toasts, []);
}

#[test]
fn presets_count_the_images_that_are_trained_on() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let mut found = dataset(&[10, 20]);
    // What a scan could not read is among the issues and not among the images.
    found.issues = (0..8)
        .map(|i| Issue {
            path: format!("0/bad{i}.png"),
            kind: IssueKind::Unreadable,
            message: "cut off".into(),
        })
        .collect();
    state.take_dataset(found, &mut desk);
    state.settings.form.train_share = 0.5;
    state.apply_action(
        Action::Fit(FitAction::SetForm(Box::new(state.settings.form.clone()))),
        &mut desk,
    );
    state.apply_action(Action::Fit(FitAction::UsePreset(Preset::Balanced)), &mut desk);
    // 15 to train on, 5 and 10 of them: n / (k n of the class).
    assert_eq!(state.class_weights(), Ok(vec![1.5, 0.75]));
}
