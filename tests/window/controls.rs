//! No dead controls: everything on the screen that can be pressed, dragged or typed into changes something when it is.

use std::collections::BTreeSet;

use egui::Role;
use egui_kittest::kittest::{NodeT, Queryable};

use super::Bench;

/// A control, found again in another window of the same script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Control {
    role: String,
    label: String,
    /// Among those of the same role and label.
    nth: usize,
    /// Already chosen: choosing it again may change nothing.
    chosen: bool,
}

/// Everything that can be used, in the order of the tree.
fn controls(bench: &Bench) -> Vec<Control> {
    let mut found: Vec<Control> = Vec::new();
    for node in bench.harness.root().children_recursive() {
        let node = node.accesskit_node();
        if !is_control(node.role()) || node.is_disabled() || node.is_hidden() {
            continue;
        }
        let role = format!("{:?}", node.role());
        let label = node.label().unwrap_or_default();
        let nth = found
            .iter()
            .filter(|c| c.role == role && c.label == label)
            .count();
        let chosen = node.toggled() == Some(egui::accesskit::Toggled::True);
        found.push(Control {
            role,
            label,
            nth,
            chosen,
        });
    }
    found
}

fn is_control(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::ComboBox
            | Role::DisclosureTriangle
            | Role::Link
            | Role::RadioButton
            | Role::Slider
            | Role::SpinButton
            | Role::TextInput
            | Role::TreeItem
    )
}

/// Uses the control as its kind is used.
fn operate(bench: &mut Bench, control: &Control) {
    let nodes = bench.harness.root().children_recursive();
    let node = nodes
        .filter(|n| {
            let node = n.accesskit_node();
            format!("{:?}", node.role()) == control.role && node.label().unwrap_or_default() == control.label
        })
        .nth(control.nth)
        .unwrap();
    let value = node.accesskit_node().numeric_value().unwrap_or(0.0);
    match node.accesskit_node().role() {
        Role::SpinButton => node.set_value_accesskit(value + 2.0),
        Role::Slider => node.set_value_accesskit(if value < 0.9 { value + 0.05 } else { value + 2.0 }),
        Role::TextInput => {
            node.focus();
            node.type_text("7");
        }
        _ => node.click_accesskit(),
    }
    bench.frames();
}

/// All that a user could see or cause: the tree of the screen, what was asked for, what was put on the clipboard.
fn picture(bench: &Bench) -> String {
    let mut text = String::new();
    for node in bench.harness.root().children_recursive() {
        let node = node.accesskit_node();
        text += &format!(
            "{:?}|{:?}|{:?}|{:?}|{:?}\n",
            node.role(),
            node.label(),
            node.value(),
            node.numeric_value(),
            node.toggled()
        );
    }
    text + &format!("{:?}", bench.state().settings)
}

#[test]
fn every_control_on_the_screen_changes_something() {
    let script = || {
        let mut bench = Bench::trained(&["none", "1,3", "1,8"]);
        bench
            .harness
            .get_by_label("Optimizer, BatchNorm, seed, device…")
            .click();
        bench.frames();
        // So that there is something to reset.
        bench.harness.get_by_label("1 : 3").click_accesskit();
        bench.frames();
        bench.commands();
        bench
    };
    let all = controls(&script());
    let labels: BTreeSet<&str> = all.iter().map(|c| c.label.as_str()).collect();
    for known in [
        "Train",
        "Image folder",
        "View of the plot",
        "Sweep weights",
        "Set a goal",
        "Normalise the matrix",
        "Weight of REAL",
    ] {
        assert!(labels.contains(known), "{known} is not among {labels:?}");
    }
    assert!(
        all.iter().all(|c| !c.label.is_empty()),
        "nameless: {:?}",
        all.iter().filter(|c| c.label.is_empty())
    );
    let mut dead = Vec::new();
    for control in &all {
        let mut bench = script();
        let before = picture(&bench);
        operate(&mut bench, control);
        let changed = |bench: &Bench| {
            let asked = !bench.commands().is_empty();
            let copied = !bench.harness.output().platform_output.commands.is_empty();
            (asked || copied || picture(bench) != before).then_some(())
        };
        // A desktop dialog answers from its own thread.
        let opens = control.label.starts_with("Open");
        let alive =
            changed(&bench).is_some() || control.chosen || (opens && bench.wait_for(changed).is_some());
        if !alive {
            dead.push(control.clone());
        }
    }
    assert!(
        dead.is_empty(),
        "{} of {} controls change nothing: {dead:#?}",
        dead.len(),
        all.len()
    );
}
