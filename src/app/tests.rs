//! Scripted events to state, and actions to commands.

use std::path::{Path, PathBuf};

use jiff::civil::date;

use super::*;
use crate::experiment::{
    Checked, ClassWeights, Config, Dataset, Evaluation, Groups, ImageEntry, Outcome, Part, RunEvent,
    RunRecord, SplitMethod, Started, Steps, Timing, WeightsSource, When,
};
use crate::metrics::Confusion;
use crate::protocol::{
    Cancel, Command, DatasetCommand, DatasetEvent, Event, Failure, FitCommand, FitEvent, Job, JudgeCommand,
    JudgeEvent, LabelsCommand, LabelsEvent, ListedRun, LiveCommand, Prediction, RunsEvent, Scan,
};

mod again;
mod answers;
mod folders;
mod goal;
mod judge;
mod labels;
mod looking;
mod runs;
mod same_split;
mod tables;

/// Writes down what was asked for.
#[derive(Default)]
struct Desk {
    n_jobs: u64,
    commands: Vec<(Job, Command)>,
    picks: Vec<Pick>,
    copied: Vec<String>,
    revealed: Vec<Place>,
    n_closes: usize,
}

impl Host for Desk {
    fn submit(&mut self, command: Command) -> Job {
        self.n_jobs += 1;
        let job = Job {
            id: self.n_jobs,
            cancel: Cancel::new(),
        };
        // Asked after every change of the form, and of every folder; only their own tests look at them.
        let is_by_itself = matches!(
            command,
            Command::Live(LiveCommand::AskFeatures(_)) | Command::Labels(LabelsCommand::ReadLabels(_))
        );
        if !is_by_itself {
            self.commands.push((job.clone(), command));
        }
        job
    }

    fn pick(&mut self, pick: Pick) {
        self.picks.push(pick);
    }

    fn copy(&mut self, text: String) {
        self.copied.push(text);
    }

    fn close(&mut self) {
        self.n_closes += 1;
    }

    fn minimise(&mut self) {}

    fn reveal(&mut self, place: Place) {
        self.revealed.push(place);
    }
}

impl Desk {
    fn last(&self) -> (&Job, &Command) {
        let (job, command) = self.commands.last().unwrap();
        (job, command)
    }
}

fn dataset(counts: &[usize]) -> Dataset {
    let images = counts.iter().enumerate().flat_map(|(class_idx, &n)| {
        (0..n).map(move |i| ImageEntry {
            path: format!("{class_idx}/{i}.png"),
            class_idx,
            folder: None,
        })
    });
    Dataset {
        root: "faces".into(),
        classes: ["FAKE", "REAL", "THIRD"][..counts.len()]
            .iter()
            .map(|c| c.to_string())
            .collect(),
        images: images.collect(),
        issues: vec![],
        twins: vec![],
        remarks: vec![],
        identity: Default::default(),
        groups_table: None,
        table: None,
    }
}

fn open(counts: &[usize]) -> (AppState, Desk) {
    let folders = Folders {
        runs_dir: "runs".into(),
        demo_dir: "demo".into(),
        pasted_dir: "pasted".into(),
        home: Some("/h".into()),
        ..Folders::default()
    };
    let mut state = AppState::new(folders, Settings::default());
    let mut desk = Desk::default();
    state.apply_action(Action::Dataset(DatasetAction::Open("faces".into())), &mut desk);
    state.apply_event(
        1,
        Event::Dataset(DatasetEvent::Scanned(Box::new(dataset(counts)))),
        &mut desk,
    );
    state.apply_event(1, Event::Done, &mut desk);
    (state, desk)
}

fn evaluation(rows: [[u64; 2]; 2]) -> RunEvent {
    RunEvent::Evaluated(Evaluation {
        when: When::Epoch(1),
        part: Part::Val,
        confusion: Confusion::from_rows(rows),
        loss: 0.4,
        weighted_loss: 0.5,
        roc_auc: vec![None; 2],
        average_precision: vec![None; 2],
        elapsed_secs: 1.0,
    })
}

/// A run of that name, as its folder has it.
fn listed(name: &str, config: &Config, events: &[RunEvent]) -> ListedRun {
    ListedRun {
        dir: PathBuf::from("runs").join(name),
        name: name.into(),
        config: config.clone(),
        record: RunRecord::from_events(events),
        n_events: events.len(),
        ..ListedRun::default()
    }
}

