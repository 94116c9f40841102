//! Validation or test: one switch for matrix, metrics, trade-off and comparison.

use std::path::PathBuf;

use counterweight::experiment::{Config, Evaluation, Part, RunEvent, RunRecord, SplitMethod, When};
use counterweight::metrics::Confusion;
use counterweight::protocol::{Command, FitCommand, ListedRun, RunScores, RunsEvent};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::{Bench, predictions, scripted};

/// FAKE 63 of 84, REAL 27 of 36.
const ON_TEST: [[u64; 2]; 2] = [[63, 21], [9, 27]];

/// Lists a run that was judged on 120 test images, too.
fn list_tested(bench: &mut Bench, name: &str, weights: &str, split: SplitMethod) -> PathBuf {
    let config = Config {
        data: "faces".into(),
        class_weights: weights.parse().unwrap(),
        test_share: 0.1,
        split,
        ..Config::default()
    };
    let data = scripted::two_classes("faces".as_ref());
    let mut events = scripted::training(&config, &data, name);
    if let RunEvent::Started(started) = &mut events[0] {
        started.n_test = vec![84, 36];
    }
    let tested = RunEvent::Evaluated(Evaluation {
        when: When::Epoch(config.epochs),
        part: Part::Test,
        confusion: Confusion::from_rows(ON_TEST),
        loss: 0.5,
        weighted_loss: 0.6,
        roc_auc: vec![Some(0.75); 2],
        average_precision: vec![Some(0.7); 2],
        elapsed_secs: 9.0,
    });
    events.insert(events.len() - 1, tested);
    let dir = PathBuf::from("runs").join(name);
    let listed = ListedRun {
        dir: dir.clone(),
        name: name.into(),
        config,
        record: RunRecord::from_events(&events),
        n_events: events.len(),
        ..ListedRun::default()
    };
    bench.send(0, RunsEvent::Listed(Box::new(listed)));
    bench.frames();
    dir
}

/// Lists a run whose training images were judged out of fold, 30 of FAKE wrong.
fn list_folded(bench: &mut Bench, name: &str) {
    let config = Config {
        data: "faces".into(),
        class_weights: "1,8".parse().unwrap(),
        folds: 5,
        ..Config::default()
    };
    let data = scripted::two_classes("faces".as_ref());
    let mut events = scripted::training(&config, &data, name);
    let RunEvent::Started(started) = &events[0] else {
        panic!("begins otherwise")
    };
    let n = started.n_train[0] as u64;
    let judged = Evaluation {
        when: When::OutOfFold,
        part: Part::Train,
        confusion: Confusion::from_rows([[n - 30, 30], [0, 2]]),
        loss: 0.5,
        weighted_loss: 0.6,
        roc_auc: vec![Some(0.75); 2],
        average_precision: vec![Some(0.7); 2],
        elapsed_secs: 9.0,
    };
    events.insert(events.len() - 1, RunEvent::Evaluated(judged));
    let listed = ListedRun {
        dir: PathBuf::from("runs").join(name),
        name: name.into(),
        config,
        record: RunRecord::from_events(&events),
        n_events: events.len(),
        ..ListedRun::default()
    };
    bench.send(0, RunsEvent::Listed(Box::new(listed)));
    bench.frames();
}

fn look_at(bench: &mut Bench, part: &str) {
    let name = format!("Judge by {part} images");
    bench
        .harness
        .get_by_role_and_label(Role::RadioButton, &name)
        .click();
    bench.frames();
}

fn says(bench: &Bench, text: &str) -> bool {
    bench.harness.query_all_by_label_contains(text).next().is_some()
}

