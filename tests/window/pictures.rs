//! What matrix, plots and comparison look like, held against the pictures in the folder of this name. Where looks are meant
//! to change, `UPDATE_SNAPSHOTS=1 cargo test --test window pictures` paints them anew: look at each before it is kept.

use counterweight::app::{Action, ClassPlot, ImagesAction, JudgeAction, LookAction, Settings, ThemeChoice};
use counterweight::experiment::Config;
use counterweight::protocol::JudgeEvent;
use egui::{Rect, pos2};
use egui_kittest::{OsThreshold, SnapshotOptions, image_snapshot_options};

use super::predictions::{act, painted};
use super::why::{asked_why, explained};
use super::{Bench, goal, judged, scripted, typed};

/// Where the panes lie in a window of 1280 by 800.
const LOSS: Rect = Rect {
    min: pos2(284.0, 56.0),
    max: pos2(648.0, 368.0),
};
pub const TRADE_OFF: Rect = Rect {
    min: pos2(654.0, 56.0),
    max: pos2(1020.0, 368.0),
};
const MATRIX: Rect = Rect {
    min: pos2(284.0, 374.0),
    max: pos2(648.0, 756.0),
};
const METRICS: Rect = Rect {
    min: pos2(654.0, 374.0),
    max: pos2(1020.0, 756.0),
};
const INPUTS: Rect = Rect {
    min: pos2(8.0, 48.0),
    max: pos2(276.0, 762.0),
};
const CENTRE: Rect = Rect {
    min: pos2(276.0, 48.0),
    max: pos2(1026.0, 762.0),
};

/// How far a pixel may be off: compilers add in another order.
const THRESHOLD: f32 = 0.6;

pub fn window(theme: ThemeChoice) -> Bench {
    let settings = Settings {
        theme,
        ..Settings::default()
    };
    Bench::with(settings, [1280.0, 800.0])
}

/// Three weightings of two classes.
fn of_two_classes(theme: ThemeChoice) -> Bench {
    let mut bench = window(theme);
    bench.give(scripted::two_classes("faces".as_ref()));
    for (i, weights) in ["1,1", "1,3", "1,8"].into_iter().enumerate() {
        let class_weights = weights.parse().unwrap();
        let config = Config {
            class_weights,
            baseline: true,
            ..Config::default()
        };
        bench.list(&format!("2026-11-22-12{i:02}00-resnet18-{i}"), &config, None);
    }
    bench
}

fn of_many_classes(n_classes: usize, theme: ThemeChoice) -> Bench {
    let mut bench = window(theme);
    let data = scripted::many("many".as_ref(), n_classes);
    bench.give(data.clone());
    bench.list("2026-11-22-120000-many", &Config::default(), Some(&data));
    bench
}

pub fn looks_like(bench: &mut Bench, part: Rect, name: &str) {
    let picture = bench.harness.render().unwrap();
    let [x, y, width, height] = [part.min.x, part.min.y, part.width(), part.height()].map(|v| v as u32);
    let part = image::imageops::crop_imm(&picture, x, y, width, height).to_image();
    let options = SnapshotOptions::new()
        .threshold(OsThreshold::new(THRESHOLD))
        .output_path("tests/window/pictures");
    image_snapshot_options(&part, name, &options);
}

#[test]
fn two_classes_in_the_dark_look_as_they_did() {
    let mut bench = of_two_classes(ThemeChoice::Dark);
    looks_like(&mut bench, LOSS, "loss-dark");
    looks_like(&mut bench, TRADE_OFF, "trade-off-dark");
    looks_like(&mut bench, MATRIX, "matrix-2-dark");
}

#[test]
fn two_classes_in_the_light_look_as_they_did() {
    let mut bench = of_two_classes(ThemeChoice::Light);
    looks_like(&mut bench, LOSS, "loss-light");
    looks_like(&mut bench, TRADE_OFF, "trade-off-light");
    looks_like(&mut bench, MATRIX, "matrix-2-light");
}

#[test]
fn runs_side_by_side_look_as_they_did() {
    let mut bench = of_two_classes(ThemeChoice::Dark);
    bench.click("Compare the shown runs");
    looks_like(&mut bench, CENTRE, "compare-dark");
}

#[test]
fn matrices_of_many_classes_look_as_they_did() {
    for n_classes in [10, 50, 300] {
        let mut bench = of_many_classes(n_classes, ThemeChoice::Dark);
        looks_like(&mut bench, MATRIX, &format!("matrix-{n_classes}-dark"));
    }
}

/// Images, weights, what stands above them; and the figures of each class.
#[test]
fn classes_and_their_figures_look_as_they_did() {
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut bench = of_two_classes(theme);
        looks_like(&mut bench, INPUTS, &format!("classes-2-{name}"));
        looks_like(&mut bench, METRICS, &format!("metrics-2-{name}"));
        let mut bench = of_many_classes(10, theme);
        looks_like(&mut bench, INPUTS, &format!("classes-10-{name}"));
        looks_like(&mut bench, METRICS, &format!("metrics-10-{name}"));
    }
    let mut bench = of_many_classes(300, ThemeChoice::Dark);
    looks_like(&mut bench, INPUTS, "classes-300-dark");
    looks_like(&mut bench, METRICS, "metrics-300-dark");
}

