//! What is wrong in the image folder, each with its file; a click shows the file. And what is not wrong, but the network
//! will not see. What headers do not show is found here on demand: "Check every image".

use egui::{Align, Button, Layout, Role, Ui};

use crate::app::{Action, AppState, DatasetAction, DatasetView, JobView, Jobs, Place, WindowAction};
use crate::experiment::Issue;
use crate::metrics::thousands;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{fine_print, heading_row, named, quiet_button};
use crate::visible::visible;

const ROW: f32 = 40.0;
const WIDTH: f32 = 440.0;

/// "2 issues", which opens the list; where there is none yet, the button is named after what can be done there.
pub fn issues_button(ui: &mut Ui, state: &AppState, view: &DatasetView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let (n_issues, remarks) = (view.n_issues(), view.remarks());
    let counted = |n: usize, one: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{} {one}s", thousands(n as u64)),
    };
    let (text, colour) = match (n_issues, remarks.len()) {
        // Beside it stands what is checked, and the whole of a number must be read.
        (0, 0) => ("Check…".into(), theme.muted),
        (0, n) => (counted(n, "remark"), theme.muted),
        (n, _) => (counted(n, "issue"), theme.warning),
    };
    let name = match (n_issues, remarks.len()) {
        (0, 0) => "Check images…".into(),
        _ => text.clone(),
    };
    let button = ui.add(Button::new(theme::small(text).color(colour)).frame(false));
    named(&button, Role::Button, &name);
    let button = button.on_hover_text(match n_issues {
        0 => "Look for images that cannot be read",
        _ => "What is wrong in the folder, each with its file",
    });
    egui::Popup::menu(&button)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(WIDTH);
            let issues = view.issues();
            heading_row(ui, "Left out, or worth a look", |ui| {
                let has_some = !issues.is_empty() || !remarks.is_empty();
                if has_some && quiet_button(ui, "Copy all", "Copy the issues").clicked() {
                    let lines = issues
                        .iter()
                        .map(|i| format!("{}\t{}\t{}", i.path, i.kind.name(), i.message));
                    let lines: Vec<String> = lines.chain(remarks.iter().cloned()).collect();
                    actions.push(Action::Window(WindowAction::Copy(lines.join("\n"))));
                }
            });
            list(ui, view, &issues, actions);
            // A menu would stretch the lines from edge to edge, and draw its button as a line of its own.
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.reset_style();
                for remark in remarks {
                    ui.add(egui::Label::new(theme::small(remark).color(theme.muted)).wrap());
                }
                check_row(ui, &state.jobs, view, actions);
            });
        });
}

/// What decoding every image has found, how far it is, or the button that starts it.
fn check_row(ui: &mut Ui, jobs: &Jobs, view: &DatasetView, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    if let Some(job) = jobs.checking() {
        return progress_row(ui, job, actions);
    }
    let said = match view.checked() {
        Some(checked) => checked.in_words(&view.dataset),
        None => "So far only the headers of the files were looked at".into(),
    };
    ui.add(egui::Label::new(theme::small(said).color(theme.muted)).wrap());
    let button = ui.add(Button::new("Check every image"));
    let tip = "Decodes every image, to find those that are damaged inside before a training leaves them out";
    if button.on_hover_text(tip).clicked() {
        actions.push(Action::Dataset(DatasetAction::CheckImages));
    }
}

fn progress_row(ui: &mut Ui, job: &JobView, actions: &mut Vec<Action>) {
    let [done, total] = job.progress.map_or([0, 0], |p| [p.done, p.total]);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if quiet_button(ui, "Stop", "Stop checking the images").clicked() {
                actions.push(Action::StopJob(job.job.id));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Spinner::new().size(14.0));
                let text = format!("Checking: {} of {}", thousands(done), thousands(total));
                fine_print(ui, &text, theme::of(ui));
            });
        });
    });
}

fn list(ui: &mut Ui, view: &DatasetView, issues: &[&Issue], actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    egui::ScrollArea::vertical()
        .max_height(320.0)
        .show_rows(ui, ROW, issues.len(), |ui, rows| {
            for issue in &issues[rows] {
                ui.allocate_ui(egui::vec2(ui.available_width(), ROW), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.spacing_mut().interact_size.y = 20.0;
                    let file = ui.add(Button::new(visible(&issue.path)).frame(false).truncate());
                    if file.on_hover_text("Show the file in its folder").clicked() {
                        let path = view.dataset.root.join(&issue.path);
                        actions.push(Action::Window(WindowAction::Reveal(Place::File(path))));
                    }
                    let line = format!("{}: {}", issue.kind.name(), visible(&issue.message));
                    fine_print(ui, &line, theme).on_hover_text(&line);
                });
            }
        });
}
