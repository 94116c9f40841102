//! The keyboard alone: where Tab leads, and that it never begins again at the window's first control.

use counterweight::protocol::{Command, DatasetCommand};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::Bench;

/// By name.
fn focused(bench: &Bench) -> Option<String> {
    let root = bench.harness.root();
    let node = root
        .children_recursive()
        .find(|node| node.accesskit_node().is_focused())?;
    node.accesskit_node().label()
}

/// What Tab leads through, from nothing on.
fn stops(bench: &mut Bench) -> Vec<String> {
    let mut stops: Vec<String> = vec![];
    loop {
        bench.key(Modifiers::NONE, Key::Tab);
        let stop = focused(bench).unwrap_or_default();
        if stops.first() == Some(&stop) || stops.len() > 200 {
            return stops;
        }
        stops.push(stop);
    }
}

fn tab_to(bench: &mut Bench, name: &str) {
    for _ in 0..200 {
        if focused(bench).as_deref() == Some(name) {
            return;
        }
        bench.key(Modifiers::NONE, Key::Tab);
    }
    panic!("Tab does not lead to {name}");
}

#[test]
fn tab_goes_from_the_left_to_the_right_and_down() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    let stops = stops(&mut bench);
    let order = [
        "Set a goal",
        "Palette",
        "System",
        "Image folder",
        "Epochs",
        "Weight of FAKE",
        "Train",
        "View of the plot",
        "Export the plot",
        "Loss plot",
        "Class that is weighed",
        "Choose the curve",
        "Normalise the matrix",
        "Compare the shown runs",
        "Where runs are kept",
        "Open images to predict…",
        "Open a folder to predict…",
        "Feature cache",
        "Messages",
    ];
    let places: Vec<Option<usize>> = order
        .iter()
        .map(|name| stops.iter().position(|stop| stop == name))
        .collect();
    let found: Vec<usize> = places.iter().copied().flatten().collect();
    assert!(
        found.len() == order.len() && found.is_sorted(),
        "{places:?} in {stops:#?}"
    );
    assert!(!stops.contains(&String::new()), "{stops:#?}");
}

#[test]
fn the_border_between_tiles_is_moved_by_arrow_keys() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    let width = |bench: &Bench| bench.harness.get_by_label("Loss plot").rect().width();
    let before = width(&bench);
    tab_to(
        &mut bench,
        "Border between loss and trade-off, arrow keys left and right move it",
    );
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert!(
        (width(&bench) - before - 24.0).abs() < 1.0,
        "{} after {before}",
        width(&bench)
    );
    for _ in 0..40 {
        bench.key(Modifiers::NONE, Key::ArrowLeft);
    }
    // No further than to the least width of a tile.
    let least = width(&bench);
    assert!(least > 60.0 && least < before / 2.0, "{least}");
}

/// Its press moves the matrix to the place beside the images.
#[test]
fn a_cell_that_a_screen_reader_presses_keeps_the_keyboard() {
    let cell = "true FAKE predicted REAL: 60 images";
    let mut bench = Bench::trained(&["none", "1,8"]);
    bench.harness.get_by_label(cell).click_accesskit();
    bench.frames();
    assert!(bench.sees("Close the images"));
    assert_eq!(focused(&bench).as_deref(), Some(cell));
}

#[test]
fn a_command_is_read_aloud_without_the_blanks_before_its_keys() {
    let mut bench = Bench::open();
    bench.key(Modifiers::COMMAND, Key::K);
    bench.harness.event(egui::Event::Text("loss".into()));
    bench.frames();
    let row = bench.harness.get_by_label("Logarithmic loss");
    assert_eq!(row.accesskit_node().data().keyboard_shortcut(), Some("Ctrl+L"));
}

