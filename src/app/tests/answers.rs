//! Answers that come when the user has gone on, or that are errors.

use std::path::Path;

use super::*;

#[test]
fn a_training_that_waited_does_not_bring_back_the_folder_that_was_left() {
    let (mut state, mut desk) = open(&[100, 20]);
    state.apply_action(Action::Train, &mut desk);
    let training = desk.last().0.id;
    state.apply_action(Action::OpenFolder("leaves".into()), &mut desk);
    let scan = desk.last().0.id;
    let leaves = Dataset {
        root: "leaves".into(),
        ..dataset(&[30, 30])
    };
    state.apply_event(scan, Event::Scanned(Box::new(leaves)), &mut desk);
    state.apply_event(scan, Event::Done, &mut desk);
    let found = Event::Scanned(Box::new(dataset(&[100, 20])));
    state.apply_event(training, found, &mut desk);
    assert_eq!(state.settings.form.data, Path::new("leaves"));
    assert_eq!(state.dataset.as_ref().unwrap().counts, [30, 30]);
    assert_eq!(state.settings.recent[0], Path::new("leaves"));
}

#[test]
fn predictions_that_cannot_be_read_are_asked_for_once() {
    let (mut state, mut desk) = open(&[100, 20]);
    let run = train(&mut state, &mut desk, Outcome::Finished);
    let asked = |desk: &Desk| {
        let commands = desk.commands.iter();
        let asked = commands.filter(|(_, c)| matches!(c, Command::ReadScores { .. }));
        asked.map(|(job, _)| job.id).collect::<Vec<_>>()
    };
    let [job] = asked(&desk)[..] else {
        panic!("{:?}", desk.commands)
    };
    let failed = Event::Failed {
        message: "predictions.csv: cannot read".into(),
        input: true,
        stopped: false,
    };
    state.apply_event(job, failed, &mut desk);
    state.apply_action(Action::SelectRun(run), &mut desk);
    assert_eq!(asked(&desk), [job]);
}
