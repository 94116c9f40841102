//! Names that hold what is not seen, and what a run says beside its name.

use std::path::PathBuf;

use counterweight::experiment::{Config, Decision, RunEvent, RunRecord, RunTag};
use counterweight::protocol::{ListedRun, RunsEvent};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

fn says(bench: &Bench, text: &str) -> bool {
    bench.harness.query_all_by_label_contains(text).next().is_some()
}

/// A finished run of these events.
pub fn list(bench: &mut Bench, name: &str, events: &[RunEvent], decision: Option<Decision>, tag: RunTag) {
    let listed = ListedRun {
        dir: PathBuf::from("runs").join(name),
        name: name.into(),
        config: Config {
            data: bench.state().dataset.root().unwrap_or("faces".as_ref()).into(),
            ..Config::default()
        },
        record: RunRecord::from_events(events),
        decision,
        tag,
        n_events: events.len(),
        ..ListedRun::default()
    };
    bench.send(0, RunsEvent::Listed(Box::new(listed)));
    bench.frames();
}

#[test]
fn what_is_not_seen_in_a_name_is_written_out() {
    let mut bench = Bench::first();
    let data = scripted::dataset("/x\u{202e}y".as_ref(), &[("a\nb", 90), ("wurst\u{200b}", 40)]);
    bench.give(data.clone());
    for label in [
        "Images of a\\nb",
        "Images of wurst\\u{200b}",
        "Weight of a\\nb, number",
        "x\\u{202e}y",
    ] {
        assert!(bench.sees(label), "{label}");
    }
    let script = scripted::training(&Config::default(), &data, "r");
    let tag = RunTag {
        name: "best\u{202e}run".into(),
        note: "first\nsecond".into(),
        starred: false,
    };
    list(&mut bench, "2026-11-22-120000-x", &script, None, tag);
    assert!(says(&bench, "Run best\\u{202e}run, finished"));
    assert!(says(&bench, "true a\\nb predicted wurst\\u{200b}: "));
    assert!(says(&bench, "% (") && says(&bench, "of wurst\\u{200b} and "));
    // The state keeps what is on the disk: weights go by it.
    assert_eq!(
        bench.state().dataset.view.as_ref().unwrap().dataset.classes[0],
        "a\nb"
    );
}

#[test]
fn a_kept_threshold_stands_beside_the_figure_it_comes_to() {
    let mut bench = Bench::open();
    let data = scripted::two_classes("faces".as_ref());
    let script = scripted::training(&Config::default(), &data, "r");
    let decision = Decision {
        balanced_accuracy: Some(0.7125),
        ..Decision::new("REAL", 0.25, "by hand")
    };
    list(
        &mut bench,
        "2026-11-22-120000-a",
        &script,
        Some(decision.clone()),
        RunTag::default(),
    );
    assert!(says(
        &bench,
        "balanced accuracy 71.2 %, predicts REAL from a score of 0.250"
    ));
    // Nobody looked, or a stranger wrote nonsense: it is the figure without the threshold.
    for (name, figure) in [("2026-11-22-120001-b", None), ("2026-11-22-120002-c", Some(12.0))] {
        let decision = Decision {
            balanced_accuracy: figure,
            ..decision.clone()
        };
        list(&mut bench, name, &script, Some(decision), RunTag::default());
        let run = bench.state().runs.all.last().unwrap();
        assert_eq!(run.figure(), run.balanced_accuracy());
    }
}

#[test]
fn what_a_run_warned_of_stands_with_its_figures() {
    let mut bench = Bench::open();
    let data = scripted::two_classes("faces".as_ref());
    let mut script = scripted::training(&Config::default(), &data, "r");
    let message = "3025 of 3781 images could not be read and were left out".to_owned();
    script.insert(1, RunEvent::Warning { message });
    list(
        &mut bench,
        "2026-11-22-120000-a",
        &script,
        None,
        RunTag::default(),
    );
    assert!(bench.sees("Warning: 3025 of 3781 images could not be read and were left out"));
    assert_eq!(bench.state().runs.all[0].record.warnings.len(), 1);
}
