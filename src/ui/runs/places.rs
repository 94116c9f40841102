//! Where runs are kept: the place of new ones, the other folders that are listed, and how to change both.

use egui::{Id, Popup, PopupCloseBehavior, Role, TextEdit, Ui};

use crate::app::{Action, AppState, Pick, Place, RunsAction, WindowAction};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{named, quiet_button};
use crate::visible::visible_path;

/// As wide as a path of some depth.
const WIDTH: f32 = 320.0;

/// The button in the list's heading, with what it opens.
pub fn places_menu(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let button = quiet_button(ui, "Folder", "Where runs are kept")
        .on_hover_text(format!("Kept in {}", visible_path(&state.folders.runs_dir)));
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(WIDTH);
            kept_in(ui, state, actions);
            listed_too(ui, state, actions);
        });
}

fn kept_in(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let label = ui.label("New runs are kept in");
    let id = Id::unique("place of runs");
    let dir = &state.folders.runs_dir;
    let mut text: String = ui
        .data(|data| data.get_temp(id))
        .unwrap_or_else(|| dir.display().to_string());
    let field = ui
        .add(TextEdit::singleline(&mut text).desired_width(f32::INFINITY))
        .labelled_by(label.id)
        .on_hover_text(
            "Enter takes it; the folder is created if missing, and earlier runs stay where they are",
        );
    if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
        actions.push(Action::Runs(RunsAction::KeepIn(text.trim().into())));
    }
    // What is typed stays until Enter takes it or the field is left.
    if field.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else {
        ui.data_mut(|data| data.remove::<String>(id));
    }
    ui.horizontal(|ui| {
        let choose = ui.button("Choose…");
        named(&choose, Role::Button, "Choose a folder to keep new runs in");
        if choose.clicked() {
            actions.push(Action::Pick(Pick::RunsPlace));
        }
        if ui.button("Open the folder").clicked() {
            actions.push(Action::Window(WindowAction::Reveal(Place::Folder(dir.clone()))));
        }
    });
}

fn listed_too(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.separator();
    for dir in &state.settings.more_runs {
        let path = visible_path(dir);
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if quiet_button(ui, "Leave out", &format!("Stop listing the runs of {path}")).clicked() {
                    actions.push(Action::Runs(RunsAction::LeaveFolder(dir.clone())));
                }
                let theme = theme::of(ui);
                let text = theme::small(format!("also {path}")).color(theme.muted);
                ui.add(egui::Label::new(text).truncate()).on_hover_text(&path);
            });
        });
    }
    if ui.button("List another folder of runs…").clicked() {
        actions.push(Action::Pick(Pick::MoreRuns));
        ui.close();
    }
    if ui.button("Deleted runs…").clicked() {
        actions.push(Action::Window(WindowAction::OpenDeleted(true)));
        ui.close();
    }
}
