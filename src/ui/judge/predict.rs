//! Dropped images, and what the chosen run and every shown one say of them, side by side.

use std::borrow::Cow;

use egui::{Align, Align2, Button, Label, Layout, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::{
    Action, Answer, AppState, JudgeAction, Pick, RunView, Showing, WindowAction, sentence_case,
};
use crate::metrics::{self, predicted_class, thousands};
use crate::ui::judge::shown::switch;
use crate::ui::parts::heading::width_of;
use crate::ui::parts::icons;
use crate::ui::parts::textures::Textures;
use crate::ui::parts::theme::{self, Theme};
use crate::ui::parts::two_ended::two_ended;
use crate::ui::parts::widgets::{bar, fine_print, heading_row, named, quiet_button, run_mark};
use crate::visible::{visible, visible_path};

const PICTURE: f32 = 84.0;
/// Width of a run's mark.
const MARK: f32 = 12.0;

#[derive(Default)]
pub struct PredictPanel {
    textures: Textures,
}

impl PredictPanel {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
        self.textures.forget_dropped();
        heading_row(ui, "Predict", |ui| heading_controls(ui, state, actions));
        if let Some(row) = state.judge.chosen {
            steps(ui, state, actions);
            self.image_row(ui, state, row);
            verdicts(ui, state, row);
            ui.add_space(4.0);
        }
        drop_zone(ui, actions);
    }

    fn image_row(&mut self, ui: &mut Ui, state: &AppState, row: usize) {
        let theme = theme::of(ui);
        let (Some(path), name) = (state.judge.chosen_path(), state.judge.table.name(row)) else {
            return;
        };
        ui.horizontal(|ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
            ui.painter().rect_filled(rect, 4, theme.raised);
            let picture = state.judge.chosen_picture();
            match picture {
                Some(Ok(picture)) => _ = self.textures.fitted(ui, rect, path, picture),
                Some(Err(_)) => note(ui, rect, "unreadable", theme),
                None => note(ui, rect, "…", theme),
            }
            let label = format!("Picture of {name}");
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &label));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 3.0;
                ui.add(egui::Label::new(theme::small(name).color(theme.muted)).truncate())
                    .on_hover_text(visible_path(path));
                if let Some(Err(message)) = picture {
                    ui.label(theme::small(message).color(theme.warning));
                }
                summary(ui, state, row, theme);
            });
        });
    }
}

fn heading_controls(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let n_rows = state.judge.table.rows().len();
    if n_rows == 0 {
        return;
    }
    if n_rows > 1 && state.windows.showing != Showing::Predictions {
        let table = quiet_button(ui, "Table", "Table of predictions");
        if table.on_hover_text("All images in a table (Ctrl+J)").clicked() {
            actions.push(Action::Window(WindowAction::Show(Showing::Predictions)));
        }
    }
    let mut judges = state.table_judges().into_iter();
    if judges.any(|run| state.run_has_weights(run)) {
        switch(ui, state, actions);
    }
    if quiet_button(ui, "Clear", "Clear the images").clicked() {
        actions.push(Action::Judge(JudgeAction::ClearImages));
    }
}

/// Which of how many is shown, as they are listed, and the way to the others.
fn steps(ui: &mut Ui, state: &AppState, actions: &mut Vec<Action>) {
    let listed = state.listed_images();
    if listed.rows.len() < 2 {
        return;
    }
    let place = listed
        .rows
        .iter()
        .position(|&row| Some(row) == state.judge.chosen);
    let n = thousands(listed.rows.len() as u64);
    let of = match place {
        Some(place) => format!("{} of {n}", thousands(place as u64 + 1)),
        None => format!("not among the {n} listed"),
    };
    let place = |ui: &mut Ui| _ = fine_print(ui, &of, theme::of(ui));
    two_ended(ui, "steps", 18.0, place, |ui| {
        for (text, name, step) in [("Back", "Previous image", -1), ("Next", "Next image", 1)] {
            if quiet_button(ui, text, name).clicked() {
                actions.push(Action::Judge(JudgeAction::NextImage(step)));
            }
        }
    });
}

/// Runs that are named one by one.
const MOST_NAMES: usize = 3;

/// What the selected run says, and which shown runs say otherwise.
fn summary(ui: &mut Ui, state: &AppState, row: usize, theme: &Theme) {
    let judges = state.judges();
    if judges.is_empty() && matches!(state.judge.chosen_picture(), Some(Ok(_))) {
        let text = "No run of these classes predicts it yet: train one, or open the folder of another run";
        ui.add(Label::new(theme::small(text).color(theme.muted)).wrap());
    }
    let judged: Vec<(&RunView, Cow<str>)> = judges
        .into_iter()
        .filter_map(|r| Some((&state.runs.all[r], top_class(state, r, row)?)))
        .collect();
    let Some((first, predicted)) = judged.first() else {
        return;
    };
    let names = |same: bool| {
        let runs: Vec<String> = judged
            .iter()
            .filter(|(_, c)| (c == predicted) == same)
            .map(|(r, _)| r.label())
            .collect();
        match runs.len() {
            0..=MOST_NAMES => runs.join(" and "),
            n => format!("{n} of {} runs", judged.len()),
        }
    };
    let others = names(false);
    if others.is_empty() && judged.len() > 1 {
        ui.label(theme::strong(format!("{predicted} under all")));
        return;
    }
    ui.label(theme::strong(format!(
        "{predicted} under {}",
        if others.is_empty() {
            first.label()
        } else {
            names(true)
        }
    )));
    if let Some((_, otherwise)) = judged.iter().find(|(_, c)| c != predicted) {
        ui.label(theme::small(format!("{otherwise} under {others}")).color(theme.muted));
    }
}

