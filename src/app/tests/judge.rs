//! Images that are to be predicted, and what runs say of them.

use super::*;
use crate::protocol::{
    FileContent, FindImages, FoundImage, Predict, Predicted, PredictionTable, RunsCommand, RunsEvent,
    WriteFile,
};

fn file(path: &str) -> FoundImage {
    FoundImage {
        path: path.into(),
        fault: None,
        stamp: [1, 1],
    }
}

fn said(answers: &[(&str, Result<[f32; 2], &str>)]) -> Event {
    let image = |(path, answer): &(&str, Result<[f32; 2], &str>)| Prediction {
        path: path.into(),
        probabilities: answer.map(|p| p.to_vec()).map_err(str::to_owned),
        predicted: None,
    };
    let predicted = Predicted {
        classes: vec!["FAKE".into(), "REAL".into()],
        images: answers.iter().map(image).collect(),
        ..Predicted::default()
    };
    Event::Judge(JudgeEvent::Predicted(predicted))
}

/// The predictions that were asked for, newest last.
fn asked(desk: &Desk) -> Vec<(&Job, &Predict)> {
    let predictions = desk.commands.iter().filter_map(|(job, command)| match command {
        Command::Judge(JudgeCommand::Predict(request)) => Some((job, request)),
        _ => None,
    });
    predictions.collect()
}

fn last_asked(desk: &Desk) -> (Job, Predict) {
    let (job, request) = *asked(desk).last().unwrap();
    (job.clone(), request.clone())
}

fn stopped() -> Event {
    Event::Failed {
        message: "stopped".into(),
        failure: Failure::Stopped,
    }
}

/// Opens a folder of images and has them found; gives nothing to the predictions.
fn open_images(state: &mut AppState, desk: &mut Desk, names: &[&str]) {
    state.apply_action(Action::Judge(JudgeAction::OpenImages(vec!["new".into()])), desk);
    let (job, command) = desk.last();
    assert!(matches!(
        command,
        Command::Judge(JudgeCommand::FindImages(FindImages { watch: false, .. }))
    ));
    let job_id = job.id;
    let found = names.iter().map(|name| file(&format!("new/{name}"))).collect();
    state.apply_event(job_id, Event::Judge(JudgeEvent::Found(found)), desk);
    state.apply_event(job_id, Event::Done, desk);
}

#[test]
fn a_dropped_image_is_predicted_by_one_shown_run_after_the_other() {
    let (mut state, mut desk) = open(&[100, 20]);
    let first = train(&mut state, &mut desk, Outcome::Finished);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    let show = |run, shown| {
        let runs = vec![run];
        Action::Runs(RunsAction::Show { runs, shown })
    };
    state.apply_action(show(first, false), &mut desk);
    state.apply_action(Action::Drop(vec!["who.JPG".into()]), &mut desk);
    let (job, request) = last_asked(&desk);
    assert_eq!(request.run_dir, state.runs.all[second].dir);
    state.apply_event(job.id, said(&[("who.JPG", Ok([0.3, 0.7]))]), &mut desk);
    state.apply_event(job.id, Event::Done, &mut desk);
    assert_eq!(
        state.judge.table.answer(second, 0),
        Answer::Probabilities(&[0.3, 0.7])
    );
    // A run that is shown later is asked then, and asked once.
    let n = asked(&desk).len();
    state.apply_action(show(first, true), &mut desk);
    let (job, request) = last_asked(&desk);
    assert_eq!(request.run_dir, state.runs.all[first].dir);
    state.apply_action(show(first, true), &mut desk);
    assert_eq!(asked(&desk).len(), n + 1);
    // One that cannot be asked says why, and is not asked for ever.
    let failed = Event::Failed {
        message: "run folder is gone".into(),
        failure: Failure::Input,
    };
    state.apply_event(job.id, failed, &mut desk);
    assert_eq!(state.judge.table.problem(first), Some("run folder is gone"));
    assert_eq!(asked(&desk).len(), n + 1);
    state.apply_action(Action::Judge(JudgeAction::GoOn), &mut desk);
    assert_eq!(asked(&desk).len(), n + 2);
}

