//! Up to three hundred classes, and windows hardly large enough for a dozen.

use counterweight::app::Settings;
use counterweight::experiment::{ClassWeights, Config};
use counterweight::metrics::per_class;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Bench, scripted};

#[test]
fn many_classes_and_small_windows_are_drawn() {
    for (n, size) in [(12, [1024.0, 700.0]), (50, [1920.0, 1080.0])] {
        let mut bench = Bench::with(Settings::default(), size);
        let data = scripted::many("many".as_ref(), n);
        bench.give(data.clone());
        bench.list("2026-11-22-120000-x", &Config::default(), Some(&data));
        assert!(bench.sees("Confusion matrix · equal"), "{n}");
        // The matrix as one thing to move in, or each of its cells.
        let matrix = format!("Confusion matrix of {n} classes, arrow keys choose a cell");
        let cell = "true species 00 predicted species 01";
        let has_cell = bench.harness.query_all_by_label_contains(cell).count() == 1;
        assert!(bench.sees(&matrix) || has_cell, "{n}");
        let is_named = |class: &&String| bench.harness.query_all_by_label(class.as_str()).next().is_some();
        let names = data.classes.iter().filter(is_named);
        assert!(names.count() > 2, "{n}");
        assert!(
            bench
                .state()
                .subject()
                .is_some_and(|s| s.confusion().n_classes() == n),
            "{n}"
        );
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
    assert_eq!(bench.state().looking.cell, Some((0, 1)));
    let name = "Confusion matrix, true species 00 predicted species 01";
    assert!(bench.harness.query_by_label_contains(name).is_some());
}

#[test]
fn what_is_said_of_all_classes_does_not_stand_behind_the_last_of_them() {
    let mut bench = Bench::with(Settings::default(), [1280.0, 800.0]);
    let data = scripted::many("many".as_ref(), 50);
    bench.list("2026-11-22-120000-many", &Config::default(), Some(&data));
    let loss = bench.state().runs.all[0].evaluation(false).unwrap().loss;
    let figure = format!("Validation loss {loss:.3}");
    let figure = bench.harness.get_by_label(&figure).rect();
    assert!(figure.right() < 1280.0, "{figure}");
}

/// With two runs of so many classes, one of which weighs the last of them.
fn two_of(n: usize, size: [f32; 2]) -> Bench {
    let mut bench = Bench::with(Settings::default(), size);
    let data = scripted::many("many".as_ref(), n);
    bench.give(data.clone());
    bench.list("2026-11-22-120000-a", &Config::default(), Some(&data));
    let mut weights = vec![1.0; n];
    weights[n - 1] = 7.0;
    let config = Config {
        class_weights: ClassWeights::Given(weights),
        ..Config::default()
    };
    bench.list("2026-11-22-120100-b", &config, Some(&data));
    bench.harness.get_by_label_contains("Run species").click();
    bench.frames();
    bench
}

#[test]
fn a_matrix_of_three_hundred_classes_stays_in_its_tile() {
    for size in [[1024.0, 700.0], [1280.0, 800.0], [1920.0, 1080.0]] {
        let bench = two_of(300, size);
        let matrix = bench
            .harness
            .get_by_label_contains("Confusion matrix of 300 classes")
            .rect();
        assert!(matrix.width() > 90.0 && matrix.height() > 60.0, "{matrix}");
        let metrics = bench.harness.get_by_label_contains("Macro F1 ").rect();
        assert!(matrix.right() < metrics.left(), "{matrix} runs into {metrics}");
        let list = bench.harness.get_by_label("Largest confusions").rect();
        assert!(matrix.bottom() < list.top(), "{matrix} runs into {list}");
    }
}

#[test]
fn the_figures_of_many_classes_have_recall_among_them_in_the_smallest_window() {
    for size in [[900.0, 600.0], [1024.0, 700.0]] {
        let bench = two_of(60, size);
        let metrics = bench.harness.get_by_label("Order the classes by images").rect();
        let recall = bench.harness.get_by_label("Order the classes by recall").rect();
        assert!(recall.right() <= metrics.left(), "{recall} and {metrics}");
    }
}

/// The order of the matrix is not the order of the classes: what is selected stays the same.
#[test]
fn confused_classes_stand_together_and_a_map_is_zoomed() {
    let mut bench = two_of(50, [1280.0, 800.0]);
    let map = "Confusion matrix of 50 classes, arrow keys choose a cell";
    let first = |bench: &Bench| {
        let list = bench.harness.query_all_by_label_contains(" as species ");
        list.min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()))
            .unwrap()
            .accesskit_node()
            .label()
            .unwrap()
    };
    let largest = first(&bench);
    bench.click(&largest);
    let cell = bench.state().looking.cell.unwrap();
    bench.click("Put classes that are confused beside each other");
    assert!(bench.state().settings.groups_confused);
    assert_eq!(bench.state().looking.cell, Some(cell));
    assert_eq!(first(&bench), largest);
    let name = format!(
        "Confusion matrix, true species {:02} predicted species {:02}",
        cell.0, cell.1
    );
    assert!(bench.harness.query_by_label_contains(&name).is_some());
    // Arrows go to the neighbour in the matrix, whichever class that is.
    bench.harness.get_by_label_contains(&name).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowDown);
    let next = bench.state().looking.cell.unwrap();
    assert_eq!(next.1, cell.1);
    assert_ne!(next.0, cell.0);
    bench.click("Put classes that are confused beside each other");
    let focused = |bench: &Bench| {
        bench
            .harness
            .query_by_label_contains("Confusion matrix, true")
            .is_some()
    };
    assert!(focused(&bench) || bench.sees(map));
    bench
        .harness
        .get_by_label_contains("Confusion matrix, true")
        .focus();
    bench.frames();
    assert!(!bench.sees("Show the whole matrix"));
    bench.key(Modifiers::NONE, Key::Plus);
    bench.key(Modifiers::NONE, Key::Plus);
    bench.click("Show the whole matrix");
    assert!(!bench.sees("Show the whole matrix"));
}