#[test]
fn the_next_step_has_the_keyboard_until_something_else_has_it() {
    let mut bench = Bench::first();
    assert_eq!(focused(&bench).as_deref(), Some("Try the demo"));
    bench.key(Modifiers::NONE, Key::Enter);
    let demo = |(_, command): &(_, Command)| matches!(command, Command::Dataset(DatasetCommand::DrawDemo(_)));
    assert!(bench.commands().iter().any(demo));

    let mut bench = Bench::open();
    assert_eq!(
        focused(&bench).as_deref(),
        Some("Begin: Train equal, 1 : 3, 1 : 8")
    );
    // What is wanted is what was focused, and no more.
    bench.harness.get_by_label("Image folder").focus();
    bench.frames();
    assert_eq!(focused(&bench).as_deref(), Some("Image folder"));
}

#[test]
fn a_list_closes_when_the_keyboard_takes_an_entry_of_it() {
    let mut bench = Bench::open();
    tab_to(&mut bench, "Architecture");
    bench.key(Modifiers::NONE, Key::Space);
    assert!(bench.sees_part("SqueezeNet"));
    tab_to(&mut bench, "ResNet-34   512 features");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.form.arch, "resnet34");
    assert!(!bench.sees_part("SqueezeNet"), "the list is still open");
    assert_eq!(focused(&bench).as_deref(), Some("Architecture"));
    // Escape takes nothing, and gives the keyboard back as well.
    bench.key(Modifiers::NONE, Key::Space);
    bench.key(Modifiers::NONE, Key::ArrowDown);
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(bench.state().settings.form.arch, "resnet34");
    assert_eq!(focused(&bench).as_deref(), Some("Architecture"));
}

#[test]
fn tab_goes_on_after_a_number_was_entered() {
    let mut bench = Bench::open();
    tab_to(&mut bench, "Epochs");
    bench.harness.get_by_label("Epochs").type_text("7");
    bench.frames();
    bench.key(Modifiers::NONE, Key::Enter);
    bench.key(Modifiers::NONE, Key::Tab);
    assert_eq!(focused(&bench).as_deref(), Some("Batch"));
    // What floated over the window meanwhile changes nothing.
    bench.key(Modifiers::COMMAND, Key::K);
    bench.key(Modifiers::NONE, Key::Escape);
    bench.key(Modifiers::NONE, Key::Tab);
    assert_eq!(
        focused(&bench).as_deref(),
        Some("Optimizer, BatchNorm, seed, device…")
    );
}

#[test]
fn a_menu_gives_the_keyboard_back() {
    let mut bench = Bench::trained(&["none", "1,8"]);
    tab_to(&mut bench, "Normalise the matrix");
    bench.key(Modifiers::NONE, Key::Space);
    bench.key(Modifiers::NONE, Key::ArrowDown);
    bench.key(Modifiers::NONE, Key::Escape);
    assert_eq!(focused(&bench).as_deref(), Some("Normalise the matrix"));
}

/// It did as soon as anything had the keyboard.
#[test]
fn a_question_mark_opens_the_help_wherever_nothing_is_typed() {
    let mut bench = Bench::open();
    tab_to(&mut bench, "Train");
    bench.harness.event(egui::Event::Text("?".into()));
    bench.frames();
    assert!(bench.state().windows.help);
}

#[test]
fn a_strip_of_pictures_is_one_stop_and_arrows_go_through_it() {
    let mut bench = Bench::open();
    let stops = stops(&mut bench);
    let n_pictures = stops.iter().filter(|stop| stop.starts_with("Predict ")).count();
    assert_eq!(n_pictures, 2, "one a class: {stops:#?}");
    let first = stops.iter().find(|stop| stop.starts_with("Predict ")).unwrap();
    tab_to(&mut bench, first);
    bench.key(Modifiers::NONE, Key::ArrowRight);
    let second = focused(&bench).unwrap();
    assert!(second.starts_with("Predict ") && second != *first, "{second}");
    bench.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(focused(&bench).as_ref(), Some(first));
}
