//! Every command with its name and keys: one list for shortcuts, the palette and the help.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::app::{Action, AppState, Pick, Place, PlotFormat, Preset, Showing};
use crate::experiment::command_line;
use crate::ui::runs::menu::toggled_star;

pub struct Entry {
    pub name: &'static str,
    keys: Option<KeyboardShortcut>,
    /// What it does now; `None` where it cannot be done now.
    pub action: fn(&AppState) -> Option<Action>,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);

const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

pub const ALL: &[Entry] = &[
    Entry {
        name: "Open folder…",
        keys: keys(CTRL, Key::O),
        action: |_| Some(Action::Pick(Pick::Folder)),
    },
    Entry {
        name: "Open images to judge…",
        keys: keys(CTRL, Key::I),
        action: |_| Some(Action::Pick(Pick::Images)),
    },
    Entry {
        name: "Try the demo",
        keys: None,
        action: |s| s.scanning().is_none().then_some(Action::OpenDemo),
    },
    Entry {
        name: "Check every image",
        keys: None,
        action: |s| (s.dataset.is_some() && s.checking().is_none()).then_some(Action::CheckImages),
    },
    Entry {
        name: "Train",
        keys: keys(CTRL, Key::Enter),
        action: |s| s.train_problem().is_none().then_some(Action::Train),
    },
    Entry {
        name: "Train three weightings",
        keys: keys(CTRL_SHIFT, Key::Enter),
        action: |s| {
            let two = s
                .dataset
                .as_ref()
                .is_some_and(|d| Preset::Rare(3.0).fits(d.counts.len()));
            (two && s.train_problem().is_none()).then_some(Action::TrainThree)
        },
    },
    Entry {
        name: "Stop",
        keys: keys(CTRL, Key::Period),
        action: |s| s.foreground().is_some().then_some(Action::Stop),
    },
    Entry {
        name: "Clear the queue",
        keys: None,
        action: |s| s.queue().next().is_some().then_some(Action::ClearQueue),
    },
    Entry {
        name: "Select the next run",
        keys: keys(CTRL, Key::ArrowDown),
        action: |s| neighbour(s, 1),
    },
    Entry {
        name: "Select the previous run",
        keys: keys(CTRL, Key::ArrowUp),
        action: |s| neighbour(s, -1),
    },
    Entry {
        name: "Use the selected run's settings",
        keys: None,
        action: |s| s.selected.map(Action::UseSettings),
    },
    Entry {
        name: "Compare the shown runs",
        keys: keys(CTRL, Key::D),
        action: |s| match s.showing {
            Showing::OneRun => (!s.shown().is_empty()).then_some(Action::Show(Showing::Compare)),
            Showing::Compare => Some(Action::Show(Showing::OneRun)),
        },
    },
    Entry {
        name: "Figures on test images, or on validation images",
        keys: keys(CTRL, Key::E),
        action: |s| (s.looks_at_test || s.has_test()).then_some(Action::LookAtTest(!s.looks_at_test)),
    },
    Entry {
        name: "Logarithmic loss",
        keys: keys(CTRL, Key::L),
        action: |s| {
            let mut plot = s.settings.plot;
            plot.log = !plot.log;
            Some(Action::SetPlot(plot))
        },
    },
    Entry {
        name: "Next image",
        keys: keys(CTRL, Key::ArrowRight),
        action: |s| (s.images.len() > 1).then_some(Action::NextImage(1)),
    },
    Entry {
        name: "Clear the images",
        keys: None,
        action: |s| (!s.images.is_empty()).then_some(Action::ClearImages),
    },
    Entry {
        name: "Export the losses as CSV…",
        keys: None,
        action: |s| (!s.shown().is_empty()).then_some(Action::ExportPlot(PlotFormat::Csv)),
    },
    Entry {
        name: "Export the loss plot as SVG…",
        keys: None,
        action: |s| (!s.shown().is_empty()).then_some(Action::ExportPlot(PlotFormat::Svg)),
    },
    Entry {
        name: "Reset the layout: tiles back to where they were",
        keys: None,
        action: |_| Some(Action::ResetLayout),
    },
    Entry {
        name: "Change the theme: dark, light, system",
        keys: keys(CTRL, Key::T),
        action: |s| Some(Action::SetTheme(s.settings.theme.next())),
    },
    Entry {
        name: "Messages",
        keys: keys(CTRL, Key::M),
        action: |s| Some(Action::OpenLog(!s.log_open)),
    },
    Entry {
        name: "Feature cache",
        keys: None,
        action: |s| Some(Action::OpenCache(!s.cache_open)),
    },
    Entry {
        name: "Command palette",
        keys: keys(CTRL, Key::K),
        action: |s| Some(Action::OpenPalette(!s.palette_open)),
    },
    Entry {
        name: "Keyboard shortcuts",
        keys: keys(CTRL, Key::Slash),
        action: |s| Some(Action::OpenHelp(!s.help_open)),
    },
    Entry {
        name: "Name and note of the selected run…",
        keys: keys(Modifiers::NONE, Key::F2),
        action: |s| s.selected.map(|run| Action::EditRun(Some(run))),
    },
    Entry {
        name: "Star the selected run, or take its star away",
        keys: keys(CTRL, Key::B),
        action: |s| Some(toggled_star(s.selected?, s.selected_run()?)),
    },
    Entry {
        name: "List only starred runs, or all",
        keys: None,
        action: |s| Some(Action::ShowOnlyStarred(!s.only_starred)),
    },
    Entry {
        name: "Show the selected run, or hide it",
        keys: None,
        action: |s| {
            Some(Action::ShowRun {
                run: s.selected?,
                shown: !s.selected_run()?.shown,
            })
        },
    },
    Entry {
        name: "Move the selected run to the trash",
        keys: keys(CTRL, Key::Delete),
        action: |s| s.selected.map(Action::DeleteRun),
    },
    Entry {
        name: "Bring the last deleted run back",
        keys: keys(CTRL_SHIFT, Key::Delete),
        action: |s| s.deleted.last().copied().map(Action::RestoreRun),
    },
    Entry {
        name: "Copy the selected run as a command",
        keys: None,
        action: |s| Some(Action::Copy(command_line(&s.selected_run()?.config))),
    },
    Entry {
        name: "Open the selected run's folder",
        keys: None,
        action: |s| Some(Action::Reveal(Place::Folder(s.selected_run()?.dir.clone()))),
    },
    Entry {
        name: "Export the selected run…",
        keys: None,
        action: |s| s.selected.map(|run| Action::Pick(Pick::Export(run))),
    },
];

