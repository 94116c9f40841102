//! What may be wrong with the open folder: kinds of findings on the left, the images of the chosen one on the right.

use egui::{Align, Button, Context, Key, Label, Layout, Role, ScrollArea, Ui, WidgetInfo, Window, vec2};

use super::rows::Rows;
use crate::app::{Action, AppState, Examined, Finding, Health, HealthAction};
use crate::experiment::Code;
use crate::metrics::{percent, thousands};
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{bar, divider, empty, fine_print, focus_ring, job_progress, quiet_button};
use crate::visible::visible;

const SIZE: [f32; 2] = [860.0, 560.0];
/// Of the kinds of findings.
const KINDS: f32 = 236.0;
/// Room for their scroll bar.
const SCROLL_BAR: f32 = 10.0;
const BAR: f32 = 60.0;
/// Between them and the images.
const GUTTER: f32 = 14.0;

#[derive(Default)]
pub struct HealthWindow {
    rows: Rows,
}

impl HealthWindow {
    pub fn show(&mut self, ctx: &Context, state: &AppState, actions: &mut Vec<Action>) {
        let mut open = state.health.open && state.dataset.view.is_some();
        if !open {
            return;
        }
        let room = ctx.content_rect().size() - vec2(48.0, 96.0);
        Window::new("Health of the folder")
            .id(egui::Id::unique("health"))
            .open(&mut open)
            .collapsible(false)
            .default_pos([96.0, 64.0])
            .default_size([SIZE[0].min(room.x), SIZE[1].min(room.y)])
            .min_size([560.0, 320.0])
            .show(ctx, |ui| {
                status(ui, state, actions);
                divider(ui);
                match &state.health.examined {
                    Some(examined) => self.findings(ui, state, examined, actions),
                    None => nothing_yet(ui, state),
                }
            });
        let escaped = ctx.input(|i| i.key_pressed(Key::Escape)) && !ctx.egui_wants_keyboard_input();
        if !open || escaped {
            actions.push(Action::Health(HealthAction::Open(false)));
        }
    }

    fn findings(&mut self, ui: &mut Ui, state: &AppState, examined: &Examined, actions: &mut Vec<Action>) {
        let size = ui.available_size();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(KINDS, size.y), Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(KINDS);
                ScrollArea::vertical()
                    .id_salt("kinds")
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        ui.set_max_width(KINDS - SCROLL_BAR);
                        kinds(ui, &state.health, examined, actions);
                        divider(ui);
                        shortcuts(ui, examined);
                    });
            });
            ui.add_space(GUTTER);
            ui.vertical(|ui| match &state.health.chosen {
                Some((finding, rows)) => self.rows.show(ui, state, examined, (*finding, rows), actions),
                None => empty(ui, "Nothing was found to look at"),
            });
        });
    }

    /// Asks for the pictures that were in sight and are not known.
    pub fn end_frame(&mut self, health: &Health, actions: &mut Vec<Action>) {
        self.rows.end_frame(health, actions);
    }
}

/// How far it is, or what was examined, and the button that does it.
fn status(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            match state.jobs.examining() {
                Some(job) => {
                    if quiet_button(ui, "Stop", "Stop examining the folder").clicked() {
                        actions.push(Action::StopJob(job.job.id));
                    }
                }
                None => {
                    let again = state.health.examined.is_some();
                    let text = if again {
                        "Examine again"
                    } else {
                        "Examine the folder"
                    };
                    if ui.add(Button::new(text)).clicked() {
                        actions.push(Action::Health(HealthAction::Examine));
                    }
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                match state.jobs.examining() {
                    Some(job) => job_progress(ui, job),
                    None => {
                        fine_print(ui, &examined_in_words(state), theme);
                    }
                }
            });
        });
    });
    let warn = |ui: &mut Ui, text: &str| ui.add(Label::new(theme::small(text).color(theme.warning)).wrap());
    if let Some(problem) = &state.health.images_problem {
        warn(ui, &visible(problem));
    }
    if let Some(problem) = &state.health.labels_problem {
        warn(
            ui,
            &format!(
                "Labels, outliers and crops were not examined: {}",
                visible(problem)
            ),
        );
    }
    if state.health_is_of_another_split() {
        warn(
            ui,
            "The split is another one since: copies across it are looked for again",
        );
    }
}

fn examined_in_words(state: &AppState) -> String {
    let Some(examined) = &state.health.examined else {
        return "Nothing is examined yet".into();
    };
    let n_images = thousands(examined.dataset.images.len() as u64);
    match examined.labels {
        Some(_) => format!(
            "{n_images} images; labels by {} on kept features, out of fold",
            examined.config.arch
        ),
        None => format!("{n_images} images; labels, outliers and crops are not examined"),
    }
}

fn nothing_yet(ui: &mut Ui, state: &AppState) {
    let text = match state.jobs.examining() {
        Some(_) => "The images are being looked at; what each comes to is kept, so that a stop costs little",
        None => {
            "Looks for copies, across the split above all, for suspect labels, outliers, blank and blurred images, and \
             for properties of the files that give the class away. Nothing in the folder is changed"
        }
    };
    ui.add_space(36.0);
    ui.vertical_centered(|ui| {
        ui.set_max_width(ui.available_width().min(440.0));
        ui.label(egui::RichText::new(text).color(theme::of(ui).muted));
    });
    ui.add_space(36.0);
}

