//! Closing the window on a training asks first, with the keyboard as with the mouse.

use counterweight::experiment::{Outcome, RunEvent, Timing};
use counterweight::protocol::{Event, FitEvent, Job};
use egui::{Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

/// What the window tells the desktop after it was asked to close.
fn ask_to_close(bench: &mut Bench) -> Vec<ViewportCommand> {
    let viewport = bench
        .harness
        .input_mut()
        .viewports
        .entry(ViewportId::ROOT)
        .or_default();
    viewport.events.push(ViewportEvent::Close);
    bench.harness.step();
    let viewport = bench
        .harness
        .input_mut()
        .viewports
        .entry(ViewportId::ROOT)
        .or_default();
    viewport.events.clear();
    said(bench)
}

fn said(bench: &Bench) -> Vec<ViewportCommand> {
    bench.harness.output().viewport_output[&ViewportId::ROOT]
        .commands
        .clone()
}

/// With one training that runs and one that waits.
fn training() -> (Bench, Job, Job) {
    let mut bench = Bench::open();
    bench.click("Train");
    bench.click("Queue");
    let mut jobs = bench.commands().into_iter().map(|(job, _)| job);
    let (first, second) = (jobs.next().unwrap(), jobs.next().unwrap());
    let dir = "runs/2026-11-22-120000-x".into();
    bench.send(first.id, FitEvent::RunCreated { dir });
    bench.frames();
    (bench, first, second)
}

const CLOSE: &str = "Stop, keep what there is, and close";

#[test]
fn nothing_that_runs_is_closed_on_unasked() {
    let mut bench = Bench::open();
    assert!(!ask_to_close(&mut bench).contains(&ViewportCommand::CancelClose));
    assert!(!bench.sees(CLOSE));

    let (mut bench, first, second) = training();
    assert!(ask_to_close(&mut bench).contains(&ViewportCommand::CancelClose));
    bench.frames();
    let told = "equal is running, and one more waits for its turn. Closing stops it, and what it has is kept as a \
                stopped run; what waits is not trained.";
    assert!(bench.sees(told));
    // Escape goes on training; so does Enter, which is on the harmless button.
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.sees(CLOSE));
    ask_to_close(&mut bench);
    bench.frames();
    assert!(bench.harness.get_by_label("Keep on training").is_focused());
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(!bench.sees(CLOSE));
    assert!(!first.cancel.is_cancelled() && !second.cancel.is_cancelled());
}

#[test]
fn what_there_is_is_kept_and_the_window_closes() {
    let (mut bench, first, second) = training();
    ask_to_close(&mut bench);
    bench.frames();
    bench.key(Modifiers::NONE, Key::Tab);
    let close = bench.harness.get_by_label(CLOSE);
    assert!(close.is_focused());
    bench.harness.event(egui::Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    bench.harness.step();
    assert!(said(&bench).contains(&ViewportCommand::Close));
    assert!(first.cancel.is_cancelled() && second.cancel.is_cancelled());
    // The desktop asks again, and is not held up any more.
    assert!(!ask_to_close(&mut bench).contains(&ViewportCommand::CancelClose));
}

#[test]
fn a_training_that_ends_meanwhile_needs_no_answer() {
    let (mut bench, first, second) = training();
    second.cancel.cancel();
    bench.send(second.id, Event::Done);
    ask_to_close(&mut bench);
    bench.frames();
    assert!(bench.sees(CLOSE));
    let config = counterweight::experiment::Config::default();
    let script = scripted::training(&config, &scripted::two_classes("faces".as_ref()), "r");
    bench.send(first.id, FitEvent::Run(script[0].clone()));
    let (outcome, timing) = (Outcome::Finished, Timing::default());
    bench.send(first.id, FitEvent::Run(RunEvent::Ended { outcome, timing }));
    bench.send(first.id, Event::Done);
    bench.frames();
    assert!(!bench.sees(CLOSE));
}
