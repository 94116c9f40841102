//! A sweep, on features that the cache lists.

use counterweight::disk::dataset::scan::scan;
use counterweight::disk::runs::follow::listed;
use counterweight::disk::runs::saved::read_run;
use counterweight::protocol::Cancel;
use serde_json::Value;

use super::world::{World, json, stderr};

/// Of which sweep the run says that it is; its folder is known by its files wherever it lies.
fn said_sweep(world: &World, run: &Value) -> Option<String> {
    let dir = world.runs().join(run["run"].as_str().unwrap());
    let saved = read_run(&dir).unwrap();
    let started = saved.record.started.clone().unwrap();
    let scanned = scan(&world.at("data").into(), &Cancel::new(), &mut |_| {}).unwrap();
    let fingerprint = listed(saved, false).data_fingerprint;
    assert!(
        scanned.identity.is("elsewhere".as_ref(), &fingerprint),
        "{fingerprint}"
    );
    assert!(scanned.identity.is(&started.config.data, ""));
    started.sweep
}

#[test]
fn a_sweep_makes_its_runs_on_features_that_the_cache_lists() {
    let world = World::new();
    let sweep = [
        "sweep",
        "--data",
        "data",
        "--weights",
        "none",
        "--arch",
        "squeezenet1_0",
        "--image-size",
        "32",
        "--precision",
        "f32",
        "--class-weights",
        "1,1",
        "--grid",
        "light=2:8:3",
        "--json",
    ];
    let swept = json(&world.run(&sweep));
    let weights: Vec<&Value> = swept["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["class_weights"])
        .collect();
    assert_eq!(
        serde_json::json!(weights),
        serde_json::json!([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0], [1.0, 8.0]])
    );
    let runs = swept["runs"].as_array().unwrap();
    let sweeps: Vec<String> = runs.iter().map(|run| said_sweep(&world, run).unwrap()).collect();
    assert!(sweeps.iter().all(|sweep| *sweep == sweeps[0]), "{sweeps:?}");
    assert!(
        swept["seconds"]["wall"].as_f64() > swept["seconds"]["train"].as_f64(),
        "{swept}"
    );
    let run = &swept["runs"][3];
    assert_eq!(
        (&run["outcome"], &run["cached_images"]),
        (&"finished".into(), &0.into())
    );
    let judged = json(&world.run(&[
        "evaluate",
        run["run"].as_str().unwrap(),
        "--data",
        "data",
        "--json",
    ]));
    assert_eq!(judged["confusion"], run["confusion"], "{judged}");

    let listing = json(&world.run(&["cache", "--json"]));
    assert_eq!(listing["feature_sets"][0]["images"], 20, "{listing}");
    let mut converged = sweep[..11].to_vec();
    converged[0] = "train";
    converged.extend(["--stop", "converged", "--json"]);
    let run = json(&world.run(&converged));
    assert_eq!(
        (&run["outcome"], &run["cached_images"]),
        (&"finished".into(), &20.into()),
        "{run}"
    );
    assert_eq!(said_sweep(&world, &run), None);
    converged.extend(["--lr", "0.1"]);
    let refused = world.run(&converged);
    assert!(
        refused.status.code() == Some(2) && stderr(&refused).contains("--lr does nothing"),
        "{refused:?}"
    );
    assert_eq!(
        json(&world.run(&["cache", "limit", "1MB", "--json"]))["limit_bytes"],
        1_000_000
    );
    assert_eq!(
        world.run(&["cache", "clear", "0123456789abcdef"]).status.code(),
        Some(2)
    );
    let cleared = json(&world.run(&["cache", "clear", "--json"]));
    assert_eq!(
        (&cleared["bytes"], &cleared["limit_bytes"]),
        (&0.into(), &1_000_000.into())
    );
}
