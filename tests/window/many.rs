//! Up to fifty classes, and windows hardly large enough for a dozen.

use counterweight::app::Settings;
use counterweight::experiment::Config;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

#[test]
fn many_classes_and_small_windows_are_drawn() {
    for (n, size, heading) in [
        (12, [1024.0, 700.0], "Matrix · equal"),
        (50, [1920.0, 1080.0], "Confusion matrix · equal"),
    ] {
        let mut bench = Bench::with(Settings::default(), size);
        let data = scripted::many("many".as_ref(), n);
        bench.give(data.clone());
        bench.list("2026-11-22-120000-x", &Config::default(), Some(&data));
        assert!(bench.sees(heading), "{n}");
    }
}

#[test]
fn a_cell_among_fifty_classes_is_chosen_by_arrows_and_read_aloud() {
    let mut bench = Bench::first();
    let data = scripted::many("many".as_ref(), 50);
    bench.list("2026-11-22-120000-many", &Config::default(), Some(&data));
    bench
        .harness
        .get_by_label("Confusion matrix of 50 classes, arrow keys choose a cell")
        .focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(bench.state().cell, Some((0, 1)));
    let name = "Confusion matrix, true species 00 predicted species 01";
    assert!(bench.harness.query_by_label_contains(name).is_some());
}

#[test]
fn what_is_said_of_all_classes_does_not_stand_behind_the_last_of_them() {
    let mut bench = Bench::with(Settings::default(), [1280.0, 800.0]);
    let data = scripted::many("many".as_ref(), 50);
    bench.list("2026-11-22-120000-many", &Config::default(), Some(&data));
    let loss = bench.state().runs[0].evaluation(false).unwrap().loss;
    let figure = bench.harness.get_by_label(&format!("{loss:.3}")).rect();
    assert!(figure.right() < 1280.0, "{figure}");
}