/// It stands above a list, and had one line, whatever it says.
#[test]
fn the_sentence_under_a_matrix_of_many_classes_has_two_lines_in_a_narrow_tile() {
    let height = |size| {
        let bench = two_of(60, size);
        let sentence = bench.harness.get_by_label_contains(" % of all species").rect();
        let list = bench.harness.get_by_label("Largest confusions").rect();
        assert!(
            sentence.bottom() <= list.top() + 1.0,
            "{sentence} runs into {list}"
        );
        sentence.height()
    };
    let one_line = height([1920.0, 1080.0]);
    assert!(height([1024.0, 700.0]) > 1.5 * one_line);
}

#[test]
fn what_is_said_of_a_run_of_many_classes_fits_on_the_screen() {
    let bench = two_of(300, [1280.0, 800.0]);
    let said = |label: &str| {
        let row = bench.harness.get_by_label_contains(label);
        row.accesskit_node().description().unwrap()
    };
    let weighed = said("Run species");
    assert!(weighed.contains("299 7.000"), "{weighed}");
    assert!(weighed.contains("(300 classes)"), "{weighed}");
    assert!(weighed.len() < 400, "{weighed}");
    let equal = said("Run equal");
    assert!(equal.contains("300 classes, each 1.000"), "{equal}");
}

#[test]
fn what_stands_out_among_many_classes_names_the_weighting() {
    let bench = two_of(50, [1280.0, 800.0]);
    assert!(bench.sees("Confusion matrix · species 49 ×7"));
    assert!(
        bench
            .harness
            .query_by_label_contains("Run species 49 ×7, finished")
            .is_some()
    );
}

