//! Every command with its name and keys: one list for shortcuts, the palette and the help.

mod entry;
mod fuzzy;
mod more;
mod offered;
pub mod palette;

use egui::{Context, Key, Modifiers};

use crate::app::{
    Action, AppState, DatasetAction, FitAction, ImagesAction, JudgeAction, ListAction, LookAction, Pick,
    Place, PlotFormat, Preset, RunsAction, Showing, Shows, WindowAction,
};
use crate::experiment::command_line;
use crate::ui::commands::entry::{CTRL, CTRL_SHIFT, Entry, keys};
use crate::ui::runs::menu::toggled_star;

const ALL: &[Entry] = &[
    Entry {
        name: "Open folder…",
        keys: keys(CTRL, Key::O),
        action: |_| Some(Action::Pick(Pick::Folder)),
    },
    Entry {
        name: "Open a table of images and labels…",
        keys: None,
        action: |_| Some(Action::Pick(Pick::Table)),
    },
    Entry {
        name: "Open images to predict…",
        keys: keys(CTRL, Key::I),
        action: |_| Some(Action::Pick(Pick::Images)),
    },
    Entry {
        name: "Open a folder of images to predict…",
        keys: keys(CTRL_SHIFT, Key::I),
        action: |_| Some(Action::Pick(Pick::ImageFolder)),
    },
    Entry {
        name: "Table of predictions, or back to the run",
        keys: keys(CTRL, Key::J),
        action: |s| {
            let next = match s.windows.showing {
                Showing::Predictions => Showing::OneRun,
                Showing::OneRun | Showing::Compare | Showing::Images | Showing::Map | Showing::Slices => {
                    Showing::Predictions
                }
            };
            Some(Action::Window(WindowAction::Show(next)))
        },
    },
    Entry {
        name: "Images that are predicted wrongly, or back to the run",
        keys: keys(CTRL, Key::G),
        action: |s| match s.windows.showing {
            Showing::Images => Some(Action::Images(ImagesAction::Close)),
            _ => s
                .has_images()
                .then_some(Action::Images(ImagesAction::Show(Shows::Mistakes))),
        },
    },
    Entry {
        name: "Save the predictions as CSV…",
        keys: None,
        action: |s| {
            let can = !s.judge.table.is_empty() && !s.table_judges().is_empty();
            can.then_some(Action::Judge(JudgeAction::SavePredictions))
        },
    },
    Entry {
        name: "Watch the folder of new images, or no longer",
        keys: None,
        action: |s| {
            let watch = Action::Judge(JudgeAction::Watch(!s.is_watching_images()));
            (!s.judge.table.is_empty()).then_some(watch)
        },
    },
    Entry {
        name: "Try the demo",
        keys: None,
        action: |s| {
            s.jobs
                .scanning()
                .is_none()
                .then_some(Action::Dataset(DatasetAction::OpenDemo))
        },
    },
    Entry {
        name: "Check every image",
        keys: None,
        action: |s| {
            (s.dataset.view.is_some() && s.jobs.checking().is_none())
                .then_some(Action::Dataset(DatasetAction::CheckImages))
        },
    },
    Entry {
        name: "Train",
        keys: keys(CTRL, Key::Enter),
        action: |s| {
            s.train_problem()
                .is_none()
                .then_some(Action::Fit(FitAction::Train))
        },
    },
    Entry {
        name: "Train three weightings",
        keys: keys(CTRL_SHIFT, Key::Enter),
        action: |s| {
            let two = s
                .dataset
                .view
                .as_ref()
                .is_some_and(|d| Preset::Rare(3.0).fits(d.counts.len()));
            (two && s.train_problem().is_none()).then_some(Action::Fit(FitAction::TrainThree))
        },
    },
    Entry {
        name: "Stop",
        keys: keys(CTRL, Key::Period),
        action: |s| s.jobs.foreground().is_some().then_some(Action::Stop),
    },
    Entry {
        name: "Clear the queue",
        keys: None,
        action: |s| s.jobs.queue().next().is_some().then_some(Action::ClearQueue),
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
        name: "Find a run",
        keys: keys(CTRL, Key::F),
        action: |_| Some(Action::Runs(RunsAction::List(ListAction::Find))),
    },
    Entry {
        name: "Use the selected run's settings",
        keys: None,
        action: |s| {
            s.looking
                .run
                .map(|run| Action::Runs(RunsAction::UseSettings(run)))
        },
    },
    Entry {
        name: "Judge the selected run's training images out of fold",
        keys: None,
        action: |s| {
            let run = s.looking.run.filter(|&run| s.can_judge_out_of_fold(run))?;
            Some(Action::Fit(FitAction::JudgeOutOfFold(run)))
        },
    },
    Entry {
        name: "Slices: where the class is found less",
        keys: None,
        action: |s| {
            s.has_images()
                .then_some(Action::Window(WindowAction::Show(Showing::Slices)))
        },
    },
    Entry {
        name: "Compare the shown runs",
        keys: keys(CTRL, Key::D),
        action: |s| match s.windows.showing {
            Showing::OneRun | Showing::Predictions | Showing::Images | Showing::Map | Showing::Slices => {
                (!s.shown().is_empty()).then_some(Action::Window(WindowAction::Show(Showing::Compare)))
            }
            Showing::Compare => Some(Action::Window(WindowAction::Show(Showing::OneRun))),
        },
    },
    Entry {
        name: "Figures on validation, test or training images: the next of them",
        keys: keys(CTRL, Key::E),
        action: |s| {
            let parts = s.judged_parts();
            let at = parts.iter().position(|&part| part == s.looking.part)?;
            let next = *parts.get((at + 1) % parts.len())?;
            (next != s.looking.part).then_some(Action::Look(LookAction::Part(next)))
        },
    },
    Entry {
        name: "Logarithmic loss",
        keys: keys(CTRL, Key::L),
        action: |s| {
            let mut plot = s.settings.plot;
            plot.log = !plot.log;
            Some(Action::Fit(FitAction::SetPlot(plot)))
        },
    },
    Entry {
        name: "Next image",
        keys: keys(CTRL, Key::ArrowRight),
        action: |s| (s.judge.table.rows().len() > 1).then_some(Action::Judge(JudgeAction::NextImage(1))),
    },
    Entry {
        name: "Previous image",
        keys: keys(CTRL, Key::ArrowLeft),
        action: |s| (s.judge.table.rows().len() > 1).then_some(Action::Judge(JudgeAction::NextImage(-1))),
    },
    Entry {
        name: "Clear the images",
        keys: None,
        action: |s| (!s.judge.table.is_empty()).then_some(Action::Judge(JudgeAction::ClearImages)),
    },
    Entry {
        name: "Export the losses as CSV…",
        keys: None,
        action: |s| (!s.shown().is_empty()).then_some(Action::Fit(FitAction::ExportPlot(PlotFormat::Csv))),
    },
    Entry {
        name: "Export the loss plot as SVG…",
        keys: None,
        action: |s| (!s.shown().is_empty()).then_some(Action::Fit(FitAction::ExportPlot(PlotFormat::Svg))),
    },
    Entry {
        name: "Reset the layout: tiles back to where they were",
        keys: None,
        action: |_| Some(Action::Window(WindowAction::ResetLayout)),
    },
    Entry {
        name: "Change the theme: dark, light, system",
        keys: keys(CTRL, Key::T),
        action: |s| Some(Action::Window(WindowAction::SetTheme(s.settings.theme.next()))),
    },
    Entry {
        name: "Messages",
        keys: keys(CTRL, Key::M),
        action: |s| Some(Action::Window(WindowAction::OpenMessages(!s.windows.messages))),
    },
    Entry {
        name: "Feature cache: look at it, limit it, clear it…",
        keys: None,
        action: |s| Some(Action::Window(WindowAction::OpenCache(!s.windows.cache))),
    },
    Entry {
        name: "Command palette",
        keys: keys(CTRL, Key::K),
        action: |s| Some(Action::Window(WindowAction::OpenPalette(!s.windows.palette))),
    },
    Entry {
        name: "Keyboard shortcuts",
        keys: keys(CTRL, Key::Slash),
        action: |s| Some(Action::Window(WindowAction::OpenHelp(!s.windows.help))),
    },
    Entry {
        name: "Name and note of the selected run…",
        keys: keys(Modifiers::NONE, Key::F2),
        action: |s| s.looking.run.map(|run| Action::Runs(RunsAction::Edit(Some(run)))),
    },
    Entry {
        name: "Star the selected run, or take its star away",
        keys: keys(CTRL, Key::B),
        action: |s| Some(toggled_star(s.looking.run?, s.selected_run()?)),
    },
    Entry {
        name: "List only starred runs, or all",
        keys: None,
        action: |s| {
            Some(Action::Runs(RunsAction::List(ListAction::OnlyStarred(
                !s.runs.only_starred,
            ))))
        },
    },
    Entry {
        name: "Show the selected run, or hide it",
        keys: None,
        action: |s| {
            Some(Action::Runs(RunsAction::Show {
                runs: vec![s.looking.run?],
                shown: !s.selected_run()?.shown,
            }))
        },
    },
    Entry {
        name: "Move the selected run to the trash",
        keys: keys(CTRL, Key::Delete),
        action: |s| {
            let runs = s.runs_acted_on();
            (!runs.is_empty()).then_some(Action::Runs(RunsAction::Delete(runs)))
        },
    },
    Entry {
        name: "Undo the last deletion of runs",
        keys: keys(CTRL_SHIFT, Key::Delete),
        action: |s| {
            s.runs
                .trashed
                .last()
                .cloned()
                .map(|runs| Action::Runs(RunsAction::Restore(runs)))
        },
    },
    Entry {
        name: "Copy the selected run as a command",
        keys: None,
        action: |s| {
            Some(Action::Window(WindowAction::Copy(command_line(
                &s.selected_run()?.config,
            ))))
        },
    },
    Entry {
        name: "Open the selected run's folder",
        keys: None,
        action: |s| {
            Some(Action::Window(WindowAction::Reveal(Place::Folder(
                s.selected_run()?.dir.clone(),
            ))))
        },
    },
    Entry {
        name: "Export the selected run…",
        keys: None,
        action: |s| {
            let runs = s.runs_acted_on();
            (!runs.is_empty()).then_some(Action::Pick(Pick::Export(runs)))
        },
    },
];

