//! What class weights did to probabilities, said and undone: one switch for every view.

use std::path::PathBuf;

use counterweight::app::{
    Action, ClassPlot, JudgeAction, Settings, ShownProbabilities, ThemeChoice, WindowAction,
};
use counterweight::experiment::Part;
use counterweight::protocol::{RunScores, RunsEvent};
use egui_kittest::kittest::Queryable;

use super::judged::bench;
use super::live::scores;
use super::panels::drop_an_image;
use super::pictures::{TRADE_OFF, looks_like};
use super::predictions::act;
use super::{Bench, predictions};

const SWITCH: &str = "Raw scores in place of probabilities";

/// A run whose scores of six images are known, its calibration in sight.
fn calibrated(weights: &str) -> Bench {
    let mut bench = Bench::trained(&[weights]);
    let (labels, probabilities) = scores();
    let scored = RunScores {
        run_dir: PathBuf::from("runs/2026-11-22-120000-resnet18-0"),
        folds_damage: None,
        parts: vec![(Part::Val, predictions(labels, probabilities))],
    };
    bench.send(0, RunsEvent::Scored(Box::new(scored)));
    let window = bench.harness.state_mut().window.as_mut().unwrap();
    window.act(Action::Judge(JudgeAction::SetPlot(ClassPlot::Calibration)));
    bench.frames();
    bench
}

#[test]
fn a_weighting_is_told_as_a_mix_and_undone_until_it_is_switched_off() {
    let mut bench = calibrated("1,8");
    assert!(bench.sees_part("With REAL 8 times as heavy it learns as if"));
    assert!(bench.sees_part("which is REAL from a probability of 0.111 on"));
    let undone = bench.state().calibration();
    let both = bench.state().calibrations().unwrap();
    assert!(both.1.is_some_and(|shown| shown.bins == undone) && both.0.bins != undone);
    assert!(bench.sees_part("Calibration error") && bench.sees_part("(raw scores "));
    bench.click("Choose the curve");
    bench.click(SWITCH);
    assert_eq!(bench.state().settings.probabilities, ShownProbabilities::Raw);
    assert_ne!(bench.state().calibration(), undone);
    assert!(bench.sees_part("(undone ") && !bench.sees_part("from a probability of"));
    // What it learnt stays true.
    assert!(bench.sees_part("With REAL 8 times as heavy it learns as if"));
    act(
        &mut bench,
        Action::Window(WindowAction::SetProbabilities(ShownProbabilities::Undone)),
    );
    assert_eq!(bench.state().calibration(), undone);
}

#[test]
fn beside_a_verdict_that_seems_wrong_it_is_said_where_the_class_is_predicted_from() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    drop_an_image(&mut bench);
    // By hand: 0.75 of REAL at a weight of 8 is 0.75 / 8 to 0.25, and it is predicted where that is 1 to 8.
    assert!(bench.sees("REAL under 1 : 8") && bench.sees("1 : 8 says FAKE 0.73"));
    assert!(bench.sees("REAL is predicted from 0.111 on; as weighted it has 0.750"));
    let switch = bench.harness.query_all_by_label(SWITCH).next().unwrap();
    switch.click();
    bench.frames();
    assert!(bench.sees("REAL under 1 : 8") && bench.sees("1 : 8 says FAKE 0.25"));
    assert!(!bench.sees_part("REAL is predicted from"));
}

#[test]
fn of_equal_weights_there_is_nothing_to_undo() {
    let bench = calibrated("none");
    assert!(!bench.state().may_undo() && !bench.sees_part("times as heavy"));
    assert!(bench.state().calibrations().unwrap().1.is_none());
    assert!(bench.sees_part("Calibration error"));
}

#[test]
fn calibration_looks_as_it_did() {
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut bench = bench(theme, 2, [1280.0, 800.0]);
        act(
            &mut bench,
            Action::Judge(JudgeAction::SetPlot(ClassPlot::Calibration)),
        );
        looks_like(&mut bench, TRADE_OFF, &format!("calibration-{name}"));
    }
}

#[test]
fn the_choice_is_stored_with_the_windows_settings() {
    let settings = Settings {
        probabilities: ShownProbabilities::Raw,
        ..Settings::default()
    };
    let text = serde_json::to_string(&settings).unwrap();
    let (read, _) = counterweight::app::read_settings(Some(&text));
    assert_eq!(read.probabilities, ShownProbabilities::Raw);
    // Those of an earlier version have no such choice.
    let without = text.replace(r#""probabilities":"raw","#, "");
    assert_ne!(without, text);
    let (read, _) = counterweight::app::read_settings(Some(&without));
    assert_eq!(read.probabilities, ShownProbabilities::Undone);
}
