//! Which runs were judged by the same images.

use super::runs::{list, on};
use super::*;

#[test]
fn a_table_that_was_relabelled_in_its_place_is_another_dataset() {
    let (mut state, mut desk) = (AppState::default(), Desk::default());
    let mut of = |name: &str, data_fingerprint: &str| {
        list(&mut state, &mut desk, name, &on("/data/faces"), data_fingerprint)
    };
    let runs = [
        ("2026-11-22-120000-a", "ab"),
        ("2026-11-22-120100-b", "cd"),
        ("2026-11-22-120200-c", ""),
    ];
    let [before, after, unknown] = runs.map(|(name, data_fingerprint)| of(name, data_fingerprint));
    state.apply_action(Action::Look(LookAction::Run(before)), &mut desk);
    assert!(state.is_on_same_images(before) && state.is_on_same_images(unknown));
    assert!(!state.is_on_same_images(after));
}