#[test]
fn the_chosen_run_has_its_turn_at_once_and_its_threshold_is_followed_without_asking() {
    let (mut state, mut desk) = open(&[100, 20]);
    let first = train(&mut state, &mut desk, Outcome::Finished);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    open_images(&mut state, &mut desk, &["a.png", "b.png"]);
    let (of_second, request) = last_asked(&desk);
    assert_eq!(request.run_dir, state.runs.all[second].dir);
    // It is stopped, keeps what it has said, and the other is asked.
    state.apply_event(of_second.id, said(&[("new/a.png", Ok([0.6, 0.4]))]), &mut desk);
    state.apply_action(Action::Look(LookAction::Run(first)), &mut desk);
    assert!(of_second.cancel.is_cancelled());
    state.apply_event(of_second.id, stopped(), &mut desk);
    let (of_first, request) = last_asked(&desk);
    assert_eq!(request.run_dir, state.runs.all[first].dir);
    assert_eq!(request.paths.len(), 2);
    let answers = [("new/a.png", Ok([0.8, 0.2])), ("new/b.png", Ok([0.1, 0.9]))];
    state.apply_event(of_first.id, said(&answers), &mut desk);
    state.apply_event(of_first.id, Event::Done, &mut desk);
    let (_, request) = last_asked(&desk);
    assert_eq!(
        request.paths,
        [PathBuf::from("new/b.png")],
        "only what it has not said"
    );
    // The most doubtful first; both are judged by the threshold as it is moved.
    let listed = state.listed_images();
    assert_eq!(
        (&listed.rows[..], &listed.counts.classes[..]),
        (&[0, 1][..], &[1, 1][..])
    );
    let n = desk.commands.len();
    state.apply_action(Action::Look(LookAction::Class(1)), &mut desk);
    state.apply_action(Action::Judge(JudgeAction::SetThreshold(Some(0.15))), &mut desk);
    let listed = state.listed_images();
    assert_eq!(listed.counts.classes, [0, 2]);
    assert_eq!(listed.counts.disagree, 1);
    assert_eq!(desk.commands.len(), n);
}

#[test]
fn a_stop_keeps_what_is_there_and_can_be_taken_back() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    open_images(&mut state, &mut desk, &["a.png", "b.png", "c.png"]);
    let (job, _) = last_asked(&desk);
    state.apply_event(job.id, said(&[("new/b.png", Err("is no PNG"))]), &mut desk);
    // By the button of the status bar, or the table's own.
    state.apply_action(Action::Stop, &mut desk);
    assert!(job.cancel.is_cancelled());
    let n = desk.commands.len();
    state.apply_event(job.id, stopped(), &mut desk);
    assert_eq!((desk.commands.len(), state.judge.table.n_done(run)), (n, (1, 3)));
    assert_eq!(state.listed_images().counts.waiting, 2);
    state.apply_action(Action::Judge(JudgeAction::GoOn), &mut desk);
    let (job, request) = last_asked(&desk);
    assert_eq!(request.paths, ["new/a.png", "new/c.png"].map(PathBuf::from));
    // What comes to no answer is not asked for ever.
    state.apply_event(job.id, said(&[("new/a.png", Ok([0.2, 0.8]))]), &mut desk);
    state.apply_event(job.id, Event::Done, &mut desk);
    assert_eq!(state.judge.table.answer(run, 2), Answer::Failed("no answer came"));
    assert_eq!(state.listed_images().counts.unreadable, 2);
    // The file has all rows, whatever is listed.
    let listing = Listing {
        only: Only::Unreadable,
        search: "C.P".into(),
        ..Listing::default()
    };
    state.apply_action(Action::Judge(JudgeAction::SetListing(listing)), &mut desk);
    assert_eq!(state.listed_images().rows, [2]);
    state.apply_action(Action::Judge(JudgeAction::SavePredictions), &mut desk);
    let pick = desk.picks.last().cloned().unwrap();
    let Pick::Target(export) = &pick else {
        panic!("{pick:?}")
    };
    assert_eq!(export.file_name, "predictions of new.csv");
    state.apply_action(Action::Picked(pick.clone(), vec!["out.csv".into()]), &mut desk);
    let Command::Runs(RunsCommand::WriteFile(WriteFile { content, .. })) = desk.last().1 else {
        panic!()
    };
    let FileContent::Predictions(table) = content else {
        panic!()
    };
    let PredictionTable {
        predicted, inputs, ..
    } = &**table;
    assert_eq!(*inputs, [PathBuf::from("new")]);
    assert_eq!(
        (&predicted.run, &predicted.decision),
        (&state.runs.all[run].name, &None)
    );
    let classes: Vec<&str> = predicted
        .images
        .iter()
        .map(|i| i.class(&predicted.classes))
        .collect();
    assert_eq!(classes, ["REAL", "", ""]);
    assert_eq!(predicted.images[1].probabilities, Err("is no PNG".into()));
}

