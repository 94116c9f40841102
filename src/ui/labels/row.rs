//! What was decided about the open folder, in a row: how much, take it back, and as a file.

use egui::Ui;

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
    let absent = match labels.n_absent {
        0 => String::new(),
        n => format!("; {n} of images that are not here"),
    };
    let text = format!("Labels: {}{absent}", labels.counts());
    fine_print(ui, &text, theme).on_hover_text(format!("{text}. The image folder itself is never changed"));
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        let steps = [
            ("Undo", "Take back", "Ctrl+Z", &labels.undo, LabelsAction::Undo),
            (
                "Redo",
                "Bring back",
                "Ctrl+Shift+Z",
                &labels.redo,
                LabelsAction::Redo,
            ),
        ];
        for (name, does, keys, step, action) in steps {
            let Some(step) = step else { continue };
            let button = quiet_button(ui, name, &format!("{name} the label decision"));
            if button.on_hover_text(format!("{does}: {step} ({keys})")).clicked() {
                actions.push(Action::Labels(action));
            }
        }
        let menu = quiet_menu(ui, "More", "More about label decisions");
        egui::Popup::menu(&menu).show(|ui| {
            for (name, action) in [
                ("Write the decisions as CSV…", LabelsAction::Export),
                ("Take in decisions of a CSV file…", LabelsAction::Import),
                ("Copy the cleaned folder…", LabelsAction::CopyCleaned),
            ] {
                if ui.button(name).clicked() {
                    actions.push(Action::Labels(action));
                }
            }
        });
    });
}
