//! What an evaluation comes to where a class is more or less common, and what its errors cost there.

use super::world::{World, json, stderr, stdout};

#[test]
fn precision_and_cost_follow_from_how_common_a_class_is() {
    let world = World::new();
    let run = json(&world.train(&["--class-weights", "1,3", "--json"]));
    let run = run["run"].as_str().unwrap();
    let evaluate = [
        "evaluate",
        run,
        "--data",
        "data",
        "--prevalence",
        "light=1/50",
        "--miss-cost",
        "20",
    ];
    let judged = json(&world.run(&[&evaluate[..], &["--json"]].concat()));
    let of_light = &judged["per_class"][1];
    let [found, alarms] = ["recall", "false_positive_rate"].map(|key| of_light[key].as_f64().unwrap());
    let there = &judged["elsewhere"];
    let near = |key: &str, expected: f64| {
        let got = there[key].as_f64().unwrap();
        assert!((got - expected).abs() < 1e-9, "{key}: {got} for {expected}");
    };
    near("prevalence", 0.02);
    near("called_of_thousand", 20.0 * found + 980.0 * alarms);
    near("missed_of_thousand", 20.0 * (1.0 - found));
    near("cost_of_thousand", 20.0 * 20.0 * (1.0 - found) + 980.0 * alarms);
    let called = 0.02 * found + 0.98 * alarms;
    if called > 0.0 {
        let precision = there["precision"]["value"].as_f64().unwrap();
        assert!((precision - 0.02 * found / called).abs() < 1e-9, "{there}");
    }
    // What was judged stays as it was.
    let plain = json(&world.run(&["evaluate", run, "--data", "data", "--json"]));
    assert_eq!(plain["per_class"], judged["per_class"]);
    assert!(plain.get("elsewhere").is_none());

    let said = stdout(&world.run(&evaluate));
    assert!(
        said.contains("Where 2.0 % of the images are light: of 1,000 images"),
        "{said}"
    );
    assert!(
        said.contains("With a miss as dear as 20 false alarms these 1,000 cost"),
        "{said}"
    );
    let unknown = world.run(&["evaluate", run, "--data", "data", "--prevalence", "bright=0.1"]);
    assert!(stderr(&unknown).contains("no class is named bright; the classes are dark, light"));
}