/// Lists it; gives the run's index.
fn list_run(state: &mut AppState, desk: &mut Desk, listed: ListedRun) -> usize {
    let dir = listed.dir.clone();
    state.apply_event(0, Event::Runs(RunsEvent::Listed(Box::new(listed))), desk);
    state.runs.of_dir(&dir).unwrap()
}

/// Trains the form's config to its end; gives the run's index.
fn train(state: &mut AppState, desk: &mut Desk, outcome: Outcome) -> usize {
    state.apply_action(Action::Fit(FitAction::Train), desk);
    let (job, command) = desk.last();
    let Command::Fit(FitCommand::Train(request)) = command else {
        panic!("{command:?}")
    };
    let (id, config) = (job.id, request.config.clone());
    let dir = request.runs_dir.join(format!("2026-11-22-1203{id:02}-resnet18"));
    let run = state.runs.all.len();
    let started = Started {
        n_train: vec![70, 14],
        n_val: vec![30, 6],
        iterations_per_epoch: 4,
        ..Started::of_two_classes(config)
    };
    let events = [
        Event::Fit(FitEvent::RunCreated { dir }),
        Event::Fit(FitEvent::Run(RunEvent::Started(Box::new(started)))),
        Event::Fit(FitEvent::Run(RunEvent::Steps(Steps {
            epoch: 1,
            first: 1,
            losses: vec![0.9, 0.8],
            elapsed_secs: 0.5,
        }))),
        Event::Fit(FitEvent::Run(evaluation([[27, 3], [2, 4]]))),
        Event::Fit(FitEvent::Run(RunEvent::Ended {
            outcome,
            timing: Timing::default(),
        })),
        Event::Done,
    ];
    for event in events {
        state.apply_event(id, event, desk);
    }
    run
}

#[test]
fn a_scan_becomes_the_dataset_and_its_split() {
    let (state, _) = open(&[100, 20]);
    let view = state.dataset.view.as_ref().unwrap();
    assert_eq!(view.counts, [100, 20]);
    let split = view.split.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(split[0], [70, 14]);
    assert_eq!(split[1], [30, 6]);
    assert_eq!(state.train_problem(), None);
    assert_eq!(state.settings.recent, [PathBuf::from("faces")]);
    assert!(state.jobs.foreground().is_none());
}

#[test]
fn train_says_why_it_cannot_start() {
    let mut state = AppState::default();
    assert!(state.train_problem().unwrap().contains("Open a folder"));
    let (mut open_state, mut desk) = open(&[100, 20]);
    std::mem::swap(&mut state, &mut open_state);
    type Spoil = fn(&mut Config);
    let table: [(&str, Spoil); 4] = [
        ("Epochs must be at least 1", |c| c.epochs = 0),
        ("Learning rate", |c| c.lr = -1.0),
        ("3 class weights for 2 classes", |c| {
            c.class_weights = ClassWeights::Given(vec![1.0; 3])
        }),
        ("train/", |c| c.split = crate::experiment::SplitMethod::Folders),
    ];
    for (expected, spoil) in table {
        let mut form = Config::default();
        spoil(&mut form);
        state.apply_action(Action::Fit(FitAction::SetForm(Box::new(form))), &mut desk);
        let problem = state.train_problem().unwrap();
        assert!(problem.contains(expected), "{problem}");
        let n = desk.commands.len();
        state.apply_action(Action::Fit(FitAction::Train), &mut desk);
        assert_eq!(desk.commands.len(), n, "trained in spite of: {problem}");
    }
}

#[test]
fn presets_weigh_the_rare_class_and_sliders_keep_the_others() {
    for (counts, expected) in [([100, 20], [1.0, 8.0]), ([20, 100], [8.0, 1.0])] {
        let (mut state, mut desk) = open(&counts);
        state.apply_action(Action::Fit(FitAction::UsePreset(Preset::Rare(8.0))), &mut desk);
        assert_eq!(
            state.settings.form.class_weights,
            ClassWeights::Given(expected.to_vec())
        );
    }
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Fit(FitAction::UsePreset(Preset::Balanced)), &mut desk);
    let balanced = state.class_weights().unwrap();
    state.apply_action(
        Action::Fit(FitAction::SetWeight {
            class_idx: 1,
            weight: 5.0,
        }),
        &mut desk,
    );
    assert_eq!(state.class_weights().unwrap(), [balanced[0], 5.0]);
    // Three classes have no single ratio; those presets are not there.
    let (mut state, mut desk) = open(&[100, 20, 30]);
    state.apply_action(Action::Fit(FitAction::UsePreset(Preset::Rare(3.0))), &mut desk);
    assert_eq!(state.settings.form.class_weights, ClassWeights::Equal);
}