/// The smallest window that everything is meant for, where headings are short and columns few.
#[test]
fn a_small_window_of_three_classes_looks_as_it_did() {
    let size = [1024.0, 700.0];
    let data = scripted::dataset(
        "animals".as_ref(),
        &[("dog", 2400), ("cat", 1300), ("Ibex in winter", 120)],
    );
    let (mut bench, sweep) = goal::swept(data, 6, ThemeChoice::Light, size);
    act(&mut bench, Action::Look(LookAction::Run(4)));
    sweep.answer(&mut bench);
    bench.click("Set a goal");
    let whole = Rect::from_min_max(pos2(8.0, 8.0), pos2(size[0], size[1]));
    looks_like(&mut bench, whole, "small-3-light");
}

/// The bar, the signs in the trade-off and in the list, and what was found.
#[test]
fn a_goal_looks_as_it_did() {
    for (name, theme, n_classes, size) in [
        ("goal-2-dark", ThemeChoice::Dark, 2, [1280.0, 800.0]),
        ("goal-2-light-small", ThemeChoice::Light, 2, [1024.0, 700.0]),
        ("goal-10-light", ThemeChoice::Light, 10, [1280.0, 800.0]),
    ] {
        let data = match n_classes {
            2 => scripted::two_classes("faces".as_ref()),
            n => scripted::many("clothes".as_ref(), n),
        };
        let (mut bench, sweep) = goal::swept(data, 6, theme, size);
        bench.click("Set a goal");
        bench.click("Find the best");
        sweep.answer(&mut bench);
        sweep.answer(&mut bench);
        let whole = Rect::from_min_max(pos2(276.0, 48.0), pos2(size[0], size[1]));
        looks_like(&mut bench, whole, name);
    }
}

/// The lines of all weightings, what is at stake, and what costs least there.
#[test]
fn costs_look_as_they_did() {
    for (name, theme, n_classes, size) in [
        ("cost-2-dark", ThemeChoice::Dark, 2, [1280.0, 800.0]),
        ("cost-2-light-small", ThemeChoice::Light, 2, [1024.0, 700.0]),
        ("cost-10-light", ThemeChoice::Light, 10, [1280.0, 800.0]),
    ] {
        let data = match n_classes {
            2 => scripted::two_classes("faces".as_ref()),
            n => scripted::many("clothes".as_ref(), n),
        };
        let (mut bench, sweep) = goal::swept(data, 6, theme, size);
        act(&mut bench, Action::Judge(JudgeAction::SetPlot(ClassPlot::Cost)));
        sweep.answer(&mut bench);
        typed::type_into(&mut bench, "Cost of a miss, in false alarms", "8");
        let whole = Rect::from_min_max(pos2(276.0, 48.0), pos2(size[0], size[1]));
        looks_like(&mut bench, whole, name);
    }
}

#[test]
fn predictions_look_as_they_did() {
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut bench = painted(theme, [1280.0, 800.0], 2, false);
        looks_like(&mut bench, CENTRE, &format!("predictions-2-{name}"));
    }
    let mut bench = painted(ThemeChoice::Dark, [1280.0, 800.0], 10, true);
    looks_like(&mut bench, CENTRE, "predictions-10-evaluated-dark");
    act(&mut bench, Action::Judge(JudgeAction::Enlarge(true)));
    looks_like(&mut bench, CENTRE, "predictions-10-large-dark");
    act(&mut bench, Action::Judge(JudgeAction::ShowWhy(true)));
    let (job, request) = asked_why(&mut bench);
    let class_idx = request.class_idx.unwrap();
    bench.send(job.id, JudgeEvent::Explained(Box::new(explained(class_idx))));
    bench.frames();
    looks_like(&mut bench, CENTRE, "predictions-10-why-dark");
}

/// The grid behind a cell, one of its images large, and what became of images between two runs.
#[test]
fn images_behind_a_cell_look_as_they_did() {
    for (name, theme, n_classes, size) in [
        ("images-2-dark", ThemeChoice::Dark, 2, [1280.0, 800.0]),
        ("images-2-light-small", ThemeChoice::Light, 2, [1024.0, 700.0]),
        ("images-10-light", ThemeChoice::Light, 10, [1280.0, 800.0]),
    ] {
        let mut bench = judged::bench(theme, n_classes, size);
        act(&mut bench, Action::Images(ImagesAction::ShowCell((1, 0))));
        for place in [1, 2, 4] {
            act(&mut bench, Action::Images(ImagesAction::ToggleAt(place)));
        }
        act(&mut bench, Action::Images(ImagesAction::GoTo(3, false)));
        judged::answer_all(&mut bench);
        let centre = Rect::from_min_max(pos2(276.0, 48.0), pos2(size[0] - 254.0, size[1] - 38.0));
        looks_like(&mut bench, centre, name);
        act(&mut bench, Action::Images(ImagesAction::Enlarge(true)));
        judged::answer_all(&mut bench);
        looks_like(&mut bench, centre, &format!("{name}-large"));
    }
    let mut bench = judged::bench(ThemeChoice::Light, 2, [1280.0, 800.0]);
    bench.click("Compare the shown runs");
    judged::answer_all(&mut bench);
    looks_like(&mut bench, CENTRE, "compare-changes-light");
}
