//! What can be done with one run: its menu, and the window in which it is named.

use egui::{Align2, Context, Key, TextEdit, Ui, Window, vec2};

use crate::app::{
    Action, AppState, FitAction, Pick, Place, RunState, RunView, Runs, RunsAction, WindowAction,
};
use crate::experiment::{RunTag, command_line};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::named;

/// The entries, each with what it does, in groups. `by_key`: it has just been opened so.
pub fn run_menu(ui: &mut Ui, state: &AppState, index: usize, by_key: bool, actions: &mut Vec<Action>) {
    let run = &state.runs.all[index];
    let star = if run.tag.starred {
        "Take the star away"
    } else {
        "Give it a star"
    };
    let groups: [&[(&str, Action)]; 4] = [
        &[
            ("Use these settings", Action::Runs(RunsAction::UseSettings(index))),
            (
                "Judge training images out of fold",
                Action::Fit(FitAction::JudgeOutOfFold(index)),
            ),
        ],
        &[
            ("Name and note…", Action::Runs(RunsAction::Edit(Some(index)))),
            (star, toggled_star(index, run)),
        ],
        &[
            (
                "Copy as a command",
                Action::Window(WindowAction::Copy(command_line(&run.config))),
            ),
            (
                "Open the folder",
                Action::Window(WindowAction::Reveal(Place::Folder(run.dir.clone()))),
            ),
            (
                "Copy the folder's path",
                Action::Window(WindowAction::Copy(run.dir.display().to_string())),
            ),
            ("Export…", Action::Pick(Pick::Export(vec![index]))),
            ("Export report…", Action::Pick(Pick::Report(vec![index]))),
        ],
        &[("Move to the trash", Action::Runs(RunsAction::Delete(vec![index])))],
    ];
    for (i, group) in groups.into_iter().enumerate() {
        if i > 0 {
            ui.separator();
        }
        for (n, (text, action)) in group.iter().enumerate() {
            let refused = why_not(state, index, action);
            let button = ui.add_enabled(refused.is_none(), egui::Button::new(*text));
            // Arrows and Enter go on from there.
            if by_key && (i, n) == (0, 0) {
                button.request_focus();
            }
            if button
                .on_disabled_hover_text(refused.unwrap_or_default())
                .clicked()
            {
                actions.push(action.clone());
                ui.close();
            }
        }
    }
}

/// Why an entry does nothing now, if so.
fn why_not(state: &AppState, index: usize, action: &Action) -> Option<&'static str> {
    match action {
        Action::Runs(RunsAction::Delete(_)) if state.runs.all[index].state() == RunState::Training => {
            Some("It is still training; stop it first")
        }
        Action::Fit(_) if !state.can_judge_out_of_fold(index) => Some(
            "For a run of the open folder that has ended, has no folds yet, and was trained with frozen statistics",
        ),
        _ => None,
    }
}

pub fn toggled_star(index: usize, run: &RunView) -> Action {
    Action::Runs(RunsAction::Star {
        runs: vec![index],
        starred: !run.tag.starred,
    })
}

/// What can be done with all runs of a sweep.
pub fn sweep_menu(ui: &mut Ui, runs: &Runs, of_sweep: &[usize], actions: &mut Vec<Action>) {
    for (i, group) in several(runs, of_sweep).into_iter().enumerate() {
        if i > 0 {
            ui.separator();
        }
        for (text, action) in group {
            if ui.button(text).clicked() {
                actions.push(action);
                ui.close();
            }
        }
    }
}

/// What can be done with several runs at once, in groups. What would change nothing is left out.
pub fn several(runs: &Runs, these: &[usize]) -> [Vec<(&'static str, Action)>; 3] {
    let views = || these.iter().filter_map(|&run| runs.all.get(run));
    let (any_hidden, any_shown) = (views().any(|run| !run.shown), views().any(|run| run.shown));
    let all_starred = views().all(|run| run.tag.starred);
    let show = |shown| {
        Action::Runs(RunsAction::Show {
            runs: these.to_vec(),
            shown,
        })
    };
    let star = Action::Runs(RunsAction::Star {
        runs: these.to_vec(),
        starred: !all_starred,
    });
    let plots = [
        any_hidden.then(|| ("Show", show(true))),
        any_shown.then(|| ("Hide", show(false))),
        Some(("Show only", Action::Runs(RunsAction::ShowOnly(these.to_vec())))),
        Some(("Compare", Action::Runs(RunsAction::Compare(these.to_vec())))),
    ];
    [
        plots.into_iter().flatten().collect(),
        vec![
            (if all_starred { "Unstar" } else { "Star" }, star),
            ("Export…", Action::Pick(Pick::Export(these.to_vec()))),
            ("Report…", Action::Pick(Pick::Report(these.to_vec()))),
        ],
        vec![("Delete", Action::Runs(RunsAction::Delete(these.to_vec())))],
    ]
}

/// The name and note that are being typed.
#[derive(Default)]
pub struct RunEditor {
    /// Of this run; `None` while nothing is edited.
    run: Option<usize>,
    draft: RunTag,
}

impl RunEditor {
    pub fn show(&mut self, ctx: &Context, runs: &Runs, actions: &mut Vec<Action>) {
        let Some((index, run)) = runs.editing.and_then(|i| Some((i, runs.all.get(i)?))) else {
            self.run = None;
            return;
        };
        let is_new = self.run != Some(index);
        if is_new {
            self.run = Some(index);
            self.draft = run.tag.clone();
        }
        let mut open = true;
        let mut save = false;
        Window::new(format!("Name and note of {}", run.weights()))
            .id(egui::Id::unique("run editor"))
            .open(&mut open)
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
            .show(ctx, |ui| {
                ui.set_width(360.0);
                save = self.fields(ui, run, is_new);
                ui.add_space(theme::GAP);
                ui.horizontal(|ui| {
                    save |= ui.button("Save").clicked();
                    if ui.button("Cancel").clicked() {
                        actions.push(Action::Runs(RunsAction::Edit(None)));
                    }
                });
            });
        if save {
            let tag = self.draft.clone();
            actions.push(Action::Runs(RunsAction::Tag { run: index, tag }));
        } else if !open || ctx.input(|i| i.key_pressed(Key::Escape)) {
            actions.push(Action::Runs(RunsAction::Edit(None)));
        }
    }

    /// Whether Enter in the name asks to save.
    fn fields(&mut self, ui: &mut Ui, run: &RunView, is_new: bool) -> bool {
        let muted = theme::of(ui).muted;
        ui.label(theme::small("Name").color(muted));
        let name = TextEdit::singleline(&mut self.draft.name)
            .hint_text(run.weights())
            .margin(egui::Margin::symmetric(8, 6))
            .desired_width(f32::INFINITY);
        let name = ui.add(name);
        named(&name, egui::Role::TextInput, "Name of the run");
        if is_new {
            name.request_focus();
        }
        let entered = name.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
        ui.label(theme::small("Note").color(muted));
        let note = TextEdit::multiline(&mut self.draft.note)
            .hint_text("What was tried, and what came of it")
            .margin(egui::Margin::symmetric(8, 6))
            .desired_rows(4)
            .desired_width(f32::INFINITY);
        let note = ui.add(note);
        named(&note, egui::Role::MultilineTextInput, "Note on the run");
        entered
    }
}
