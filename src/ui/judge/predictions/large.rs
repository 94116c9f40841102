//! The chosen image in a window of its own, with what the chosen run gives each class.

use std::path::Path;

use egui::{Context, Key, Label, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, Window, vec2};

use crate::app::{Action, Answer, AppState, JudgeAction, sentence_case};
use crate::short_name::Shared;
use crate::ui::judge::shown::noun;
use crate::ui::judge::why::{self, WhyLayer};
use crate::ui::parts::names::fitted;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme;
use crate::ui::parts::widgets::{bar_in, fine_print, quiet_button};
use crate::visible::{visible, visible_path};

/// Longest side of the picture.
const SIDE: f32 = 400.0;
const LIST: f32 = 250.0;
const LINE: f32 = 20.0;

pub fn window(
    ctx: &Context,
    textures: &mut Textures,
    why: &mut WhyLayer,
    state: &AppState,
    actions: &mut Vec<Action>,
) {
    let Some(row) = state.judge.chosen.filter(|_| state.judge.is_enlarged) else {
        return;
    };
    let mut open = true;
    let room = ctx.content_rect().size() - vec2(LIST + 80.0, 160.0);
    let side = SIDE.min(room.x).min(room.y).max(120.0);
    Window::new(state.judge.table.name(row))
        .id(egui::Id::unique("large picture"))
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .default_pos(theme::WINDOW_PLACE)
        .show(ctx, |ui| {
            ui.horizontal_top(|ui| {
                picture(ui, textures, why, state, side);
                ui.vertical(|ui| {
                    ui.set_width(LIST);
                    steps(ui, state, actions);
                    why::controls(ui, state, explained(state), actions);
                    // What is below the controls: the verdict and whose scores these are, two lines, then whole rows.
                    let left = side - ui.min_rect().height() - 2.0 * LINE - 3.0 * ui.spacing().item_spacing.y;
                    let left = (left / LINE).floor() * LINE;
                    shares(ui, state, row, left.max(2.0 * LINE));
                });
            });
        });
    let keys = ctx.input(|i| {
        let plain = i.modifiers.is_none();
        [Key::Escape, Key::ArrowLeft, Key::ArrowRight].map(|key| plain && i.key_pressed(key))
    });
    let typing = ctx.text_edit_focused();
    let [escaped, left, right] = keys.map(|pressed| pressed && !typing);
    if !open || escaped {
        actions.push(Action::Judge(JudgeAction::Enlarge(false)));
    }
    for (pressed, step) in [(left, -1), (right, 1)] {
        if pressed {
            actions.push(Action::Judge(JudgeAction::NextImage(step)));
        }
    }
}

/// Which run is asked why, about which image.
fn explained(state: &AppState) -> Option<(usize, &Path)> {
    Some((state.explains_prediction()?, state.judge.chosen_path()?))
}

fn picture(ui: &mut Ui, textures: &mut Textures, why: &mut WhyLayer, state: &AppState, side: f32) {
    let theme = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    ui.painter().rect_filled(rect, 4, theme.raised);
    let Some(path) = state.judge.chosen_path() else {
        return;
    };
    match state.judge.chosen_picture() {
        Some(Ok(picture)) => {
            let place = textures.fitted(ui, rect, path, picture);
            why.over(ui, place, state, explained(state));
        }
        Some(Err(reason)) => {
            let label = Label::new(theme::small(visible(reason)).color(theme.warning)).wrap();
            ui.put(rect.shrink(16.0), label);
        }
        None => _ = ui.put(rect, Label::new(theme::small("…").color(theme.muted))),
    }
    let name = format!("Large picture of {}", visible_path(path));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
}

fn steps(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        for (text, name, step) in [("Back", "Image before", -1), ("Next", "Image after", 1)] {
            if quiet_button(ui, text, name).clicked() {
                actions.push(Action::Judge(JudgeAction::NextImage(step)));
            }
        }
    });
    if let Some(path) = state.judge.chosen_path() {
        let path = visible_path(path);
        fine_print(ui, &path, theme::of(ui)).on_hover_text(path);
    }
}

/// Every class with its probability or its score, the largest first.
fn shares(ui: &mut Ui, state: &AppState, row: usize, height: f32) {
    let theme = theme::of(ui);
    let Some(&run) = state.table_judges().first() else {
        return;
    };
    let view = &state.runs.all[run];
    let scores = match state.judge.table.answer(run, row) {
        Answer::Probabilities(scores) => scores,
        Answer::Failed(reason) => {
            let reason = format!("Could not be read: {}", visible(reason));
            ui.add(Label::new(theme::small(reason).color(theme.warning)).wrap());
            return;
        }
        Answer::Waiting => {
            fine_print(ui, "Not predicted yet", theme);
            return;
        }
    };
    let (undo, in_folder) = (state.undo_of_new(run), state.undo_of(run));
    let shares = undo.row(scores);
    let predicted = state.verdicts_of(run)[row].map(|verdict| verdict.class_idx);
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
    let called = predicted.and_then(|class_idx| view.classes().get(class_idx));
    if let Some(class) = called {
        ui.add(Label::new(theme::strong(visible(class))).truncate());
    }
    let worth = predicted.and_then(|class_idx| {
        // Validation images are of the folder's mix.
        let share = *in_folder.row(scores).get(class_idx)?;
        let worth = state.worth_of((run, &in_folder), class_idx, share)?;
        Some(format!("Validation: {worth}"))
    });
    let why = state.why_predicted(run, scores);
    for text in why.map(|why| sentence_case(&why)).into_iter().chain(worth) {
        ui.add(Label::new(theme::small(&text).color(theme.muted)).wrap());
    }
    let shared = Shared::of(view.classes());
    let is_undone = undo.changes();
    let numbers = if is_undone { "Probabilities" } else { "Scores" };
    fine_print(ui, &format!("{numbers} by {}", view.label()), theme);
    ScrollArea::vertical()
        .id_salt("scores")
        .max_height(height)
        .auto_shrink([false, true])
        .show_rows(ui, LINE, order.len(), |ui, lines| {
            for &class_idx in &order[lines] {
                let class = view.classes().get(class_idx).map_or("", String::as_str);
                share(
                    ui,
                    (&visible(class), shared),
                    (shares[class_idx], noun(is_undone)),
                    predicted == Some(class_idx),
                );
            }
        });
}

fn share(ui: &mut Ui, (class, shared): (&str, Shared), (share, noun): (f32, &str), is_predicted: bool) {
    let theme = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 12.0, LINE), Sense::hover());
    let (font, ink) = match is_predicted {
        true => (theme::strong_font(13.0), theme.text),
        false => (theme::font(13.0), theme.muted),
    };
    let galley = fitted(ui, class, shared, font, rect.width() * 0.5, ink);
    let top = rect.center().y - galley.size().y / 2.0;
    ui.painter().galley(egui::pos2(rect.left(), top), galley, ink);
    let bar = Rect::from_min_max(
        egui::pos2(rect.left() + rect.width() * 0.54, rect.center().y - 4.0),
        egui::pos2(rect.right() - 46.0, rect.center().y + 4.0),
    );
    bar_in(ui, bar, share, theme.accent);
    ui.painter().text(
        rect.right_center(),
        egui::Align2::RIGHT_CENTER,
        format!("{share:.3}"),
        theme::font(12.0),
        theme.text,
    );
    let predicted = if is_predicted { ", predicted" } else { "" };
    let name = format!("{class}: {noun} {share:.3}{predicted}");
    response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &name));
    response.on_hover_text(class);
}