impl Entry {
    pub fn keys(&self, ctx: &Context) -> Option<String> {
        // What stands on the key says more than its name.
        let text = |k| {
            ctx.format_shortcut(&k)
                .replace("Slash", "/")
                .replace("Period", ".")
        };
        self.keys.map(text)
    }
}

/// What the pressed keys ask for.
pub fn pressed(ctx: &Context, state: &AppState) -> Option<Action> {
    // Longer shortcuts first: Ctrl+Enter would take Ctrl+Shift+Enter for itself.
    let mut entries: Vec<&Entry> = ALL.iter().collect();
    entries.sort_by_key(|e| !e.keys.is_some_and(|k| k.modifiers.shift));
    for entry in entries {
        let Some(keys) = entry.keys else { continue };
        if ctx.input_mut(|i| i.consume_shortcut(&keys)) {
            return (entry.action)(state);
        }
    }
    if ctx.input_mut(|i| i.consume_key(CTRL, Key::P)) {
        return Some(Action::OpenPalette(!state.palette_open));
    }
    let typing = ctx.egui_wants_keyboard_input();
    let asks = |i: &egui::InputState| {
        i.events
            .iter()
            .any(|e| matches!(e, egui::Event::Text(t) if t == "?"))
    };
    (!typing && ctx.input(asks)).then_some(Action::OpenHelp(!state.help_open))
}

fn neighbour(state: &AppState, step: isize) -> Option<Action> {
    let order = state.listed();
    let n = order.len() as isize;
    let now = order.iter().position(|&r| Some(r) == state.selected)? as isize;
    let next = (now + step).clamp(0, n - 1);
    (next != now).then(|| Action::SelectRun(order[next as usize]))
}

/// A tooltip with its keys.
pub fn hint(text: &str, keys: &str) -> String {
    format!("{text} ({keys})")
}
