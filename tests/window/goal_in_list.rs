//! The goal in the list of runs: signs of runs and sweeps, and what was found, brought into sight.

use counterweight::app::Action;
use counterweight::app::{JudgeAction, Settings};
use counterweight::experiment::Config;
use counterweight::metrics::Met;
use egui_kittest::kittest::Queryable;

use super::goal::Sweep;
use super::{Bench, scripted};

/// One closed sweep, none of whose runs was looked for.
pub fn sweep_of(weights: &[f64]) -> (Bench, Sweep) {
    let data = scripted::two_classes("faces".as_ref());
    let mut bench = Bench::with(Settings::default(), [1280.0, 800.0]);
    bench.all_commands();
    bench.give(data.clone());
    let mut sweep = Sweep::new(data);
    sweep.at_once = true;
    for &weight in weights {
        sweep.train(&mut bench, weight, Config::default());
    }
    sweep.answer(&mut bench);
    (bench, sweep)
}

pub const WEIGHTS: [f64; 6] = [1.0, 1.9, 3.6, 6.7, 12.7, 24.0];

/// It opens, and its row says how many of its runs meet the goal.
#[test]
fn what_is_found_in_a_closed_sweep_is_brought_into_sight() {
    let (mut bench, sweep) = sweep_of(&WEIGHTS);
    bench.click("Set a goal");
    sweep.answer(&mut bench);
    assert!(bench.state().runs.open_sweeps.is_empty());
    let mets: Vec<Met> = (0..6).filter_map(|run| bench.state().goal_of_run(run)).collect();
    let n_surely = mets.iter().filter(|&&met| met == Met::Surely).count();
    assert!((2..6).contains(&n_surely), "{mets:?}");
    assert!(bench.sees_part(&format!("{n_surely} of 6 surely meet the goal")));
    let menus = |bench: &Bench| {
        bench
            .harness
            .query_all_by_label_contains("More about run")
            .count()
    };
    assert!(menus(&bench) < 2);
    bench.click("Find the best");
    sweep.answer(&mut bench);
    sweep.answer(&mut bench);
    assert_eq!(bench.state().runs.open_sweeps.len(), 1);
    assert!(menus(&bench) > 2);
    let run = bench.state().looking.run.unwrap();
    assert!(bench.state().runs.all[run].shown);
}

/// The bar is about the threshold as it stands, and so is the sign of the run that one looks at.
#[test]
fn a_row_says_of_the_goal_what_the_bar_says_and_by_which_threshold() {
    let (mut bench, sweep) = sweep_of(&WEIGHTS);
    bench.click("Set a goal");
    sweep.answer(&mut bench);
    let run = bench.state().looking.run.unwrap();
    let as_kept = bench.state().goal_of_run(run);
    assert_eq!(bench.state().goal_of_run_now(run), as_kept);
    assert!(!bench.sees_part("not kept"));
    // At so high a score nothing is found.
    let threshold = Action::Judge(JudgeAction::SetThreshold(Some(0.9999)));
    let window = bench.harness.state_mut().window.as_mut().unwrap();
    window.act(threshold);
    bench.frames();
    assert_eq!(bench.state().goal_of_run_now(run), Some(Met::Not));
    assert_eq!(bench.state().goal_of_run(run), as_kept);
    assert!(bench.sees_part("at 1.000, not kept, does not meet the goal"));
}
