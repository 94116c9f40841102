//! Images that were dropped, and what runs say of them.

use super::*;

#[test]
fn a_dropped_image_is_judged_by_every_shown_run() {
    let (mut state, mut desk) = open(&[100, 20]);
    let first = train(&mut state, &mut desk, Outcome::Finished);
    let second = train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(
        Action::Runs(RunsAction::Show {
            run: first,
            shown: false,
        }),
        &mut desk,
    );
    let path = PathBuf::from("who.JPG");
    state.apply_action(Action::Drop(vec![path.clone()]), &mut desk);
    let (job, command) = desk.last();
    let Command::Judge(JudgeCommand::Predict(request)) = command else {
        panic!("{command:?}")
    };
    assert_eq!(request.run_dir, state.runs.all[second].dir);
    let prediction = Prediction {
        predicted: Some(0),
        path: path.clone(),
        probabilities: Ok(vec![0.3, 0.7]),
        classes: vec![],
    };
    state.apply_event(
        job.id,
        Event::Judge(JudgeEvent::Predicted(prediction)),
        &mut Desk::default(),
    );
    assert_eq!(
        state.judge.images[0].verdicts[&second],
        Verdict::Probabilities(vec![0.3, 0.7])
    );
    // A run that is shown later is asked then, and asked once.
    state.apply_action(
        Action::Runs(RunsAction::Show {
            run: first,
            shown: true,
        }),
        &mut desk,
    );
    assert!(
        matches!(&desk.last().1, Command::Judge(JudgeCommand::Predict(r)) if r.run_dir == state.runs.all[first].dir)
    );
    let n = desk.commands.len();
    state.apply_action(
        Action::Runs(RunsAction::Show {
            run: first,
            shown: true,
        }),
        &mut desk,
    );
    assert_eq!(desk.commands.len(), n);
    // A job that fails leaves no image waiting.
    let id = desk.last().0.id;
    let failed = Event::Failed {
        message: "run folder is gone".into(),
        failure: Failure::Input,
    };
    state.apply_event(id, failed, &mut desk);
    assert_eq!(
        state.judge.images[0].verdicts[&first],
        Verdict::Failed("run folder is gone".into())
    );
}

#[test]
fn cleared_images_are_judged_no_longer() {
    let (mut state, mut desk) = open(&[100, 20]);
    train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Drop(vec!["one.png".into()]), &mut desk);
    let first = desk.last().0.clone();
    state.apply_action(Action::Drop(vec!["two.png".into()]), &mut desk);
    assert!(
        !first.cancel.is_cancelled(),
        "it is still there, behind the second"
    );
    state.apply_action(Action::Judge(JudgeAction::ClearImages), &mut desk);
    assert!(first.cancel.is_cancelled() && desk.last().0.cancel.is_cancelled());
}

#[test]
fn no_image_waits_for_an_engine_that_is_gone() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    state.apply_action(Action::Drop(vec!["one.png".into()]), &mut desk);
    assert_eq!(state.judge.images[0].verdicts[&run], Verdict::Asked);
    state.lose_engine();
    let failed = Verdict::Failed("the engine has stopped".into());
    assert_eq!(state.judge.images[0].verdicts[&run], failed);
}
