//! The list of runs: sweeps as one row, other folders apart, found by words, arranged by figures, chosen by the dozen.

use std::path::PathBuf;

use counterweight::app::{Grouping, RunSort, ThemeChoice};
use counterweight::experiment::{ClassWeights, Config, SplitMethod};
use counterweight::protocol::{Command, ExportRuns, Handled, RestoreRuns, RunsCommand, RunsEvent, TrashRuns};
use egui::{Key, Modifiers, Rect, Role, pos2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::pictures::{looks_like, window};
use super::{Bench, scripted};

/// Where the list lies in a window of 1280 by 800.
const LIST: Rect = Rect {
    min: pos2(1026.0, 44.0),
    max: pos2(1280.0, 470.0),
};

fn weighed(weight: f64) -> Config {
    Config {
        class_weights: ClassWeights::Given(vec![1.0, weight]),
        ..Config::default()
    }
}

/// A sweep of that many weights, in the second of its name.
fn list_sweep(bench: &mut Bench, second: &str, n: usize) {
    for i in 0..n {
        let weight = 1.0 + i as f64;
        bench.list(&format!("{second}-resnet18-1x{weight}"), &weighed(weight), None);
    }
}

/// A training, a sweep of a dozen, a run on another split, and two of another folder.
fn of_all_kinds(bench: &mut Bench) {
    bench.give(scripted::two_classes("faces".as_ref()));
    bench.list("2026-11-22-120000-resnet18-a", &weighed(1.0), None);
    list_sweep(bench, "2026-11-22-130000", 12);
    let grouped = Config {
        split: SplitMethod::Groups,
        ..weighed(3.0)
    };
    bench.list("2026-11-22-140000-resnet18-b", &grouped, None);
    for (i, weight) in [1.0, 8.0].into_iter().enumerate() {
        let config = Config {
            data: "/pictures/leaves".into(),
            ..weighed(weight)
        };
        bench.list(&format!("2026-11-21-12000{i}-resnet18-c"), &config, None);
    }
}

fn bench() -> Bench {
    let mut bench = window(ThemeChoice::Dark);
    bench.commands();
    of_all_kinds(&mut bench);
    bench
}

fn labels(bench: &Bench, role: Role) -> Vec<String> {
    let nodes = bench.harness.root().children_recursive();
    let of_role = nodes.filter(|node| node.accesskit_node().role() == role);
    of_role.filter_map(|node| node.accesskit_node().label()).collect()
}

/// The rows in sight, each as its first words.
fn rows(bench: &Bench) -> Vec<String> {
    let rows = labels(bench, Role::TreeItem).into_iter();
    rows.map(|row| row.split(',').next().unwrap_or_default().to_owned())
        .collect()
}

fn find(bench: &mut Bench, words: &str) {
    bench.key(Modifiers::COMMAND, Key::F);
    bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Find a run")
        .type_text(words);
    bench.frames();
}

fn click_with(bench: &mut Bench, modifiers: Modifiers, label: &str) {
    bench
        .harness
        .get_by_label_contains(label)
        .click_modifiers(modifiers);
    bench.frames();
}

#[test]
fn a_sweep_is_one_row_that_opens_and_other_folders_stand_apart() {
    let mut bench = bench();
    let closed = [
        "Run 1 : 3",
        "Sweep of REAL",
        "Run equal",
        "Run 1 : 8",
        "Run equal",
    ];
    assert_eq!(rows(&bench), closed);
    assert!(bench.sees("leaves, 2 runs"));
    bench.click("Open sweep of REAL");
    assert_eq!(rows(&bench)[1..4], ["Sweep of REAL", "Run 1 : 12", "Run 1 : 11"]);
    bench.click("Close sweep of REAL");
    assert_eq!(rows(&bench), closed);
    // What is looked at stays in sight.
    bench.click("Open sweep of REAL");
    bench.harness.get_by_label_contains("Run 1 : 11, ").click();
    bench.frames();
    bench.click("Close sweep of REAL");
    assert_eq!(rows(&bench)[1..4], ["Sweep of REAL", "Run 1 : 11", "Run equal"]);
}

#[test]
fn the_list_is_one_stop_for_tab_and_arrows_go_through_it() {
    let mut bench = bench();
    let list = "List of 16 runs, arrow keys choose one";
    bench.harness.get_by_label(list).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::Home);
    assert_eq!(bench.state().selected_run().unwrap().label(), "1 : 3");
    bench.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(
        bench.state().runs.chosen.runs.len(),
        12,
        "a sweep stands for its runs"
    );
    bench.key(Modifiers::NONE, Key::ArrowRight);
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(bench.state().selected_run().unwrap().label(), "1 : 12");
    assert!(bench.state().runs.chosen.runs.is_empty());
    bench.key(Modifiers::NONE, Key::ArrowLeft);
    bench.key(Modifiers::NONE, Key::ArrowLeft);
    assert!(bench.state().runs.open_sweeps.is_empty());
    // Space hides and shows, Enter opens.
    bench.key(Modifiers::NONE, Key::Space);
    let n_shown = || bench.state().runs.all.iter().filter(|run| run.shown).count();
    assert!(n_shown() >= 12);
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().runs.open_sweeps.len(), 1);
    // Nothing in the list takes a Tab of its own.
    bench.key(Modifiers::NONE, Key::Tab);
    let focused = bench
        .harness
        .root()
        .children_recursive()
        .find(|node| node.accesskit_node().is_focused());
    let focused = focused
        .and_then(|node| node.accesskit_node().label())
        .unwrap_or_default();
    assert!(
        !focused.contains("Run ") && !focused.contains("Sweep "),
        "{focused}"
    );
}