#[test]
fn a_watched_folder_grows_and_a_file_that_was_replaced_is_asked_about_again() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    open_images(&mut state, &mut desk, &["a.png"]);
    let (job, _) = last_asked(&desk);
    state.apply_event(job.id, said(&[("new/a.png", Ok([0.2, 0.8]))]), &mut desk);
    state.apply_event(job.id, Event::Done, &mut desk);
    state.apply_action(Action::Judge(JudgeAction::Watch(true)), &mut desk);
    let (watch, command) = desk.last();
    let watch = watch.clone();
    assert!(
        matches!(command, Command::Judge(JudgeCommand::FindImages(FindImages { watch: true, paths })) if *paths == [PathBuf::from("new")])
    );
    assert!(state.is_watching_images() && state.jobs.foreground().is_none());
    let found = |files: Vec<FoundImage>| Event::Judge(JudgeEvent::Found(files));
    state.apply_event(watch.id, found(vec![file("new/a.png")]), &mut desk);
    let n = asked(&desk).len();
    let other = FoundImage {
        stamp: [2, 2],
        ..file("new/a.png")
    };
    state.apply_event(watch.id, found(vec![other, file("new/b.png")]), &mut desk);
    let (_, request) = last_asked(&desk);
    assert_eq!(asked(&desk).len(), n + 1);
    assert_eq!(request.paths, ["new/a.png", "new/b.png"].map(PathBuf::from));
    assert_eq!(state.judge.table.answer(run, 0), Answer::Waiting);
    state.apply_action(Action::Judge(JudgeAction::Watch(false)), &mut desk);
    assert!(watch.cancel.is_cancelled() && !state.is_watching_images());
}

#[test]
fn what_is_dropped_is_opened_whole_and_a_folder_of_images_is_no_dataset() {
    let (mut state, mut desk) = open(&[100, 20]);
    train(&mut state, &mut desk, Outcome::Finished);
    // More files than anybody would look at one by one, and one that is not there: it has a row that says so.
    let files: Vec<PathBuf> = (0..40).map(|i| format!("{i}.png").into()).collect();
    state.apply_action(Action::Drop(files.clone()), &mut desk);
    assert!(
        matches!(desk.last().1, Command::Judge(JudgeCommand::FindImages(FindImages { paths, .. })) if *paths == files)
    );
    assert_eq!(state.windows.showing, Showing::Predictions);
    // Several folders at once are to be predicted; one may be a dataset, which shows when it is looked at.
    state.apply_action(Action::Drop(vec!["one".into(), "two".into()]), &mut desk);
    assert!(matches!(
        desk.last().1,
        Command::Judge(JudgeCommand::FindImages(_))
    ));
    state.apply_action(Action::Drop(vec!["flat".into()]), &mut desk);
    let (job, command) = desk.last();
    assert!(matches!(command, Command::Dataset(DatasetCommand::Scan(_))));
    let job_id = job.id;
    state.apply_event(
        job_id,
        Event::Dataset(DatasetEvent::ImagesFound("flat".into())),
        &mut desk,
    );
    let failed = Event::Failed {
        message: "holds images but no folders".into(),
        failure: Failure::Input,
    };
    state.apply_event(job_id, failed, &mut desk);
    assert!(
        matches!(desk.last().1, Command::Judge(JudgeCommand::FindImages(FindImages { paths, .. })) if *paths == [PathBuf::from("flat")])
    );
    assert_eq!(state.dataset.path_text, "faces");
    assert_eq!(state.dataset.path_problem, None);
}

#[test]
fn a_folder_of_the_classes_is_evaluated_and_what_was_left_out_is_said() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    open_images(&mut state, &mut desk, &["FAKE/a.png", "FAKE/b.png", "REAL/a.png"]);
    assert_eq!(state.class_folders(), Some((Path::new("new"), 2)));
    state.apply_action(
        Action::Judge(JudgeAction::EvaluateFolder {
            run,
            data: Path::new("new").into(),
        }),
        &mut desk,
    );
    let (job, command) = desk.last();
    assert!(
        matches!(command, Command::Judge(JudgeCommand::Evaluate(request)) if request.data.place() == Path::new("new"))
    );
    let job_id = job.id;
    let message = "1 image that the run was trained on left out".to_owned();
    let warning = RunEvent::Warning {
        message: message.clone(),
    };
    state.apply_event(job_id, Event::Fit(FitEvent::Run(warning)), &mut desk);
    let failed = Event::Failed {
        message: "nothing to judge".into(),
        failure: Failure::Input,
    };
    state.apply_event(job_id, failed, &mut desk);
    let evaluation = state.judge.evaluation.as_ref().unwrap();
    assert_eq!(evaluation.warnings, [message]);
    assert!(matches!(&evaluation.outcome, Some(Err(reason)) if reason == "nothing to judge"));
    // An image beside the folders, or a folder of another name: they are no classes.
    for names in [
        &["FAKE/a.png", "REAL/a.png", "c.png"],
        &["FAKE/a.png", "REAL/a.png", "x/c.png"],
    ] {
        open_images(&mut state, &mut desk, names);
        assert_eq!(state.class_folders(), None, "{names:?}");
    }
}

