//! What is wrong in the image folder, each with its file; a click shows the file.

use egui::{Button, Ui};

use super::theme;
use super::widgets::{fine_print, heading_row, quiet_button};
use crate::app::{Action, DatasetView, Place};
use crate::metrics::thousands;
use crate::visible::visible;

const ROW: f32 = 40.0;

/// "2 issues", which opens the list.
pub fn issues_button(ui: &mut Ui, view: &DatasetView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let n_issues = view.dataset.issues.len();
    let plural = if n_issues == 1 { "issue" } else { "issues" };
    let text = theme::small(format!("{} {plural}", thousands(n_issues as u64))).color(theme.warning);
    let button = ui.add(Button::new(text).frame(false));
    egui::Popup::menu(&button)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(440.0);
            heading_row(ui, "Left out, or worth a look", |ui| {
                if quiet_button(ui, "Copy all", "Copy the issues").clicked() {
                    let lines = view.dataset.issues.iter();
                    let lines: Vec<String> = lines
                        .map(|i| format!("{}\t{}\t{}", i.path, i.kind.name(), i.message))
                        .collect();
                    actions.push(Action::Copy(lines.join("\n")));
                }
            });
            list(ui, view, actions);
        });
}

fn list(ui: &mut Ui, view: &DatasetView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    egui::ScrollArea::vertical().max_height(320.0).show_rows(
        ui,
        ROW,
        view.dataset.issues.len(),
        |ui, rows| {
            for issue in &view.dataset.issues[rows] {
                ui.allocate_ui(egui::vec2(ui.available_width(), ROW), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.spacing_mut().interact_size.y = 20.0;
                    let file = ui.add(Button::new(visible(&issue.path)).frame(false).truncate());
                    if file.on_hover_text("Show the file in its folder").clicked() {
                        let path = view.dataset.root.join(&issue.path);
                        actions.push(Action::Reveal(Place::File(path)));
                    }
                    let line = format!("{}: {}", issue.kind.name(), visible(&issue.message));
                    fine_print(ui, &line, theme).on_hover_text(&line);
                });
            }
        },
    );
}