fn top_class(state: &AppState, run: usize, row: usize) -> Option<Cow<'_, str>> {
    let Answer::Probabilities(shares) = state.judge.table.answer(run, row) else {
        return None;
    };
    let class_idx = predicted_class(shares, state.rule_of(run))?;
    Some(visible(state.runs.all[run].classes().get(class_idx)?))
}

/// What the chosen run and every shown one say, one below the other.
fn verdicts(ui: &mut Ui, state: &AppState, row: usize) {
    let table = &state.judge.table;
    let judges = state.table_judges();
    let answers: Vec<Answer> = judges.iter().map(|&run| table.answer(run, row)).collect();
    if let Some(message) = common_failure(&answers) {
        // Beside the picture that could not be drawn, it stands already.
        let of_picture = state
            .judge
            .chosen_picture()
            .and_then(|picture| picture.as_ref().err());
        if of_picture.is_none_or(|shown| shown != message) {
            ui.label(theme::small(message).color(theme::of(ui).warning));
        }
        return;
    }
    let subject = common_class(state, &judges, &answers);
    for (&run, answer) in judges.iter().zip(answers) {
        let answer = match (answer, table.problem(run)) {
            (Answer::Waiting, Some(problem)) => Answer::Failed(problem),
            (answer, _) => answer,
        };
        let is_asked = !state.judge.is_stopped;
        ui.scope(|ui| verdict_rows(ui, state, run, answer, subject, is_asked));
        worth(ui, state, run, answer, subject);
    }
}

/// By what the class is predicted, where that is not what is shown; and what that is worth, which was seen on validation images of
/// the run that is looked at.
fn worth(ui: &mut Ui, state: &AppState, run: usize, answer: Answer, subject: Option<usize>) {
    let (Answer::Probabilities(scores), Some(class_idx)) = (answer, subject) else {
        return;
    };
    let muted = theme::of(ui).muted;
    let lines = [state.why_predicted(run, scores), state.new_mix_in_words(run)];
    for why in lines.into_iter().flatten() {
        let label = Label::new(theme::small(sentence_case(&why)).color(muted)).wrap();
        ui.add(label).on_hover_text(
            "The run was trained with class weights, and predicts by its scores as they were weighted. Its probabilities are for \
             the mix of the training images",
        );
    }
    let undo = state.undo_of(run);
    let share = undo.row(scores).get(class_idx).copied();
    if let Some(worth) = share.and_then(|share| state.worth_of((run, &undo), class_idx, share)) {
        let text = format!("Validation: {worth}");
        let label = Label::new(theme::small(&text).color(muted)).wrap();
        ui.add(label).on_hover_text(
            "How many of this run's validation images that score like this one are of the class",
        );
    }
}

/// Why no run could predict the image, where all of them say the same.
fn common_failure<'a>(answers: &[Answer<'a>]) -> Option<&'a str> {
    let Answer::Failed(first) = answers.first()? else {
        return None;
    };
    answers
        .iter()
        .all(|answer| *answer == Answer::Failed(first))
        .then_some(first)
}

/// The run's colour and name with its share of the class that is asked about, and that share as a bar below.
fn verdict_rows(
    ui: &mut Ui,
    state: &AppState,
    run: usize,
    answer: Answer,
    subject: Option<usize>,
    is_asked: bool,
) {
    let (theme, undo, run) = (theme::of(ui), state.undo_of_new(run), &state.runs.all[run]);
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 16.0;
    let said = match answer {
        Answer::Probabilities(scores) => Some(Said::of(run, &undo.row(scores), subject)),
        Answer::Waiting | Answer::Failed(_) => None,
    };
    ui.horizontal(|ui| {
        let (mark, _) = ui.allocate_exact_size(vec2(MARK, 16.0), Sense::hover());
        run_mark(ui, mark.center(), run);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(said) = &said {
                ui.label(&said.text).on_hover_text(&said.details);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(theme::small(run.label()).color(theme.muted)).truncate());
            });
        });
    });
    ui.horizontal(|ui| {
        ui.add_space(MARK + ui.spacing().item_spacing.x);
        match (&said, answer) {
            (Some(said), _) => {
                let response = bar(ui, ui.available_width(), said.share, theme.run(run.colour));
                let name = format!("{} says {}", run.label(), said.text);
                response.widget_info(|| WidgetInfo::labeled(Role::Meter, true, &name));
                response.on_hover_text(&said.details);
            }
            (None, Answer::Failed(message)) => {
                let label = Label::new(theme::small(message).color(theme.warning)).truncate();
                ui.add(label).on_hover_text(message);
            }
            (None, _) => {
                let text = if is_asked {
                    "predicting…"
                } else {
                    "not predicted"
                };
                ui.label(theme::small(text).color(theme.muted));
            }
        }
    });
}

