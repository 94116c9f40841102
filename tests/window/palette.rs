//! Every command by its name in the palette, and by its keys.

use std::fs;
use std::path::Path;

use counterweight::app::Settings;
use counterweight::experiment::Config;
use counterweight::protocol::{Command, DatasetCommand, FitCommand};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

use super::{Bench, scripted};

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

fn type_in_palette(bench: &mut Bench, words: &str) {
    bench.key(Modifiers::COMMAND, Key::K);
    bench
        .harness
        .get_by_role_and_label(Role::TextInput, "Type a command")
        .type_text(words);
    bench.frames();
}

#[test]
fn runs_folders_and_orders_are_found_by_parts_of_their_names() {
    let settings = Settings {
        recent: vec!["/pictures/leaves".into(), "/pictures/faces".into()],
        ..Settings::default()
    };
    let mut bench = Bench::with(settings, [1280.0, 800.0]);
    bench.give(scripted::two_classes("/pictures/faces".as_ref()));
    for (i, weights) in ["1,3", "1,8"].into_iter().enumerate() {
        let config = Config {
            class_weights: weights.parse().unwrap(),
            data: "/pictures/faces".into(),
            ..Config::default()
        };
        bench.list(&format!("2026-11-22-12{i:02}00-resnet18-{i}"), &config, None);
    }
    bench.commands();
    type_in_palette(&mut bench, "go run 1 3");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().selected_run().unwrap().label(), "1 : 3");
    type_in_palette(&mut bench, "ordbacc");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.state().settings.list.by.name(), "Balanced accuracy");
    type_in_palette(&mut bench, "leaves");
    bench.key(Modifiers::NONE, Key::Enter);
    assert!(matches!(
        bench.next_command().1,
        Command::Dataset(DatasetCommand::Scan(scan)) if scan.source.place() == Path::new("/pictures/leaves")
    ));
    // What was given last comes first.
    let recent = &bench.state().settings.recent_commands;
    assert_eq!(recent[0], "Open leaves in /pictures");
    assert_eq!(recent[1], "Order the runs by Balanced accuracy");
}

#[test]
fn everything_grows_and_shrinks_by_name_and_that_is_kept() {
    let mut bench = Bench::open();
    type_in_palette(&mut bench, "zoom in");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.ctx.zoom_factor(), 1.1);
    assert_eq!(bench.state().settings.zoom, 1.1);
    type_in_palette(&mut bench, "zoom back");
    bench.key(Modifiers::NONE, Key::Enter);
    assert_eq!(bench.harness.ctx.zoom_factor(), 1.0);
}

/// What has no name of its own, and why: a place, a text or a thing must be said with it, or it is half of something else.
const NAMELESS: &[&str] = &[
    // Typed, drawn or pointed at.
    "DatasetAction::EditPath",
    "DatasetAction::OpenTyped",
    "DatasetAction::WantThumbnails",
    "HealthAction::Choose",
    "HealthAction::WantPictures",
    "MapAction::Choose",
    "MapAction::ChooseCell",
    "MapAction::ChooseEntry",
    "MapAction::Enlarge",
    "MapAction::GoTo",
    "MapAction::WantPictures",
    // Offered with what was found.
    "GoalAction::TakeGentlest",
    "FitAction::SearchClasses",
    "FitAction::SetForm",
    "FitAction::SetWeight",
    "FitAction::UseSettings",
    "ImagesAction::Between",
    "ImagesAction::GoTo",
    "ImagesAction::SetFilter",
    "ImagesAction::ShowCell",
    "ImagesAction::SliceBy",
    "ImagesAction::Toggle",
    "ImagesAction::ToggleAt",
    "ImagesAction::Walk",
    "ImagesAction::WantPictures",
    "JudgeAction::AskWhy",
    "JudgeAction::Choose",
    // The bar above the images, for those that are selected.
    "LabelsAction::Decide",
    "LabelsAction::KeepTogether",
    "LabelsAction::Select",
    "LabelsAction::WriteNote",
    "JudgeAction::OpenImages",
    "JudgeAction::PastePicture",
    "JudgeAction::SetWhyOpacity",
    "JudgeAction::WantPictures",
    "ListAction::Choose",
    "ListAction::Inwards",
    "ListAction::Move",
    "ListAction::Open",
    "ListAction::Outwards",
    "ListAction::Search",
    "LookAction::Against",
    "LookAction::Cell",
    // Typed and dragged beside the plot of costs.
    "GoalAction::SetStakes",
    // Beside the caution that it is about.
    "RunsAction::MuteCaution",
    "RunsAction::SetComparison",
    "RunsAction::Tag",
    "WindowAction::OrderFigures",
    // They end or answer what is open.
    "JudgeAction::CloseEvaluation",
    "ListAction::ChooseNone",
    "ListAction::EndSearch",
    "WindowAction::AskToClose",
    "WindowAction::Close",
    "WindowAction::CloseWhenDone",
    "WindowAction::DismissToast",
    "WindowAction::ShowMessage",
    // A dialog asks first, and gives this.
    "JudgeAction::EvaluateFolder",
    "RunsAction::Export",
    "RunsAction::KeepIn",
    "RunsAction::RestoreFolders",
    "RunsAction::LeaveFolder",
    "RunsAction::ListFolder",
    // In a window of their own.
    "CacheAction::Clear",
    "CacheAction::Limit",
    "ImagesAction::Enlarge",
    "JudgeAction::Enlarge",
    "JudgeAction::ShowWhy",
    "JudgeAction::SetListing",
    // What the palette does itself.
    "WindowAction::RememberCommand",
];

/// Who adds an action gives it a name in `ui/commands`, or says above why it has none.
#[test]
fn every_action_has_a_command() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let commands: String = [
        "commands.rs",
        "commands/more.rs",
        "commands/offered.rs",
        "runs/menu.rs",
    ]
    .map(|file| fs::read_to_string(root.join("src/ui").join(file)).unwrap())
    .concat();
    let mut nameless = Vec::new();
    for action in actions(root) {
        if !commands.contains(&action) && !NAMELESS.contains(&action.as_str()) {
            nameless.push(action);
        }
    }
    assert!(nameless.is_empty(), "without a command: {nameless:?}");
}

/// The variants of each subject's action, as `RunsAction::Show`.
fn actions(root: &Path) -> Vec<String> {
    let mut actions = Vec::new();
    let mut folders = vec![root.join("src/app")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("action.rs") && !path.ends_with("app/action.rs") {
                actions.extend(variants(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(actions.len() > 60, "{actions:?}");
    actions
}

fn variants(source: &str) -> Vec<String> {
    let mut variants = Vec::new();
    let mut of: Option<&str> = None;
    for line in source.lines() {
        if let Some(name) = line
            .strip_prefix("pub enum ")
            .and_then(|rest| rest.split(' ').next())
        {
            of = Some(name).filter(|name| name.ends_with("Action"));
        } else if line == "}" {
            of = None;
        }
        let variant = line
            .strip_prefix("    ")
            .filter(|rest| rest.starts_with(char::is_uppercase));
        if let (Some(name), Some(variant)) = (of, variant) {
            let letters: String = variant.chars().take_while(|c| c.is_alphanumeric()).collect();
            variants.push(format!("{name}::{letters}"));
        }
    }
    variants
}
