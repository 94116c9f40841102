//! Cost lines: what is at stake is typed or dragged, and what costs least there is shown and can become the goal.

use counterweight::app::{Action, ClassPlot, JudgeAction, LookAction, Rule, ThemeChoice};
use counterweight::experiment::Part;
use counterweight::metrics::{Aim, cost_of_thousand_at};
use egui::Modifiers;
use egui_kittest::kittest::Queryable;

use super::goal::{Sweep, swept};
use super::map::draw;
use super::predictions::{act, painted};
use super::typed::{says, type_into};
use super::{Bench, scripted};

fn faces() -> (Bench, Sweep) {
    let data = scripted::two_classes("faces".as_ref());
    let (mut bench, sweep) = swept(data, 6, ThemeChoice::Dark, [1280.0, 800.0]);
    act(&mut bench, Action::Judge(JudgeAction::SetPlot(ClassPlot::Cost)));
    sweep.answer(&mut bench);
    (bench, sweep)
}

/// What costs least, by trying every rule there is.
fn by_trying(bench: &Bench, ratio: f64) -> f64 {
    let state = bench.state();
    let prevalence = state.prevalence().unwrap();
    let rules = state.cost_rules();
    let costs = rules
        .rules
        .iter()
        .map(|(_, line)| cost_of_thousand_at(*line, prevalence, ratio));
    costs.fold(f64::INFINITY, f64::min)
}

#[test]
fn what_costs_least_follows_what_is_at_stake() {
    let (mut bench, _) = faces();
    assert!(says(&bench, "A miss costs") && says(&bench, "are REAL"));
    for ratio in [1.0, 12.0, 300.0] {
        type_into(&mut bench, "Cost of a miss, in false alarms", &ratio.to_string());
        bench.frames();
        assert_eq!(bench.state().miss_cost(), ratio);
        let least = by_trying(&bench, ratio);
        assert!(
            says(&bench, &format!(", {least:.0} per 1,000 images")),
            "{least} at {ratio}"
        );
    }
    type_into(&mut bench, "Cost of a miss, in false alarms", "0");
    assert!(says(
        &bench,
        "0 is out of range: the cost of a miss goes from 0.001 to 1,000"
    ));
}

#[test]
fn a_class_that_is_rarer_out_there_is_predicted_less() {
    let (mut bench, _) = faces();
    type_into(&mut bench, "Cost of a miss, in false alarms", "6");
    let in_folder = bench.state().prevalence().unwrap();
    let before = bench
        .state()
        .cost_rules()
        .cheapest_at(bench.state().miss_share().unwrap())
        .unwrap()
        .1;
    type_into(&mut bench, "How common REAL is out there", "1");
    bench.frames();
    assert!((bench.state().prevalence().unwrap() - 0.01).abs() < 1e-12);
    let after = bench
        .state()
        .cost_rules()
        .cheapest_at(bench.state().miss_share().unwrap())
        .unwrap()
        .1;
    assert!(
        after.false_positive_rate < before.false_positive_rate,
        "{before:?} {after:?}"
    );
    assert!(says(&bench, "Never REAL: 60"));
    bench.click("As common as in the folder");
    bench.frames();
    assert_eq!(bench.state().prevalence(), Some(in_folder));
}

#[test]
fn what_costs_least_is_looked_at_and_can_become_the_goal() {
    let (mut bench, sweep) = faces();
    type_into(&mut bench, "Cost of a miss, in false alarms", "8");
    bench.frames();
    let (rule, line) = bench
        .state()
        .cost_rules()
        .cheapest_at(bench.state().miss_share().unwrap())
        .unwrap();
    bench.click("Show what costs least");
    sweep.answer(&mut bench);
    match rule {
        Rule::Run(run) => assert_eq!(bench.state().looking.run, Some(run)),
        Rule::Threshold(at) => assert_eq!(bench.state().looking.threshold, Some(at)),
        other => panic!("{other:?}"),
    }
    let now = bench.state().cost_line_now().unwrap();
    assert!((now.missed - line.missed).abs() < 1e-9, "{now:?} {line:?}");
    bench.click("Make the least cost the goal");
    bench.frames();
    let goal = bench.state().goal().unwrap();
    assert_eq!(goal.aim, Aim::LeastCost(vec![vec![0.0, 1.0], vec![8.0, 0.0]]));
    // On test images nothing is chosen.
    act(&mut bench, Action::Look(LookAction::Part(Part::Test)));
    sweep.answer(&mut bench);
    assert!(says(&bench, "What costs least is chosen on validation images"));
    assert!(!bench.sees("Show what costs least"));
}