/// Each kind with how many there are; those that there are none of are quiet.
fn kinds(ui: &mut Ui, health: &Health, examined: &Examined, actions: &mut Vec<Action>) {
    let chosen = health.chosen.as_ref().map(|(finding, _)| *finding);
    for finding in Finding::all() {
        let n = finding.count(&examined.report);
        let is_unknown = finding.takes_features() && examined.labels.is_none()
            || finding == Finding::Leakage && examined.report.no_split.is_some();
        let always = finding.counts_groups() || finding.takes_features();
        if n == 0 && !always {
            continue;
        }
        kind(ui, finding, (n, is_unknown), chosen == Some(finding), actions);
    }
    let n_settled = examined.report.n_settled;
    if n_settled > 0 {
        let findings = if n_settled == 1 {
            "finding is"
        } else {
            "findings are"
        };
        let text = format!(
            "{} {findings} settled by label decisions",
            thousands(n_settled as u64)
        );
        fine_print(ui, &text, theme::of(ui)).on_hover_text("An undo of the decision brings them back");
    }
    if let Some(why) = &examined.report.no_split {
        fine_print(
            ui,
            &format!("No split to leak across: {}", visible(why)),
            theme::of(ui),
        )
        .on_hover_text(why);
    }
}

fn kind(
    ui: &mut Ui,
    finding: Finding,
    (n, is_unknown): (usize, bool),
    is_chosen: bool,
    actions: &mut Vec<Action>,
) {
    let theme = theme::of(ui);
    let size = vec2(ui.available_width(), 24.0);
    let sense = if n > 0 {
        egui::Sense::click()
    } else {
        egui::Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    let fill = match (is_chosen, response.hovered() && n > 0) {
        (true, _) => theme.raised,
        (false, true) => theme.raised.gamma_multiply(0.6),
        (false, false) => egui::Color32::TRANSPARENT,
    };
    ui.painter().rect_filled(rect, 4, fill);
    if is_chosen {
        let edge = egui::Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(edge, 1, theme.accent);
    }
    let ink = if n > 0 { theme.text } else { theme.muted };
    let count = match is_unknown {
        true => "not known".to_owned(),
        false => thousands(n as u64),
    };
    let middle = |x: f32| egui::pos2(x, rect.center().y);
    let font = theme::font(13.0);
    ui.painter().text(
        middle(rect.left() + 10.0),
        egui::Align2::LEFT_CENTER,
        finding.name(),
        font.clone(),
        ink,
    );
    ui.painter().text(
        middle(rect.right() - 8.0),
        egui::Align2::RIGHT_CENTER,
        &count,
        font,
        ink,
    );
    focus_ring(ui, &response);
    let counted = match finding.counts_groups() {
        true if n == 1 => format!("{}: 1 group", finding.name()),
        true => format!("{}: {count} groups", finding.name()),
        false => format!("{}: {count}", finding.name()),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, n > 0, is_chosen, &counted));
    if response.clicked() {
        actions.push(Action::Health(HealthAction::Choose(finding)));
    }
    response.on_hover_text(finding.explanation());
}

/// How well what is no content tells the classes, beside the head.
fn shortcuts(ui: &mut Ui, examined: &Examined) {
    let theme = theme::of(ui);
    let heading = ui.label(theme::heading("Shortcuts", theme));
    heading.on_hover_text(
        "How well a property of the files alone tells the classes, as balanced accuracy of a small tree, out of fold. \
         What tells them is what a head may learn instead of the content, and no class weight mends that",
    );
    if examined.report.shortcuts.is_empty() {
        fine_print(ui, "All files are alike in type, size and look", theme);
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for shortcut in &examined.report.shortcuts {
        let (colour, spoken) = match shortcut.tells {
            true => (theme.warning, ", tells the classes"),
            false => (theme.muted, ""),
        };
        share_row(
            ui,
            &shortcut.property,
            shortcut.balanced_accuracy,
            (colour, spoken),
        );
    }
    if let Some(of_head) = examined.report.head_balanced_accuracy {
        share_row(ui, "head, to compare", of_head, (theme.accent, ""));
    }
    let n_classes = examined.dataset.n_classes().max(1);
    fine_print(
        ui,
        &format!("Guessing: {}", percent(Some(1.0 / n_classes as f64), 1)),
        theme,
    );
    ui.add_space(4.0);
    let telling = examined.report.shortcuts.iter().filter(|shortcut| shortcut.tells);
    let telling: Vec<&str> = telling.map(|shortcut| shortcut.property.as_str()).collect();
    if !telling.is_empty() {
        let tells = if telling.len() == 1 { "tells" } else { "tell" };
        let text = format!(
            "{}: {} {tells} the classes; a head may learn just that",
            Code::Shortcut.name(),
            telling.join(", ")
        );
        let text = crate::app::sentence_case(&text);
        ui.add(Label::new(theme::small(text).color(theme.warning)).wrap());
    }
}

fn share_row(ui: &mut Ui, name: &str, share: f64, (colour, spoken): (egui::Color32, &str)) {
    let theme = theme::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let text = percent(Some(share), 1);
            ui.label(theme::small(&text));
            let meter = bar(ui, BAR, share as f32, colour);
            meter.widget_info(|| WidgetInfo::labeled(Role::Meter, true, format!("{name}: {text}{spoken}")));
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                fine_print(ui, name, theme);
            });
        });
    });
}