#[test]
fn many_classes_are_ordered_by_their_figures_and_compared_where_they_differ() {
    let mut bench = two_of(50, [1280.0, 800.0]);
    // The weighed class is the first of the rows, and those that are worst come first at a click.
    let overall = bench.harness.get_by_label_contains("Metrics · ").rect();
    let first = |bench: &Bench| {
        let rows = bench.harness.query_all_by_label_contains("species ");
        let rows = rows.filter(|row| (row.rect().left() - overall.left()).abs() < 1.0);
        let rows = rows.filter(|row| row.rect().top() > overall.top() && row.rect().height() < 24.0);
        let first = rows.min_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
        first.and_then(|row| row.value()).unwrap()
    };
    assert_eq!(first(&bench), "species 49");
    bench.click("Order the classes by recall");
    let confusion = &bench
        .state()
        .selected_run()
        .unwrap()
        .evaluation(false)
        .unwrap()
        .confusion;
    let recalls = per_class(confusion)
        .into_iter()
        .map(|class| class.recall.unwrap())
        .enumerate();
    let worst = recalls.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
    assert_eq!(first(&bench), format!("species {worst:02}"));
    assert!(bench.sees("Order the classes by recall, lowest first"));
    bench.click("Order the classes by recall, lowest first");
    assert!(bench.sees("Order the classes by recall, highest first"));
    bench.key(Modifiers::COMMAND, Key::D);
    // Every class has a line; what is out of sight is a scroll away.
    assert!(bench.sees("Order the runs by Recall species 49"));
    assert!(bench.sees("Recall of 50 classes"));
    bench.click("Order of the classes");
    bench.click("By name");
    assert!(bench.sees("Order the runs by Recall species 00"));
    bench.click("Compare precision of the classes");
    assert!(bench.sees("Precision of 50 classes"));
    assert!(bench.sees("Order the runs by Precision species 00"));
}

#[test]
fn more_runs_than_colours_are_told_apart() {
    let weights: Vec<String> = (1..=9).map(|w| format!("1,{w}")).collect();
    let weights: Vec<&str> = weights.iter().map(String::as_str).collect();
    let mut bench = Bench::trained(&weights);
    for run in 0..9 {
        let view = &bench.state().runs.all[run];
        if !view.shown {
            let name = format!("Show run {} {}", view.label(), view.name);
            bench.harness.get_by_label(&name).click();
            bench.frames();
        }
    }
    let mut marks: Vec<usize> = bench
        .state()
        .runs
        .all
        .iter()
        .filter(|r| r.shown)
        .map(|r| r.colour)
        .collect();
    marks.sort_unstable();
    marks.dedup();
    assert_eq!(marks.len(), bench.state().shown().len());
    assert!(marks.len() > counterweight::app::RUN_COLOURS.len());
}

/// The list takes the room of its rows and no more, and goes where the chosen run is.
#[test]
fn the_list_of_many_runs_follows_the_chosen_one_to_its_end() {
    let mut bench = Bench::open();
    let name = |run: usize| format!("2026-11-22-12{run:02}00-resnet18-{run}");
    let n_listed = |bench: &Bench| bench.harness.query_all_by_label_contains("Run equal").count();
    let row_of = |bench: &Bench, run: usize| {
        let more = format!("More about run equal {}", name(run));
        bench.harness.query_by_label(&more).map(|more| more.rect())
    };
    let foot = |bench: &Bench| {
        let foot = bench.harness.get_by_label("Balanced accuracy on validation");
        foot.rect().top()
    };
    for run in 0..6 {
        bench.list(&name(run), &Config::default(), None);
    }
    assert_eq!(n_listed(&bench), 6);
    let under = foot(&bench) - row_of(&bench, 0).unwrap().bottom();
    assert!(
        (0.0..20.0).contains(&under),
        "{under} of nothing under the last row"
    );
    for run in 6..40 {
        bench.list(&name(run), &Config::default(), None);
    }
    assert!(n_listed(&bench) < 40);
    // To the newest, and from there down to the oldest.
    for key in [Key::ArrowUp, Key::ArrowDown] {
        (0..39).for_each(|_| bench.key(Modifiers::COMMAND, key));
    }
    // It rolls there.
    (0..20).for_each(|_| bench.frames());
    let chosen = bench.state().selected_run().unwrap().name.clone();
    let run = (0..40).find(|&run| name(run) == chosen).unwrap();
    let row = row_of(&bench, run).expect("the chosen run to be in sight");
    assert!(row.bottom() <= foot(&bench), "{row}");
    let last = row_of(&bench, 0).expect("the oldest run to be in sight");
    assert!(last.bottom() <= foot(&bench) && foot(&bench) - last.bottom() < 20.0);
}
