//! What is read of decisions, and when.

use super::*;
use crate::app::Purpose;
use crate::protocol::LabelEdit;

/// The last job that reads decisions.
fn reading(state: &AppState) -> Option<u64> {
    let is_such = |job: &&JobView| matches!(job.purpose, Purpose::ReadLabels { .. });
    state.jobs.all.iter().rev().find(is_such).map(|job| job.job.id)
}

#[test]
fn decisions_are_read_again_after_one_that_failed() {
    let (mut state, mut desk) = open(&[100, 20]);
    let read = reading(&state).unwrap();
    state.edit_labels(LabelEdit::Undo, &mut desk);
    let edit = desk.last().0.id;
    let answer = LabelsEvent::Read(Box::default());
    state.apply_event(read, Event::Labels(answer.clone()), &mut desk);
    state.apply_event(read, Event::Done, &mut desk);
    assert_eq!(reading(&state), None);
    let failed = Event::Failed {
        message: "there is nothing to undo".into(),
        failure: Failure::Input,
    };
    state.apply_event(edit, failed, &mut desk);
    let read = reading(&state).expect("they were not read yet");
    state.apply_event(read, Event::Labels(answer), &mut desk);
    state.apply_event(read, Event::Done, &mut desk);
    assert!(state.labels.read.is_some());
    assert_eq!(reading(&state), None, "they are read once");
}
