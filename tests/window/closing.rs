//! Closing the window on a training asks first, with the keyboard as with the mouse.

use counterweight::experiment::{Outcome, RunEvent, Timing};
use counterweight::protocol::{Command, Event, FitCommand, FitEvent, Job};
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
                stopped run; what waits can be trained at the next start.";
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

#[test]
fn the_window_can_go_on_out_of_sight_and_closes_when_all_is_trained() {
    let (mut bench, first, second) = training();
    ask_to_close(&mut bench);
    bench.frames();
    bench.harness.get_by_label("Close when it is done").click();
    let minimised = |bench: &mut Bench| {
        bench.harness.step();
        said(bench).contains(&ViewportCommand::Minimized(true))
    };
    assert!((0..4).any(|_frame| minimised(&mut bench)));
    bench.frames();
    assert!(!bench.sees(CLOSE));
    assert!(!first.cancel.is_cancelled() && !second.cancel.is_cancelled());
    bench.send(first.id, Event::Done);
    bench.harness.step();
    assert!(!said(&bench).contains(&ViewportCommand::Close), "one more waits");
    bench.send(second.id, Event::Done);
    bench.harness.step();
    assert!(said(&bench).contains(&ViewportCommand::Close));
}

#[test]
fn who_looks_again_can_keep_the_window_open() {
    let (mut bench, first, second) = training();
    ask_to_close(&mut bench);
    bench.frames();
    bench.click("Close when it is done");
    bench.frames();
    bench.click("Closes when done: stay open");
    bench.frames();
    bench.send(first.id, Event::Done);
    bench.send(second.id, Event::Done);
    bench.harness.step();
    assert!(!said(&bench).contains(&ViewportCommand::Close));
}

#[test]
fn what_waited_comes_back_at_the_next_start() {
    let (mut bench, ..) = training();
    ask_to_close(&mut bench);
    bench.frames();
    bench.click(CLOSE);
    bench.frames();
    let settings = bench.state().settings.clone();
    assert_eq!(
        settings.waiting.len(),
        1,
        "what ran is kept as a run, what waited is not lost"
    );

    let text = serde_json::to_string(&settings).unwrap();
    let mut bench = Bench::with(serde_json::from_str(&text).unwrap(), [1280.0, 800.0]);
    bench.give(scripted::two_classes("faces".as_ref()));
    bench.commands();
    assert!(bench.sees("One training waited when the window was closed"));
    bench.click("Train what waited");
    let (_, command) = bench.next_command();
    let Command::Fit(FitCommand::Train(train)) = command else {
        panic!("{command:?}")
    };
    assert_eq!(train.config, settings.waiting[0].config);
    bench.frames();
    assert!(!bench.sees("Train what waited"));

    let mut bench = Bench::with(serde_json::from_str(&text).unwrap(), [1280.0, 800.0]);
    bench.give(scripted::two_classes("faces".as_ref()));
    bench.click("Forget what waited");
    bench.frames();
    assert!(bench.state().fit.left_over.is_empty());
}
