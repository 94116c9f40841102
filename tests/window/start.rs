//! The centre before there is a result: never empty, and with the next step.

use counterweight::experiment::Config;
use counterweight::protocol::{Command, DatasetCommand, Event, FitCommand, Phase, Progress};

use super::{Bench, scripted};

#[test]
fn a_first_start_says_what_the_program_is_for_and_offers_the_demo() {
    let mut bench = Bench::first();
    assert!(bench.sees("Decide how to weigh a rare class"));
    assert!(bench.sees("Six healthy leaves and a blighted one"));
    bench.commands();
    bench.click("Try the demo");
    let (job, command) = bench.next_command();
    assert!(matches!(command, Command::Dataset(DatasetCommand::DrawDemo(_))));
    // How far it is stands where the button was.
    let progress = Progress {
        phase: Phase::Draw,
        done: 350,
        total: 1400,
        per_sec: 300.0,
        left_secs: Some(3.5),
    };
    bench.send(job.id, Event::Progress(progress));
    bench.frames();
    assert!(!bench.sees("Try the demo"));
    assert!(bench.waits_to_see("Drawing the demo's images"));
    assert!(bench.sees_part("350 of 1,400"));
}

#[test]
fn an_open_folder_is_told_of_until_there_is_a_result() {
    let mut bench = Bench::open();
    assert!(bench.sees("5,045 FAKE to 966 REAL"));
    assert!(
        bench.sees_part("Always predicting FAKE is right for 83.9 % of the images and finds not one REAL")
    );
    bench.commands();
    bench.click("Begin: Train equal, 1 : 3, 1 : 8");
    let commands = bench.commands();
    let is_training = |command: &Command| matches!(command, Command::Fit(FitCommand::Train(_)));
    assert_eq!(
        commands
            .iter()
            .filter(|(_, command)| is_training(command))
            .count(),
        3
    );
    bench.list("2026-11-22-120000-x", &Config::default(), None);
    assert!(!bench.sees("5,045 FAKE to 966 REAL"));
    assert!(bench.sees("Confusion matrix · equal"));
}

#[test]
fn of_many_classes_the_largest_and_the_rarest_are_shown() {
    let mut bench = Bench::first();
    bench.give(scripted::many("many".as_ref(), 50));
    assert!(bench.sees_part("images of 50 classes"));
    assert!(bench.sees_part("finds none of the other 49 classes"));
    assert!(bench.sees("… 44 classes between them …"));
}
