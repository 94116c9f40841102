//! The table of classes: a row each, ordered, searched, and changed from the keyboard.

use counterweight::app::{ClassKey, ClassOrder, Settings};
use counterweight::experiment::{ClassWeights, Config};
use egui::accesskit::Role;
use egui::{Key, Modifiers, MouseWheelUnit, TouchPhase, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{Bench, scripted};

fn with_classes(n: usize, size: [f32; 2]) -> Bench {
    let mut bench = Bench::with(Settings::default(), size);
    bench.give(scripted::many("many".as_ref(), n));
    bench
}

/// The sliders that are seen whole, from above.
fn sliders(bench: &Bench) -> Vec<String> {
    let train = bench.harness.get_by_role_and_label(Role::Button, "Train").rect();
    let sliders = bench.harness.query_all_by_role(Role::Slider);
    let mut seen: Vec<(f32, String)> = sliders
        .filter(|slider| slider.rect().bottom() < train.top())
        .filter_map(|slider| Some((slider.rect().top(), slider.accesskit_node().label()?)))
        .filter_map(|(top, name)| Some((top, name.strip_prefix("Weight of ")?.to_owned())))
        .collect();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    seen.into_iter().map(|(_, name)| name).collect()
}

fn weights(bench: &Bench) -> Vec<f64> {
    bench.state().class_weights().unwrap()
}

#[test]
fn each_class_has_one_row_with_its_images_and_its_weight() {
    let bench = with_classes(10, [1280.0, 800.0]);
    let seen = sliders(&bench);
    assert!(seen.len() >= 7, "{seen:?}");
    for class in &seen[..7] {
        let named = format!("Weight of {class}");
        let slider = bench.harness.get_by_role_and_label(Role::Slider, &named);
        let images = bench.harness.get_by_label(&format!("Images of {class}")).rect();
        let number = bench
            .harness
            .get_by_label(&format!("Weight of {class}, number"))
            .rect();
        let (left, slider, right) = (images, slider.rect(), number);
        assert!(
            left.right() < slider.left() && slider.right() < right.left(),
            "{class}"
        );
        assert!((left.center().y - right.center().y).abs() < 2.0, "{class}");
    }
    assert!(bench.sees("10 classes, imbalance 7.2 : 1"));
    // A large window shows all of them.
    assert_eq!(sliders(&with_classes(10, [1920.0, 1080.0])).len(), 10);
}

#[test]
fn a_thousand_classes_cost_what_is_seen_of_them() {
    let bench = with_classes(1000, [1280.0, 800.0]);
    let n_sliders = bench.harness.query_all_by_role(Role::Slider).count();
    assert!(n_sliders < 20, "{n_sliders}");
}

#[test]
fn headings_order_the_classes_and_the_order_is_kept() {
    let mut bench = with_classes(10, [1280.0, 800.0]);
    bench.click("List the classes by images");
    assert_eq!(sliders(&bench)[0], "species 09", "the rarest first");
    bench.click("List the classes by images, lowest first");
    assert_eq!(sliders(&bench)[0], "species 00");
    let order = ClassOrder {
        key: ClassKey::Images,
        descending: true,
    };
    assert_eq!(bench.state().settings.class_order, order);
    bench.click("List the classes by images, highest first");
    assert_eq!(bench.state().settings.class_order, ClassOrder::default());
    // While a weight changes its row does not run away, and afterwards it stands where it belongs.
    bench.click("List the classes by weight");
    let slider = bench
        .harness
        .get_by_role_and_label(Role::Slider, "Weight of species 02");
    slider.focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(weights(&bench)[2], 1.1);
    assert_eq!(sliders(&bench)[2], "species 02");
    bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Image folder")
        .focus();
    bench.frames();
    assert_eq!(sliders(&bench)[0], "species 02");
}

#[test]
fn classes_are_searched_by_a_part_of_their_name() {
    let mut bench = with_classes(50, [1280.0, 800.0]);
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Find a class");
    field.focus();
    field.type_text("S 4");
    bench.frames();
    let expected: Vec<String> = (40..50).map(|i| format!("species {i}")).collect();
    let seen = sliders(&bench);
    assert_eq!(seen[..], expected[..seen.len()]);
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Find a class");
    field.type_text("x");
    bench.frames();
    assert!(bench.sees("No class has that in its name"));
    // Few classes need no search, and another folder is not searched for what was not in it.
    bench.give(scripted::many("another".as_ref(), 10));
    assert_eq!(bench.state().listed_classes().len(), 10);
    assert!(!bench.sees("Find a class"));
}

#[test]
fn the_keyboard_changes_weights_and_walks_the_list_to_its_end() {
    let mut bench = with_classes(50, [1280.0, 800.0]);
    let slider = bench
        .harness
        .get_by_role_and_label(Role::Slider, "Weight of species 00");
    slider.focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::ArrowRight);
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(weights(&bench)[0], 1.2);
    (0..49).for_each(|_| bench.key(Modifiers::NONE, Key::ArrowDown));
    let last = bench
        .harness
        .get_by_role_and_label(Role::Slider, "Weight of species 49");
    assert!(last.is_focused());
    let train = bench.harness.get_by_role_and_label(Role::Button, "Train").rect();
    assert!(last.rect().bottom() < train.top(), "{}", last.rect());
    bench.key(Modifiers::NONE, Key::ArrowLeft);
    assert_eq!(weights(&bench)[49], 0.95);
    bench.key(Modifiers::NONE, Key::ArrowUp);
    bench.key(Modifiers::NONE, Key::ArrowRight);
    assert_eq!((weights(&bench)[48], weights(&bench)[47]), (1.1, 1.0));
}