#[test]
fn a_key_opens_the_menu_of_a_run_and_the_keyboard_comes_back() {
    let mut bench = bench();
    let list = "List of 16 runs, arrow keys choose one";
    bench.harness.get_by_label(list).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::Home);
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(
        bench
            .harness
            .get_by_label("Use these settings")
            .accesskit_node()
            .is_focused()
    );
    bench.key(Modifiers::NONE, Key::ArrowDown);
    bench.key(Modifiers::NONE, Key::ArrowDown);
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(bench.state().runs.editing.is_some(), "the third entry names it");
    bench.key(Modifiers::NONE, Key::Escape);
    bench.harness.get_by_label(list).focus();
    bench.frames();
    bench.key(Modifiers::SHIFT, Key::F10);
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.sees("Use these settings"));
    bench.key(Modifiers::NONE, Key::End);
    assert_eq!(bench.state().selected_run().unwrap().label(), "equal");
}

#[test]
fn many_runs_are_deleted_in_one_job_and_brought_back_by_one_undo() {
    let mut bench = bench();
    bench
        .harness
        .get_by_label_contains("Sweep of REAL, 12 from 1 : 1 to 1 : 12")
        .click();
    bench.frames();
    assert!(bench.sees("12 chosen"));
    bench.key(Modifiers::NONE, Key::Delete);
    let (job, Command::Runs(RunsCommand::TrashRuns(TrashRuns { dirs }))) = bench.commands().remove(0) else {
        panic!()
    };
    assert_eq!(dirs.len(), 12);
    let failures = vec!["the last one: permission denied".to_owned()];
    let done = dirs[..11].to_vec();
    bench.send(job.id, RunsEvent::Trashed(Handled { done, failures }));
    bench.send(job.id, counterweight::protocol::Event::Done);
    bench.frames();
    assert!(bench.sees("11 runs are in the trash"));
    assert!(bench.sees("A run could not be moved to the trash: the last one: permission denied"));
    assert_eq!(bench.state().run_list().n_all, 5);
    bench.click("Undo this");
    let (_, Command::Runs(RunsCommand::RestoreRuns(RestoreRuns { dirs: back }))) = bench.commands().remove(0)
    else {
        panic!()
    };
    assert_eq!(back, dirs[..11]);
}