/// What a run says of an image.
struct Said {
    /// Of the class that is asked about.
    share: f32,
    /// Such as `REAL 0.65`.
    text: String,
    /// The run, and its most probable classes line by line.
    details: String,
}

impl Said {
    fn of(run: &RunView, shares: &[f32], subject: Option<usize>) -> Self {
        let of_class = |class_idx: usize, decimals: usize| {
            let class = run.classes().get(class_idx).map_or("", String::as_str);
            let class = visible(class);
            let share = shares.get(class_idx).copied().unwrap_or(0.0);
            format!("{class} {share:.decimals$}")
        };
        let class_idx = subject.filter(|&c| c < shares.len()).unwrap_or(0);
        let lines: Vec<String> = ranked(shares).into_iter().map(|c| of_class(c, 3)).collect();
        Said {
            share: shares.get(class_idx).copied().unwrap_or(0.0),
            text: of_class(class_idx, 2),
            details: format!("{}\n{}", run.label(), lines.join("\n")),
        }
    }
}

/// All runs are asked about the same class: the one that the first of them that has an answer predicts, by its threshold.
fn common_class(state: &AppState, judges: &[usize], answers: &[Answer]) -> Option<usize> {
    let mut answers = judges.iter().zip(answers);
    answers.find_map(|(&run, answer)| match answer {
        Answer::Probabilities(shares) => predicted_class(shares, state.rule_of(run)),
        Answer::Waiting | Answer::Failed(_) => None,
    })
}

fn ranked(shares: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&a, &b| shares[b].total_cmp(&shares[a]));
    order.truncate(10);
    order
}

fn note(ui: &Ui, rect: Rect, text: &str, theme: &Theme) {
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        theme::font(11.0),
        theme.muted,
    );
}

fn drop_zone(ui: &mut Ui, actions: &mut Vec<Action>) {
    let theme = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 64.0), Sense::hover());
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    ui.painter().extend(egui::Shape::dashed_line(
        &corners,
        egui::Stroke::new(1.0, theme.line),
        4.0,
        4.0,
    ));
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect.shrink(8.0)), |ui| {
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let whole = "Drop or paste images or a folder, or";
            let fits = width_of(ui, theme::small(whole)) <= ui.available_width();
            let text = if fits { whole } else { "Drop or paste images, or" };
            ui.label(theme::small(text).color(theme.muted));
            ui.columns(2, |halves| {
                let ui = &mut halves[0];
                let icon = theme::icon(icons::IMAGE, 14.0);
                let open = ui.add(centred(icon, "Images…"));
                named(&open, Role::Button, "Open images to predict…");
                if open.on_hover_text("Choose images to predict (Ctrl+I)").clicked() {
                    actions.push(Action::Pick(Pick::Images));
                }
                let ui = &mut halves[1];
                let icon = theme::icon(icons::OPEN_FOLDER, 14.0);
                let open = ui.add(centred(icon, "Folder…"));
                named(&open, Role::Button, "Open a folder to predict…");
                let tip = "Choose a folder of images to predict (Ctrl+Shift+I)";
                if open.on_hover_text(tip).clicked() {
                    actions.push(Action::Pick(Pick::ImageFolder));
                }
            });
        });
    });
}

/// A button that fills its half, with icon and words in the middle.
fn centred(icon: egui::RichText, text: &str) -> Button<'static> {
    Button::new((egui::Atom::grow(), icon, theme::small(text), egui::Atom::grow()))
}

/// While files hover over the window: what dropping them would do.
pub fn drop_overlay(ui: &Ui, state: &AppState) {
    let n_files = ui.ctx().input(|i| i.raw.hovered_files.len());
    if n_files == 0 {
        return;
    }
    let theme = theme::of(ui);
    let judges: Vec<String> = state
        .judges()
        .into_iter()
        .map(|r| state.runs.all[r].label())
        .collect();
    let text = match judges.len() {
        0 => "Drop a folder to open it; images need a trained run to predict them".to_owned(),
        _ => format!(
            "Drop images, or a folder of them, to predict them by {}; or a folder of classes to open it",
            metrics::named(&judges, MOST_NAMES)
        ),
    };
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop overlay"));
    let painter = ui.ctx().layer_painter(layer);
    let screen = ui.ctx().content_rect();
    painter.rect_filled(screen, 0, theme.background.gamma_multiply(0.85));
    let inner = screen.shrink(24.0);
    painter.rect_stroke(
        inner,
        8,
        egui::Stroke::new(2.0, theme.accent),
        egui::StrokeKind::Inside,
    );
    painter.text(
        inner.center(),
        Align2::CENTER_CENTER,
        text,
        theme::strong_font(18.0),
        theme.text,
    );
}
