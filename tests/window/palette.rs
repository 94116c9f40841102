//! Every command by its name in the palette, and by its keys.

use counterweight::protocol::{Command, FitCommand};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::Bench;

#[test]
fn the_palette_runs_a_command_by_name() {
    let mut bench = Bench::open();
    bench.key(Modifiers::COMMAND, Key::K);
    bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command")
        .type_text("three");
    bench.frames();
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.commands().len(), 3);
    assert!(!bench.state().windows.palette);
}

/// A word that one command fits leaves a short list, which must not stay one.
#[test]
fn the_palette_is_tall_again_when_it_opens_again() {
    let mut bench = Bench::open();
    bench.key(Modifiers::COMMAND, Key::K);
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command");
    field.type_text("three");
    bench.frames();
    assert!(!bench.sees("No command of that name can be given now"));
    let field = bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command");
    field.type_text("fold");
    bench.frames();
    assert!(bench.sees("No command of that name can be given now"));
    bench.key(Modifiers::NONE, Key::Escape);
    bench.key(Modifiers::COMMAND, Key::K);
    let theme = bench.state().settings.theme;
    // What is scrolled out of sight is not hit.
    bench.harness.get_by_label_contains("Change the theme").click();
    bench.frames();
    assert_ne!(bench.state().settings.theme, theme);
}

#[test]
fn shortcuts_do_what_their_commands_do() {
    let mut bench = Bench::open();
    bench.key(Modifiers::COMMAND, Key::Enter);
    assert!(matches!(
        &bench.commands()[..],
        [(_, Command::Fit(FitCommand::Train(_)))]
    ));
    let before = bench.state().settings.theme;
    bench.key(Modifiers::COMMAND, Key::T);
    assert_ne!(bench.state().settings.theme, before);
    bench.key(Modifiers::COMMAND, Key::L);
    assert!(bench.state().settings.plot.log);
    bench.key(Modifiers::COMMAND, Key::Slash);
    assert!(bench.state().windows.help);
    bench.key(Modifiers::NONE, Key::Escape);
    assert!(!bench.state().windows.help);
}