#[test]
fn of_many_classes_the_one_that_is_weighed_is_looked_at() {
    let weigh = |class_idx| {
        Action::Fit(FitAction::SetWeight {
            class_idx,
            weight: 5.0,
        })
    };
    let (mut state, mut desk) = open(&[100, 20, 30]);
    assert_eq!(state.weighed_class(), 1, "the rarest");
    state.apply_action(weigh(2), &mut desk);
    assert_eq!(state.weighed_class(), 2);
    // Less of another raises none.
    let less = Action::Fit(FitAction::SetWeight {
        class_idx: 0,
        weight: 0.5,
    });
    state.apply_action(less, &mut desk);
    assert_eq!(state.weighed_class(), 2);
    // Of two, either weight says the same.
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(weigh(0), &mut desk);
    assert_eq!(state.weighed_class(), 1);
}

#[test]
fn three_trainings_are_lined_up_and_the_queue_can_be_cleared() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Fit(FitAction::TrainThree), &mut desk);
    let labels: Vec<String> = desk
        .commands
        .iter()
        .filter_map(|(_, c)| match c {
            Command::Fit(FitCommand::Train(request)) => Some(request.config.class_weights.label()),
            _ => None,
        })
        .collect();
    assert_eq!(labels, ["equal", "1:3", "1:8"]);
    assert_eq!(state.jobs.queue().count(), 2);
    state.apply_action(Action::ClearQueue, &mut desk);
    let cancelled: Vec<bool> = desk
        .commands
        .iter()
        .map(|(job, _)| job.cancel.is_cancelled())
        .collect();
    assert_eq!(cancelled, [false, false, true, true]);
    state.apply_action(Action::Stop, &mut desk);
    assert!(desk.commands[1].0.cancel.is_cancelled());
}

#[test]
fn a_training_becomes_a_run() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    assert_eq!(state.looking.run, Some(run));
    let view = &state.runs.all[run];
    assert_eq!(view.state(), RunState::Finished);
    assert_eq!(view.record.losses, [0.9, 0.8]);
    let days = [date(2026, 11, 22), date(2026, 12, 1), date(2027, 1, 1)];
    assert_eq!(
        days.map(|today| view.began(today)),
        ["12:03", "22 Nov", "Nov 2026"]
    );
    assert!((view.balanced_accuracy().unwrap() - (0.9 + 4.0 / 6.0) / 2.0).abs() < 1e-12);
    assert!(
        state.notices.toasts[0]
            .text
            .contains("finished, balanced accuracy 78.3 %")
    );
    assert!(state.jobs.foreground().is_none());
    // The next one gets another colour.
    let next = train(&mut state, &mut desk, Outcome::Stopped);
    assert_ne!(state.runs.all[next].colour, state.runs.all[run].colour);
    assert_eq!(state.runs.all[next].state(), RunState::Stopped);
}

#[test]
fn the_next_start_shows_the_same_runs_in_the_same_colours() {
    let (mut state, mut desk) = open(&[84, 16]);
    let runs: Vec<usize> = (0..3)
        .map(|_| train(&mut state, &mut desk, Outcome::Finished))
        .collect();
    let hidden = Action::Runs(RunsAction::Show {
        runs: vec![runs[1]],
        shown: false,
    });
    state.apply_action(hidden, &mut desk);
    state.remember_shown();
    let shown = |state: &AppState| -> Vec<(String, Option<usize>)> {
        let runs = state.runs.all.iter();
        let mut runs: Vec<_> = runs
            .map(|r| (r.name.clone(), r.shown.then_some(r.colour)))
            .collect();
        runs.sort();
        runs
    };
    let mut next = AppState::new(state.folders.clone(), state.settings.clone());
    // The newest is listed first, which would have got the first colour.
    for run in state.runs.all.iter().rev() {
        next.take_listed(ListedRun {
            dir: run.dir.clone(),
            name: run.name.clone(),
            config: run.config.clone(),
            record: run.record.clone(),
            tag: run.tag.clone(),
            ..ListedRun::default()
        });
    }
    assert_eq!(shown(&next), shown(&state));
}

