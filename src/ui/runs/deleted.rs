//! Runs that were deleted, also before this start: what of the listed folders lies in the desktop's trash, and its way back.

use egui::{Context, Key, Label, ScrollArea, Ui, Window};

use crate::app::{Action, AppState, RunView, RunsAction, WindowAction};
use crate::metrics::{ago, thousands};
use crate::protocol::TrashedRun;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::widgets::{divider, empty, fine_print, quiet_button};
use crate::visible::{visible, visible_name, visible_path};

/// A run's two lines.
const ROW: f32 = 42.0;

pub fn deleted_runs(ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
    let mut open = state.windows.deleted_runs;
    if !open {
        return;
    }
    let window = Window::new("Deleted runs").open(&mut open).collapsible(false);
    let window = window
        .default_pos(theme::WINDOW_PLACE)
        .default_size([460.0, 340.0]);
    window.show(ctx, |ui| {
        let text = "They lie in the desktop's trash, and can be brought back until it is emptied";
        fine_print(ui, text, theme::of(ui));
        contents(ui, state, actions);
    });
    if !open || ctx.input(|i| i.key_pressed(Key::Escape)) {
        actions.push(Action::Window(WindowAction::OpenDeleted(false)));
    }
}

fn contents(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let runs = match &state.runs.in_trash {
        None => {
            fine_print(ui, "Looking…", theme);
            return;
        }
        Some(Err(reason)) => {
            ui.label(theme::small(reason).color(theme.warning));
            return;
        }
        Some(Ok(runs)) => runs,
    };
    divider(ui);
    if runs.is_empty() {
        return empty(ui, "No run of the listed folders is in the trash");
    }
    if runs.len() > 1 {
        let text = format!("Bring all {} back", thousands(runs.len() as u64));
        if ui.button(text).clicked() {
            let dirs = runs.iter().map(|run| run.dir.clone()).collect();
            actions.push(Action::Runs(RunsAction::RestoreFolders(dirs)));
        }
    }
    ScrollArea::vertical()
        .auto_shrink(false)
        .show_rows(ui, ROW, runs.len(), |ui, range| {
            for run in &runs[range] {
                ui.push_id(&run.dir, |ui| row(ui, state, run, theme, actions));
            }
        });
}

/// What it is called, how long it is gone, and the way back.
fn row(ui: &mut Ui, state: &AppState, run: &TrashedRun, theme: &Theme, actions: &mut Vec<Action>) {
    let known = state.runs.all.iter().find(|known| known.dir == run.dir);
    let folder = visible_name(&run.dir);
    let name = match (known.map(RunView::label), run.name.as_str()) {
        (Some(label), _) => label,
        (None, "") => folder.clone(),
        (None, name) => visible(name).into_owned(),
    };
    let gone = format!("deleted {}", ago(run.gone_secs));
    let details = match name == folder {
        true => gone,
        false => format!("{folder}, {gone}"),
    };
    ui.allocate_ui(egui::vec2(ui.available_width(), ROW), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if state.is_coming_back(&run.dir) {
                    fine_print(ui, "Coming back…", theme);
                } else if quiet_button(ui, "Bring back", &format!("Bring back {name}, {details}")).clicked() {
                    let back = RunsAction::RestoreFolders(vec![run.dir.clone()]);
                    actions.push(Action::Runs(back));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(Label::new(&name).truncate())
                        .on_hover_text(visible_path(&run.dir));
                });
            });
        });
        fine_print(ui, &details, theme);
    });
}