/// All that have a name of their own.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    ALL.iter().chain(more::MORE)
}

/// What the pressed keys ask for.
pub fn pressed(ctx: &Context, state: &AppState) -> Option<Action> {
    // Longer shortcuts first: Ctrl+Enter would take Ctrl+Shift+Enter for itself.
    let mut entries: Vec<&Entry> = entries().collect();
    entries.sort_by_key(|e| !e.keys.is_some_and(|k| k.modifiers.shift));
    // There they move by a word, and take back what was typed.
    let of_text = |key: Key| matches!(key, Key::ArrowLeft | Key::ArrowRight | Key::Z);
    let is_of_text = |key: Key| of_text(key) && ctx.text_edit_focused();
    for entry in entries {
        let Some(keys) = entry.keys.filter(|keys| !is_of_text(keys.logical_key)) else {
            continue;
        };
        if ctx.input_mut(|i| i.consume_shortcut(&keys)) {
            return (entry.action)(state);
        }
    }
    if ctx.input_mut(|i| i.consume_key(CTRL, Key::P)) {
        return Some(Action::Window(WindowAction::OpenPalette(!state.windows.palette)));
    }
    let typing = ctx.text_edit_focused();
    let asks = |i: &egui::InputState| {
        i.events
            .iter()
            .any(|e| matches!(e, egui::Event::Text(t) if t == "?"))
    };
    (!typing && ctx.input(asks)).then_some(Action::Window(WindowAction::OpenHelp(!state.windows.help)))
}

fn neighbour(state: &AppState, step: isize) -> Option<Action> {
    let order = state.run_list().runs();
    let n = order.len() as isize;
    let now = order.iter().position(|&r| Some(r) == state.looking.run)? as isize;
    let next = (now + step).clamp(0, n - 1);
    (next != now).then(|| Action::Look(LookAction::Run(order[next as usize])))
}

/// A tooltip with its keys.
pub fn hint(text: &str, keys: &str) -> String {
    format!("{text} ({keys})")
}
