//! What is looked at held against another run: what changed, whether that may be chance, and who pays.

use std::path::PathBuf;

use counterweight::app::Settings;
use counterweight::experiment::{ClassWeights, Config, Part};
use counterweight::metrics::Confusion;
use counterweight::protocol::{RunScores, RunsCommand, RunsEvent};
use egui_kittest::kittest::Queryable;

use super::{Bench, predictions_of, scripted};

const N: usize = 10;

/// The last class raised a hundred times, and run with equal weights, which is the older one.
fn bench() -> Bench {
    let mut bench = Bench::with(Settings::default(), [1920.0, 1080.0]);
    let data = scripted::many("many".as_ref(), N);
    bench.give(data.clone());
    for (i, weight) in [1.0, 100.0].into_iter().enumerate() {
        let mut weights = vec![1.0; N];
        weights[N - 1] = weight;
        let config = Config {
            class_weights: ClassWeights::Given(weights),
            data: "many".into(),
            ..Config::default()
        };
        bench.list(&format!("2026-11-22-12{i:02}00-x"), &config, Some(&data));
    }
    bench.harness.get_by_label_contains("Run species 09 ×100").click();
    bench.frames();
    bench
}

fn evaluated(bench: &Bench, run: usize) -> Confusion {
    bench.state().runs.all[run]
        .evaluation(false)
        .unwrap()
        .confusion
        .clone()
}

/// What a run said of each image, so that its matrix comes out; images stand in the order of their classes.
fn scores(bench: &Bench, run: usize) -> RunScores {
    let confusion = evaluated(bench, run);
    let calls = confusion.rows().enumerate().flat_map(|(truth, row)| {
        let called = row.iter().enumerate();
        called.flat_map(move |(called, &n)| std::iter::repeat_n((truth, called), n as usize))
    });
    let (labels, rows): (Vec<usize>, Vec<Vec<f32>>) = calls
        .map(|(truth, called)| {
            (
                truth,
                (0..N).map(|c| if c == called { 1.0 } else { 0.0 }).collect(),
            )
        })
        .unzip();
    RunScores {
        folds_damage: None,
        run_dir: bench.state().runs.all[run].dir.clone(),
        parts: vec![(Part::Val, predictions_of(N, labels, rows.concat()))],
    }
}

#[test]
fn a_weighting_is_held_against_equal_weights_by_itself() {
    let mut bench = bench();
    let state = bench.state();
    assert_eq!(state.runs.all[state.reference().unwrap()].label(), "equal");
    let said = state.against_in_a_sentence().unwrap();
    assert!(
        said.starts_with("Against equal: recall of species 09 +"),
        "{said}"
    );
    assert!(said.contains("surely loses recall"), "{said}");
    assert!(bench.sees(&said));
    // The weighed class first, then what changed most.
    assert!(bench.sees("Order the classes by change of recall"));
    assert!(bench.sees("Order the classes by who pays for them"));
    bench.click("Order the classes by change of recall");
    bench.click("Order the classes by change of recall, lowest first");
    assert!(bench.sees("Order the classes by change of recall, highest first"));
    let order = bench.state().settings.figure_order.clone().unwrap();
    assert_eq!((order.key.as_str(), order.descending), ("recall-change", true));
    // The run of equal weights has nothing to be held against by itself, and anything by choice.
    bench.harness.get_by_label_contains("Run equal").click();
    bench.frames();
    assert_eq!(bench.state().reference(), None);
    bench.click("Compare with another run");
    bench.harness.get_by_label_contains("species 09 ×100   ").click();
    bench.frames();
    let said = bench.state().against_in_a_sentence().unwrap();
    assert!(
        said.starts_with("Against species 09 ×100: recall of species 09 −"),
        "{said}"
    );
}

#[test]
fn what_both_said_of_each_image_makes_a_difference_surer() {
    let mut bench = bench();
    let width = |bench: &Bench| {
        let against = bench.state().against().unwrap();
        (
            against.recall(0).unwrap().difference.interval.half_width(),
            against.is_paired(),
        )
    };
    let (apart, is_paired) = width(&bench);
    assert!(!is_paired);
    // The selected run's scores are asked for first, and then those of the run that it is held against.
    let asked = |bench: &Bench| -> Vec<PathBuf> {
        let commands = bench.all_commands().into_iter();
        let dirs = commands.filter_map(|(_, command)| match command {
            counterweight::protocol::Command::Runs(RunsCommand::ReadScores(read)) => Some(read.run_dir),
            _ => None,
        });
        dirs.collect()
    };
    asked(&bench);
    let selected = bench.state().looking.run.unwrap();
    let scored = scores(&bench, selected);
    bench.send(0, RunsEvent::Scored(Box::new(scored)));
    bench.frames();
    let reference = bench.state().reference().unwrap();
    let scored = scores(&bench, reference);
    bench.send(0, RunsEvent::Scored(Box::new(scored)));
    bench.frames();
    let (paired, is_paired) = width(&bench);
    assert!(is_paired && paired < apart, "{paired} {apart}");
    // Those of the selected run stay for the curve.
    assert!(bench.state().scores_on(Part::Val).is_some());
    assert!(bench.state().runs.all[reference].scores.is_none());
}
