//! What was decided about the open folder, in a row: how much, take it back, and as a file.

use egui::{Align, Layout, Ui};

use crate::app::{Action, AppState, LabelsAction};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, quiet_button, quiet_menu};

/// Nothing where nothing was ever decided.
pub fn labels_row(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if let Some(problem) = &state.labels.problem {
        let problem = theme::small(format!("Label decisions: {problem}")).color(theme.warning);
        ui.add(egui::Label::new(problem).wrap());
    }
    let Some(labels) = &state.labels.read else { return };
    if labels.images.is_empty() && labels.n_absent == 0 && labels.undo.is_none() && labels.redo.is_none() {
        return;
    }
    let mut act = |action| actions.push(Action::Labels(action));
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let menu = quiet_menu(ui, "More", "More about label decisions");
            egui::Popup::menu(&menu).show(|ui| {
                for (name, action) in [
                    ("Write the decisions as CSV…", LabelsAction::Export),
                    ("Take in decisions of a CSV file…", LabelsAction::Import),
                    ("Copy the cleaned folder…", LabelsAction::CopyCleaned),
                ] {
                    if ui.button(name).clicked() {
                        act(action);
                    }
                }
            });
            if let Some(step) = &labels.redo {
                let tip = format!("Bring back: {step} (Ctrl+Shift+Z)");
                if quiet_button(ui, "Redo", "Redo the label decision")
                    .on_hover_text(tip)
                    .clicked()
                {
                    act(LabelsAction::Redo);
                }
            }
            if let Some(step) = &labels.undo {
                let tip = format!("Take back: {step} (Ctrl+Z)");
                if quiet_button(ui, "Undo", "Undo the label decision")
                    .on_hover_text(tip)
                    .clicked()
                {
                    act(LabelsAction::Undo);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let absent = match labels.n_absent {
                    0 => String::new(),
                    n => format!("; {n} of images that are not here"),
                };
                let text = format!("Labels: {}{absent}", labels.counts());
                fine_print(ui, &text, theme)
                    .on_hover_text(format!("{text}. The image folder itself is never changed"));
            });
        });
    });
}