#[test]
fn runs_are_chosen_by_shift_and_ctrl_and_acted_on_together() {
    let mut bench = bench();
    bench.click("Open sweep of REAL");
    bench.harness.get_by_label_contains("Run 1 : 11, ").click();
    bench.frames();
    click_with(&mut bench, Modifiers::SHIFT, "Run 1 : 9, ");
    assert!(bench.sees("3 chosen"));
    click_with(&mut bench, Modifiers::COMMAND, "Run 1 : 10, ");
    assert!(bench.sees("2 chosen"));
    bench.click("Export the 2 chosen runs");
    let (_, Command::Runs(RunsCommand::ExportRuns(ExportRuns { dirs, to }))) = bench.next_command() else {
        panic!()
    };
    assert_eq!((dirs.len(), to), (2, PathBuf::from("/picked")));
    bench.click("Compare the 2 chosen runs");
    let shown: Vec<String> = bench
        .state()
        .drawn()
        .iter()
        .map(|&run| bench.state().runs.all[run].label())
        .collect();
    assert_eq!(shown, ["1 : 11", "1 : 9"]);
    assert!(bench.sees("Only these 2 runs are shown"));
    bench.click("Undo this");
    assert_ne!(bench.state().shown().len(), 2);
    bench.commands();
    bench.click("Star the 2 chosen runs");
    let stars = bench.commands();
    let is_tag = |(_, command): &(_, Command)| matches!(command, Command::Runs(RunsCommand::TagRun(_)));
    assert_eq!(
        stars.iter().filter(|command| is_tag(command)).count(),
        2,
        "{stars:?}"
    );
    bench.click("Choose none");
    assert!(!bench.sees("2 chosen"));
}

#[test]
fn runs_are_found_by_words_and_nothing_found_says_so() {
    let mut bench = bench();
    find(&mut bench, "leaves 1:8");
    assert_eq!(rows(&bench), ["Run 1 : 8"]);
    assert!(bench.sees("1 of 16 listed; what you look at is not"));
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(rows(&bench).len(), 5);
    find(&mut bench, "no such run");
    assert!(
        bench.sees("No run has “no such run” in its name, note, weights, network, folder, date or state")
    );
    bench.click("Show all");
    assert_eq!(rows(&bench).len(), 5);
}

#[test]
fn runs_are_ordered_by_a_figure_which_then_stands_beside_them() {
    let mut bench = bench();
    bench.harness.get_by_label("Order of the runs: Newest").click();
    bench.frames();
    bench
        .harness
        .get_by_role_and_label(Role::Button, "Macro F1")
        .click();
    bench.frames();
    assert_eq!(
        bench.state().settings.list.by,
        RunSort::Overall("macro_f1".into())
    );
    assert!(bench.sees("Macro F1 on validation"));
    let figures: Vec<f64> = labels(&bench, Role::TreeItem)
        .iter()
        .filter(|row| row.starts_with("Run "))
        .take(2)
        .map(|row| {
            row.split("macro F1 ")
                .nth(1)
                .unwrap()
                .split(' ')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        })
        .collect();
    assert!(figures[0] >= figures[1], "{figures:?}");
    bench.click("View of the runs: Sweeps as one row");
    bench.click("By split");
    assert_eq!(bench.state().settings.list.groups, Grouping::Split);
    let headings = bench.harness.query_all_by_label_contains("validation images, ");
    assert_eq!(headings.count(), 2);
    looks_like(&mut bench, LIST, "runs-by-split-dark");
}

#[test]
fn the_list_looks_as_it_did() {
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        let mut bench = window(theme);
        of_all_kinds(&mut bench);
        looks_like(&mut bench, LIST, &format!("runs-{name}"));
        bench.click("Open sweep of REAL");
        bench.harness.get_by_label_contains("Run 1 : 11, ").click();
        bench.frames();
        click_with(&mut bench, Modifiers::SHIFT, "Run 1 : 9, ");
        looks_like(&mut bench, LIST, &format!("runs-chosen-{name}"));
    }
}