#[test]
fn a_failed_training_tells_once_and_the_next_one_works() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Fit(FitAction::Train), &mut desk);
    let id = desk.last().0.id;
    let failed = Event::Failed {
        message: "no weights for resnet18 here".into(),
        failure: Failure::Input,
    };
    state.apply_event(id, failed, &mut desk);
    assert_eq!(state.notices.toasts[0].text, "No weights for resnet18 here");
    let run = train(&mut state, &mut desk, Outcome::Failed("out of memory".into()));
    assert_eq!(state.notices.toasts.len(), 2);
    assert!(state.notices.toasts[1].text.ends_with("failed: out of memory"));
    assert_eq!(state.runs.all[run].state(), RunState::Failed);
    train(&mut state, &mut desk, Outcome::Finished);
}

#[test]
fn a_dropped_folder_is_opened_and_the_demo_opens_itself() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Drop(vec!["/data/leaves".into()]), &mut desk);
    assert!(
        matches!(desk.last().1, Command::Dataset(DatasetCommand::Scan(Scan { source })) if source.place() == Path::new("/data/leaves"))
    );
    state.apply_action(Action::Dataset(DatasetAction::OpenDemo), &mut desk);
    let id = desk.last().0.id;
    state.apply_event(id, Event::Done, &mut desk);
    assert!(
        matches!(desk.last().1, Command::Dataset(DatasetCommand::Scan(Scan { source })) if source.place() == Path::new("demo"))
    );
}

#[test]
fn settings_of_a_run_keep_the_folder_and_open_the_runs_own_where_there_is_none() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.settings.form.epochs = 9;
    let n_commands = desk.commands.len();
    state.apply_action(Action::Runs(RunsAction::UseSettings(run)), &mut desk);
    assert_eq!(state.settings.form.epochs, Config::default().epochs);
    assert_eq!(desk.commands.len(), n_commands);
    state.dataset.view = None;
    state.apply_action(Action::Runs(RunsAction::UseSettings(run)), &mut desk);
    assert!(
        matches!(desk.last().1, Command::Dataset(DatasetCommand::Scan(Scan { source })) if source.place() == Path::new("faces"))
    );
}

#[test]
fn a_later_scan_overtakes_an_earlier_one() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Dataset(DatasetAction::Open("slow".into())), &mut desk);
    let slow = desk.last().0.clone();
    state.apply_action(Action::Dataset(DatasetAction::Open("quick".into())), &mut desk);
    assert!(slow.cancel.is_cancelled());
    state.apply_event(
        slow.id,
        Event::Dataset(DatasetEvent::Scanned(Box::new(dataset(&[5, 5])))),
        &mut desk,
    );
    assert_eq!(state.dataset.view.as_ref().unwrap().counts, [100, 20]);
}

#[test]
fn the_path_field_knows_home_and_quotes() {
    let (mut state, mut desk) = open(&[100, 20]);
    for (text, path) in [
        ("~/faces", Some("/h/faces")),
        ("~", Some("/h")),
        (" '/a b' ", Some("/a b")),
        ("file:///x", Some("/x")),
        ("  ", None),
    ] {
        state.apply_action(Action::Dataset(DatasetAction::EditPath(text.into())), &mut desk);
        assert_eq!(state.typed_path(), path.map(PathBuf::from), "{text}");
    }
}

#[test]
fn a_dead_engine_is_told_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Fit(FitAction::Train), &mut desk);
    state.lose_engine();
    state.lose_engine();
    assert_eq!(state.notices.toasts.len(), 1);
    assert!(state.jobs.foreground().is_none() && state.train_problem().is_some());
}

#[test]
fn notices_leave_and_stay_in_the_log() {
    let (mut state, _) = open(&[100, 20]);
    state.tell(ToastKind::Ok, "done");
    state.notices.advance(60.0);
    assert!(state.notices.toasts.is_empty());
    let told: Vec<_> = state
        .notices
        .log
        .iter()
        .map(|m| (m.kind, m.text.as_str()))
        .collect();
    assert_eq!(told, [(ToastKind::Ok, "done")]);
}