#[test]
fn cleared_images_are_predicted_no_longer() {
    let (mut state, mut desk) = open(&[100, 20]);
    train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Drop(vec!["one.png".into()]), &mut desk);
    let (first, _) = last_asked(&desk);
    state.apply_action(Action::Drop(vec!["two.png".into()]), &mut desk);
    assert!(
        !first.cancel.is_cancelled(),
        "it is still there, beside the second"
    );
    state.apply_action(Action::Judge(JudgeAction::ClearImages), &mut desk);
    assert!(first.cancel.is_cancelled() && state.judge.table.is_empty());
}

#[test]
fn no_image_waits_for_an_engine_that_is_gone() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Drop(vec!["one.png".into()]), &mut desk);
    assert_eq!(state.judge.table.answer(run, 0), Answer::Waiting);
    state.lose_engine();
    assert_eq!(state.judge.table.problem(run), Some("the engine has stopped"));
}

#[test]
fn another_folder_of_the_same_classes_is_opened_and_the_run_offered_for_it() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let second = Dataset {
        root: "second".into(),
        ..dataset(&[10, 10])
    };
    state.apply_action(Action::Drop(vec!["second".into()]), &mut desk);
    let job_id = desk.last().0.id;
    let scanned = DatasetEvent::Scanned(Box::new(second));
    state.apply_event(job_id, Event::Dataset(scanned), &mut desk);
    state.apply_event(job_id, Event::Done, &mut desk);
    assert_eq!(state.dataset.root(), Some(Path::new("second")));
    let offer = state.notices.toasts.iter().find_map(|toast| toast.offer.clone());
    let offer = offer.unwrap();
    let data = Path::new("second").into();
    assert_eq!(offer, Offer::Evaluate { run, data });
    state.apply_action(Action::accept(&offer), &mut desk);
    let request = desk.commands.iter().rev().find_map(|(_, command)| match command {
        Command::Judge(JudgeCommand::Evaluate(request)) => Some(request.clone()),
        _ => None,
    });
    let request = request.unwrap();
    assert_eq!(request.run_dir, state.runs.all[run].dir);
    assert_eq!(
        (request.data.place(), state.looking.run),
        (Path::new("second"), Some(run))
    );
}

#[test]
fn the_end_of_an_earlier_evaluation_is_not_that_of_the_next() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let mut evaluate = |state: &mut AppState, dir: &str| {
        let data = Path::new(dir).into();
        state.apply_action(
            Action::Judge(JudgeAction::EvaluateFolder { run, data }),
            &mut desk,
        );
        state.judge.evaluation_job.unwrap()
    };
    let first = evaluate(&mut state, "first");
    let second = evaluate(&mut state, "second");
    state.apply_event(first, stopped(), &mut desk);
    let problem = |state: &AppState| {
        let outcome = state.judge.evaluation.as_ref().unwrap().outcome.as_ref();
        outcome.map(|outcome| outcome.as_ref().unwrap_err().clone())
    };
    assert_eq!(problem(&state), None);
    state.apply_event(second, stopped(), &mut desk);
    assert_eq!(problem(&state).as_deref(), Some("stopped"));
}

#[test]
fn a_run_that_is_gone_evaluates_no_folder() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let gone = RunsEvent::Gone(state.runs.all[run].dir.clone());
    state.apply_event(0, gone.into(), &mut desk);
    let data = Path::new("second").into();
    state.apply_action(
        Action::Judge(JudgeAction::EvaluateFolder { run, data }),
        &mut desk,
    );
    assert_eq!(state.looking.run, None);
    assert!(state.judge.evaluation.is_none());
    let told = state.notices.toasts.last().unwrap();
    assert!(told.text.contains("no longer there"), "{}", told.text);
}

#[test]
fn a_threshold_that_could_not_be_written_does_not_look_kept() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Judge(JudgeAction::SetThreshold(Some(0.8))), &mut desk);
    state.apply_action(Action::Judge(JudgeAction::KeepThreshold), &mut desk);
    let decide = desk
        .commands
        .iter()
        .find(|(_, command)| matches!(command, Command::Runs(RunsCommand::Decide(_))));
    let id = decide.unwrap().0.id;
    assert!(state.runs.all[run].decision.is_some());
    let full = Event::Failed {
        message: "the disk is full".into(),
        failure: Failure::Fault,
    };
    state.apply_event(id, full, &mut desk);
    assert_eq!(state.runs.all[run].decision, None);
}