/// From above, from below, and back to the class that the keyboard was at.
#[test]
fn the_list_is_one_stop_for_tab_with_all_keys_of_a_class_inside() {
    let mut bench = with_classes(10, [1280.0, 800.0]);
    let slider = |bench: &Bench, class: &str| {
        let name = format!("Weight of {class}");
        let slider = bench.harness.get_by_role_and_label(Role::Slider, &name);
        slider.is_focused()
    };
    let heading = "List the classes by weight";
    bench.harness.get_by_label(heading).focus();
    bench.frames();
    bench.key(Modifiers::NONE, Key::Tab);
    assert!(slider(&bench, "species 00"));
    bench.key(Modifiers::NONE, Key::ArrowDown);
    assert!(slider(&bench, "species 01"));
    // Enter types the weight, and Enter again goes back.
    bench.key(Modifiers::NONE, Key::Enter);
    let number = "Weight of species 01, number";
    assert!(bench.harness.get_by_label(number).is_focused());
    bench.key(Modifiers::COMMAND, Key::A);
    bench.harness.event(egui::Event::Text("4.5".into()));
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(weights(&bench)[1], 4.5);
    assert!(slider(&bench, "species 01"));
    bench.key(Modifiers::NONE, Key::Tab);
    let nodes = bench.harness.root().children_recursive();
    let focused = nodes.filter(|node| node.accesskit_node().is_focused());
    let labels: Vec<String> = focused.filter_map(|node| node.accesskit_node().label()).collect();
    assert!(
        labels
            .iter()
            .all(|label| !label.contains("species") && !label.contains("list of classes")),
        "{labels:?}"
    );
    bench.key(Modifiers::SHIFT, Key::Tab);
    assert!(slider(&bench, "species 01"));
    bench.key(Modifiers::SHIFT, Key::Tab);
    assert!(bench.harness.get_by_label(heading).is_focused());
    bench.key(Modifiers::NONE, Key::Tab);
    assert!(slider(&bench, "species 01"));
    bench.key(Modifiers::NONE, Key::Space);
    assert_eq!(bench.state().dataset.gallery.class, Some(1));
}

/// Above the list the form moves, and below the list ends: the wheel never goes on in the other.
#[test]
fn the_wheel_moves_the_list_that_it_is_over() {
    let mut bench = with_classes(50, [1280.0, 600.0]);
    let first = sliders(&bench)[0].clone();
    let over = |bench: &Bench| {
        let named = format!("Weight of {}", sliders(bench)[1]);
        let slider = bench.harness.get_by_role_and_label(Role::Slider, &named);
        slider.rect().center()
    };
    let at = over(&bench);
    let heading = bench.harness.get_by_label("Classes").rect().top();
    bench.harness.event(egui::Event::PointerMoved(at));
    for _ in 0..80 {
        bench.harness.event(egui::Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: Vec2::new(0.0, -60.0),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        bench.frames();
    }
    assert_ne!(sliders(&bench)[0], first);
    assert!(
        sliders(&bench).contains(&"species 49".to_owned()),
        "{:?}",
        sliders(&bench)
    );
    assert_eq!(bench.harness.get_by_label("Classes").rect().top(), heading);
    assert_eq!(weights(&bench), vec![1.0; 50], "the wheel changes no weight");
}

#[test]
fn a_long_weighting_is_told_apart_wherever_it_is_named() {
    let mut bench = with_classes(50, [1280.0, 800.0]);
    let data = scripted::many("many".as_ref(), 50);
    for (i, class_idx) in [48, 49].into_iter().enumerate() {
        let mut weights = vec![1.0; 50];
        weights[class_idx] = 7.0;
        let config = Config {
            class_weights: ClassWeights::Given(weights),
            data: "many".into(),
            ..Config::default()
        };
        bench.list(&format!("2026-11-22-12{i:02}00-x"), &config, Some(&data));
    }
    for label in ["Hide species 48 ×7 in the plot", "Hide species 49 ×7 in the plot"] {
        assert!(bench.sees(label), "{label}");
    }
}