#[test]
fn the_test_is_a_switch_away_and_says_how_sure_it_is() {
    let mut bench = Bench::open();
    list_tested(&mut bench, "2026-11-22-120000-a", "1,8", SplitMethod::Stratified);
    // SciPy: binomtest(27, 36).proportion_ci(method="wilson") is 0.5892 to 0.8625, of (63, 84) 0.6480 to 0.8304.
    let sentence =
        "On the 120 test images 1 : 8 finds 75 % (59 to 86 %) of REAL and 75 % (65 to 83 %) of FAKE";
    assert!(says(&bench, "validation images 1 : 8 finds") && !says(&bench, sentence));
    look_at(&mut bench, "test");
    assert!(says(&bench, sentence));
    assert!(bench.sees("Confusion matrix, test · 1 : 8"));
    assert!(bench.sees("true REAL predicted FAKE: 9 images"));
    assert!(bench.sees("Trade-off, test"));
    // One by which the images belong together is told that it knows less than it seems.
    assert!(!says(&bench, "images of one group"));
    bench.key(Modifiers::COMMAND, Key::D);
    assert!(bench.sees("Compare on test images"));
    assert!(says(&bench, "true REAL predicted FAKE: 9 images"));
    bench.key(Modifiers::COMMAND, Key::D);
    bench.key(Modifiers::COMMAND, Key::E);
    assert!(!says(&bench, sentence));
    assert!(bench.sees("Trade-off"));
}

#[test]
fn a_run_without_a_test_part_says_so() {
    let mut bench = Bench::trained(&["none"]);
    // Nothing was tested: there is nothing to switch to.
    assert!(!bench.sees("Judge by test images"));
    list_tested(&mut bench, "2026-11-22-130000-b", "1,8", SplitMethod::Groups);
    look_at(&mut bench, "test");
    // The run that is looked at is the first, which had no test part.
    assert!(says(&bench, "equal has no test part"));
    let label = "Run 1 : 8, finished";
    bench.harness.get_by_label_contains(label).click();
    bench.frames();
    assert!(says(&bench, "On the 120 test images") && says(&bench, "images of one group"));
}

#[test]
fn a_threshold_is_looked_at_on_the_test_and_chosen_on_the_validation_images() {
    let mut bench = Bench::open();
    let run_dir = list_tested(&mut bench, "2026-11-22-120000-a", "1,8", SplitMethod::Stratified);
    let scores = |of_real: &[(usize, f32)]| {
        let labels = of_real.iter().map(|(label, _)| *label).collect();
        let rows = of_real.iter().flat_map(|(_, p)| [1.0 - p, *p]).collect();
        predictions(labels, rows)
    };
    let others = [(0, 0.1); 50];
    let on_val = scores(&[&others[..], &[(0, 0.6), (1, 0.4), (1, 0.7)]].concat());
    let on_test = scores(&[(0, 0.5), (1, 0.2), (1, 0.9)]);
    let parts = vec![(Part::Val, on_val), (Part::Test, on_test)];
    bench.send(
        0,
        RunsEvent::Scored(Box::new(RunScores {
            folds_damage: None,
            run_dir,
            parts,
        })),
    );
    bench.frames();
    bench.click("Set a goal");
    bench.click("Find the threshold for the goal");
    let chosen = bench.state().looking.threshold.unwrap();
    look_at(&mut bench, "test");
    assert_eq!(bench.state().looking.threshold, Some(chosen));
    // 0.4 finds both of REAL to validate on, and one of two of the test.
    assert!(says(&bench, "On the 3 test images 1 : 8 finds 50 %"), "{chosen}");
    assert!(says(&bench, "None of its thresholds surely meets the goal"));
    assert!(says(&bench, "On the 3 test images 50 %"));
    assert!(!bench.sees("Clear the threshold"));
}

#[test]
fn training_images_are_looked_at_out_of_fold() {
    let mut bench = Bench::trained(&["none"]);
    assert!(!bench.sees("Judge by training images"));
    list_folded(&mut bench, "2026-11-22-130000-b");
    look_at(&mut bench, "training");
    assert!(says(&bench, "equal learnt from its training images"));
    // What was said there can be done: the run is trained once more.
    bench.commands();
    bench
        .harness
        .get_by_label_contains("Run equal, finished")
        .click_secondary();
    bench.frames();
    bench.click("Judge training images out of fold");
    let asked = bench.commands();
    let Some((_, Command::Fit(FitCommand::Train(train)))) = asked.last() else {
        panic!("{asked:?}")
    };
    assert_eq!((train.config.folds, train.config.repeats), (5, 1));
    bench.harness.get_by_label_contains("Run 1 : 8, finished").click();
    bench.frames();
    assert!(bench.sees("true FAKE predicted REAL: 30 images"));
    assert!(says(&bench, "training images, judged out of fold, 1 : 8 finds"));
    assert!(!bench.sees("Clear the threshold"));
    bench.key(Modifiers::COMMAND, Key::E);
    assert_eq!(bench.state().looking.part, Part::Val);
}