#[test]
fn the_line_at_stake_is_dragged_and_stays_with_the_folder() {
    let (mut bench, _) = faces();
    let plot = bench.harness.get_by_label_contains("Cost of REAL:").rect();
    let at = |share: f32| egui::pos2(plot.left() + share * plot.width(), plot.center().y);
    draw(&mut bench, Modifiers::NONE, &[at(0.5), at(0.6), at(0.8)]);
    let dragged = bench.state().miss_cost();
    assert!(dragged > 2.0, "{dragged}");
    bench.give(scripted::many("many".as_ref(), 10));
    bench.frames();
    bench.give(scripted::two_classes("faces".as_ref()));
    bench.frames();
    assert_eq!(bench.state().stakes().miss_cost("REAL"), dragged);
}

/// Of images that nobody labelled, it follows from how many are predicted the class and how often that is wrong.
#[test]
fn how_common_a_class_is_among_new_images_is_estimated() {
    let mut bench = painted(ThemeChoice::Dark, [1280.0, 800.0], 2, false);
    let state = bench.state();
    let counts = state.listed_images().counts.clone();
    let (class, estimate) = state.share_among_new(&counts).unwrap();
    let class_idx = state
        .looked_at_classes()
        .iter()
        .position(|c| *c == class)
        .unwrap();
    let run = &state.runs.all[state.table_judges()[0]];
    let confusion = &run.evaluation_on(Part::Val).unwrap().confusion;
    // Rogan and Gladen, by hand.
    let recall = confusion.get(class_idx, class_idx) as f64 / confusion.row_total(class_idx) as f64;
    let alarms = confusion.get(1 - class_idx, class_idx) as f64 / confusion.row_total(1 - class_idx) as f64;
    let called = counts.classes[class_idx] as f64 / (counts.n - counts.unreadable) as f64;
    let expected = ((called - alarms) / (recall - alarms)).clamp(0.0, 1.0);
    assert!(
        (estimate.share - expected).abs() < 1e-9,
        "{estimate:?} for {expected}"
    );
    assert!(says(
        &bench,
        &format!("Among them are probably {:.1} % {class}", 100.0 * expected)
    ));
    bench.click("Take it for how common it is");
    bench.frames();
    assert_eq!(bench.state().stakes().common, Some((class, estimate.share)));
}

/// The class is one in a hundred out there: precision, probabilities of new images and the goal are of that mix.
#[test]
fn what_is_set_for_out_there_is_obeyed_wherever_new_images_are_meant() {
    let (mut bench, _) = faces();
    type_into(&mut bench, "Cost of a miss, in false alarms", "8");
    type_into(&mut bench, "How common REAL is out there", "1/100");
    bench.frames();
    assert!((bench.state().prevalence().unwrap() - 0.01).abs() < 1e-9);
    assert!(says(
        &bench,
        "Where 1.0 % of the images are REAL: of 1,000 images"
    ));
    let run = bench.state().looking.run.unwrap();
    let started = bench.state().runs.all[run].record.started.clone().unwrap();
    let [fake, real] = [0, 1].map(|i| started.n_train[i] as f64);
    // A goal on the folder's images that comes to the same: 8 at odds of 1 to 99, over the folder's odds.
    let expected = 8.0 * (0.01 / 0.99) / (real / fake);
    bench.click("Make the least cost the goal");
    bench.frames();
    let Aim::LeastCost(costs) = &bench.state().goal().unwrap().aim else {
        panic!()
    };
    assert!(
        (costs[1][0] / expected - 1.0).abs() < 0.005,
        "{costs:?} for {expected}"
    );
    let new = bench.state().undo_of_new(run).row(&[0.5, 0.5])[1];
    let in_folder = bench.state().undo_of(run).row(&[0.5, 0.5])[1];
    assert!(new < in_folder, "{new} {in_folder}");
}
