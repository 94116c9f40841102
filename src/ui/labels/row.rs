//! What was decided about the open folder, in a row: how much, take it back, and as a file.

use egui::{Role, Ui, WidgetInfo};

use crate::app::{Action, AppState, LabelsAction};
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{quiet_button, quiet_menu, small_width};

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
    let whole = format!("Labels: {}{absent}", labels.counts());
    let short = format!("{} labels decided", thousands(labels.images.len() as u64));
    let words = |ui: &mut Ui| {
        let fits = small_width(ui, &whole) <= ui.available_width();
        let text = theme::small(if fits { &whole } else { &short }).color(theme.muted);
        let label = ui.add(egui::Label::new(text).truncate());
        label.widget_info(|| WidgetInfo::labeled(Role::Label, true, &whole));
        label.on_hover_text(format!("{whole}. The image folder itself is never changed"));
    };
    two_ended(ui, "label decisions", 18.0, words, |ui| {
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
        more(ui, actions);
    });
}

fn more(ui: &mut Ui, actions: &mut Vec<Action>) {
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
}
